/** Rows, columns, labels and splits, readers of file formats, and what is measured on answers. Knows no tensors. */
module crema.data {
  requires static transitive org.jspecify;
  requires transitive crema.base;

  // For training, evaluation or one file format only: whoever needs them brings them.
  requires static com.github.luben.zstd_jni;
  requires static commons.math3;
  requires static de.siegmar.fastcsv;

  uses crema.data.FileFormat;

  exports crema.data;
  exports crema.metrics;
}
