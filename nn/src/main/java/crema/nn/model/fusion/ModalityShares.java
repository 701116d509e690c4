package crema.nn.model.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Activate;
import crema.autograd.op.Binary;
import crema.autograd.op.Reshape;
import crema.autograd.op.Scale;
import crema.nn.Initializer;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import crema.tensor.Shape;

/**
 * How much the fusion reads of either modality: texts are multiplied by 2s and pictures by 2 (1 − s), where s = least +
 * (1 − 2 · least) · σ(logit) is learnt and starts at ½. So the weaker modality keeps at least the share {@code least},
 * however much faster the other is learnt. State-dict key: {@code logit} {@code [1]}.
 */
final class ModalityShares extends Module {
  private final double least;
  private final Variable logit;

  ModalityShares(ParameterSource source, double least) {
    if (!(least >= 0 && least < 0.5)) {
      throw new IllegalArgumentException("the least share of a modality must be in [0, 0.5), not " + least);
    }
    this.least = least;
    logit = parameter("logit", source.create(new Initializer.Constant(0), 1));
  }

  /** The share of texts, from {@code least} to 1 − {@code least}. */
  double ofTexts() {
    return least + (1 - 2 * least) / (1 + Math.exp(-logit.value().item()));
  }

  /** {@code [rows, width]}: the vectors of texts times twice their share. */
  Variable texts(Tape tape, Variable x) {
    return scaled(tape, x, logit);
  }

  /** {@code [rows, width]}: the vectors of pictures times twice their share. */
  Variable pictures(Tape tape, Variable x) {
    return scaled(tape, x, Scale.apply(tape, logit, -1));
  }

  /** x · (2 · least + (2 − 4 · least) · σ(of)). */
  private Variable scaled(Tape tape, Variable x, Variable of) {
    Shape shape = x.shape();
    Variable column = Reshape.apply(tape, x, shape.elements(), 1);
    Variable free = Scale.apply(tape, Activate.apply(tape, Activation.SIGMOID, of), 2 - 4 * least);
    Variable sum = Binary.add(tape, Scale.apply(tape, column, 2 * least), Binary.multiply(tape, column, free));
    return Reshape.apply(tape, sum, shape.rows(), shape.columns());
  }
}
