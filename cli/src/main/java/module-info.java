/** The command line. */
module crema.cli {
  requires static transitive org.jspecify;
  requires com.github.luben.zstd_jni;
  requires commons.math3;
  requires crema.train;
  requires de.siegmar.fastcsv;
  requires info.picocli;
  requires java.logging;
  requires me.tongfei.progressbar;
  requires org.snakeyaml.engine;

  // Options are fields that picocli sets.
  opens crema.cli to info.picocli;
  opens crema.cli.fasttext to info.picocli;
}
