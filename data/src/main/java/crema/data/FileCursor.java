package crema.data;

import crema.base.json.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the cursors over files share: the loop that skips unusable rows, and the rules for text and labels. */
abstract class FileCursor implements RowCursor {
  private static final double MOST_WEIGHT = 1e9;
  private static final int MOST_NOTES = 5;

  final DataFile file;
  final Columns columns;
  final ProblemListener listener;
  /** Makes text columns of the raw cells; null where all are columns of the file. */
  final @Nullable RecipeReader made;
  private final TextJoiner joiner;
  private final Set<String> repeated = new HashSet<>();

  FileCursor(DataFile file, Columns columns, ProblemListener listener) {
    this.file = file;
    this.columns = columns;
    this.listener = listener;
    made = columns.areMade() ? new RecipeReader(columns, this) : null;
    joiner = new TextJoiner(columns.joiner());
  }

  /** The names of the columns that there are; no more than a few where rows say them one by one. */
  Set<String> names() {
    return Set.of();
  }

  /** Goes to the next record, sound or not; false at the end. */
  abstract boolean advance();

  /** The line on which the current record begins. */
  abstract long line();

  /** What was found wrong with the current record before its fields were looked at, or null. */
  abstract @Nullable RowProblem problem();

  /**
   * Makes a row of the current record.
   *
   * @throws RowRejected if it is unusable
   */
  abstract Row read();

  @Override
  public final @Nullable Row next() {
    while (advance()) {
      listener.row();
      var problem = problem();
      if (problem == null) {
        try {
          return read();
        } catch (RowRejected e) {
          problem = e.at(file.name(), line());
        }
      }
      listener.problem(problem);
    }
    if (made != null && made.hasRows()) {
      made.unmet(file, names()).forEach((path, message) -> listener.absent(file.name(), path, message));
    }
    return null;
  }

  final Row row(List<String> fields, List<String> labels, @Nullable String group, @Nullable String language) {
    return row(fields, labels, group, language, List.of(), 1, null);
  }

  /** @param picture what the column of pictures holds, or null */
  final Row row(List<String> fields, List<String> labels, @Nullable String group, @Nullable String language,
      List<JsonNode> kept, double weight, @Nullable String picture) {
    var text = fields.size() == 1 && made == null ? fields.getFirst() : joiner.text(fields);
    if (text.isBlank() && kept.isEmpty() && picture == null) {
      throw new RowRejected(RowFault.EMPTY_TEXT, "nothing in " + String.join(", ", columns.content()));
    }
    if (weight == 0) {
      throw new RowRejected(RowFault.LEFT_OUT, "the weight in '" + columns.weight() + "' is 0");
    }
    return new Row(text, fields, labels, new RowMeta(group, language, file.name(), line(), kept, weight,
        picture == null || columns.picture() == null ? null : columns.picture().locate(picture, file.name())));
  }

  /**
   * The weight of a row.
   *
   * @param cell what its column holds, or null
   * @throws RowRejected if it is no number from 0
   */
  final double weight(@Nullable String cell) {
    if (columns.weight() == null || columns.absent().contains(columns.weight())) {
      return 1;
    }
    if (cell == null || cell.isBlank()) {
      throw new RowRejected(RowFault.BAD_WEIGHT, "nothing in '" + columns.weight() + "'");
    }
    double weight;
    try {
      weight = Double.parseDouble(cell.strip());
    } catch (NumberFormatException e) {
      weight = Double.NaN;
    }
    if (!(weight >= 0 && weight <= MOST_WEIGHT)) {
      throw new RowRejected(RowFault.BAD_WEIGHT,
          "'" + columns.weight() + "' must be a number from 0 to 1e9, not '" + cell.strip() + "'");
    }
    return weight;
  }

  /** Whether a cell holds a word for no value and nothing else, which is told. */
  final boolean isForNoValue(String cell, String column) {
    if (cell.isEmpty() || !columns.missing().contains(cell)) {
      return false;
    }
    listener.note(file.name() + ": '" + cell + "' in column '" + column
        + "' is taken for no value; --missing names other words");
    return true;
  }

  /** Says what was concluded of the file. */
  final void note(String what) {
    listener.note(file.name() + ": " + what);
  }

  /**
   * Says that an object has a key twice, once for each key.
   *
   * @param column the column that holds the object; empty for the row itself
   */
  final void noteRepeated(String key, String column) {
    if (repeated.size() < MOST_NOTES && repeated.add(column + '\n' + key)) {
      note("the key '" + key + "' occurs twice in an object" + (column.isEmpty() ? "" : " in '" + column + "'")
          + ", first in line " + line() + ": its last value counts");
    }
  }

  /** Refuses columns that only a file with named columns has. */
  final void requireNoColumnsBesideText(String format) {
    if (columns.group() != null || columns.language() != null || columns.weight() != null
        || columns.picture() != null || !columns.kept().isEmpty()) {
      throw new DataException(
          file.name() + " is " + format + ", which has no columns for a group, a language, a weight, a picture "
              + "or values to keep");
    }
  }

  final RowRejected missingLabel() {
    return new RowRejected(RowFault.MISSING_LABEL, "nothing in " + String.join(", ", columns.label())
        + (columns.labelFormat().manySeparator() == null ? "" : "; [] says that a row has no label"));
  }

  /** The column of pictures, if there is one. */
  final @Nullable String pictureColumn() {
    return columns.picture() == null ? null : columns.picture().name();
  }
}
