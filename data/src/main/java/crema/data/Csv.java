package crema.data;

import crema.base.OptionalLibrary;
import java.util.List;

/**
 * Comma-separated values with a header, quoted as RFC 4180 says: a quoted field may hold separators and line breaks.
 * Needs FastCSV.
 *
 * @param separator what stands between fields, such as {@code ,} or {@code ||}
 * @param skipped how many lines stand before the header, such as Excel's {@code sep=;}
 * @param quote what stands around quoted fields; {@link #UNQUOTED} where each line is a record and quotes mean nothing
 * @param isEscaped whether quotes and backslashes may be written with a backslash before them, as databases do it
 */
public record Csv(String separator, int skipped, char quote, boolean isEscaped) implements Delimited {
  /** In place of a quote: there is none. */
  public static final char UNQUOTED = '\0';

  private static final char QUOTE = '"';

  /** Checks the number of lines and the characters. */
  public Csv {
    if (skipped < 0) {
      throw new IllegalArgumentException("a number of lines: " + skipped);
    }
    if (separator.isEmpty() || separator.indexOf('\n') >= 0 || separator.indexOf('\r') >= 0) {
      throw new IllegalArgumentException("fields cannot be separated by nothing, nor by line breaks");
    }
    if (separator.indexOf(quote) >= 0) {
      throw new IllegalArgumentException("fields cannot be separated and quoted by the same character: " + quote);
    }
  }

  /** A table whose quotes are doubled within fields. */
  public Csv(String separator, int skipped, char quote) {
    this(separator, skipped, quote, false);
  }

  /** A table with double quotes. */
  public Csv(String separator, int skipped) {
    this(separator, skipped, QUOTE);
  }

  /** A table with double quotes that begins with its header. */
  public Csv(String separator) {
    this(separator, 0);
  }

  /** A table with double quotes that begins with its header, whose fields have a character between them. */
  public Csv(char separator) {
    this(String.valueOf(separator));
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
    for (int i = 0; i < skipped; i++) {
      lines.advance();
    }
    if (quote == UNQUOTED) {
      return new UnquotedRecords(lines, separator);
    }
    OptionalLibrary.FAST_CSV.require("reading " + file.name());
    return new CsvRecords(file, lines, this);
  }

  /** As it was when fingerprints of rows were first kept, unless lines are skipped or the quote is another one. */
  @Override
  public String toString() {
    return "Csv[separator=" + separator + (skipped == 0 ? "" : ", skipped=" + skipped)
        + (quote == QUOTE ? "" : ", quote=" + quote) + (isEscaped ? ", escaped" : "") + "]";
  }
}
