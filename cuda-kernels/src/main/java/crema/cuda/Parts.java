package crema.cuda;

/**
 * How a sum is cut into parts that are summed side by side: by its length alone, so that the order of additions is the same
 * on any device.
 *
 * @param count parts
 * @param size of a part but the last
 */
record Parts(int count, int size) {
  private static final int MOST_ROWS = 256;
  private static final int FEWEST_ROWS = 8;
  private static final int MOST_ELEMENTS = 1024;
  private static final int FEWEST_ELEMENTS = 4096;

  /** Parts of a sum over rows. */
  static Parts ofRows(long rows) {
    return of(rows, FEWEST_ROWS, MOST_ROWS);
  }

  /** Parts of a sum over elements. */
  static Parts ofElements(long elements) {
    return of(elements, FEWEST_ELEMENTS, MOST_ELEMENTS);
  }

  private static Parts of(long length, int least, int most) {
    long size = Math.max(least, Math.ceilDiv(length, most));
    return new Parts(Math.toIntExact(Math.max(1, Math.ceilDiv(length, size))), Math.toIntExact(size));
  }
}
