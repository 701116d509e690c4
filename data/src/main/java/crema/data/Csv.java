package crema.data;

import crema.base.OptionalLibrary;
import java.util.List;

/**
 * Comma-separated values with a header, quoted as RFC 4180 says: a quoted field may hold separators and line breaks.
 * Needs FastCSV.
 *
 * @param separator the separator of fields, such as {@code ','} or {@code ';'}
 * @param skipped how many lines stand before the header, such as Excel's {@code sep=;}
 */
public record Csv(char separator, int skipped) implements Delimited {
  /** Checks the number of lines. */
  public Csv {
    if (skipped < 0) {
      throw new IllegalArgumentException("a number of lines: " + skipped);
    }
  }

  /** A table that begins with its header. */
  public Csv(char separator) {
    this(separator, 0);
  }

  @Override
  public String key() {
    return "csv";
  }

  @Override
  public List<String> extensions() {
    return List.of("csv");
  }

  @Override
  public List<String> columns(DataFile file) {
    return LineReader.read(file, lines -> TableCursor.header(file, records(file, lines)));
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    return LineReader.open(file,
        lines -> new TableCursor(file, records(file, lines), columns, listener));
  }

  @Override
  public TableReader records(DataFile file, LineReader lines) {
    OptionalLibrary.FAST_CSV.require("reading " + file.name());
    for (int i = 0; i < skipped; i++) {
      lines.advance();
    }
    return new CsvRecords(file, lines, separator);
  }

  /** As it was when fingerprints of rows were first kept, unless lines are skipped. */
  @Override
  public String toString() {
    return "Csv[separator=" + separator + (skipped == 0 ? "" : ", skipped=" + skipped) + "]";
  }
}
