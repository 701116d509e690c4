package crema.cli;

/** How predictions are printed. */
enum PredictionFormat {
  /** For people: the labels with their probabilities in percent; what is kept of a row stands first, with tabs. */
  TEXT,
  /** What is kept of a row, text, label, probability, label, probability, …; tabs and line ends within are escaped. */
  TSV,
  /**
   * An object a line: {@code {"text": …, "labels": [{"label": …, "probability": …}]}}, before it what is kept of a row,
   * and behind it {@code "error"} where the row cannot be read.
   */
  JSONL
}
