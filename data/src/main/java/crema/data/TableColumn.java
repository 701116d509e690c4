package crema.data;

/**
 * A column of a table that is written.
 *
 * @param name no two columns of a table have the same
 */
public record TableColumn(String name, Kind kind) {
  /** What the cells of a column hold. */
  public enum Kind {
    /** A {@link String}, or null. */
    TEXT,
    /** A {@link Double}, or null. */
    NUMBER,
    /** A list of strings. */
    TEXTS,
    /** A list of doubles. */
    NUMBERS
  }
}
