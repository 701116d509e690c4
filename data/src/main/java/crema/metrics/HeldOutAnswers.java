package crema.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The answers of a model to rows that it has not learned from, with their probabilities and whether they are right: what
 * thresholds for a precision, and sets of labels for a coverage, are found from. An answer is a label, or a node of a
 * taxonomy, of which the nodes above it are answers too. Immutable.
 */
public final class HeldOutAnswers {
  /** Of a model that nobody has asked. */
  public static final HeldOutAnswers NONE = new Builder().build();

  private final int[] rows;
  private final int[] labels;
  private final float[] confidences;
  private final boolean[] right;
  private final float[] ofTruth;

  private HeldOutAnswers(int[] rows, int[] labels, float[] confidences, boolean[] right, float[] ofTruth) {
    this.rows = rows;
    this.labels = labels;
    this.confidences = confidences;
    this.right = right;
    this.ofTruth = ofTruth;
  }

  /** Collects answers, row by row. */
  public static final class Builder {
    private final List<int[]> answers = new ArrayList<>();
    private final List<Float> confidences = new ArrayList<>();
    private final List<Float> ofTruth = new ArrayList<>();

    /** Without rows yet. */
    public Builder() {}

    /**
     * Begins a row.
     *
     * @param probability of its true label; of several ones of that with the least; 1 if no label is true
     */
    public Builder row(float probability) {
      ofTruth.add(probability);
      return this;
    }

    /** Adds an answer to the row; of nodes of a taxonomy those above it first. */
    public Builder answer(int label, float confidence, boolean isRight) {
      answers.add(new int[] {ofTruth.size() - 1, label, isRight ? 1 : 0});
      confidences.add(confidence);
      return this;
    }

    /** All that were added. */
    public HeldOutAnswers build() {
      var right = new boolean[answers.size()];
      for (int i = 0; i < right.length; i++) {
        right[i] = answers.get(i)[2] == 1;
      }
      return new HeldOutAnswers(answers.stream().mapToInt(answer -> answer[0]).toArray(),
          answers.stream().mapToInt(answer -> answer[1]).toArray(), floats(confidences), right, floats(ofTruth));
    }

    private static float[] floats(List<Float> list) {
      var floats = new float[list.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = list.get(i);
      }
      return floats;
    }
  }

  /** How many rows there are. */
  public int rows() {
    return ofTruth.length;
  }

  /** How many answers there are, of all rows. */
  public int size() {
    return rows.length;
  }

  /** Whether there is no row. */
  public boolean isEmpty() {
    return ofTruth.length == 0;
  }

  /** The row of an answer; those of a row follow each other. */
  public int row(int answer) {
    return rows[answer];
  }

  /** The label of an answer. */
  public int label(int answer) {
    return labels[answer];
  }

  /** The probability of an answer. */
  public float confidence(int answer) {
    return confidences[answer];
  }

  /** Whether an answer is right. */
  public boolean isRight(int answer) {
    return right[answer];
  }

  /** The probability of a row's true label. */
  public float ofTruth(int row) {
    return ofTruth[row];
  }

  /** The same where labels have other numbers. */
  public HeldOutAnswers renumbered(IntUnaryOperator number) {
    return new HeldOutAnswers(rows, Arrays.stream(labels).map(number).toArray(), confidences, right, ofTruth);
  }

  /** Whether there are enough rows for sets of a coverage to leave out any label. */
  public boolean canCover(double coverage) {
    return (1 - coverage) * (rows() + 1) + 1e-9 >= 1;
  }

  /**
   * From which probability on a label belongs to the set of a text, so that the set holds the true label of a share of
   * all texts: the least ambiguous sets (Sadinle, Lei and Wasserman, JASA 2019), by split conformal prediction. Of all
   * sets that reach a coverage these are the smallest; a text that is like no label may have none.
   *
   * @param coverage the share of texts, below 1
   * @return a probability; 0 if so few rows cannot vouch for the coverage
   */
  public float threshold(double coverage) {
    var sorted = ofTruth.clone();
    Arrays.sort(sorted);
    int left = (int) Math.floor((1 - coverage) * (sorted.length + 1) + 1e-9);
    return left == 0 ? 0 : sorted[Math.min(left, sorted.length) - 1];
  }
}
