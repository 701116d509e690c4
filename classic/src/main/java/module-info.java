/** Models that need no tape: fastText, linear models, and the detection of languages. */
module crema.classic {
  requires static transitive org.jspecify;
  requires transitive crema.data;
  requires transitive crema.nn;

  exports crema.fasttext;
  exports crema.langid;
  exports crema.linear;
}
