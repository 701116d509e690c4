package crema.data;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where the rows that were read went: each is used, or left out for a reason that was told, so that {@link #used()} and
 * {@link #notUsed()} add up to {@link #read()}.
 *
 * @param read the number of rows of the files, and of those that were added to them
 * @param usedFor how many rows were used, by what for
 * @param leftOut how many were not, by the reason
 */
public record RowAccount(long read, Map<String, Long> usedFor, Map<RowFault, Long> leftOut) {
  /** Keeps the order of what rows were used for. */
  public RowAccount {
    usedFor = Collections.unmodifiableMap(new LinkedHashMap<>(usedFor));
    var faults = new EnumMap<RowFault, Long>(RowFault.class);
    leftOut.forEach((fault, count) -> {
      if (count > 0) {
        faults.put(fault, count);
      }
    });
    leftOut = Collections.unmodifiableMap(faults);
  }

  /** How many rows were used. */
  public long used() {
    return sum(usedFor);
  }

  /** How many rows were left out. */
  public long notUsed() {
    return sum(leftOut);
  }

  /** The same with so many more rows left out for a reason. */
  public RowAccount and(RowFault fault, long count) {
    var more = new EnumMap<RowFault, Long>(RowFault.class);
    more.putAll(leftOut);
    more.merge(fault, count, Long::sum);
    return new RowAccount(read, usedFor, more);
  }

  /** In a line, for people. */
  @Override
  public String toString() {
    String used = String.format(Locale.ROOT, "%,d of %,d used", used(), read);
    return leftOut.isEmpty() ? used : used + "; left out: " + leftOut.entrySet().stream()
        .map(fault -> String.format(Locale.ROOT, "%,d %s", fault.getValue(), fault.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
