package crema.family.fasttext;

import crema.data.ProblemListener;
import crema.data.Row;
import crema.data.RowSource;
import crema.fasttext.TextSource;
import crema.task.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Rows in fastText's own format, on disk: they are read more than once and may not fit in memory.
 *
 * @param reading how texts are read
 * @param target the labels of all rows
 * @param withImplied whether a row's line has the labels too that its own imply: those above it in a taxonomy
 * @param folder where the files are, until the run is over
 */
record FastTextLines(FastTextReading reading, Target target, boolean withImplied, Path folder) {
  /** Writes rows to a file of this name; labels that the training rows don't have are left out, and rows of them alone. */
  TextSource write(RowSource rows, String name) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(name + ".txt");
    try (Writer lines = Files.newBufferedWriter(file)) {
      rows.forEach(ProblemListener.SILENT, row -> write(row, lines));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return TextSource.of(file);
  }

  private void write(Row row, Writer lines) {
    List<String> labels = labels(row);
    if (labels.isEmpty()) {
      return;
    }
    try {
      lines.write(FastTextClassifier.line(reading, labels, row.text()) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> labels(Row row) {
    List<String> known = row.labels().stream().filter(label -> target.labels().indexOf(label) >= 0).toList();
    if (!withImplied) {
      return known;
    }
    return known.stream()
        .flatMapToInt(label -> Arrays.stream(target.implied(target.labels().indexOf(label))))
        .distinct()
        .mapToObj(target.labels()::name)
        .toList();
  }
}
