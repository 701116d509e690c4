package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Attention;
import crema.autograd.op.Binary;
import crema.nn.Dropout;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;

/** A pre-norm transformer layer: x + attention(norm(x)), then x + feedForward(norm(x)). */
final class TransformerLayer extends Module {
  /**
   * What the parts are called in a state dict.
   *
   * @param inner the first layer of the feed-forward part
   * @param outer the second one
   */
  record Names(String attentionNorm, String query, String key, String value, String output, String feedForwardNorm,
      String inner, String outer) {
    /** Hugging Face's names of ViT. */
    static final Names VIT = new Names("layernorm_before", "attention.attention.query", "attention.attention.key",
        "attention.attention.value", "attention.output.dense", "layernorm_after", "intermediate.dense", "output.dense");
    /** Hugging Face's names of CLIP. */
    static final Names CLIP = new Names("layer_norm1", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
        "self_attn.out_proj", "layer_norm2", "mlp.fc1", "mlp.fc2");
  }

  /** Which tokens a token attends to. */
  enum Direction {
    /** All of its sequence. */
    BOTH,
    /** Itself and those before it. */
    BACKWARD
  }

  private final TransformerShape shape;
  private final AttentionSpec spec;
  private final LayerNorm attentionNorm;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final LayerNorm feedForwardNorm;
  private final Linear inner;
  private final Linear outer;
  private final Dropout dropout;

  TransformerLayer(ParameterSource source, TransformerShape shape, Names names, Direction direction) {
    this.shape = shape;
    int hidden = shape.hiddenSize();
    spec = AttentionSpec.of(shape.numAttentionHeads(), shape.numAttentionHeads(), shape.headDim(),
        direction == Direction.BACKWARD);
    attentionNorm = module(names.attentionNorm(), shape.norm(source));
    query = module(names.query(), shape.linear(source, hidden, hidden, shape.qkvBias()));
    key = module(names.key(), shape.linear(source, hidden, hidden, shape.qkvBias()));
    value = module(names.value(), shape.linear(source, hidden, hidden, shape.qkvBias()));
    output = module(names.output(), shape.linear(source, hidden, hidden, true));
    feedForwardNorm = module(names.feedForwardNorm(), shape.norm(source));
    inner = module(names.inner(), shape.linear(source, hidden, shape.intermediateSize(), true));
    outer = module(names.outer(), shape.linear(source, shape.intermediateSize(), hidden, true));
    dropout = new Dropout((float) shape.hiddenDropout());
  }

  /** {@code [tokens, hiddenSize]} from x {@code [tokens, hiddenSize]}. */
  Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable normed = attentionNorm.forward(tape, x);
    Variable attended = Attention.apply(tape, query.forward(tape, normed), key.forward(tape, normed),
        value.forward(tape, normed), sequences, spec, (float) shape.attentionDropout());
    Variable middle = Binary.add(tape, x, dropout.forward(tape, output.forward(tape, attended)));
    Variable hidden = shape.hiddenAct().forward(tape, inner, feedForwardNorm.forward(tape, middle));
    return Binary.add(tape, middle, dropout.forward(tape, outer.forward(tape, hidden)));
  }
}
