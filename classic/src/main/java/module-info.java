/** Models that need no tape: fastText, linear models, and the detection of languages. */
module crema.classic {
  requires static transitive org.jspecify;
  requires transitive crema.data;
  requires transitive crema.nn;
  requires tools.jackson.databind;

  exports crema.fasttext;
  exports crema.langid;
  exports crema.linear;
}
