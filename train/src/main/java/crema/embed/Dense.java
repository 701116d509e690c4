package crema.embed;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Activation;

/** A layer over pooled vectors, as sentence-transformers has it: activation(W x + b). State-dict key: {@code linear}. */
final class Dense extends Module {
  private final Linear linear;
  private final Activation activation;

  Dense(ParameterSource source, SentenceModel.DenseShape shape) {
    Initializer initializer = Initializer.Uniform.linear(shape.in());
    linear = module("linear",
        new Linear(source, shape.in(), shape.out(), initializer, shape.hasBias() ? initializer : null));
    activation = shape.activation();
  }

  /** {@code [texts, out]} from {@code [texts, in]}. */
  Variable forward(Tape tape, Variable x) {
    return linear.forward(tape, x, activation);
  }
}
