/**
 * Tokenizers: the components of {@code tokenizer.json}, how they are read and written, and how byte-level
 * BPE is trained.
 */
package crema.tokenizer;
