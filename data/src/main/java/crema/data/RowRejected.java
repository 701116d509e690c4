package crema.data;

/** Leaves the reading of one row because it is unusable; a cursor turns it into a {@link RowProblem}. */
final class RowRejected extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RowFault fault;

  RowRejected(RowFault fault, String detail) {
    super(detail, null, false, false);
    this.fault = fault;
  }

  RowProblem at(String file, long line) {
    return new RowProblem(fault, file, line, String.valueOf(getMessage()));
  }
}
