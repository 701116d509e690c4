package crema.cli;

import crema.base.json.ObjectNode;
import crema.classify.Prediction;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Prints predictions, a line for each text, and flushes after each batch so that the output can be piped. */
final class PredictionWriter {
  private final PrintStream out;
  private final PredictionFormat format;
  private final String nothing;
  private boolean closed;

  /**
   * A writer.
   *
   * @param nothing what people are told of a text without predictions
   */
  PredictionWriter(PrintStream out, PredictionFormat format, String nothing) {
    this.out = out;
    this.format = format;
    this.nothing = nothing;
  }

  /** Whether the reader of the output went away: there is no use in predicting more. */
  boolean isClosed() {
    return closed;
  }

  void write(List<String> texts, List<List<Prediction>> predictions) {
    for (int i = 0; i < texts.size(); i++) {
      out.print(line(texts.get(i), predictions.get(i)) + "\n");
    }
    closed = out.checkError();
  }

  private String line(String text, List<Prediction> predictions) {
    return switch (format) {
      case TEXT -> text(text, predictions);
      case TSV -> tsv(text, predictions);
      case JSONL -> json(text, predictions);
    };
  }

  private String text(String text, List<Prediction> predictions) {
    if (predictions.isEmpty()) {
      return text.isBlank() ? "(empty text)" : nothing;
    }
    var line = new StringBuilder();
    for (Prediction prediction : predictions) {
      line.append(line.isEmpty() ? "" : ", ").append(prediction.label())
          .append(String.format(Locale.ROOT, " %.1f%%", prediction.probability() * 100));
    }
    return line.toString();
  }

  private static String tsv(String text, List<Prediction> predictions) {
    var line = new StringBuilder(escape(text));
    for (Prediction prediction : predictions) {
      line.append('\t').append(escape(prediction.label())).append('\t').append(rounded(prediction));
    }
    return line.toString();
  }

  /** A text in a column of TSV. */
  static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String json(String text, List<Prediction> predictions) {
    var object = new ObjectNode().put("text", text);
    var labels = object.putArray("labels");
    for (Prediction prediction : predictions) {
      labels.addObject().put("label", prediction.label()).put("probability", rounded(prediction));
    }
    return object.toString();
  }

  private static double rounded(Prediction prediction) {
    return Math.round(prediction.probability() * 1e6) / 1e6;
  }
}
