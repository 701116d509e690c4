package crema.data;

/** What must stay together when rows are split. */
public enum Grouping {
  /** Nothing: each row goes its own way. */
  ROWS,
  /** Rows with the same value in the group column; a row without a value goes its own way. */
  COLUMN,
  /** Rows with exactly the same text. */
  TEXT,
  /** Rows with the same value in the group column or exactly the same text, and so all that are linked by such rows. */
  COLUMN_AND_TEXT
}
