/** Tokenizers: training, encoding, decoding and the {@code tokenizer.json} format. */
module crema.tokenizer {
  requires static transitive org.jspecify;
  requires transitive crema.base;

  exports crema.tokenizer;
}
