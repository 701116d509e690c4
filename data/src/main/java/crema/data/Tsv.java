package crema.data;

import java.util.List;

/**
 * Tab-separated values with a header and no quoting: a quote is a character like any other, as in the IANA registration
 * of text/tab-separated-values. Titles are full of inches and stray quotes, which a reader that gave quotes a meaning
 * would take for the start of a field of many lines. For a file that was written with quotes use {@code new Csv('\t')}.
 */
public record Tsv() implements Delimited {
  @Override
  public String key() {
    return "tsv";
  }

  @Override
  public List<String> extensions() {
    return List.of("tsv");
  }

  @Override
  public List<String> columns(DataFile file) {
    return LineReader.read(file, lines -> TableCursor.header(file, records(file, lines)));
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    return LineReader.open(file, lines -> new TableCursor(file, records(file, lines), columns, listener));
  }

  @Override
  public String separator() {
    return "\t";
  }

  @Override
  public TableReader records(DataFile file, LineReader lines) {
    return new UnquotedRecords(lines, separator());
  }
}
