package crema.nn.model.deberta;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.RelativeAttention;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;

/**
 * Disentangled attention (He et al., arXiv 2006.03654, equation 4): the score of a query and a key is the sum of content
 * to content, content to position and position to content; the vectors of distances go through the contents' weights.
 * State-dict keys: {@code query_proj}, {@code key_proj}, {@code value_proj}.
 */
final class DisentangledAttention extends Module {
  private final DebertaV2Config config;
  private final RelativeEmbeddings distances;
  private final Linear query;
  private final Linear key;
  private final Linear value;

  /**
   * An attention.
   *
   * @param distances what all layers share, registered by the encoder
   */
  DisentangledAttention(ParameterSource source, DebertaV2Config config, RelativeEmbeddings distances) {
    this.config = config;
    this.distances = distances;
    int hidden = config.hiddenSize();
    query = module("query_proj", config.linear(source, hidden, hidden));
    key = module("key_proj", config.linear(source, hidden, hidden));
    value = module("value_proj", config.linear(source, hidden, hidden));
  }

  /** {@code [tokens, hiddenSize]} from x {@code [tokens, hiddenSize]}. */
  Variable forward(Tape tape, Variable x, Sequences sequences) {
    int heads = config.numAttentionHeads();
    var spec = AttentionSpec.of(heads, heads, config.hiddenSize() / heads, false).withScale(config.scale());
    var positions = distances.forward(tape, sequences);
    var tables = new RelativeAttention.Tables(positions.rows(),
        config.contentToPosition() ? tape.inFullPrecision(() -> key.forward(tape, positions.vectors())) : null,
        config.positionToContent() ? tape.inFullPrecision(() -> query.forward(tape, positions.vectors())) : null, null);
    return RelativeAttention.apply(tape, query.forward(tape, x), key.forward(tape, x), value.forward(tape, x), tables,
        sequences, spec, (float) config.attentionProbsDropoutProb());
  }
}
