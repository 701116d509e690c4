package crema.data;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One text a line with its labels among the words, each marked by a prefix. Words are separated by white space as in
 * fastText, and come out separated by single spaces.
 *
 * @param labelPrefix the prefix of labels, normally {@link #LABEL_PREFIX}
 */
public record FastTextLines(String labelPrefix) implements FileFormat {
  /** The prefix of labels in fastText's own data. */
  public static final String LABEL_PREFIX = "__label__";

  /** Lines with fastText's own prefix. */
  public FastTextLines() {
    this(LABEL_PREFIX);
  }

  @Override
  public String key() {
    return "fasttext";
  }

  @Override
  public List<String> extensions() {
    return List.of();
  }

  @Override
  public boolean beginsWith(byte[] head) {
    return new String(head, StandardCharsets.UTF_8).stripLeading().startsWith(labelPrefix);
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    return LineReader.open(file, lines -> new FastTextCursor(file, lines, labelPrefix, columns, listener));
  }

  /** As it was when fingerprints of rows were first kept. */
  @Override
  public String toString() {
    return "FastText[labelPrefix=" + labelPrefix + "]";
  }
}
