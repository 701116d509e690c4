/**
 * Made-up products of a marketplace: raw records with pictures, made of the titles that come with Crema and of drawings.
 * They are for trying what reads pictures beside texts; nothing here is read by a trainer.
 */
@NullMarked
package crema.corpus.marketplace;

import org.jspecify.annotations.NullMarked;
