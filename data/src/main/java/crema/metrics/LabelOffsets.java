package crema.metrics;

import java.util.Arrays;
import java.util.Comparator;
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
          "offsets for %d labels do not fit scores of %d".formatted(values.length, scores.labels()));
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
    /** Of each document, the label that wins without the one whose offset is looked for, and by how much. */
    private final int[] rivals;
    private final double[] needed;

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
        int rival = rival(document, label);
        rivals[document] = rival;
        needed[document] = (double) scores.score(document, rival) + offsets[rival] - scores.score(document, label);
        predicted[rival]++;
        right[rival] += truth[document] == rival ? 1 : 0;
      }
      Integer[] ascending = IntStream.range(0, documents).boxed()
          .sorted(
              Comparator.comparingDouble((Integer document) -> needed[document]).thenComparing(document -> document))
          .toArray(Integer[]::new);
      double now = gain(label, ascending, offsets[label]);
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
      }
      return improves;
    }

    private int rival(int document, int label) {
      int rival = label == 0 ? 1 : 0;
      for (int other = rival + 1; other < offsets.length; other++) {
        if (other != label && scores.score(document, other) + offsets[other] > scores.score(document, rival)
            + offsets[rival]) {
          rival = other;
        }
      }
      return rival;
    }

    /** What an offset gains over never choosing the label: the sum of the differences of all labels' F1. */
    private double gain(int label, Integer[] ascending, float offset) {
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
