package crema.data;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table that begins with its first row; columns are called by their numbers, from 1.
 *
 * @param format how the rows are read
 */
record Headerless(Delimited format) implements FileFormat {
  @Override
  public String key() {
    return format.key() + " without header";
  }

  @Override
  public List<String> extensions() {
    return List.of();
  }

  @Override
  public List<String> columns(DataFile file) {
    return LineReader.read(file, lines -> TableCursor.header(file, new Numbered(format.records(file, lines))));
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    return LineReader.open(file,
        lines -> new TableCursor(file, new Numbered(format.records(file, lines)), columns, listener));
  }

  /** Records behind a header that is made up of numbers, as many as the first record has fields. */
  private static final class Numbered implements TableReader {
    private final TableReader records;
    /** Whether there is a first record, which is read for its width before it is handed out. */
    private final boolean any;
    private final List<String> header;
    /** Of what is handed out: 0 is the header, 1 the first record. */
    private long position = -1;

    Numbered(TableReader records) {
      this.records = records;
      any = records.advance();
      int width = any && records.problem() == null ? records.fields().size() : 0;
      header = IntStream.rangeClosed(1, width).mapToObj(Integer::toString).toList();
    }

    @Override
    public boolean advance() {
      position++;
      return position <= 1 ? any : records.advance();
    }

    @Override
    public List<String> fields() {
      return position == 0 ? header : records.fields();
    }

    @Override
    public long line() {
      return records.line();
    }

    @Override
    public @Nullable RowProblem problem() {
      return records.problem();
    }

    @Override
    public void close() {
      records.close();
    }
  }
}
