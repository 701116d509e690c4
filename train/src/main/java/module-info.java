/** Everything around a model: data, metrics, training, reports and the command line. */
module crema.train {
  requires static transitive org.jspecify;
  requires transitive crema.nn;
  requires transitive crema.tokenizer;
  requires commons.math3;
  requires com.github.luben.zstd_jni;
  requires de.siegmar.fastcsv;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires org.snakeyaml.engine;
  requires tools.jackson.databind;

  exports crema.data;
  exports crema.metrics;
  exports crema.report;
  exports crema.train;

  // Options are fields that picocli sets, settings are records that Jackson reads.
  opens crema.cli to info.picocli;
  opens crema.cli.fasttext to info.picocli;
  opens crema.train to tools.jackson.databind;
}
