package crema.data;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * How rows become examples of a {@link TokenDataset}.
 *
 * <p>A label that is not in the set is unknown. It is reported as {@link RowFault#UNKNOWN_LABEL} and dropped; a row
 * left without a label is skipped, so it counts in no metric. A strict listener stops instead.
 *
 * @param rows the rows
 * @param labels the labels, by whose indices examples are labelled; a row without labels has none
 * @param encoder the tokenizer
 * @param encoderFingerprint identifies the tokenizer, such as a hash of its file: a cache made with another is stale
 * @param maxLength the most tokens of an example, from 1; the rest is cut off
 */
public record TokenRecipe(
    RowSource rows, LabelSet labels, TokenEncoder encoder, String encoderFingerprint, int maxLength) {

  /** Checks the length. */
  public TokenRecipe {
    if (maxLength < 1) {
      throw new DataException("the maximum length must be at least 1 token, but is " + maxLength);
    }
  }

  /** Takes examples as they are encoded. */
  @FunctionalInterface
  interface Sink {
    /** Takes the first {@code length} ids and all labels. */
    void add(int[] ids, int length, int[] labels);
  }

  /** Everything that decides what the examples are. */
  byte[] fingerprint() {
    return new Fingerprint("tokens")
        .add(rows.fingerprint())
        .add(labels.fingerprint())
        .add(encoderFingerprint)
        .add(maxLength)
        .bytes();
  }

  void encode(Sink sink, ProblemListener listener) {
    visit(listener, (row, ids, known) -> sink.add(ids, Math.min(ids.length, maxLength), known));
  }

  /** Passes the rows that become examples, in the order of the examples. */
  public void forEachUsed(Consumer<Row> consumer) {
    visit(ProblemListener.SILENT, (row, _, _) -> consumer.accept(row));
  }

  private interface Visitor {
    void visit(Row row, int[] ids, int[] labels);
  }

  private void visit(ProblemListener listener, Visitor visitor) {
    rows.forEach(listener, row -> {
      var known = knownLabels(row, listener);
      if (known.length == 0 && !row.labels().isEmpty()) {
        return;
      }
      var ids = encoder.encode(row.text());
      if (ids.length == 0) {
        listener.problem(new RowProblem(RowFault.EMPTY_TEXT, row.file(), row.line(), "the text has no tokens"));
        return;
      }
      visitor.visit(row, ids, known);
    });
  }

  private int[] knownLabels(Row row, ProblemListener listener) {
    var known = new int[row.labels().size()];
    int count = 0;
    for (var name : row.labels()) {
      int label = labels.indexOf(name);
      if (label >= 0) {
        known[count++] = label;
      } else {
        var hint = NearestName.among(name, labels.names()).map(near -> "; the nearest is '" + near + "'").orElse("");
        listener.problem(new RowProblem(RowFault.UNKNOWN_LABEL, row.file(), row.line(),
            "'" + name + "' is not among the " + labels.size() + " labels of the training rows" + hint));
      }
    }
    return Arrays.copyOf(known, count);
  }
}
