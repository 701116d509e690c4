/** Parquet files of rows, read, and written for predictions. */
module crema.parquet {
  requires static transitive org.jspecify;
  requires transitive crema.data;
  requires dev.hardwood.core;

  exports crema.parquet;

  provides crema.data.FileFormat with crema.parquet.Parquet;
}
