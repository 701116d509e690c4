package crema.nn.model.prenorm;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.GatedLinear;
import crema.autograd.op.SwiGlu;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import java.util.Optional;

/**
 * down(silu(gate(x)) · up(x)) (Shazeer, arXiv 2002.05202, equation 6). State-dict keys: {@code gate_proj},
 * {@code up_proj}, {@code down_proj}.
 */
final class FeedForward extends Module {
  private final Linear gate;
  private final Linear up;
  private final Linear down;

  FeedForward(ParameterSource source, PreNormConfig config) {
    int hidden = config.hiddenSize();
    int inner = config.ffnHiddenSize();
    var initializer = new Initializer.Normal(config.initializerRange());
    gate = module("gate_proj", new Linear(source, hidden, inner, initializer, null));
    up = module("up_proj", new Linear(source, hidden, inner, initializer, null));
    down = module("down_proj", new Linear(source, inner, hidden, initializer, null));
  }

  /** {@code [tokens, hiddenSize]} from x {@code [tokens, hiddenSize]}. */
  Variable forward(Tape tape, Variable x) {
    return down.forward(tape, gated(tape, x));
  }

  private Variable gated(Tape tape, Variable x) {
    Optional<Variable> gateWeight = gate.plainWeight(tape, x);
    Optional<Variable> upWeight = up.plainWeight(tape, x);
    if (gateWeight.isPresent() && upWeight.isPresent()) {
      return GatedLinear.apply(tape, x, gateWeight.get(), upWeight.get());
    }
    return SwiGlu.apply(tape, gate.forward(tape, x), up.forward(tape, x));
  }
}
