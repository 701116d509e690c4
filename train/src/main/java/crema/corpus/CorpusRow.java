package crema.corpus;

/** A row that is in memory: a JSON object that lacks its closing bracket, with the hash of its text. */
final class CorpusRow implements Comparable<CorpusRow> {
  /** What it takes beside its line: the object, its array's head, and its share of a table. */
  private static final int OVERHEAD = 96;

  private final long high;
  private final long low;
  private int place;
  private byte[] line;
  private int copies;
  private boolean isContradicted;

  /**
   * A row.
   *
   * @param place of its cluster
   */
  CorpusRow(long high, long low, int place, byte[] line) {
    this.high = high;
    this.low = low;
    this.place = place;
    this.line = line;
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  /** The place of its cluster. */
  int place() {
    return place;
  }

  byte[] line() {
    return line;
  }

  /** How many other rows had its text. */
  int copies() {
    return copies;
  }

  /** Whether one of those is in another class. */
  boolean isContradicted() {
    return isContradicted;
  }

  /** About how many bytes of memory it takes. */
  long memory() {
    return line.length + OVERHEAD;
  }

  /** Counts another row with its text. */
  void addCopy(boolean isOfOtherClass) {
    copies++;
    isContradicted |= isOfOtherClass;
  }

  /** Lets another row of its text stand for it. */
  void replace(int otherPlace, byte[] otherLine) {
    place = otherPlace;
    line = otherLine;
  }

  /** By hash, as numbers without a sign. */
  @Override
  public int compareTo(CorpusRow other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }
}
