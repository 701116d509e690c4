package crema.examples;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Activation;

/** A module of one's own: two layers, whose parameters are called {@code hidden.weight}, {@code output.bias} and so on. */
final class Xor extends Module {
  private final Linear hidden;
  private final Linear output;

  Xor(ParameterSource source) {
    hidden = module("hidden", new Linear(source, 2, 8));
    output = module("output", new Linear(source, 8, 2));
  }

  Variable forward(Tape tape, Variable x) {
    return output.forward(tape, hidden.forward(tape, x, Activation.TANH));
  }
}
