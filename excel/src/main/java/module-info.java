/** Workbooks of Excel as files of rows. */
module crema.excel {
  requires static transitive org.jspecify;
  requires transitive crema.data;
  requires java.xml;

  exports crema.excel;

  provides crema.data.FileFormat with crema.excel.Excel;
}
