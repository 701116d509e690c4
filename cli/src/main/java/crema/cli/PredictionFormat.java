package crema.cli;

/** How predictions are printed. */
enum PredictionFormat {
  /** For people: the labels with their probabilities in percent. */
  TEXT,
  /** Text, label, probability, label, probability, …; tabs and line ends within are escaped. */
  TSV,
  /** An object a line: {@code {"text": …, "labels": [{"label": …, "probability": …}]}}. */
  JSONL
}
