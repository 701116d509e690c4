package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.nn.Dropout;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.RmsNorm;
import crema.tensor.Activation;

/**
 * RMSNorm, linear, GELU, dropout, linear, the input added if asked, RMSNorm, dropout, linear. State-dict keys:
 * {@code input_layernorm}, {@code up_proj}, {@code down_proj}, {@code output_layernorm}, {@code out_proj}.
 */
final class ResidualHead extends PooledHead {
  private final boolean residual;
  private final Dropout dropout;
  private final RmsNorm inputNorm;
  private final Linear up;
  private final Linear down;
  private final RmsNorm outputNorm;
  private final Linear output;

  ResidualHead(ParameterSource source, int in, HeadConfig config, float epsilon, int numLabels) {
    residual = config.residual();
    dropout = new Dropout((float) config.dropout());
    int width = config.hiddenSize();
    inputNorm = module("input_layernorm", new RmsNorm(source, in, epsilon));
    up = module("up_proj", new Linear(source, in, width));
    down = module("down_proj", new Linear(source, width, width));
    outputNorm = module("output_layernorm", new RmsNorm(source, width, epsilon));
    output = module("out_proj", new Linear(source, width, numLabels));
  }

  @Override
  Variable forward(Tape tape, Variable x) {
    Variable activated = up.forward(tape, inputNorm.forward(tape, x), Activation.GELU);
    Variable hidden = down.forward(tape, dropout.forward(tape, activated));
    Variable joined = residual ? Binary.add(tape, hidden, x) : hidden;
    return output.forward(tape, dropout.forward(tape, outputNorm.forward(tape, joined)));
  }
}
