package crema.data;

import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds fields of raw rows that give labels away: those that alone tell the label, as a category's number does, and those
 * that are constant per label, as a shop that sells one category. Rows are looked at one by one; what is kept is bounded.
 *
 * <p>A field of which most values are rare, as a title or the number of a row, is no such field: one row says nothing of
 * another then. How well a value tells the label is measured on the other rows that have the value.
 */
public final class FieldSurvey {
  private static final int FEWEST_ROWS = 50;
  /** So many rows has a value on average, and a label, where they say something of each other. */
  private static final int FEWEST_OF_EACH = 5;
  /** From this share of its rows on a field tells the label. */
  private static final double NEARLY_ALL = 0.98;
  /** So much of what guessing the most frequent answer gets wrong must be right. */
  private static final double LEAST_GAIN = 0.9;
  /** A field that fewer of the rows have is no rule. */
  private static final double LEAST_SHARE = 0.5;
  private static final int MOST_FIELDS = 500;
  private static final int MOST_LABELS = 100_000;
  /** Pairs of a value and a label that are counted at a time; some 100 bytes each. */
  private static final int MOST_PAIRS = 300_000;
  /** From so many values on, a field with few rows of each is taken for text. */
  private static final int VALUES_OF_TEXT = 1000;
  /** Longer values are texts, on average. */
  private static final int LONGEST_VALUE = 100;
  private static final int DEEPEST = 16;

  private final Predicate<String> looksAt;
  private final Map<String, Field> fields = new LinkedHashMap<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private long rows;
  private int pairs;

  /** What gives a label away. */
  public enum Kind {
    /** Of the rows with one value, nearly all have one label. */
    TELLS_THE_LABEL,
    /** Of the rows with one label, nearly all have one value. */
    CONSTANT_PER_LABEL
  }

  /**
   * A field that gives labels away.
   *
   * @param path of the field
   * @param rows that have it
   * @param right of these, how many have the label of most rows with their value, or the value of most rows with their
   *     label
   * @param values how many different ones
   * @param labels how many different ones its rows have
   */
  public record Leak(String path, Kind kind, long rows, long right, int values, int labels) {
    /** In a line, for people. */
    public String describe() {
      return switch (kind) {
        case TELLS_THE_LABEL -> String.format(Locale.ROOT,
            "the field '%s' alone tells the label in %,d of %,d rows: each of its %,d values goes "
                + "with one of %,d labels",
            path, right, rows, values, labels);
        case CONSTANT_PER_LABEL -> String.format(Locale.ROOT,
            "the field '%s' is constant per label in %,d of %,d rows: each of %,d labels has one "
                + "of its %,d values",
            path, right, rows, labels, values);
      };
    }
  }

  /** A field: for each value, by its hash, how many rows have it with each label. */
  private static final class Field {
    private final Map<Long, Map<Integer, Integer>> counts = new HashMap<>();
    private long rows;
    private long characters;
    private int pairs;
    private boolean isText;
  }

  /**
   * A survey of rows.
   *
   * @param looksAt which fields to look at, by their paths
   */
  public FieldSurvey(Predicate<String> looksAt) {
    this.looksAt = looksAt;
  }

  /**
   * Looks at a row.
   *
   * @param cells its raw cells by the names of their columns; JSON in texts is looked into
   * @param of its labels; a row without any is passed over
   */
  public void add(Map<String, JsonNode> cells, List<String> of) {
    if (of.isEmpty() || labels.size() == MOST_LABELS) {
      return;
    }
    rows++;
    int label = labels.computeIfAbsent(String.join("\n", of), _ -> labels.size());
    var values = new LinkedHashMap<String, StringBuilder>();
    cells.forEach((column, cell) -> collect(column, cell, 0, values));
    values.forEach((path, value) -> count(path, value.toString(), label));
  }

  private void collect(String path, JsonNode cell, int depth, Map<String, StringBuilder> into) {
    JsonNode value = structure(cell);
    if (depth > DEEPEST || into.size() > MOST_FIELDS) {
      return;
    }
    if (value.isObject()) {
      value.properties().forEach(entry -> collect(path + "." + entry.getKey(), entry.getValue(), depth + 1, into));
    } else if (value.isArray()) {
      value.forEach(item -> collect(path, item, depth + 1, into));
    } else if (!value.isNull() && !value.isMissingNode() && looksAt.test(path)) {
      String text = TypedText.of(value).strip();
      if (!text.isEmpty()) {
        into.computeIfAbsent(path, _ -> new StringBuilder()).append(text).append('\n');
      }
    }
  }

  private static JsonNode structure(JsonNode value) {
    if (!value.isString()) {
      return value;
    }
    String text = value.stringValue().strip();
    if (!(text.startsWith("{") && text.endsWith("}")) && !(text.startsWith("[") && text.endsWith("]"))) {
      return value;
    }
    try {
      return Json.parseWithNaN(text);
    } catch (JsonException e) {
      return value;
    }
  }

  private void count(String path, String value, int label) {
    Field field = fields.get(path);
    if (field == null) {
      if (fields.size() == MOST_FIELDS) {
        return;
      }
      field = new Field();
      fields.put(path, field);
    }
    field.rows++;
    field.characters += value.length();
    if (field.isText) {
      return;
    }
    if (field.counts.computeIfAbsent(TextHash.of(value), _ -> new HashMap<>(2)).merge(label, 1, Integer::sum) == 1) {
      field.pairs++;
      pairs++;
    }
    if (field.counts.size() > VALUES_OF_TEXT && (long) field.counts.size() * FEWEST_OF_EACH > field.rows) {
      forget(field);
    }
    if (pairs > MOST_PAIRS) {
      forget(fields.values().stream().max(Comparator.comparingInt(each -> each.pairs)).orElseThrow());
    }
  }

  /** Takes a field for text, of which nothing is counted. */
  private void forget(Field field) {
    pairs -= field.pairs;
    field.pairs = 0;
    field.counts.clear();
    field.isText = true;
  }

  /** The paths of the fields that were met and looked at. */
  public List<String> paths() {
    return List.copyOf(fields.keySet());
  }

  /** The fields that give labels away, in the order in which they were met. */
  public List<Leak> leaks() {
    var leaks = new ArrayList<Leak>();
    fields.forEach((path, field) -> leak(path, field).ifPresent(leaks::add));
    return leaks;
  }

  private Optional<Leak> leak(String path, Field field) {
    if (field.isText || field.rows < FEWEST_ROWS || field.rows < LEAST_SHARE * rows
        || field.characters > LONGEST_VALUE * field.rows || field.counts.size() < 2
        || field.rows < (long) FEWEST_OF_EACH * field.counts.size()) {
      return Optional.empty();
    }
    var byLabel = new HashMap<Integer, Map<Long, Integer>>();
    field.counts.forEach((value, of) -> of
        .forEach((label, count) -> byLabel.computeIfAbsent(label, _ -> new HashMap<>(2)).put(value, count)));
    if (byLabel.size() < 2) {
      return Optional.empty();
    }
    long ofValues = agreeing(field.counts.values());
    if (isRule(ofValues, most(byLabel.values()), field.rows)) {
      return Optional.of(new Leak(path, Kind.TELLS_THE_LABEL, field.rows, ofValues, field.counts.size(),
          byLabel.size()));
    }
    long ofLabels = agreeing(byLabel.values());
    return isRule(ofLabels, most(field.counts.values()), field.rows)
        && field.rows >= (long) FEWEST_OF_EACH * byLabel.size()
            ? Optional.of(new Leak(path, Kind.CONSTANT_PER_LABEL, field.rows, ofLabels, field.counts.size(),
                byLabel.size()))
            : Optional.empty();
  }

  /** How many rows have what most others of their group have; a row that is alone has no others. */
  private static <K> long agreeing(Iterable<Map<K, Integer>> groups) {
    long agreeing = 0;
    for (Map<K, Integer> group : groups) {
      int most = group.values().stream().mapToInt(Integer::intValue).max().orElse(0);
      agreeing += most > 1 ? most : 0;
    }
    return agreeing;
  }

  /** The rows of the largest group. */
  private static <K> long most(Iterable<Map<K, Integer>> groups) {
    long most = 0;
    for (Map<K, Integer> group : groups) {
      most = Math.max(most, group.values().stream().mapToLong(Integer::longValue).sum());
    }
    return most;
  }

  private static boolean isRule(long right, long guessed, long rows) {
    return right >= NEARLY_ALL * rows && right - guessed >= LEAST_GAIN * (rows - guessed) && rows > guessed;
  }
}
