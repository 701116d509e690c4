package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;

/**
 * One minus macro F1 of a batch with probabilities in place of decisions: F1 of label j is 2 · Σᵢ pᵢⱼ yᵢⱼ / (Σᵢ pᵢⱼ +
 * Σᵢ yᵢⱼ), averaged over the labels that occur in the batch (for the others F1 is zero whatever p, with gradient
 * zero). After Bénédict et al., "sigmoidF1: A Smooth F1 Score Surrogate Loss for Multilabel Classification", TMLR 2022,
 * with the plain sigmoid and the mean over labels. It is zero for a batch without labels.
 *
 * <p>Takes {@link Targets.Indices}, whose p is the softmax of the row, and {@link Targets.MultiHot}, whose p are
 * sigmoids.
 */
public final class SoftMacroF1 implements Loss {
  /** The loss; it has no settings. */
  public SoftMacroF1() {}

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    if (targets instanceof Targets.Indices) {
      var labels = RowLabels.indices("soft macro-F1", logits, targets);
      return HostLoss.apply(tape, logits, (z, gradient) -> ofIndices(labels, z, gradient));
    }
    var labels = LabelShares.of("soft macro-F1", logits, targets);
    return HostLoss.apply(tape, logits, (z, gradient) -> ofLabels(labels, z, gradient));
  }

  private static double ofIndices(RowLabels labels, double[] z, double[] gradient) {
    int columns = labels.columns();
    var probabilities = new double[z.length];
    var targets = new double[z.length];
    var logs = new double[columns];
    for (int row = 0; row < labels.rows(); row++) {
      if (labels.values()[row] >= 0) {
        Softmax.logarithms(z, row * columns, logs);
        for (int j = 0; j < columns; j++) {
          probabilities[row * columns + j] = Math.exp(logs[j]);
        }
        targets[row * columns + labels.values()[row]] = 1;
      }
    }
    double loss = loss(columns, probabilities, targets, gradient);
    for (int from = 0; from < z.length; from += columns) {
      double mean = 0;
      for (int i = from; i < from + columns; i++) {
        mean += probabilities[i] * gradient[i];
      }
      for (int i = from; i < from + columns; i++) {
        gradient[i] = probabilities[i] * (gradient[i] - mean);
      }
    }
    return loss;
  }

  private static double ofLabels(LabelShares labels, double[] z, double[] gradient) {
    var probabilities = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      probabilities[i] = 1 / (1 + Math.exp(-z[i]));
    }
    double loss = loss(labels.labels(), probabilities, labels.values(), gradient);
    for (int i = 0; i < z.length; i++) {
      gradient[i] *= probabilities[i] * (1 - probabilities[i]);
    }
    return loss;
  }

  /** The loss of probabilities; {@code gradient} receives its derivative by them. */
  private static double loss(int columns, double[] probabilities, double[] targets, double[] gradient) {
    var hits = new double[columns];
    var labels = new double[columns];
    var sizes = new double[columns];
    for (int i = 0; i < targets.length; i++) {
      int j = i % columns;
      hits[j] += probabilities[i] * targets[i];
      labels[j] += targets[i];
      sizes[j] += probabilities[i] + targets[i];
    }
    int occurring = 0;
    double f1 = 0;
    for (int j = 0; j < columns; j++) {
      if (labels[j] > 0) {
        occurring++;
        f1 += 2 * hits[j] / sizes[j];
      }
    }
    if (occurring == 0) {
      return 0;
    }
    for (int i = 0; i < targets.length; i++) {
      int j = i % columns;
      if (labels[j] > 0) {
        gradient[i] = -2 * (targets[i] * sizes[j] - hits[j]) / (sizes[j] * sizes[j] * occurring);
      }
    }
    return 1 - f1 / occurring;
  }
}
