package crema.classify;

import crema.metrics.ScoreMatrix;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What words must add to for a label to be answered. Where a text has one of several labels that is not the label's own
 * number, which all labels may share a part of, but by how much it exceeds those of the labels that compete with it: its
 * rivals, of which each counts by how probable it is among them. Where each label, or each node, is decided on for itself,
 * it is the label's own number.
 */
public final class Contrast {
  /** A rival that is so much less probable than the strongest one never wins. */
  private static final double LEAST_RIVAL = 1e-3;

  /** For each label that is explained, the labels that count, itself first. */
  private final int[][] labels;
  /** By how much each counts. */
  private final double[][] shares;

  private Contrast(int[][] labels, double[][] shares) {
    this.labels = labels;
    this.shares = shares;
  }

  /**
   * That of a text.
   *
   * @param target what the model predicts
   * @param logits of the text, {@code [labels]}
   * @param explained the labels that are explained
   */
  public static Contrast of(Target target, float[] logits, int[] explained) {
    var labels = new int[explained.length][];
    var shares = new double[explained.length][];
    float[] probabilities = target instanceof SingleLabelTarget
        ? target.probabilities(ScoreMatrix.of(new float[][] {logits})).row(0) : new float[0];
    for (int i = 0; i < labels.length; i++) {
      int[] rivals = rivals(probabilities, explained[i]);
      double sum = Arrays.stream(rivals).mapToDouble(rival -> probabilities[rival]).sum();
      labels[i] = IntStream.concat(IntStream.of(explained[i]), Arrays.stream(rivals)).toArray();
      shares[i] = new double[labels[i].length];
      shares[i][0] = 1;
      for (int rival = 0; rival < rivals.length; rival++) {
        // All of them may be too improbable for a number above 0.
        shares[i][rival + 1] = sum == 0 ? -1.0 / rivals.length : -probabilities[rivals[rival]] / sum;
      }
    }
    return new Contrast(labels, shares);
  }

  private static int[] rivals(float[] probabilities, int explained) {
    double most = IntStream.range(0, probabilities.length).filter(label -> label != explained)
        .mapToDouble(label -> probabilities[label]).max().orElse(0);
    return IntStream.range(0, probabilities.length)
        .filter(label -> label != explained && probabilities[label] >= LEAST_RIVAL * most).toArray();
  }

  /** All labels that count, ascending. */
  public int[] labels() {
    return Arrays.stream(labels).flatMapToInt(Arrays::stream).distinct().sorted().toArray();
  }

  /** What numbers of labels mean for each of those that are explained, {@code [explained]}. */
  public double[] of(IntToDoubleFunction values) {
    var contrasts = new double[labels.length];
    for (int i = 0; i < contrasts.length; i++) {
      for (int each = 0; each < labels[i].length; each++) {
        contrasts[i] += shares[i][each] * values.applyAsDouble(labels[i][each]);
      }
    }
    return contrasts;
  }
}
