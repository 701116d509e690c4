package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.nn.Dropout;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.Module;
import crema.tensor.Activation;

/**
 * What a post-norm layer (Vaswani et al., arXiv 1706.03762) does with what its attention gave: y = norm(x +
 * projection(attention)), then norm(y + feedForward(y)). Its state-dict keys are its architecture's.
 */
public final class PostNorm extends Module {
  private final Linear attentionOutput;
  private final LayerNorm attentionNorm;
  private final Linear inner;
  private final Linear output;
  private final LayerNorm outputNorm;
  private final Activation activation;
  private final Dropout attentionDropout;
  private final Dropout dropout;

  /**
   * The state-dict keys of the parts.
   *
   * @param attentionOutput the projection of what the attention gave
   * @param attentionNorm the norm that follows
   * @param inner the first layer of the feed-forward part
   * @param output its second layer
   * @param outputNorm the norm that follows
   */
  public record Names(String attentionOutput, String attentionNorm, String inner, String output, String outputNorm) {
    /** BERT's. */
    public static final Names BERT = new Names("attention.output.dense", "attention.output.LayerNorm",
        "intermediate.dense", "output.dense", "output.LayerNorm");
  }

  /**
   * The parts, in the order of the forward pass.
   *
   * @param attentionDropout on the projected attention
   * @param dropout on what the feed-forward part gives
   */
  public PostNorm(Names names, Linear attentionOutput, LayerNorm attentionNorm, Linear inner, Linear output,
      LayerNorm outputNorm, Activation activation, Dropout attentionDropout, Dropout dropout) {
    this.attentionOutput = module(names.attentionOutput, attentionOutput);
    this.attentionNorm = module(names.attentionNorm, attentionNorm);
    this.inner = module(names.inner, inner);
    this.output = module(names.output, output);
    this.outputNorm = module(names.outputNorm, outputNorm);
    this.activation = activation;
    this.attentionDropout = attentionDropout;
    this.dropout = dropout;
  }

  /**
   * {@code [tokens, hiddenSize]}.
   *
   * @param x what the layer reads, {@code [tokens, hiddenSize]}
   * @param attended what its attention gave, {@code [tokens, hiddenSize]}
   */
  public Variable forward(Tape tape, Variable x, Variable attended) {
    Variable branch = attentionDropout.forward(tape, attentionOutput.forward(tape, attended));
    Variable middle = tape.inFullPrecision(() -> attentionNorm.forward(tape, Binary.add(tape, branch, x)));
    Variable transformed = dropout.forward(tape, output.forward(tape, inner.forward(tape, middle, activation)));
    return tape.inFullPrecision(() -> outputNorm.forward(tape, Binary.add(tape, transformed, middle)));
  }
}
