package crema.data;

import crema.base.Fingerprint;
import crema.base.IntList;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A division of the rows of a source into parts. It holds a byte a row; the parts are read from the source.
 *
 * <p>Units (rows, or the groups of the plan) are dealt one by one, large groups first and equal ones in seeded order,
 * each to the part that lags most behind its share, counted once over the labels of the unit and once over all rows.
 * So shares are met to within a row or two for every label, and for groups as closely as their sizes allow. With
 * several labels a row, each of them counts, much as in the iterative stratification of Sechidis et al., ECML 2011.
 */
public final class Split {
  private final RowSource source;
  private final SplitPlan plan;
  private final byte[] parts;
  private final int[] sizes;

  private final int units;
  private final int labels;

  private Split(RowSource source, SplitPlan plan, byte[] parts, SplitUnits units) {
    this.source = source;
    this.plan = plan;
    this.parts = parts;
    this.units = units.count();
    labels = units.labelCount();
    sizes = new int[plan.names().size()];
    for (byte part : parts) {
      sizes[part]++;
    }
  }

  /**
   * Divides the rows of a source, in one pass over it.
   *
   * @throws DataException if a part with a share stays empty, because there are too few rows or groups
   */
  public static Split of(RowSource source, SplitPlan plan, ProblemListener listener) {
    Split split = dealt(source, plan, listener);
    split.shortage().ifPresent(shortage -> {
      throw new DataException(shortage);
    });
    return split;
  }

  /** Divides the rows of a source likewise, though a part may stay empty. */
  public static Split dealt(RowSource source, SplitPlan plan, ProblemListener listener) {
    var units = SplitUnits.read(source, plan, listener);
    return new Split(source, plan, new Dealer(units, plan).deal(), units);
  }

  /** Why a part with a share is empty, in one sentence for people; nothing if none is. */
  public Optional<String> shortage() {
    for (int part = 0; part < sizes.length; part++) {
      if (sizes[part] == 0 && plan.fractions().get(part) > 0) {
        return Optional.of(shortage(part));
      }
    }
    return Optional.empty();
  }

  private String shortage(int part) {
    String few = String.format(Locale.ROOT, "%,d %s", parts.length, parts.length == 1 ? "row" : "rows")
        + (units < parts.length ? String.format(Locale.ROOT, " in %,d groups", units) : "");
    double share = plan.fractions().get(part);
    return plan.isOfFolds()
        ? String.format(Locale.ROOT,
            "%d folds need at least as many rows that are not kept together, "
                + "and there are only %s: give more rows",
            plan.names().size(), few)
        : "the " + plan.names().get(part) + " part of the split is empty: there are only " + few
            + (2 * labels > units && units * share >= 1
                ? ", nearly each with a label of its own, and a label's only row is trained on: is it the right column?"
                : ", too few for a share of " + share);
  }

  /** The number of parts. */
  public int parts() {
    return sizes.length;
  }

  /** The number of rows of a part. */
  public int size(int part) {
    return sizes[part];
  }

  /** The part of a row, counted from 0 in the order of the source. */
  public int partOf(int row) {
    return parts[row];
  }

  /** The rows of a part, in the order of the source. */
  public RowSource part(int part) {
    return new PartRows("part " + part, row -> parts[row] == part);
  }

  /** The rows of all parts but one: what is trained on in cross-validation. */
  public RowSource allBut(int part) {
    return new PartRows("all but " + part, row -> parts[row] != part);
  }

  /** The first part. */
  public RowSource train() {
    return part(0);
  }

  /** The second part. */
  public RowSource validation() {
    return part(1);
  }

  /** The third part. */
  public RowSource test() {
    return part(2);
  }

  /** Rows of the source that a predicate on their number picks. */
  private final class PartRows implements RowSource {
    private final String name;
    private final IntPredicate picked;

    PartRows(String name, IntPredicate picked) {
      this.name = name;
      this.picked = picked;
    }

    @Override
    public RowCursor open(ProblemListener listener) {
      var rows = source.open(listener);
      return new RowCursor() {
        private int number;

        @Override
        public @Nullable Row next() {
          for (var row = rows.next(); row != null; row = rows.next()) {
            if (number == parts.length) {
              throw new DataException(
                  row.meta().location() + ": more rows than when the data were split; were they changed meanwhile?");
            }
            if (picked.test(number++)) {
              return row;
            }
          }
          if (number < parts.length) {
            throw new DataException(
                String.format(Locale.ROOT,
                    "the data have %,d rows, but had %,d when they were split; were they changed meanwhile?", number,
                    parts.length));
          }
          return null;
        }

        @Override
        public void close() {
          rows.close();
        }
      };
    }

    @Override
    public String fingerprint() {
      return new Fingerprint("split").add(source.fingerprint()).add(plan.toString()).add(name).hex();
    }
  }

  /** Deals units to parts. */
  private static final class Dealer {
    private final SplitUnits units;
    private final SplitPlan plan;
    private final int partCount;
    /** Rows dealt so far: in all, by part, by label, and by part and label. */
    private long dealt;
    private final long[] dealtTo;
    private final long[] dealtOf;
    private final long[][] dealtToOf;
    /** The labels of the unit at hand, and for each label how many of its rows have it. */
    private final IntList labels = new IntList();
    private final int[] rowsWith;

    Dealer(SplitUnits units, SplitPlan plan) {
      this.units = units;
      this.plan = plan;
      partCount = plan.names().size();
      dealtTo = new long[partCount];
      dealtOf = new long[units.labelCount()];
      dealtToOf = new long[partCount][units.labelCount()];
      rowsWith = new int[units.labelCount()];
    }

    byte[] deal() {
      var parts = new byte[units.rowCount()];
      for (int unit : units.largestFirst(plan.seed())) {
        collectLabels(unit);
        int part = choose(units.size(unit));
        record(part, units.size(unit));
        units.forEachRow(unit, row -> parts[row] = (byte) part);
      }
      return parts;
    }

    private void collectLabels(int unit) {
      for (int i = 0; i < labels.size(); i++) {
        rowsWith[labels.get(i)] = 0;
      }
      labels.clear();
      units.forEachRow(unit, row -> units.forEachLabel(row, label -> {
        if (rowsWith[label]++ == 0) {
          labels.add(label);
        }
      }));
    }

    private int choose(int size) {
      if (plan.everyLabelFirst()) {
        for (int i = 0; i < labels.size(); i++) {
          if (dealtOf[labels.get(i)] == 0) {
            return 0;
          }
        }
      }
      int best = 0;
      double most = Double.NEGATIVE_INFINITY;
      for (int part = 0; part < partCount; part++) {
        double lag = plan.fractions().get(part) == 0 ? Double.NEGATIVE_INFINITY : lag(part, size);
        if (lag > most) {
          most = lag;
          best = part;
        }
      }
      return best;
    }

    private double lag(int part, int size) {
      double share = plan.fractions().get(part);
      double labelLag = 0;
      long weights = 0;
      for (int i = 0; i < labels.size(); i++) {
        int label = labels.get(i);
        int weight = rowsWith[label];
        labelLag += weight * (share * (dealtOf[label] + weight) - dealtToOf[part][label]);
        weights += weight;
      }
      double totalLag = share * (dealt + size) - dealtTo[part];
      return totalLag + (weights == 0 ? 0 : labelLag / weights);
    }

    private void record(int part, int size) {
      dealt += size;
      dealtTo[part] += size;
      for (int i = 0; i < labels.size(); i++) {
        int label = labels.get(i);
        dealtOf[label] += rowsWith[label];
        dealtToOf[part][label] += rowsWith[label];
      }
    }
  }
}
