package crema.data;

import crema.base.OptionalLibrary;
import java.util.List;

/**
 * Comma-separated values with a header, quoted as RFC 4180 says: a quoted field may hold separators and line breaks.
 * Needs FastCSV.
 *
 * @param separator the separator of fields, such as {@code ','} or {@code ';'}
 */
public record Csv(char separator) implements FileFormat {
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
    OptionalLibrary.FAST_CSV.require("reading " + file.name());
    return LineReader.read(file, lines -> TableCursor.header(file, new CsvRecords(file, lines, separator)));
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    OptionalLibrary.FAST_CSV.require("reading " + file.name());
    return LineReader.open(file,
        lines -> new TableCursor(file, new CsvRecords(file, lines, separator), columns, listener));
  }
}
