package crema.data;

import crema.base.Fingerprint;

/**
 * How rows become examples of a {@link TokenDataset}. Rows of which no label is {@linkplain KnownLabels known} are
 * skipped.
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
    /** Takes the first {@code length} ids, all labels, and the metadata of the row. */
    void add(int[] ids, int length, int[] labels, RowMeta meta);
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
    var known = new KnownLabels(labels);
    rows.forEach(listener, row -> known.of(row, listener).ifPresent(indices -> {
      for (var ids : encoder.examples(row.text())) {
        if (ids.length == 0) {
          listener.problem(
              new RowProblem(RowFault.NO_TOKENS, row.meta().file(), row.meta().line(), "the text has no tokens"));
        } else {
          sink.add(ids, Math.min(ids.length, maxLength), indices, row.meta());
        }
      }
    }));
  }
}
