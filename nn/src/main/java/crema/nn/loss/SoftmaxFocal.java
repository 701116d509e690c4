package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy with focal modulation: with p = softmax(z), label y, smoothing ε, C labels and weights w, the
 * loss of a row is Σⱼ qⱼ · w[j] · (1 − pⱼ)^γ · (−log pⱼ) with qⱼ = ε / C + (1 − ε)·[j = y], and the mean divides by Σ
 * w[y] over the rows (Lin et al., ICCV 2017, equation 4, for exclusive labels; smoothing and mean as {@link
 * SoftmaxCrossEntropy} has them, to which γ = 0 is equal). Takes
 * {@link Targets.Indices}.
 */
public final class SoftmaxFocal implements Loss {
  private final double gamma;
  private final double smoothing;
  private final double @Nullable [] classWeights;

  /** Neither smoothing nor weights. */
  public SoftmaxFocal(double gamma) {
    this(gamma, 0, null);
  }

  /**
   * Focal cross-entropy with options.
   *
   * @param gamma γ, at least 0
   * @param smoothing ε, in [0, 1)
   * @param classWeights w, one a label, or null for ones
   */
  public SoftmaxFocal(double gamma, double smoothing, double @Nullable [] classWeights) {
    Checks.atLeastZero("focal gamma", gamma);
    Checks.inUnitInterval("label smoothing", smoothing);
    if (classWeights != null) {
      Checks.allAtLeastZero("weight", classWeights);
    }
    this.gamma = gamma;
    this.smoothing = smoothing;
    this.classWeights = classWeights == null ? null : classWeights.clone();
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    var labels = RowLabels.indices("focal softmax cross-entropy", logits, targets);
    if (classWeights != null && classWeights.length != labels.columns()) {
      throw new IllegalArgumentException(classWeights.length + " class weights for " + labels.columns() + " labels");
    }
    return HostLoss.apply(tape, logits, (z, gradient) -> mean(labels, z, gradient));
  }

  private double mean(RowLabels labels, double[] z, double[] gradient) {
    int columns = labels.columns();
    double total = 0;
    for (int label : labels.values()) {
      total += label < 0 ? 0 : weight(label);
    }
    if (total == 0) {
      return 0;
    }
    var logs = new double[columns];
    double sum = 0;
    for (int row = 0; row < labels.rows(); row++) {
      if (labels.values()[row] >= 0) {
        Softmax.logarithms(z, row * columns, logs);
        sum += row(labels.values()[row], logs, 1 / total, gradient, row * columns);
      }
    }
    return sum / total;
  }

  /** The loss of a row; adds its gradient times {@code scale}. */
  private double row(int label, double[] logs, double scale, double[] gradient, int from) {
    int columns = logs.length;
    double sum = 0;
    double slopes = 0;
    for (int j = 0; j < columns; j++) {
      double share = smoothing / columns + (j == label ? 1 - smoothing : 0);
      if (share > 0) {
        // f(l) = −(1 − p)^γ · l with l = log p. f′ has a term (1 − p)^(γ − 1) · l, which near p = 1 is −(1 − p)^γ.
        double miss = -Math.expm1(logs[j]);
        double modulation = gamma == 0 ? 1 : Math.pow(miss, gamma);
        double factor = share * weight(j);
        double ratio = miss > 0 ? -logs[j] / miss : 1;
        sum -= factor * modulation * logs[j];
        double slope = -factor * modulation * (1 + gamma * Math.exp(logs[j]) * ratio);
        gradient[from + j] += scale * slope;
        slopes += slope;
      }
    }
    for (int j = 0; j < columns; j++) {
      gradient[from + j] -= scale * slopes * Math.exp(logs[j]);
    }
    return sum;
  }

  private double weight(int label) {
    return classWeights == null ? 1 : classWeights[label];
  }
}
