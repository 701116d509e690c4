package crema.data;

import crema.base.AtomicFile;
import crema.base.ByteSource;
import crema.base.Fingerprint;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The labels of a model: their indices, names, and how many training rows had each. Immutable. */
public final class LabelSet {
  private static final int FORMAT = 1;

  private final List<String> names;
  private final long[] counts;
  private final Map<String, Integer> indices;

  private LabelSet(List<String> names, long[] counts) {
    if (names.size() != counts.length) {
      throw new IllegalArgumentException(names.size() + " names but " + counts.length + " counts");
    }
    this.names = List.copyOf(names);
    this.counts = counts.clone();
    indices = HashMap.newHashMap(names.size());
    for (int i = 0; i < names.size(); i++) {
      if (indices.put(names.get(i), i) != null) {
        throw new IllegalArgumentException("the label '" + names.get(i) + "' occurs twice");
      }
    }
  }

  /**
   * Labels in the given order.
   *
   * @param names the names, all different
   * @param counts how many training rows have each
   */
  public static LabelSet of(List<String> names, long[] counts) {
    return new LabelSet(names, counts);
  }

  /** Labels in the order of the map. */
  public static LabelSet of(SortedMap<String, Long> counts) {
    return new LabelSet(List.copyOf(counts.keySet()), counts.values().stream().mapToLong(Long::longValue).toArray());
  }

  /**
   * These and one more, the last.
   *
   * @param name one that is not there
   * @param count how many training rows have it
   */
  public LabelSet with(String name, long count) {
    var longerNames = new ArrayList<>(names);
    longerNames.add(name);
    long[] longerCounts = Arrays.copyOf(counts, counts.length + 1);
    longerCounts[counts.length] = count;
    return new LabelSet(longerNames, longerCounts);
  }

  /** The number of labels. */
  public int size() {
    return names.size();
  }

  /** The name of a label. */
  public String name(int index) {
    return names.get(index);
  }

  /** All names by index. */
  public List<String> names() {
    return names;
  }

  /** The index of a label, or -1 if it is not in the set. */
  public int indexOf(String name) {
    return indices.getOrDefault(name, -1);
  }

  /** How many training rows have a label. */
  public long count(int index) {
    return counts[index];
  }

  /** How many training rows have each label. */
  public long[] counts() {
    return counts.clone();
  }

  /** A SHA-256 of the names in their order, in hexadecimal. */
  public String fingerprint() {
    return new Fingerprint("labels").add(names).hex();
  }

  /**
   * Writes the labels as JSON, whole or not at all.
   *
   * @throws DataException if the file cannot be written
   */
  public void save(Path file) {
    var root = new ObjectNode();
    root.put("format", FORMAT);
    var labels = root.putArray("labels");
    for (int i = 0; i < names.size(); i++) {
      labels.addObject().put("name", names.get(i)).put("count", counts[i]);
    }
    try {
      AtomicFile.writeText(file, root.toPrettyString());
    } catch (IOException e) {
      throw new DataException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Reads labels that {@link #save} wrote.
   *
   * @throws DataException if the file is missing, of a newer version, or not such a file
   */
  public static LabelSet load(Path file) {
    return load(ByteSource.of(file));
  }

  /**
   * Reads labels that {@link #save} wrote.
   *
   * @throws DataException if the file is missing, of a newer version, or not such a file
   */
  public static LabelSet load(ByteSource file) {
    JsonNode root;
    try (var in = file.open()) {
      root = Json.parse(in);
    } catch (NoSuchFileException e) {
      throw new DataException(file + (e.getReason() == null ? " does not exist" : " " + e.getReason()), e);
    } catch (IOException | JsonException e) {
      throw new DataException(file + " is not a file of labels: " + firstLine(e), e);
    }
    int format = root.path("format").asInt(0);
    if (format > FORMAT) {
      throw new DataException(file + " was written by a newer version of Crema (format " + format + "; this one reads "
          + FORMAT + "): update Crema");
    }
    var labels = root.path("labels");
    if (format != FORMAT || !labels.isArray()) {
      throw new DataException(file + " is not a file of labels");
    }
    var names = labels.valueStream().map(label -> label.path("name")).toList();
    var counts = labels.valueStream().map(label -> label.path("count")).toList();
    if (!names.stream().allMatch(JsonNode::isString)
        || !counts.stream().allMatch(count -> count.canConvertToLong() && count.longValue() >= 0)) {
      throw new DataException(file + ": each label needs a name and a count");
    }
    try {
      return new LabelSet(names.stream().map(JsonNode::stringValue).toList(),
          counts.stream().mapToLong(JsonNode::longValue).toArray());
    } catch (IllegalArgumentException e) {
      throw new DataException(file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LabelSet that && names.equals(that.names) && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  @Override
  public String toString() {
    return "LabelSet" + names;
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
  }
}
