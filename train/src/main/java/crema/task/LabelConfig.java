package crema.task;

import crema.base.UserError;
import crema.data.LabelFormat;
import crema.metrics.FrequencyBands;
import java.util.List;
import java.util.Objects;

/**
 * Where the labels of a row are, and how they are read.
 *
 * @param columns the label columns: usually one. Several make up the segments of a path in a taxonomy, outermost first,
 *     or each add labels to a row that may have many
 * @param target {@code single}, {@code multi} or {@code taxonomy}
 * @param separator what separates several labels in a cell that is no JSON array
 * @param pathSeparator what separates the segments of a path
 * @param bands which of them a report calls head, medium and tail
 */
public record LabelConfig(
    List<String> columns, String target, String separator, String pathSeparator, FrequencyBands bands) {
  /** What separates labels unless something else is said. */
  public static final String SEPARATOR = ",";

  /** What separates the segments of a path unless something else is said. */
  public static final String PATH_SEPARATOR = " > ";

  /** Checks the combination; without bands, as in a file of an earlier version, they are the usual ones. */
  public LabelConfig {
    columns = List.copyOf(columns);
    bands = Objects.requireNonNullElse(bands, FrequencyBands.DEFAULT);
    if (TargetKind.ofKey(target) == TargetKind.SINGLE && columns.size() > 1) {
      throw new UserError("several label columns " + String.join(", ", columns)
          + " need a target with several labels (multi) or with paths (taxonomy)");
    }
  }

  /** One label a row. */
  public static LabelConfig single(String column) {
    return new LabelConfig(List.of(column), TargetKind.SINGLE.key(), SEPARATOR, PATH_SEPARATOR, FrequencyBands.DEFAULT);
  }

  /** Any number of labels a row. */
  public static LabelConfig multi(String column, String separator) {
    return new LabelConfig(List.of(column), TargetKind.MULTI.key(), separator, PATH_SEPARATOR, FrequencyBands.DEFAULT);
  }

  /** A path a row. */
  public static LabelConfig taxonomy(String separator, String... columns) {
    return new LabelConfig(List.of(columns), TargetKind.TAXONOMY.key(), SEPARATOR, separator, FrequencyBands.DEFAULT);
  }

  /** One label a row, in the first of these columns. */
  public LabelConfig onlyLabel() {
    return single(columns.getFirst());
  }

  /** The same in other columns. */
  public LabelConfig withColumns(List<String> newColumns) {
    return new LabelConfig(newColumns, target, separator, pathSeparator, bands);
  }

  /** The same with other bands. */
  public LabelConfig withBands(FrequencyBands newBands) {
    return new LabelConfig(columns, target, separator, pathSeparator, newBands);
  }

  /** What there is to predict. */
  public TargetKind kind() {
    return TargetKind.ofKey(target);
  }

  /** How the columns are read. */
  public LabelFormat format() {
    return switch (kind()) {
      case SINGLE -> LabelFormat.SINGLE;
      case MULTI -> LabelFormat.many(separator);
      case TAXONOMY -> LabelFormat.path(pathSeparator);
    };
  }
}
