package crema.audit;

import crema.base.UserError;
import crema.data.LabelCounts;
import crema.data.LabelSet;
import crema.data.ProblemListener;
import crema.data.Row;
import crema.data.RowFault;
import crema.data.RowProblem;
import crema.data.RowSource;
import crema.run.DataSettings;
import crema.run.RunRows;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows in memory, those with labels and those without.
 *
 * @param kind what labels are
 * @param separator of the segments of paths
 * @param labelled rows with labels
 * @param unlabelled rows with a text whose cells of labels are empty
 * @param labels of the rows
 */
public record AuditRows(TargetKind kind, String separator, List<AuditRow> labelled, List<AuditRow> unlabelled,
    LabelSet labels) {
  /** Copies the lists. */
  public AuditRows {
    labelled = List.copyOf(labelled);
    unlabelled = List.copyOf(unlabelled);
  }

  /**
   * Reads rows.
   *
   * @param settings of data, whose training files are read, and labels
   * @param problems receives what is wrong with rows that are neither
   * @throws UserError when there are no rows with labels
   */
  public static AuditRows read(Settings settings, ProblemListener problems) {
    var data = new DataSettings(settings);
    DataSettings.requireFiles(data.train());
    var missing = new HashSet<String>();
    List<AuditRow> labelled = read(RunRows.rows(data.train(), data), new ProblemListener() {
      @Override
      public void problem(RowProblem problem) {
        if (problem.fault() == RowFault.MISSING_LABEL) {
          missing.add(place(problem.file(), problem.line()));
        } else if (problem.fault() != RowFault.LEFT_OUT) {
          problems.problem(problem);
        }
      }

      @Override
      public void note(String note) {
        problems.note(note);
      }
    });
    if (labelled.isEmpty()) {
      throw new UserError("no row of " + String.join(", ", data.train()) + " has both a text and a label");
    }
    LabelSettings labels = data.labels();
    return new AuditRows(labels.kind(), labels.pathSeparator(), labelled,
        missing.isEmpty() ? List.of() : unlabelled(settings, missing),
        LabelCounts.count(RowSource.of(labelled.stream().map(AuditRow::row).toList()), labels.format(),
            ProblemListener.SILENT));
  }

  /**
   * Reads the rows with labels alone, which may all have the same.
   *
   * @param settings of data, whose training files are read, and labels
   * @param problems receives what is wrong with the others
   */
  static List<AuditRow> labelled(Settings settings, ProblemListener problems) {
    var data = new DataSettings(settings);
    DataSettings.requireFiles(data.train());
    return read(RunRows.rows(data.train(), data), problems);
  }

  private static List<AuditRow> unlabelled(Settings settings, Set<String> places) {
    var data = new DataSettings(settings.with(LabelSettings.LABEL, List.of()));
    return read(RunRows.rows(data.train(), data), ProblemListener.SILENT).stream()
        .filter(row -> places.contains(place(row.row().meta().file(), row.row().meta().line()))).toList();
  }

  private static String place(String file, long line) {
    return line + " " + file;
  }

  /** All rows that can be used, with their numbers. */
  private static List<AuditRow> read(RowSource source, ProblemListener listener) {
    var rows = new ArrayList<AuditRow>();
    Map<String, Long> numbers = new HashMap<>();
    var counter = new ProblemListener() {
      @Override
      public void problem(RowProblem problem) {
        next(numbers, problem.file());
        listener.problem(problem);
      }

      @Override
      public void note(String note) {
        listener.note(note);
      }
    };
    source.forEach(counter, (Row row) -> rows
        .add(new AuditRow(row, next(numbers, row.meta().file()))));
    return rows;
  }

  private static long next(Map<String, Long> numbers, String file) {
    long number = numbers.getOrDefault(file, 0L) + 1;
    numbers.put(file, number);
    return number;
  }

  /** The labels of a row, by number, ascending. */
  int[] labelsOf(AuditRow row) {
    return row.row().labels().stream().mapToInt(labels::indexOf).sorted().distinct().toArray();
  }
}
