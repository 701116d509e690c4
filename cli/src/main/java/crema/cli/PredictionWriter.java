package crema.cli;

import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.classify.Prediction;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Prints predictions, a line for each text, and flushes after each batch so that the output can be piped. */
final class PredictionWriter implements PredictionOutput {
  /** Keys of an object of JSON; a kept column of such a name is written as {@code row.NAME}. */
  private static final Set<String> OWN_KEYS = Set.of("text", "image", "labels", "error", "language");

  /** Before the name of a column that is kept and is called as one of those. */
  static final String KEPT = "row.";

  private final PrintStream out;
  private final PredictionFormat format;
  private final String nothing;
  private final @Nullable String answerKey;
  private boolean closed;
  private long empty;

  /**
   * A writer.
   *
   * @param nothing what people are told of a text without predictions
   */
  PredictionWriter(PrintStream out, PredictionFormat format, String nothing) {
    this(out, format, nothing, null);
  }

  /**
   * A writer of answers that are one of several candidates.
   *
   * @param nothing the answer to a text that has no other
   * @param answerKey under which an object of JSON has the answer; its labels are the candidates
   */
  PredictionWriter(PrintStream out, PredictionFormat format, String nothing, @Nullable String answerKey) {
    this.out = out;
    this.format = format;
    this.nothing = nothing;
    this.answerKey = answerKey;
  }

  /** Whether the reader of the output went away: there is no use in predicting more. */
  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void write(List<InputText> texts, List<List<Prediction>> predictions) {
    write(texts, predictions, predictions);
  }

  /**
   * Writes answers.
   *
   * @param candidates what they were chosen among, for programs
   */
  void write(List<InputText> texts, List<List<Prediction>> predictions, List<List<Prediction>> candidates) {
    for (int i = 0; i < texts.size(); i++) {
      InputText text = texts.get(i);
      out.print(line(text, predictions.get(i), candidates.get(i)) + "\n");
      if (text.problem() == null && text.isBlank()) {
        empty++;
      }
    }
    closed = out.checkError();
  }

  @Override
  public int report(PrintStream err) {
    return reportEmpty(empty, err);
  }

  @Override
  public void close() {
    out.flush();
  }

  /** Tells of texts that were empty, and returns the exit code that says whether there were any. */
  static int reportEmpty(long empty, PrintStream err) {
    if (empty == 0) {
      return 0;
    }
    err.println(String.format(Locale.ROOT,
        "crema: %,d %s empty, and %s no answer", empty, empty == 1 ? "text is" : "texts are",
        empty == 1 ? "has" : "have"));
    return Crema.UNANSWERED;
  }

  private String line(InputText text, List<Prediction> predictions, List<Prediction> candidates) {
    return switch (format) {
      case TEXT -> kept(text) + text(text, predictions);
      case TSV -> kept(text) + tsv(text, predictions);
      case JSONL -> json(text, predictions, candidates);
    };
  }

  /** The values that stay with a text, each with a tab behind it. */
  static String kept(InputText text) {
    var line = new StringBuilder();
    for (JsonNode value : text.kept().values()) {
      line.append(value.isNull() ? "" : escape(value.isString() ? value.stringValue() : value.toString())).append('\t');
    }
    return line.toString();
  }

  /**
   * Puts the values that stay with a text into an object.
   *
   * @param ownKeys that the object has besides: a column of such a name is written as {@code row.NAME}
   */
  static void putKept(ObjectNode object, InputText text, Set<String> ownKeys) {
    text.kept().forEach((column, value) -> object.set(ownKeys.contains(column) ? KEPT + column : column, value));
  }

  private String text(InputText text, List<Prediction> predictions) {
    if (text.problem() != null || predictions.isEmpty()) {
      return unanswered(text, nothing);
    }
    var line = new StringBuilder();
    for (Prediction prediction : predictions) {
      line.append(line.isEmpty() ? "" : ", ").append(prediction.label())
          .append(String.format(Locale.ROOT, " %.1f%%", prediction.probability() * 100));
    }
    return line.toString();
  }

  /**
   * What people are told of a text that has no answer.
   *
   * @param nothing what they are told if it is not empty
   */
  static String unanswered(InputText text, String nothing) {
    return text.problem() != null ? "(not read: " + text.problem() + ")"
        : text.isBlank() ? "(empty text)" : nothing;
  }

  private String tsv(InputText text, List<Prediction> predictions) {
    var line = new StringBuilder(escape(text.shown()));
    if (predictions.isEmpty() && answerKey != null && !text.isBlank()) {
      line.append('\t').append(nothing);
    }
    for (Prediction prediction : predictions) {
      line.append('\t').append(escape(prediction.label())).append('\t').append(rounded(prediction));
    }
    return line.toString();
  }

  /** A text in a column of TSV. */
  static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
  }

  private String json(InputText text, List<Prediction> predictions, List<Prediction> candidates) {
    var object = new ObjectNode();
    putKept(object, text, OWN_KEYS);
    object.put("text", text.text());
    if (text.picture() != null) {
      object.put("image", text.picture());
    }
    if (answerKey != null) {
      object.put(answerKey, predictions.isEmpty() ? nothing : predictions.getFirst().label());
    }
    var labels = object.putArray("labels");
    for (Prediction prediction : candidates) {
      labels.addObject().put("label", prediction.label()).put("probability", rounded(prediction));
    }
    if (text.problem() != null) {
      object.put("error", text.problem());
    }
    return object.toString();
  }

  /** The probability as it is written for programs. */
  static double rounded(Prediction prediction) {
    return Math.round(prediction.probability() * 1e6) / 1e6;
  }
}
