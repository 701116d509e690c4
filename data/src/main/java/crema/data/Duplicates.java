package crema.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Rows of one part of the data whose exact text also occurs in an earlier part, so that a score on them says nothing.
 *
 * @param part the name of the later part
 * @param earlier the name of the first part that has the text
 * @param rows how many rows of the later part
 * @param examples the first of them
 */
public record Duplicates(String part, String earlier, long rows, List<Example> examples) {
  private static final int EXAMPLES = 3;

  /**
   * A text that occurs in two parts.
   *
   * @param text the text
   * @param location where it first occurs in the later part
   * @param earlierLocation where it first occurs in the earlier part
   */
  public record Example(String text, String location, String earlierLocation) {}

  /** Copies the examples. */
  public Duplicates {
    examples = List.copyOf(examples);
  }

  /**
   * Finds duplicates between parts, by a 64-bit hash of each text.
   *
   * @param parts the parts by name, training first
   * @return one entry for each pair of parts with duplicates; empty if there are none
   */
  public static List<Duplicates> between(SequencedMap<String, RowSource> parts) {
    var firstPart = new LongIntMap();
    var entries = List.copyOf(parts.entrySet());
    var found = new ArrayList<Duplicates>();
    for (int part = 0; part < entries.size(); part++) {
      var overlaps = new LinkedHashMap<Integer, Overlap>();
      int current = part;
      entries.get(part).getValue().forEach(ProblemListener.SILENT, row -> {
        long hash = TextHash.of(row.content());
        int earlier = firstPart.putIfAbsent(hash, current);
        if (earlier >= 0 && earlier < current) {
          overlaps.computeIfAbsent(earlier, key -> new Overlap()).add(hash, row);
        }
      });
      overlaps.forEach((earlier, overlap) -> {
        var from = entries.get(earlier);
        found.add(new Duplicates(
            entries.get(current).getKey(), from.getKey(), overlap.rows, overlap.examples(from.getValue())));
      });
    }
    return found;
  }

  /** The rows that one part shares with an earlier one. */
  private static final class Overlap {
    private final Map<Long, Row> first = new LinkedHashMap<>();
    private long rows;

    void add(long hash, Row row) {
      rows++;
      if (first.size() < EXAMPLES) {
        first.putIfAbsent(hash, row);
      }
    }

    /** Reads the earlier part up to where the examples occur in it. */
    List<Example> examples(RowSource earlier) {
      var locations = new HashMap<Long, String>();
      try (var cursor = earlier.open(ProblemListener.SILENT)) {
        for (var row = cursor.next(); row != null && locations.size() < first.size(); row = cursor.next()) {
          long hash = TextHash.of(row.content());
          if (first.containsKey(hash)) {
            locations.putIfAbsent(hash, row.meta().location());
          }
        }
      }
      var examples = new ArrayList<Example>();
      first.forEach((hash, row) -> examples
          .add(new Example(row.content(), row.meta().location(), locations.getOrDefault(hash, "?"))));
      return examples;
    }
  }
}
