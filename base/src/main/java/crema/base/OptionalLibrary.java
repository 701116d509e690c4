package crema.base;

/**
 * A library that only training or one file format needs. Who predicts does without; who needs one brings it, or the
 * artifact {@code crema-training}, which brings them all.
 */
public enum OptionalLibrary {
  /** Statistics of training and of reports. */
  COMMONS_MATH("org.apache.commons:commons-math3", "org.apache.commons.math3.util.FastMath"),
  /** Files of comma separated values. */
  FAST_CSV("de.siegmar:fastcsv", "de.siegmar.fastcsv.reader.CsvReader"),
  /** Files that are compressed with Zstandard. */
  ZSTD("com.github.luben:zstd-jni", "com.github.luben.zstd.ZstdInputStream"),
  /** Parquet files of rows. */
  PARQUET("io.github.crema-engine:crema-parquet", "crema.parquet.Parquet"),
  /** Workbooks of Excel. */
  EXCEL("io.github.crema-engine:crema-excel", "crema.excel.Excel");

  private final String artifact;
  private final String className;

  OptionalLibrary(String artifact, String className) {
    this.artifact = artifact;
    this.className = className;
  }

  /**
   * Checks that the library is there, before work begins that would end without it.
   *
   * @param purpose what needs it, as the subject of a sentence: "reading offers.csv"
   * @throws UserError when it is not on the class path or module path; the message names the artifact
   */
  public void require(String purpose) {
    try {
      Class.forName(className, false, OptionalLibrary.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new UserError(purpose + " needs the library " + artifact + ", which is not there; add it, or "
          + "io.github.crema-engine:crema-training, which brings all that training needs", e);
    }
  }
}
