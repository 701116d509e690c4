package crema.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One text a line, whatever is in it; no labels and no columns. A file cannot say that it is of this format: whoever reads
 * it does.
 */
public record PlainLines() implements FileFormat {
  private static final Columns LINE = Columns.text("line");

  @Override
  public String key() {
    return "lines";
  }

  @Override
  public List<String> extensions() {
    return List.of();
  }

  /** The lines of a file that are not blank. */
  public static FileRows of(DataFile file) {
    return new FileRows(file, new PlainLines(), LINE);
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    return LineReader.open(file, lines -> new Cursor(file, lines, columns, listener));
  }

  private static final class Cursor extends FileCursor {
    private final LineReader lines;

    Cursor(DataFile file, LineReader lines, Columns columns, ProblemListener listener) {
      super(file, columns, listener);
      requireNoColumnsBesideText("plain text");
      this.lines = lines;
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
      return row(List.of(lines.text()), List.of(), null, null);
    }

    @Override
    public void close() {
      lines.close();
    }
  }
}
