/** Builds data to train on from published archives of offers, explores files of any kind, and makes sample archives. */
@NullMarked
package crema.corpus;

import org.jspecify.annotations.NullMarked;
