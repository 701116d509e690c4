/** Everything around a model: data, metrics, training, reports, serving and the command line. */
module crema.train {
  exports crema.data;

  requires static transitive org.jspecify;
  requires transitive crema.nn;
  requires transitive crema.tokenizer;
  requires commons.math3;
  requires com.github.luben.zstd_jni;
  requires de.siegmar.fastcsv;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires org.slf4j;
  requires tools.jackson.databind;
  exports crema.metrics;
  exports crema.report;
}
