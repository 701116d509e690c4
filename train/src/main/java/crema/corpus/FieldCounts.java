package crema.corpus;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What is met under one name: types, how much is filled in, and some of the values. */
public final class FieldCounts {
  private static final int EXAMPLES = 3;
  private static final int LONGEST = 120;

  /** The type of a value. */
  public enum Type {
    /** A text. */
    TEXT,
    /** A number without a fraction. */
    WHOLE_NUMBER,
    /** Any other number. */
    NUMBER,
    /** True or false. */
    BOOLEAN,
    /** No value. */
    NULL,
    /** Values in an order. */
    ARRAY,
    /** Values under names. */
    OBJECT
  }

  private final Map<Type, Long> types = new EnumMap<>(Type.class);
  private final List<String> examples = new ArrayList<>();
  private final TopCounts values = new TopCounts();
  private long filled;
  private long characters;
  private long longest;

  FieldCounts() {}

  /** Counts an array or an object. */
  void add(Type container) {
    types.merge(container, 1L, Long::sum);
    filled++;
  }

  /** Counts a value. */
  void add(Type type, String text) {
    types.merge(type, 1L, Long::sum);
    if (type == Type.NULL || text.isBlank()) {
      return;
    }
    filled++;
    characters += text.length();
    longest = Math.max(longest, text.length());
    values.add(text);
    if (examples.size() < EXAMPLES) {
      String example = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
      if (!examples.contains(example)) {
        examples.add(example);
      }
    }
  }

  /** How often each type is met. */
  public Map<Type, Long> types() {
    return types;
  }

  /** How often it has a value that is neither null nor blank. */
  public long filled() {
    return filled;
  }

  /** The mean length of values, in UTF-16 units. */
  public double meanLength() {
    return characters / (double) Math.max(1, filled);
  }

  /** The length of the longest value, in UTF-16 units. */
  public long longest() {
    return longest;
  }

  /** The first different values. */
  public List<String> examples() {
    return examples;
  }

  /** The values and how often they are met. */
  public TopCounts values() {
    return values;
  }
}
