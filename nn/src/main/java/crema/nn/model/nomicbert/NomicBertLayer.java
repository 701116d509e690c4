package crema.nn.model.nomicbert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Attention;
import crema.autograd.op.Binary;
import crema.autograd.op.Rope;
import crema.autograd.op.SplitColumns;
import crema.autograd.op.SwiGlu;
import crema.nn.Dropout;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.tensor.Sequences;
import java.util.List;

/**
 * A post-norm transformer layer with rotary positions and gated feed-forward part. State-dict keys: {@code attn.Wqkv},
 * {@code attn.out_proj}, {@code norm1}, {@code mlp.fc11}, {@code mlp.fc12}, whose output is the gate, {@code mlp.fc2},
 * {@code norm2}.
 */
final class NomicBertLayer extends EncoderLayer {
  private final NomicBertConfig config;
  private final Linear queriesKeysValues;
  private final Linear attentionOutput;
  private final LayerNorm attentionNorm;
  private final Linear up;
  private final Linear gate;
  private final Linear down;
  private final LayerNorm outputNorm;
  private final Dropout dropout;

  NomicBertLayer(ParameterSource source, NomicBertConfig config) {
    this.config = config;
    int hidden = config.nEmbd();
    int inner = config.nInner();
    float epsilon = (float) config.layerNormEpsilon();
    var weights = config.initializer();
    queriesKeysValues = module("attn.Wqkv", new Linear(source, hidden, 3 * hidden, weights, null));
    attentionOutput = module("attn.out_proj", new Linear(source, hidden, hidden, weights, null));
    attentionNorm = module("norm1", new LayerNorm(source, hidden, epsilon));
    up = module("mlp.fc11", new Linear(source, hidden, inner, weights, null));
    gate = module("mlp.fc12", new Linear(source, hidden, inner, weights, null));
    down = module("mlp.fc2", new Linear(source, inner, hidden, weights, null));
    outputNorm = module("norm2", new LayerNorm(source, hidden, epsilon));
    dropout = new Dropout((float) config.residPdrop());
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    int hidden = config.nEmbd();
    List<Variable> parts =
        SplitColumns.apply(tape, queriesKeysValues.forward(tape, x), List.of(hidden, hidden, hidden));
    var spec = config.attention();
    Variable q = Rope.apply(tape, parts.get(0), sequences, spec.headDim(), config.rotaryEmbBase());
    Variable k = Rope.apply(tape, parts.get(1), sequences, spec.headDim(), config.rotaryEmbBase());
    Variable attended = attentionOutput.forward(tape,
        Attention.apply(tape, q, k, parts.get(2), sequences, spec, (float) config.attnPdrop()));
    Variable middle =
        tape.inFullPrecision(() -> attentionNorm.forward(tape, Binary.add(tape, dropout.forward(tape, attended), x)));
    Variable gated = SwiGlu.apply(tape, gate.forward(tape, middle), up.forward(tape, middle));
    Variable transformed = down.forward(tape, gated);
    return tape.inFullPrecision(
        () -> outputNorm.forward(tape, Binary.add(tape, dropout.forward(tape, transformed), middle)));
  }
}
