package crema.data;

import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the label column is read.
 *
 * <p>A row has one label, or several; and each label is a name, or a path in a taxonomy such as
 * {@code Food > Fruit > Apples}. White space around labels and around the segments of a path is dropped. A path comes
 * out in one spelling: its segments joined by the separator as given.
 *
 * @param manySeparator what separates several labels in a cell, or null if a row has one label. A cell that begins
 *     with {@code [} is read as a JSON array of strings instead, or as a list in Python; {@code []} says that the row has no label, while an
 *     empty cell is a missing label. Empty items between separators are ignored
 * @param pathSeparator what separates the segments of a path, or null if labels are no paths. Where a row has one, a cell
 *     that is such a list has its segments
 * @param oneHot whether the names of the label columns are the labels, and their cells say with 1 or 0 which a row has
 */
public record LabelFormat(@Nullable String manySeparator, @Nullable String pathSeparator, boolean oneHot) {
  /** One label a row, the whole cell. */
  public static final LabelFormat SINGLE = new LabelFormat(null, null, false);

  private static final Set<String> ON = Set.of("1", "1.0", "true", "yes", "y", "t", "x");
  private static final Set<String> OFF = Set.of("0", "0.0", "-1", "-1.0", "false", "no", "n", "f", "");

  /** Labels that stand in cells. */
  public LabelFormat(@Nullable String manySeparator, @Nullable String pathSeparator) {
    this(manySeparator, pathSeparator, false);
  }

  /** Checks that the separators differ from labels and from each other. */
  public LabelFormat {
    if ((manySeparator != null && manySeparator.isEmpty()) || (pathSeparator != null && pathSeparator.isBlank())) {
      throw new DataException("a separator of labels cannot be empty");
    }
    if (manySeparator != null && pathSeparator != null && manySeparator.strip().equals(pathSeparator.strip())) {
      throw new DataException("labels and the segments of a path need different separators, but both are '"
          + pathSeparator.strip() + "'");
    }
  }

  /** Several labels a row, separated in the cell, or as a JSON array. */
  public static LabelFormat many(String separator) {
    return new LabelFormat(separator, null);
  }

  /** One path of a taxonomy a row. */
  public static LabelFormat path(String separator) {
    return new LabelFormat(null, separator);
  }

  /** The same with labels that are the names of columns, in whose cells stands 1 or 0. */
  public LabelFormat withOneHot() {
    return new LabelFormat(manySeparator, pathSeparator, true);
  }

  /** Whether a cell could be one of a column that is a label: it says 0 or 1. */
  public static boolean isIndicator(String cell) {
    String word = cell.strip().toLowerCase(Locale.ROOT);
    return ON.contains(word) || OFF.contains(word);
  }

  /**
   * The columns in whose cells stands 1.
   *
   * @throws RowRejected if a cell says neither yes nor no, or if a row has one label and another number of cells say yes
   */
  List<String> named(List<String> columns, List<String> cells) {
    var labels = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i++) {
      String cell = cells.get(i).strip().toLowerCase(Locale.ROOT);
      if (ON.contains(cell)) {
        labels.add(columns.get(i));
      } else if (!OFF.contains(cell)) {
        throw new RowRejected(RowFault.BAD_LABEL,
            "'" + cells.get(i) + "' in " + columns.get(i) + " is neither 0 nor 1");
      }
    }
    if (manySeparator == null && labels.size() != 1) {
      throw new RowRejected(RowFault.BAD_LABEL, labels.size() + " columns with 1 where one is expected");
    }
    return labels;
  }

  /**
   * The labels in a cell.
   *
   * @throws RowRejected if the cell cannot be read
   */
  List<String> parse(String cell) {
    if ((manySeparator != null || pathSeparator != null) && PythonList.isBegunIn(cell)) {
      try {
        return parse(Json.parse(cell));
      } catch (JsonException e) {
        List<String> items = PythonList.read(cell.strip());
        if (items != null) {
          return manySeparator == null ? List.of(joined(items)) : distinct(items);
        }
        if (manySeparator != null) {
          throw new RowRejected(RowFault.BAD_LABEL,
              "neither a JSON array nor a list as Python writes it: " + cell);
        }
      }
    }
    return manySeparator == null ? List.of(one(cell)) : distinct(List.of(cell.split(Pattern.quote(manySeparator))));
  }

  /**
   * The labels in a JSON value: an array holds several labels if a row may have several, of which one may be an array of
   * the segments of its path, and otherwise the segments of a path.
   *
   * @throws RowRejected if the value cannot be read
   */
  List<String> parse(JsonNode value) {
    if (!value.isArray()) {
      return parse(scalar(value));
    }
    if (manySeparator != null) {
      return distinct(value.valueStream().map(item -> pathSeparator != null && item.isArray()
          ? joined(item.valueStream().map(LabelFormat::scalar).toList()) : scalar(item)).toList());
    }
    var items = value.valueStream().map(LabelFormat::scalar).toList();
    if (pathSeparator == null && items.size() == 1) {
      return List.of(one(items.getFirst()));
    }
    if (pathSeparator == null) {
      throw new RowRejected(RowFault.BAD_LABEL, "an array of " + items.size() + " labels where one is expected");
    }
    return List.of(joined(items));
  }

  /**
   * The path whose segments are the values of several columns. Empty values at its end are left out.
   *
   * @throws RowRejected if a segment is empty or contains the separator
   */
  String joined(List<String> segments) {
    var separator = requirePathSeparator();
    int depth = segments.size();
    while (depth > 0 && segments.get(depth - 1).isBlank()) {
      depth--;
    }
    if (depth == 0) {
      throw new RowRejected(RowFault.MISSING_LABEL, "a path without segments");
    }
    var path = new ArrayList<String>(depth);
    for (var segment : segments.subList(0, depth)) {
      if (segment.contains(separator.strip())) {
        throw new RowRejected(RowFault.BAD_LABEL,
            "the segment '" + segment + "' contains the separator of paths '" + separator.strip() + "'");
      }
      path.add(segment);
    }
    return checkedPath(path, separator);
  }

  private List<String> distinct(Collection<String> items) {
    var labels = new LinkedHashSet<String>();
    for (var item : items) {
      if (!item.isBlank()) {
        labels.add(one(item));
      }
    }
    return List.copyOf(labels);
  }

  /**
   * The one spelling of a single label.
   *
   * @throws RowRejected if it is a path with an empty segment
   */
  String one(String label) {
    if (pathSeparator == null) {
      return label.strip();
    }
    var segments = label.strip().split(Pattern.quote(pathSeparator.strip()), -1);
    return checkedPath(List.of(segments), pathSeparator);
  }

  private static String checkedPath(List<String> segments, String separator) {
    var stripped = segments.stream().map(String::strip).toList();
    int empty = stripped.indexOf("");
    if (empty >= 0) {
      throw new RowRejected(RowFault.BAD_LABEL,
          "the path '" + String.join(separator, stripped) + "' has an empty segment, number " + (empty + 1));
    }
    return String.join(separator, stripped);
  }

  private String requirePathSeparator() {
    if (pathSeparator == null) {
      throw new IllegalStateException("labels are no paths");
    }
    return pathSeparator;
  }

  private static String scalar(JsonNode value) {
    if (!value.isValueNode()) {
      throw new RowRejected(RowFault.BAD_LABEL, "a label that is neither a string nor a number: " + value);
    }
    return TypedText.of(value);
  }

  /** As it was when fingerprints of rows were first kept, unless columns are labels. */
  @Override
  public String toString() {
    return "LabelFormat[manySeparator=" + manySeparator + ", pathSeparator=" + pathSeparator
        + (oneHot ? ", oneHot=true" : "") + "]";
  }
}
