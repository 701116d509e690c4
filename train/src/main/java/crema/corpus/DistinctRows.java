package crema.corpus;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a part of a {@link Spill} by the hashes of their texts, one of each text: that of the cluster with the
 * smallest number. What would not fit in memory is left for another reading of the part.
 */
final class DistinctRows {
  private final ClusterClasses classes;
  private final long budget;
  private @Nullable CorpusRow[] table = new @Nullable CorpusRow[1 << 10];
  private int size;
  private long memory;
  /** The largest hash that is taken, without a sign. */
  private long last = -1;

  private DistinctRows(ClusterClasses classes, long budget) {
    this.classes = classes;
    this.budget = budget;
  }

  /**
   * Rows in order.
   *
   * @param rows by their hashes
   * @param last the largest hash up to which all rows are here, without a sign
   */
  record Sorted(CorpusRow[] rows, long last) {}

  /**
   * Reads rows.
   *
   * @param first the smallest hash to take, without a sign
   * @param budget how many bytes of memory they may take
   */
  static Sorted read(Spill spill, int part, long first, ClusterClasses classes, long budget) throws IOException {
    var rows = new DistinctRows(classes, budget);
    spill.read(part, (high, low, place, bytes, from, to) -> {
      if (Long.compareUnsigned(high, first) >= 0 && Long.compareUnsigned(high, rows.last) <= 0) {
        rows.add(high, low, place, bytes, from, to);
      }
    });
    return new Sorted(rows.sorted(), rows.last);
  }

  private void add(long high, long low, int place, byte[] bytes, int from, int to) {
    int slot = slot(table, high, low);
    CorpusRow known = table[slot];
    if (known == null) {
      var row = new CorpusRow(high, low, place, Arrays.copyOfRange(bytes, from, to));
      table[slot] = row;
      memory += row.memory();
      if (++size * 2 > table.length) {
        rebuild(present(), table.length * 2);
      }
    } else {
      known.addCopy(classes.label(place) != classes.label(known.place()));
      if (isBetter(place, bytes, from, to, known)) {
        memory -= known.memory();
        known.replace(place, Arrays.copyOfRange(bytes, from, to));
        memory += known.memory();
      }
    }
    if (memory > budget) {
      leaveUpperHalf();
    }
  }

  /** Whether a row is to stand for its text in place of one that does. */
  private boolean isBetter(int place, byte[] bytes, int from, int to, CorpusRow known) {
    int order = Long.compare(classes.cluster(place), classes.cluster(known.place()));
    return order != 0 ? order < 0
        : Arrays.compareUnsigned(bytes, from, to, known.line(), 0, known.line().length) < 0;
  }

  private void leaveUpperHalf() {
    CorpusRow[] rows = sorted();
    long middle = rows[(rows.length - 1) / 2].high();
    int kept = rows.length;
    while (kept > 0 && Long.compareUnsigned(rows[kept - 1].high(), middle) > 0) {
      kept--;
    }
    last = middle;
    rebuild(Arrays.copyOf(rows, kept), table.length);
  }

  private CorpusRow[] present() {
    return Arrays.stream(table).filter(row -> row != null).toArray(CorpusRow[]::new);
  }

  private CorpusRow[] sorted() {
    CorpusRow[] rows = present();
    Arrays.sort(rows);
    return rows;
  }

  private void rebuild(CorpusRow[] rows, int length) {
    var slots = new @Nullable CorpusRow[length];
    memory = 0;
    for (CorpusRow row : rows) {
      slots[slot(slots, row.high(), row.low())] = row;
      memory += row.memory();
    }
    table = slots;
    size = rows.length;
  }

  private static int slot(@Nullable CorpusRow[] slots, long high, long low) {
    int mask = slots.length - 1;
    for (int slot = (int) low & mask;; slot = slot + 1 & mask) {
      CorpusRow row = slots[slot];
      if (row == null || row.low() == low && row.high() == high) {
        return slot;
      }
    }
  }
}
