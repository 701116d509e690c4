package crema.nn;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.BatchNorm.Moments;
import crema.tensor.BatchNormSpec;
import crema.tensor.BatchNormSpec.Statistics;
import crema.tensor.Rectifier;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalization of the last dimension (arXiv 1502.03167): of a picture's channels, or of a vector's features.
 * State-dict keys: {@code weight}, {@code bias}, and the buffers {@code running_mean} and {@code running_var}.
 *
 * <p>In training it normalizes with the mean and variance of the batch, and keeps running ones, with which it normalizes
 * otherwise: the answer for a row does not depend on the batch that it is in. A norm whose weight is frozen keeps to its
 * running statistics in training too, and leaves them as they are. It may not be in a {@linkplain Tape#block block} of a
 * tape that runs blocks again, which would count a batch twice.
 */
public final class BatchNorm extends Module {
  /** What PyTorch has as a default. */
  public static final double MOMENTUM = 0.1;
  /** What PyTorch has as a default. */
  public static final double EPSILON = 1e-5;

  private final Variable weight;
  private final Variable bias;
  private final Moments running;
  private final double momentum;
  private final float epsilon;

  /** A norm with PyTorch's momentum and epsilon. */
  public BatchNorm(ParameterSource source, int features) {
    this(source, features, MOMENTUM, EPSILON);
  }

  /**
   * Starts with a weight of ones, a bias of zeros, and running statistics of mean 0 and variance 1.
   *
   * @param momentum the part of the running statistics that is replaced by those of each batch
   * @param epsilon added to variances
   */
  public BatchNorm(ParameterSource source, int features, double momentum, double epsilon) {
    this.momentum = momentum;
    this.epsilon = (float) epsilon;
    weight = parameter("weight", source.create(new Initializer.Constant(1), features));
    bias = parameter("bias", source.create(new Initializer.Constant(0), features));
    running = new Moments(
        buffer("running_mean", source.create(new Initializer.Constant(0), features).value()),
        buffer("running_var", source.create(new Initializer.Constant(1), features).value()));
  }

  /** The normalized x, of its shape {@code [.., features]}. */
  public Variable forward(Tape tape, Variable x) {
    return forward(tape, x, null, Rectifier.NONE);
  }

  /** The normalized x, cut off by a rectifier. */
  public Variable forward(Tape tape, Variable x, Rectifier rectifier) {
    return forward(tape, x, null, rectifier);
  }

  /**
   * rectifier(norm(x) + residual).
   *
   * @param residual of x's shape; null for none
   */
  public Variable forward(Tape tape, Variable x, @Nullable Variable residual, Rectifier rectifier) {
    boolean ofBatch = tape.isTraining() && weight.needsGradient();
    Moments moments = ofBatch ? Moments.of(tape, x) : running;
    if (ofBatch) {
      double rows = x.shape().rows();
      move(running.mean(), moments.mean(), 1);
      // The unbiased variance, which one row has none of.
      move(running.variance(), moments.variance(), rows > 1 ? rows / (rows - 1) : 1);
    }
    return crema.autograd.op.BatchNorm.apply(tape, x, weight, bias, residual, moments,
        new BatchNormSpec(epsilon, rectifier, ofBatch ? Statistics.BATCH : Statistics.FIXED));
  }

  /** running = (1 − momentum) · running + momentum · factor · batch. */
  private void move(Tensor statistics, Tensor ofBatch, double factor) {
    var pointwise = statistics.backend().ops().pointwise();
    pointwise.scale(1 - momentum, statistics, statistics);
    pointwise.addScaled(momentum * factor, ofBatch, statistics);
  }
}
