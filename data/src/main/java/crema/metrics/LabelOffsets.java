package crema.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What is added to the score of each label before the highest decides, where a document has one label: rare labels whose
 * scores are a little too low to win come to their right. Immutable.
 */
public final class LabelOffsets {
  /**
   * A label with fewer validation documents keeps its score: where its few lie says too little of where others would.
   */
  private static final int FEWEST_DOCUMENTS = 3;
  /** The offsets settle after a few rounds over all labels; they need not. */
  private static final int MOST_ROUNDS = 10;

  /** Sums of F1 that differ by less are the same. */
  private static final double TOLERANCE = 1e-12;

  private final float[] values;

  private LabelOffsets(float[] values) {
    this.values = values;
  }

  /** Nothing is added. */
  public static LabelOffsets none(int labels) {
    return new LabelOffsets(new float[labels]);
  }

  /** An offset for each label, {@code [labels]}, which are copied. */
  public static LabelOffsets of(float[] values) {
    return new LabelOffsets(values.clone());
  }

  /**
   * The offsets with which the macro F1 of validation documents is the greatest that is found: label after label, from
   * that of the fewest documents on, the offset that is best with those of the others as they are, until a round over all
   * labels improves nothing. Each step tries all offsets that make a difference, and counts what the label wins and what
   * the labels lose that it wins from. Of equally good ones the nearest to 0 is taken, in the middle between those that
   * decide otherwise.
   *
   * @param scores {@code [documents, labels]}, logarithms of probabilities or distances
   * @param truth the true label of each document
   * @throws IllegalArgumentException when they are of different numbers of documents
   */
  public static LabelOffsets fitMacroF1(ScoreMatrix scores, int[] truth) {
    scores.requireDocuments(truth.length);
    return new Search(scores, truth).run();
  }

  /** The number of labels. */
  public int labels() {
    return values.length;
  }

  /** That of one label. */
  public float value(int label) {
    return values[label];
  }

  /** Whether nothing is added to any score. */
  public boolean isNone() {
    return IntStream.range(0, values.length).allMatch(label -> values[label] == 0);
  }

  /** The scores with the offsets added. */
  public ScoreMatrix addedTo(ScoreMatrix scores) {
    if (scores.labels() != values.length) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "offsets for %d labels do not fit scores of %d", values.length, scores.labels()));
    }
    if (isNone()) {
      return scores;
    }
    return scores.mapRows(row -> {
      for (int label = 0; label < row.length; label++) {
        row[label] += values[label];
      }
      return row;
    });
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelOffsets offsets && Arrays.equals(values, offsets.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  /** The offsets, for people. */
  @Override
  public String toString() {
    return Arrays.toString(values);
  }

  /** A search under way. */
  private static final class Search {
    private final ScoreMatrix scores;
    private final int[] truth;
    private final int documents;
    private final float[] offsets;
    private final long[] support;
    private final long[] predicted;
    private final long[] right;
    /** Of each document, the labels that win and come second with the offsets as they are; of equal ones the first. */
    private final int[] winners;
    private final int[] seconds;
    private final float[] winning;
    private final float[] second;
    /** Of each document, the label that wins without the one whose offset is looked for, and by how much. */
    private final int[] rivals;
    private final double[] needed;
    /** The documents by what they need. */
    private final int[] ascending;
    private final long[] keys;

    Search(ScoreMatrix scores, int[] truth) {
      this.scores = scores;
      this.truth = truth;
      documents = truth.length;
      offsets = new float[scores.labels()];
      support = new long[scores.labels()];
      predicted = new long[scores.labels()];
      right = new long[scores.labels()];
      rivals = new int[documents];
      needed = new double[documents];
      ascending = new int[documents];
      keys = new long[documents];
      winners = new int[documents];
      seconds = new int[documents];
      winning = new float[documents];
      second = new float[documents];
      for (int document = 0; document < documents; document++) {
        rank(document);
      }
      Arrays.stream(truth).forEach(label -> support[label]++);
    }

    LabelOffsets run() {
      Integer[] order = IntStream.range(0, offsets.length).boxed().filter(label -> support[label] >= FEWEST_DOCUMENTS)
          .sorted(Comparator.comparingLong((Integer label) -> support[label]).thenComparing(label -> label))
          .toArray(Integer[]::new);
      for (int round = 0; round < MOST_ROUNDS; round++) {
        boolean improved = false;
        for (int label : order) {
          improved |= improve(label);
        }
        if (!improved) {
          break;
        }
      }
      return new LabelOffsets(offsets);
    }

    /** Gives a label its best offset; returns whether that is another than before. */
    private boolean improve(int label) {
      Arrays.fill(predicted, 0);
      Arrays.fill(right, 0);
      for (int document = 0; document < documents; document++) {
        boolean wins = winners[document] == label;
        int rival = wins ? seconds[document] : winners[document];
        rivals[document] = rival;
        needed[document] = (double) (wins ? second[document] : winning[document]) + offsets[rival]
            - (wins ? winning[document] : scores.score(document, label));
        predicted[rival]++;
        right[rival] += truth[document] == rival ? 1 : 0;
      }
      sort();
      double now = gain(label, offsets[label]);
      double best = now;
      float bestOffset = offsets[label];
      double gain = 0;
      for (int given = 0; given <= documents; given++) {
        if (given > 0) {
          gain += moved(label, ascending[given - 1]);
        }
        // Below and above all documents, a little is as good as much.
        double above = given < documents ? needed[ascending[given]] : needed[ascending[given - 1]] + 1;
        double below = given > 0 ? needed[ascending[given - 1]] : above - 1;
        if (below == above) {
          continue;
        }
        float offset = between(below, above);
        if (gain > best + TOLERANCE || gain > best - TOLERANCE && bestOffset != offsets[label]
            && Math.abs(offset) < Math.abs(bestOffset)) {
          best = gain;
          bestOffset = offset;
        }
      }
      boolean improves = best > now + TOLERANCE;
      if (improves) {
        offsets[label] = bestOffset;
        rankAnew(label);
      }
      return improves;
    }

    /** Sorts the documents by what they need, those that need the same by their number. */
    private void sort() {
      for (int document = 0; document < documents; document++) {
        int bits = Float.floatToIntBits((float) needed[document]);
        keys[document] = (long) (bits ^ bits >> 31 & Integer.MAX_VALUE) << Integer.SIZE | document;
      }
      Arrays.sort(keys);
      // Rounding keeps the order, but for those that it makes equal.
      for (int place = 0; place < documents; place++) {
        int document = (int) keys[place];
        int to = place;
        while (to > 0 && keys[to - 1] >> Integer.SIZE == keys[place] >> Integer.SIZE
            && Double.compare(needed[ascending[to - 1]], needed[document]) > 0) {
          ascending[to] = ascending[to - 1];
          to--;
        }
        ascending[to] = document;
      }
    }

    /** Finds the winner and the second of a document. */
    private void rank(int document) {
      float[] row = scores.row(document);
      int winner = 0;
      int next = -1;
      for (int label = 1; label < row.length; label++) {
        if (row[label] + offsets[label] > row[winner] + offsets[winner]) {
          next = winner;
          winner = label;
        } else if (next < 0 || row[label] + offsets[label] > row[next] + offsets[next]) {
          next = label;
        }
      }
      set(document, winner, row[winner], next, row[next]);
    }

    private void set(int document, int winner, float ofWinner, int next, float ofNext) {
      winners[document] = winner;
      winning[document] = ofWinner;
      seconds[document] = next;
      second[document] = ofNext;
    }

    /** Finds the winners and seconds when the offset of a label has changed. */
    private void rankAnew(int label) {
      for (int document = 0; document < documents; document++) {
        int winner = winners[document];
        int next = seconds[document];
        float own = scores.score(document, label);
        if (winner == label || next == label) {
          rank(document);
        } else if (isAbove(label, own, winner, winning[document])) {
          set(document, label, own, winner, winning[document]);
        } else if (isAbove(label, own, next, second[document])) {
          set(document, winner, winning[document], label, own);
        }
      }
    }

    /** Whether a label beats another one, with their offsets; of equal ones the first does. */
    private boolean isAbove(int label, float own, int other, float others) {
      float sum = own + offsets[label];
      float otherSum = others + offsets[other];
      return sum > otherSum || sum == otherSum && label < other;
    }

    /** What an offset gains over never choosing the label: the sum of the differences of all labels' F1. */
    private double gain(int label, float offset) {
      long[] predictedBefore = predicted.clone();
      long[] rightBefore = right.clone();
      double gain = 0;
      for (int document : ascending) {
        if (needed[document] >= offset) {
          break;
        }
        gain += moved(label, document);
      }
      System.arraycopy(predictedBefore, 0, predicted, 0, predicted.length);
      System.arraycopy(rightBefore, 0, right, 0, right.length);
      return gain;
    }

    /** Gives a document to the label; returns by how much the sum of F1 grows. */
    private double moved(int label, int document) {
      int rival = rivals[document];
      double before = f1(label) + f1(rival);
      predicted[rival]--;
      right[rival] -= truth[document] == rival ? 1 : 0;
      predicted[label]++;
      right[label] += truth[document] == label ? 1 : 0;
      return f1(label) + f1(rival) - before;
    }

    private double f1(int label) {
      return PrecisionRecall.f1(right[label], predicted[label], support[label]);
    }

    /** An offset that the first needs and the second does not reach: 0 if it is one, or else the middle. */
    private static float between(double lower, double upper) {
      if (lower < 0 && upper > 0) {
        return 0;
      }
      float middle = (float) (lower + (upper - lower) / 2);
      return middle > lower ? middle : Math.nextUp((float) lower);
    }
  }
}
