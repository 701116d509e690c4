/**
 * Tokenizers: the components of {@code tokenizer.json}, how they are read and written, and the training of byte-level BPE.
 */
package crema.tokenizer;
