package crema.data;

/**
 * A row that was skipped, and why.
 *
 * @param fault the kind of fault
 * @param file the name of the file
 * @param line the line, from 1, on which the row begins
 * @param detail what exactly is wrong, in one line
 */
public record RowProblem(RowFault fault, String file, long line, String detail) {
  /** The problem in one line: file, line, fault and detail. */
  public String message() {
    return file + ", line " + line + ": " + fault + ": " + detail;
  }
}
