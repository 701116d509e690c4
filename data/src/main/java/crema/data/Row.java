package crema.data;

import java.util.List;

/**
 * One row of a file: the text of one example with its labels.
 *
 * @param text the text columns joined in order; blank only where the row has a picture, or columns are kept
 * @param fields the text columns one by one, in the order asked for; empty where a row lacks one
 * @param labels the labels, distinct and in the order of the file; empty if no label column was asked for, or where a
 *     row with several labels states that it has none
 * @param meta where the row is from, its group and its language
 */
public record Row(String text, List<String> fields, List<String> labels, RowMeta meta) {
  /** Copies the lists. */
  public Row {
    fields = List.copyOf(fields);
    labels = List.copyOf(labels);
  }

  /** A row that did not come from a file. */
  public static Row of(String text, String... labels) {
    return new Row(text, List.of(text), List.of(labels), RowMeta.MEMORY);
  }

  /** What tells the row from others: its text, or where its picture is if it has no text. */
  public String content() {
    return text.isBlank() && meta.picture() != null ? meta.picture() : text;
  }

  /** The same row with another text. */
  public Row withText(String other) {
    return new Row(other, fields, labels, meta);
  }

  /** The same row with other labels. */
  public Row withLabels(List<String> others) {
    return new Row(text, fields, others, meta);
  }

  /** The same row with other metadata. */
  public Row withMeta(RowMeta other) {
    return new Row(text, fields, labels, other);
  }
}
