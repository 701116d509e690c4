package crema.cli;

import crema.base.json.JsonNode;
import crema.classify.Prediction;
import crema.data.DataException;
import crema.data.FileFormat;
import crema.data.TableColumn;
import crema.data.TableColumn.Kind;
import crema.data.TableWriter;
import crema.data.TypedText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes predictions as a table: what is kept of a row, as text; the text; the first label and its probability, empty where
 * there is none; all labels and probabilities; and why a row could not be read.
 */
final class PredictionTable implements PredictionOutput {
  private static final List<TableColumn> OWN = List.of(new TableColumn("text", Kind.TEXT),
      new TableColumn("label", Kind.TEXT), new TableColumn("probability", Kind.NUMBER),
      new TableColumn("labels", Kind.TEXTS), new TableColumn("probabilities", Kind.NUMBERS),
      new TableColumn("error", Kind.TEXT));

  private final FileFormat format;
  private final OutputStream out;
  /** Made with the first text, which says what is kept. */
  private @Nullable TableWriter table;
  private long empty;

  PredictionTable(FileFormat format, OutputStream out) {
    this.format = format;
    this.out = out;
  }

  /**
   * The format of a key.
   *
   * @throws DataException if its artifact is not there
   */
  static FileFormat format(String key) {
    return FileFormat.all().stream().filter(format -> format.key().equals(key)).findFirst()
        .orElseThrow(() -> new DataException("writing " + key + " needs the library io.github.crema-engine:crema-" + key
            + ", which is not there"));
  }

  private TableWriter table(List<String> kept) throws IOException {
    if (table == null) {
      var columns = new ArrayList<TableColumn>();
      for (String name : kept) {
        boolean isOwn = OWN.stream().anyMatch(own -> own.name().equals(name));
        columns.add(new TableColumn(isOwn ? PredictionWriter.KEPT + name : name, Kind.TEXT));
      }
      columns.addAll(OWN);
      table = format.writer(out, columns);
    }
    return table;
  }

  @Override
  public void write(List<InputText> texts, List<List<Prediction>> predictions) throws IOException {
    for (int i = 0; i < texts.size(); i++) {
      InputText text = texts.get(i);
      List<Prediction> labels = predictions.get(i);
      var cells = new ArrayList<@Nullable Object>();
      text.kept().values().forEach(value -> cells.add(cell(value)));
      cells.add(text.text());
      cells.add(labels.isEmpty() ? null : labels.getFirst().label());
      cells.add(labels.isEmpty() ? null : PredictionWriter.rounded(labels.getFirst()));
      cells.add(labels.stream().map(Prediction::label).toList());
      cells.add(labels.stream().map(PredictionWriter::rounded).toList());
      cells.add(text.problem());
      table(List.copyOf(text.kept().keySet())).write(cells);
      if (text.problem() == null && text.text().isBlank()) {
        empty++;
      }
    }
  }

  private static @Nullable String cell(JsonNode value) {
    return value.isNull() ? null : value.isContainer() ? value.toString() : TypedText.of(value);
  }

  @Override
  public boolean isClosed() {
    return false;
  }

  @Override
  public int report(PrintStream err) {
    return PredictionWriter.reportEmpty(empty, err);
  }

  @Override
  public void close() throws IOException {
    table(List.of()).close();
  }
}
