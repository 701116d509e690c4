package crema.corpus;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fields of rows of one form. Only so many names are told apart: a file whose rows have ever new ones, as where names are
 * numbers, takes no more memory than others.
 */
public final class SchemaCounts {
  /** So many fields are told apart. */
  public static final int MOST_FIELDS = 500;

  private static final int LONGEST_NAME = 200;

  private final String name;
  private final Map<String, FieldCounts> fields = new LinkedHashMap<>();
  private final FieldCounts spare = new FieldCounts();
  private long rows;
  private long bad;
  private long others;

  SchemaCounts(String name) {
    this.name = name;
  }

  void addRow() {
    rows++;
  }

  void addBad() {
    bad++;
  }

  /** The counts of a field; of one more than are told apart, what is thrown away. */
  FieldCounts field(String path) {
    FieldCounts known = fields.get(path);
    if (known != null) {
      return known;
    }
    if (fields.size() == MOST_FIELDS || path.length() > LONGEST_NAME) {
      others++;
      return spare;
    }
    var added = new FieldCounts();
    fields.put(path, added);
    return added;
  }

  /** What rows these are. */
  public String name() {
    return name;
  }

  /** How many rows there are. */
  public long rows() {
    return rows;
  }

  /** How many lines are no rows. */
  public long bad() {
    return bad;
  }

  /** The fields, in the order in which they are met: {@code a.b} is b in a, and {@code a[]} are the elements of a. */
  public Map<String, FieldCounts> fields() {
    return fields;
  }

  /** How many values have names beyond those that are told apart. */
  public long others() {
    return others;
  }
}
