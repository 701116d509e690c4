package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.ParameterSource;

/**
 * Dropout and one linear layer, whose weights start near 0, so that a pretrained encoder is not torn about by the first
 * gradients. State-dict keys: {@code weight} and {@code bias}.
 */
final class LinearHead extends PooledHead {
  /** That of BERT's layers. */
  private static final double STANDARD_DEVIATION = 0.02;

  private final Dropout dropout;
  private final Linear output;

  LinearHead(ParameterSource source, int in, HeadConfig config, int numLabels) {
    dropout = new Dropout((float) config.dropout());
    output = inline(new Linear(source, in, numLabels, new Initializer.Normal(STANDARD_DEVIATION),
        new Initializer.Constant(0)));
  }

  @Override
  Variable forward(Tape tape, Variable x) {
    return output.forward(tape, dropout.forward(tape, x));
  }
}
