package crema.corpus;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often values are met, of the first thousand different ones; what is met beside them is counted together. */
public final class TopCounts {
  /** So many different values are told apart. */
  public static final int MOST = 1000;

  private static final int LONGEST = 100;

  private final Map<String, Long> counts = new HashMap<>();
  private long others;

  TopCounts() {}

  /**
   * A value and how often it is met.
   *
   * @param value the value, or its beginning
   */
  public record Entry(String value, long count) {}

  /** Counts a value. */
  void add(String value) {
    String key = value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "…";
    Long count = counts.get(key);
    if (count != null || counts.size() < MOST) {
      counts.put(key, count == null ? 1 : count + 1);
    } else {
      others++;
    }
  }

  /** How many different values are told apart. */
  public int distinct() {
    return counts.size();
  }

  /** How many values are counted together, since there were too many different ones before them. */
  public long others() {
    return others;
  }

  /** The values that are met most often, those first. */
  public List<Entry> top(int most) {
    return counts.entrySet().stream().map(entry -> new Entry(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Entry::count).reversed().thenComparing(Entry::value)).limit(most).toList();
  }
}
