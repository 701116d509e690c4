package crema.audit;

import crema.data.Row;

/**
 * A row of a file that is looked at.
 *
 * @param row with its text and labels
 * @param number of the row in its file, from 1; rows that cannot be used count too
 */
public record AuditRow(Row row, long number) {
  /** The text. */
  public String text() {
    return row.text();
  }

  /** Where it is: {@code file, line n}. */
  public String location() {
    return row.meta().location();
  }
}
