package crema.linear;

import crema.base.IntList;
import java.util.Arrays;

/**
 * What a model answers to held-out texts, told of one hyperplane after another: as {@link LinearModel#decisions} and
 * {@link LinearModel#predict} would, to the bit, without the model, which of many features and labels is large.
 * Hyperplanes may come in any order, and several at a time.
 */
final class HeldOutAnswers implements LinearTrainer.Sink {
  private static final int NONE = -1;

  private final SparseMatrix texts;
  private final int[] rows;
  private final boolean exclusive;
  /** Of exclusive labels, the greatest decision on each text so far, and whose it is. */
  private final float[] greatest;
  private final int[] best;
  /** Of others, the labels of each text so far. */
  private final IntList[] positive;

  /**
   * Answers to no hyperplanes yet.
   *
   * @param rows which of the texts are held out
   * @param exclusive whether each text has exactly one label
   */
  HeldOutAnswers(SparseMatrix texts, int[] rows, boolean exclusive) {
    this.texts = texts;
    this.rows = rows;
    this.exclusive = exclusive;
    greatest = new float[exclusive ? rows.length : 0];
    best = new int[greatest.length];
    Arrays.fill(best, NONE);
    positive = new IntList[exclusive ? 0 : rows.length];
    Arrays.setAll(positive, _ -> new IntList());
  }

  @Override
  public void accept(int label, boolean isConverged, float intercept, float[] weights) {
    var decisions = new float[rows.length];
    for (int place = 0; place < rows.length; place++) {
      decisions[place] = decision(rows[place], weights, intercept);
    }
    add(label, decisions);
  }

  private synchronized void add(int label, float[] decisions) {
    for (int place = 0; place < decisions.length; place++) {
      if (!exclusive) {
        if (decisions[place] > 0) {
          positive[place].add(label);
        }
      } else if (best[place] == NONE || decisions[place] > greatest[place]
          || decisions[place] == greatest[place] && label < best[place]) {
        // The first label with the greatest decision is the answer, in whatever order labels come.
        greatest[place] = decisions[place];
        best[place] = label;
      }
    }
  }

  private float decision(int row, float[] weights, float intercept) {
    float decision = intercept;
    for (int at = texts.start(row); at < texts.end(row); at++) {
      decision += texts.value(at) * weights[texts.column(at)];
    }
    for (int column = 0; column < texts.denseColumns(); column++) {
      decision += texts.dense(row, column) * weights[texts.sparseColumns() + column];
    }
    return decision;
  }

  /** The labels of each text, ascending; label 0 where a training was stopped before its first hyperplane. */
  synchronized int[][] labels() {
    var labels = new int[rows.length][];
    Arrays.setAll(labels, place -> {
      if (exclusive) {
        return new int[] {Math.max(0, best[place])};
      }
      int[] of = positive[place].toArray();
      Arrays.sort(of);
      return of;
    });
    return labels;
  }
}
