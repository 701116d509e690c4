package crema.data;

/**
 * A row that was skipped, and why.
 *
 * @param fault the kind of fault
 * @param file the name of the file, or of whatever else the row is in
 * @param line the line, from 1, on which the row begins; 0 where there are no lines
 * @param detail what exactly is wrong, in one line
 */
public record RowProblem(RowFault fault, String file, long line, String detail) {
  /** The problem in one line: file, line, fault and detail. */
  public String message() {
    return where() + ": " + fault + ": " + detail;
  }

  /** Where the row is: {@code file, line n}, or what stands in place of a file where there are no lines. */
  public String where() {
    return line > 0 ? file + ", line " + line : file;
  }
}
