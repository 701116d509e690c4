package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Pool;
import crema.nn.Embedding;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.vision.TransformerLayer.Direction;
import crema.nn.model.vision.TransformerLayer.Names;
import crema.tensor.DType;
import crema.tensor.Pooling;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * CLIP's tower for texts: the projected vector of the last token, which is that of the text's end. State-dict keys:
 * {@code text_model} and {@code text_projection}.
 */
public final class ClipTextTower extends Module {
  private final ClipTextConfig config;
  private final Embedding tokens;
  private final Embedding positions;
  private final List<TransformerLayer> layers = new ArrayList<>();
  private final LayerNorm norm;
  private final Linear projection;

  /** A tower whose parameters come from a source. */
  public ClipTextTower(ParameterSource source, ClipTextConfig config) {
    this.config = config;
    TransformerShape shape = config.shape();
    tokens = module("text_model.embeddings.token_embedding",
        new Embedding(source, config.vocabSize(), shape.hiddenSize(), shape.initializerRange()));
    positions = module("text_model.embeddings.position_embedding",
        new Embedding(source, config.maxTokens(), shape.hiddenSize(), shape.initializerRange()));
    for (int i = 0; i < shape.numHiddenLayers(); i++) {
      layers.add(module("text_model.encoder.layers." + i,
          new TransformerLayer(source, shape, Names.CLIP, Direction.BACKWARD)));
    }
    norm = module("text_model.final_layer_norm", shape.norm(source));
    projection = module("text_projection", shape.linear(source, shape.hiddenSize(), config.features(), false));
  }

  /** The shape of this tower. */
  public ClipTextConfig config() {
    return config;
  }

  /**
   * One vector a text, {@code [texts, features]}.
   *
   * @param ids {@code I32 [tokens]}: each text's between those of start and end, without padding
   * @param sequences how the tokens are cut
   * @throws IllegalArgumentException when a text has more tokens than there are positions
   */
  public Variable forward(Tape tape, Tensor ids, Sequences sequences) {
    if (sequences.longest() > config.maxTokens()) {
      throw new IllegalArgumentException("a text of " + sequences.longest() + " tokens is longer than "
          + config.maxTokens() + ", which is all that this CLIP takes");
    }
    return tape.region(() -> {
      Variable x = tape.region(() -> {
        Tensor places = tape.scope().empty(DType.I32, ids.elements());
        tape.ops().embedding().positions(ids, sequences, -1, places);
        return Binary.add(tape, tokens.forward(tape, ids), positions.forward(tape, places));
      });
      for (TransformerLayer layer : layers) {
        x = tape.block(x, (on, input) -> layer.forward(on, input, sequences));
      }
      return projection.forward(tape, norm.forward(tape, Pool.apply(tape, Pooling.LAST, x, sequences)));
    });
  }
}
