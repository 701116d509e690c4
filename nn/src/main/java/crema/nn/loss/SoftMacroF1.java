package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.tensor.DType;
import crema.tensor.Tensor;

/**
 * One minus macro F1 of a batch with probabilities in place of decisions: F1 of class j is 2 · Σᵢ pᵢⱼ yᵢⱼ / (Σᵢ pᵢⱼ +
 * Σᵢ yᵢⱼ), averaged over the classes that occur in the batch (for the others F1 is zero whatever p, with gradient
 * zero). After Bénédict et al., "sigmoidF1: A Smooth F1 Score Surrogate Loss for Multilabel Classification", TMLR 2022,
 * with the plain sigmoid and the mean over classes. It is zero for a batch without labels.
 *
 * <p>Targets {@code I32 [rows]} are exclusive classes, whose p is the softmax of the row; rows with a negative one do
 * not count. Targets {@code [rows, classes]} from 0 to 1 are labels, whose p are sigmoids.
 */
public final class SoftMacroF1 implements Loss {
  @Override
  public Variable apply(Tape tape, Variable logits, Tensor targets) {
    if (targets.dtype() == DType.I32 && targets.shape().rank() == 1) {
      var labels = ClassIndices.read("soft macro-F1", logits, targets);
      return HostLoss.apply(tape, logits, (z, gradient) -> ofClasses(labels, z, gradient));
    }
    var labels = MultiHot.read("soft macro-F1", logits, targets);
    return HostLoss.apply(tape, logits, (z, gradient) -> ofLabels(labels, z, gradient));
  }

  private static double ofClasses(ClassIndices labels, double[] z, double[] gradient) {
    int classes = labels.columns();
    var probabilities = new double[z.length];
    var targets = new double[z.length];
    var logs = new double[classes];
    for (int row = 0; row < labels.rows(); row++) {
      if (labels.values()[row] >= 0) {
        Softmax.logarithms(z, row * classes, logs);
        for (int j = 0; j < classes; j++) {
          probabilities[row * classes + j] = Math.exp(logs[j]);
        }
        targets[row * classes + labels.values()[row]] = 1;
      }
    }
    double loss = loss(classes, probabilities, targets, gradient);
    for (int from = 0; from < z.length; from += classes) {
      double mean = 0;
      for (int i = from; i < from + classes; i++) {
        mean += probabilities[i] * gradient[i];
      }
      for (int i = from; i < from + classes; i++) {
        gradient[i] = probabilities[i] * (gradient[i] - mean);
      }
    }
    return loss;
  }

  private static double ofLabels(MultiHot labels, double[] z, double[] gradient) {
    var probabilities = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      probabilities[i] = 1 / (1 + Math.exp(-z[i]));
    }
    double loss = loss(labels.classes(), probabilities, labels.values(), gradient);
    for (int i = 0; i < z.length; i++) {
      gradient[i] *= probabilities[i] * (1 - probabilities[i]);
    }
    return loss;
  }

  /** The loss of probabilities; {@code gradient} receives its derivative by them. */
  private static double loss(int classes, double[] probabilities, double[] targets, double[] gradient) {
    var hits = new double[classes];
    var labels = new double[classes];
    var sizes = new double[classes];
    for (int i = 0; i < targets.length; i++) {
      int j = i % classes;
      hits[j] += probabilities[i] * targets[i];
      labels[j] += targets[i];
      sizes[j] += probabilities[i] + targets[i];
    }
    int occurring = 0;
    double f1 = 0;
    for (int j = 0; j < classes; j++) {
      if (labels[j] > 0) {
        occurring++;
        f1 += 2 * hits[j] / sizes[j];
      }
    }
    if (occurring == 0) {
      return 0;
    }
    for (int i = 0; i < targets.length; i++) {
      int j = i % classes;
      if (labels[j] > 0) {
        gradient[i] = -2 * (targets[i] * sizes[j] - hits[j]) / (sizes[j] * sizes[j] * occurring);
      }
    }
    return 1 - f1 / occurring;
  }
}
