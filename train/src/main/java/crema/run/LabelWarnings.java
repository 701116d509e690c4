package crema.run;

import crema.data.Row;
import crema.data.RowSource;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Signs that a label column is not what it is taken for, seen in a pass over labelled rows: a text column that holds the
 * label, lists and separated lists that are taken for one label, and a column that says yes or no.
 */
final class LabelWarnings {
  private static final double NEARLY_ALL = 0.95;
  private static final long FEWEST_ROWS = 20;
  private static final Pattern LIST = Pattern.compile("\\[\\s*(['\"].*['\"]\\s*)?\\]", Pattern.DOTALL);
  private static final List<String> SEPARATORS = List.of("|", ";");

  private final LabelSettings labels;
  private final List<String> columns;
  private final long[] equal;
  private final long[] separated = new long[SEPARATORS.size()];
  private long rows;
  private long lists;
  private boolean severalLabels;
  private String list = "";
  private String separatedLabel = "";

  /**
   * Signs in rows.
   *
   * @param columns the names of the text columns
   */
  LabelWarnings(LabelSettings labels, List<String> columns) {
    this.labels = labels;
    this.columns = columns;
    equal = new long[columns.size()];
  }

  /** The rows, of which each is looked at in a pass. */
  RowSource over(RowSource source) {
    return source.map("looked at", "", row -> {
      add(row);
      return row;
    });
  }

  private void add(Row row) {
    rows++;
    severalLabels |= row.labels().size() > 1;
    for (int i = 0; i < Math.min(equal.length, row.fields().size()); i++) {
      String field = row.fields().get(i).strip();
      equal[i] += row.labels().stream().anyMatch(field::equalsIgnoreCase) ? 1 : 0;
    }
    for (String label : row.labels()) {
      if (LIST.matcher(label).matches()) {
        lists++;
        list = label;
      }
      for (int i = 0; i < separated.length; i++) {
        if (label.contains(SEPARATORS.get(i))) {
          separated[i]++;
          separatedLabel = label;
        }
      }
    }
  }

  /** Whether a text column holds the label. */
  boolean isLabel(String column) {
    int index = columns.indexOf(column);
    return index >= 0 && rows >= FEWEST_ROWS && equal[index] >= NEARLY_ALL * rows;
  }

  /** What was seen, a line each. */
  List<String> found() {
    var found = new ArrayList<String>();
    for (int i = 0; i < equal.length && rows >= FEWEST_ROWS; i++) {
      if (equal[i] >= NEARLY_ALL * rows) {
        found.add(String.format(Locale.ROOT,
            "the text column '%s' is the label in %,d of %,d rows: a model reads its answers there",
            columns.get(i), equal[i], rows));
      }
    }
    if (labels.kind() == TargetKind.SINGLE && lists >= NEARLY_ALL * rows && rows > 0) {
      found.add(String.format(Locale.ROOT,
          "labels are lists, such as %s, of which each is taken for one label: --target multi reads their items",
          list));
    }
    separator().ifPresent(separator -> found.add(String.format(Locale.ROOT,
        "no row has several labels, but '%s' may be some: say what separates ",
        separatedLabel) + "them with --label-separator '" + separator + "'"));
    return found;
  }

  private Optional<String> separator() {
    for (int i = 0; i < separated.length; i++) {
      if (labels.kind() == TargetKind.MULTI && !severalLabels && separated[i] > rows / 2
          && !SEPARATORS.get(i).equals(labels.format().manySeparator())) {
        return Optional.of(SEPARATORS.get(i));
      }
    }
    return Optional.empty();
  }
}
