package crema.nn.model.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Activate;
import crema.autograd.op.Binary;
import crema.autograd.op.MatMul;
import crema.autograd.op.Reshape;
import crema.nn.Initializer;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.PointwiseOps;
import crema.tensor.Tensor;

/**
 * Batch norm of the features of vectors (Ioffe and Szegedy, arXiv 1502.03167, algorithms 1 and 2): by the mean and the
 * variance of a feature in the batch while training, by running ones in prediction. State-dict keys: {@code weight},
 * {@code bias}, {@code running_mean}, {@code running_var}, each {@code [features]}.
 */
final class BatchNorm extends Module {
  /** How much of the running statistics a batch replaces, as in PyTorch. */
  private static final double MOMENTUM = 0.1;

  private final Variable weight;
  private final Variable bias;
  private final Variable runningMean;
  private final Variable runningVariance;
  private final double epsilon;

  BatchNorm(ParameterSource source, int features, double epsilon) {
    this.epsilon = epsilon;
    weight = parameter("weight", source.create(new Initializer.Constant(1), features));
    bias = parameter("bias", source.create(new Initializer.Constant(0), features));
    runningMean = parameter("running_mean", source.create(new Initializer.Constant(0), features));
    runningVariance = parameter("running_var", source.create(new Initializer.Constant(1), features));
    runningMean.setTrainable(false);
    runningVariance.setTrainable(false);
  }

  /** The normalized vectors, of x's shape {@code [rows, features]}. */
  Variable forward(Tape tape, Variable x) {
    Variable mean = tape.isTraining() ? meanOfRows(tape, x) : runningMean;
    Variable centred = Binary.subtract(tape, x, mean);
    Variable variance =
        tape.isTraining() ? meanOfRows(tape, Activate.apply(tape, Activation.SQUARE, centred)) : runningVariance;
    if (tape.isTraining()) {
      long rows = x.shape().rows();
      update(tape, runningMean, mean, 1);
      update(tape, runningVariance, variance, rows == 1 ? 1 : rows / (rows - 1.0));
    }
    Tensor least = tape.scope().emptyLike(variance.value());
    tape.ops().pointwise().fill(epsilon, least);
    Variable deviation = Activate.apply(tape, Activation.SQRT, Binary.add(tape, variance, Variable.constant(least)));
    Variable normal = Binary.divide(tape, centred, deviation);
    return Binary.add(tape, Binary.multiply(tape, normal, weight), bias);
  }

  private static Variable meanOfRows(Tape tape, Variable x) {
    long rows = x.shape().rows();
    DType type = x.value().dtype();
    Tensor shares = tape.scope().empty(type, 1, rows);
    tape.ops().pointwise().fill(1.0 / rows, shares);
    return Reshape.apply(tape, MatMul.apply(tape, Variable.constant(shares), x), x.shape().columns());
  }

  /** running ← (1 − momentum) · running + momentum · factor · batch. */
  private static void update(Tape tape, Variable running, Variable batch, double factor) {
    PointwiseOps pointwise = tape.ops().pointwise();
    Tensor scaled = tape.scope().emptyLike(batch.value());
    pointwise.scale(MOMENTUM * factor, batch.value(), scaled);
    pointwise.scale(1 - MOMENTUM, running.value(), running.value());
    pointwise.binary(BinaryOperator.ADD, running.value(), scaled, running.value());
  }
}
