/**
 * Vectors of texts: pretrained encoders as sentence-transformers uses them, vectors in files and in a cache, and exact
 * search among them. Labels and training live elsewhere.
 *
 * <p>{@link crema.embed.Embedder} is the entry.
 */
package crema.embed;
