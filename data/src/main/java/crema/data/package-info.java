/**
 * From files to batches: readers for JSONL, CSV, TSV and fastText text, label sets and taxonomies, splits, the token
 * cache, samplers and packed batches.
 *
 * <p>The package knows no tensors: it ends in plain {@code int} arrays. A tokenizer is passed in as a function.
 */
@NullMarked
package crema.data;

import org.jspecify.annotations.NullMarked;
