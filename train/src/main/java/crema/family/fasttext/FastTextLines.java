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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Rows in fastText's own format, on disk: they are read more than once and may not fit in memory.
 *
 * @param reading how texts are read
 * @param target the labels of all rows
 * @param withImplied whether a row's line has the labels too that its own imply: those above it in a taxonomy
 * @param folder where the files are, until the run is over
 */
record FastTextLines(FastTextReading reading, Target target, boolean withImplied, Path folder) {
  /**
   * Rows in a file.
   *
   * @param lines a line a row
   * @param weights what the steps of each line are multiplied by, on average 1; empty where all rows count once
   */
  record Text(TextSource lines, Optional<float[]> weights) {}

  /** Writes rows to a file of this name; labels that the training rows don't have are left out, and rows of them alone. */
  Text write(RowSource rows, String name) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(name + ".txt");
    var weights = new ArrayList<Double>();
    try (Writer lines = Files.newBufferedWriter(file)) {
      rows.forEach(ProblemListener.SILENT, row -> {
        List<String> labels = labels(row);
        if (!labels.isEmpty()) {
          write(labels, row, lines);
          weights.add(row.meta().weight());
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new Text(TextSource.of(file), relative(weights));
  }

  private static Optional<float[]> relative(List<Double> weights) {
    if (weights.stream().allMatch(weight -> weight == 1)) {
      return Optional.empty();
    }
    double mean = weights.stream().mapToDouble(Double::doubleValue).average().orElse(1);
    var relative = new float[weights.size()];
    for (int row = 0; row < relative.length; row++) {
      relative[row] = (float) (weights.get(row) / mean);
    }
    return Optional.of(relative);
  }

  private void write(List<String> labels, Row row, Writer lines) {
    try {
      lines.write(reading.line(labels, reading.text(row)) + "\n");
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
