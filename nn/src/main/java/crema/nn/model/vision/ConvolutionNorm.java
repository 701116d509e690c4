package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.BatchNorm;
import crema.nn.Convolution;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Rectifier;
import crema.tensor.Window;
import org.jspecify.annotations.Nullable;

/**
 * A convolution and its batch norm, with a rectifier after them. State-dict keys: {@code convolution},
 * {@code normalization}.
 */
final class ConvolutionNorm extends Module {
  private final Convolution convolution;
  private final BatchNorm normalization;
  private final Window window;
  private final Rectifier rectifier;

  ConvolutionNorm(ParameterSource source, int in, int out, Window window, Rectifier rectifier) {
    this(source, in, out, window, 1, BatchNorm.MOMENTUM, BatchNorm.EPSILON, rectifier);
  }

  ConvolutionNorm(ParameterSource source, int in, int out, Window window, int groups, double momentum, double epsilon,
      Rectifier rectifier) {
    this.window = window;
    this.rectifier = rectifier;
    convolution = module("convolution", new Convolution(source, in, out, window, groups));
    normalization = module("normalization", new BatchNorm(source, out, momentum, epsilon));
  }

  /** {@code [pictures, vertical outputs, horizontal outputs, out]} from x {@code [pictures, height, width, in]}. */
  Variable forward(Tape tape, Variable x) {
    return forward(tape, x, null);
  }

  /**
   * With something added between the norm and the rectifier.
   *
   * @param residual of the result's shape; null for none
   */
  Variable forward(Tape tape, Variable x, @Nullable Variable residual) {
    return forward(tape, x, window, residual);
  }

  /** With other padding. */
  Variable forward(Tape tape, Variable x, Window other, @Nullable Variable residual) {
    return normalization.forward(tape, convolution.forward(tape, x, other), residual, rectifier);
  }
}
