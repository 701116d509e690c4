package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Pool;
import crema.nn.Dropout;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import crema.tensor.Pooling;
import crema.tensor.Sequences;

/**
 * Of the first token dropout, linear, activation, dropout, linear: what most encoders are fine-tuned with. The linear
 * layers' state-dict keys differ, and so do activation and dropout.
 */
public final class FirstTokenHead extends SequenceHead {
  private final Dropout inputDropout;
  private final Linear dense;
  private final Activation activation;
  private final Dropout dropout;
  private final Linear output;

  /**
   * What heads differ in.
   *
   * @param dense the state-dict key of the first linear layer
   * @param output the state-dict key of the last one
   * @param activation applied in between
   * @param inputDropout the probability of dropping elements before the first layer
   * @param dropout the probability of dropping elements before the last layer
   */
  public record Parts(String dense, String output, Activation activation, double inputDropout, double dropout) {}

  /** A head whose parameters come from the source. */
  public FirstTokenHead(ParameterSource source, Parts parts, int hiddenSize, Initializer initializer, int numLabels) {
    var zero = new Initializer.Constant(0);
    inputDropout = new Dropout((float) parts.inputDropout());
    dense = module(parts.dense(), new Linear(source, hiddenSize, hiddenSize, initializer, zero));
    activation = parts.activation();
    dropout = new Dropout((float) parts.dropout());
    output = module(parts.output(), new Linear(source, hiddenSize, numLabels, initializer, zero));
  }

  @Override
  public Variable forward(Tape tape, Variable tokens, Sequences sequences) {
    Variable first = inputDropout.forward(tape, Pool.apply(tape, Pooling.FIRST, tokens, sequences));
    return output.forward(tape, dropout.forward(tape, dense.forward(tape, first, activation)));
  }
}
