/**
 * All between files of rows and batches of token ids: file formats, columns, rows, labels and taxonomies, splits,
 * token caches, samplers and packed batches.
 *
 * <p>The package knows no tensors: it ends in plain {@code int} arrays. A tokenizer is passed in as a function.
 */
@NullMarked
package crema.data;

import org.jspecify.annotations.NullMarked;
