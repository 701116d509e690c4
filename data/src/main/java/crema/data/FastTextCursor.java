package crema.data;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** Rows of fastText's text format. */
final class FastTextCursor extends FileCursor {
  /** What fastText's {@code Dictionary::readWord} takes for white space; line feeds end a line. */
  private static final String WHITE_SPACE = " \t\r\u000b\f\0";

  private final LineReader lines;
  private final String labelPrefix;

  FastTextCursor(
      DataFile file, LineReader lines, String labelPrefix, Columns columns, ProblemListener listener) {
    super(file, columns, listener);
    requireNoColumnsBesideText("fastText text");
    this.lines = lines;
    this.labelPrefix = labelPrefix;
  }

  @Override
  boolean advance() {
    return lines.advancePastBlanks();
  }

  @Override
  long line() {
    return lines.number();
  }

  @Override
  @Nullable
  RowProblem problem() {
    return lines.problem();
  }

  @Override
  Row read() {
    var text = new StringBuilder();
    var labels = new LinkedHashSet<String>();
    var words = new StringTokenizer(lines.text(), WHITE_SPACE);
    while (words.hasMoreTokens()) {
      var word = words.nextToken();
      if (word.startsWith(labelPrefix)) {
        labels.add(columns.labelFormat().one(word.substring(labelPrefix.length())));
      } else {
        text.append(text.isEmpty() ? "" : " ").append(word);
      }
    }
    checkCount(labels.size());
    return row(List.of(text.toString()), List.copyOf(labels), null, null);
  }

  @Override
  public void close() {
    lines.close();
  }

  private void checkCount(int labels) {
    if (columns.label().isEmpty()) {
      return;
    }
    if (labels == 0) {
      throw new RowRejected(RowFault.MISSING_LABEL, "no word begins with " + labelPrefix);
    }
    if (labels > 1 && columns.labelFormat().manySeparator() == null) {
      throw new RowRejected(RowFault.BAD_LABEL, labels + " labels where one is expected");
    }
  }
}
