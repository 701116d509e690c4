package crema.data;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of separated values, a line each, where quotes mean nothing. */
final class UnquotedRecords implements TableReader {
  private final LineReader lines;
  private final String separator;

  UnquotedRecords(LineReader lines, String separator) {
    this.lines = lines;
    this.separator = separator;
  }

  @Override
  public boolean advance() {
    // A line of separators is a record of empty fields.
    return lines.advancePast(String::isEmpty);
  }

  @Override
  public List<String> fields() {
    String line = lines.text();
    var fields = new ArrayList<String>();
    int begin = 0;
    for (int end = line.indexOf(separator); end >= 0; end = line.indexOf(separator, begin)) {
      fields.add(line.substring(begin, end));
      begin = end + separator.length();
    }
    fields.add(line.substring(begin));
    return fields;
  }

  @Override
  public long line() {
    return lines.number();
  }

  @Override
  public @Nullable RowProblem problem() {
    return lines.problem();
  }

  @Override
  public void close() {
    lines.close();
  }
}
