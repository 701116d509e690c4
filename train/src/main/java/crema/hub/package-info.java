/**
 * Where pretrained models come from: a folder, the cache that Hugging Face's tools share, or the hub itself. Only names,
 * files and bytes live here; what a model computes is not known.
 *
 * <p>{@link crema.hub.ModelHub} is the entry. Everything that a hub sends is untrusted: names of files, sizes, checksums,
 * redirects and the text of answers are checked before anything is written.
 */
package crema.hub;
