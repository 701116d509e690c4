package crema.data;

import crema.base.CounterRandom;
import crema.base.IntList;
import crema.base.Permutation;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a split needs to know of the rows, a few ints a row: their labels, and the units that stay together. */
final class SplitUnits {
  private final IntList labels;
  private final IntList labelEnds;
  private final int labelCount;
  /** The rows unit by unit, and where each unit ends; null if each row is a unit. */
  private final int @Nullable [] rowsByUnit;
  private final int @Nullable [] unitEnds;

  private SplitUnits(IntList labels, IntList labelEnds, int labelCount, @Nullable IntList unitOfRow, int units) {
    this.labels = labels;
    this.labelEnds = labelEnds;
    this.labelCount = labelCount;
    if (unitOfRow == null) {
      rowsByUnit = null;
      unitEnds = null;
      return;
    }
    var next = new int[units + 1];
    for (int row = 0; row < unitOfRow.size(); row++) {
      next[unitOfRow.get(row) + 1]++;
    }
    Arrays.parallelPrefix(next, Integer::sum);
    unitEnds = Arrays.copyOfRange(next, 1, units + 1);
    rowsByUnit = new int[unitOfRow.size()];
    for (int row = 0; row < rowsByUnit.length; row++) {
      rowsByUnit[next[unitOfRow.get(row)]++] = row;
    }
  }

  static SplitUnits read(RowSource source, SplitPlan plan, ProblemListener listener) {
    var labels = new IntList();
    var labelEnds = new IntList();
    var labelNumbers = new LongIntMap();
    var unitOfRow = plan.grouping() == Grouping.ROWS ? null : new IntList();
    var textOfRow = plan.grouping() == Grouping.COLUMN_AND_TEXT ? new IntList() : null;
    var unitNumbers = new LongIntMap();
    var textNumbers = new LongIntMap();
    source.forEach(listener, row -> {
      if (plan.stratified()) {
        row.labels().forEach(label -> labels.add(number(labelNumbers, TextHash.of(label))));
      }
      labelEnds.add(labels.size());
      if (unitOfRow != null) {
        var key = plan.grouping() == Grouping.TEXT ? row.content() : row.meta().group();
        // A row without a group gets a key that no other has: the hash of its number, under a seed of its own.
        long hash = key != null ? TextHash.of(key) : CounterRandom.bits(-1, unitOfRow.size(), 0);
        unitOfRow.add(number(unitNumbers, hash));
      }
      if (textOfRow != null) {
        textOfRow.add(number(textNumbers, TextHash.of(row.content())));
      }
    });
    return unitOfRow != null && textOfRow != null
        ? linked(labels, labelEnds, labelNumbers.size(), unitOfRow, unitNumbers.size(), textOfRow)
        : new SplitUnits(labels, labelEnds, labelNumbers.size(), unitOfRow, unitNumbers.size());
  }

  /** Units of rows that share a group or a text, directly or through others. */
  private static SplitUnits linked(IntList labels, IntList labelEnds, int labelCount, IntList groupOfRow, int groups,
      IntList textOfRow) {
    int[] parents = IntStream.range(0, groups).toArray();
    var groupOfText = new IntList();
    for (int row = 0; row < groupOfRow.size(); row++) {
      // Texts are numbered as they come: one that is new has the next number.
      if (textOfRow.get(row) == groupOfText.size()) {
        groupOfText.add(groupOfRow.get(row));
      }
      int one = root(parents, groupOfRow.get(row));
      int other = root(parents, groupOfText.get(textOfRow.get(row)));
      parents[Math.max(one, other)] = Math.min(one, other);
    }
    var numbers = new LongIntMap();
    var unitOfRow = new IntList();
    for (int row = 0; row < groupOfRow.size(); row++) {
      unitOfRow.add(number(numbers, root(parents, groupOfRow.get(row))));
    }
    return new SplitUnits(labels, labelEnds, labelCount, unitOfRow, numbers.size());
  }

  private static int root(int[] parents, int group) {
    int root = group;
    while (parents[root] != root) {
      parents[root] = parents[parents[root]];
      root = parents[root];
    }
    return root;
  }

  int rowCount() {
    return labelEnds.size();
  }

  int labelCount() {
    return labelCount;
  }

  /** The number of units. */
  int count() {
    return unitEnds == null ? rowCount() : unitEnds.length;
  }

  /** The number of rows of a unit. */
  int size(int unit) {
    return unitEnds == null ? 1 : unitEnds[unit] - start(unitEnds, unit);
  }

  void forEachRow(int unit, IntConsumer consumer) {
    if (unitEnds == null || rowsByUnit == null) {
      consumer.accept(unit);
      return;
    }
    for (int i = start(unitEnds, unit); i < unitEnds[unit]; i++) {
      consumer.accept(rowsByUnit[i]);
    }
  }

  void forEachLabel(int row, IntConsumer consumer) {
    for (int i = row == 0 ? 0 : labelEnds.get(row - 1); i < labelEnds.get(row); i++) {
      consumer.accept(labels.get(i));
    }
  }

  /** All units by falling size, those of one size in an order that the seed chooses. */
  int[] largestFirst(long seed) {
    int largest = 0;
    for (int unit = 0; unit < count(); unit++) {
      largest = Math.max(largest, size(unit));
    }
    var next = new int[largest + 2];
    for (int unit = 0; unit < count(); unit++) {
      next[largest - size(unit) + 1]++;
    }
    Arrays.parallelPrefix(next, Integer::sum);
    var permutation = new Permutation(count(), seed, 0);
    var order = new int[count()];
    for (int i = 0; i < order.length; i++) {
      int unit = permutation.at(i);
      order[next[largest - size(unit)]++] = unit;
    }
    return order;
  }

  private static int start(int[] ends, int unit) {
    return unit == 0 ? 0 : ends[unit - 1];
  }

  private static int number(LongIntMap numbers, long hash) {
    int next = numbers.size();
    int known = numbers.putIfAbsent(hash, next);
    return known < 0 ? next : known;
  }
}
