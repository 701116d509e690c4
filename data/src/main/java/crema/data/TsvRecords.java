package crema.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of tab-separated values, a line each, where quotes mean nothing. */
final class TsvRecords implements TableReader {
  private final LineReader lines;

  TsvRecords(LineReader lines) {
    this.lines = lines;
  }

  @Override
  public boolean advance() {
    // A line of tabs is a record of empty fields.
    return lines.advancePast(String::isEmpty);
  }

  @Override
  public List<String> fields() {
    return List.of(lines.text().split("\t", -1));
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
