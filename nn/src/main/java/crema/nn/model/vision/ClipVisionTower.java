package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Pool;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.vision.TransformerLayer.Direction;
import crema.nn.model.vision.TransformerLayer.Names;
import crema.tensor.Pooling;
import crema.tensor.Sequences;
import java.util.ArrayList;
import java.util.List;

/**
 * CLIP's tower for pictures: the projected vector of the token in front. State-dict keys: {@code vision_model} and
 * {@code visual_projection}.
 */
final class ClipVisionTower extends VisionTower {
  private final ClipVisionConfig config;
  private final Embeddings embeddings;
  private final PatchEmbedding patches;
  private final LayerNorm firstNorm;
  private final List<TransformerLayer> layers = new ArrayList<>();
  private final LayerNorm lastNorm;
  private final Linear projection;

  /** The token in front and the positions. */
  private static final class Embeddings extends Module {
    final Variable first;
    final Variable positions;

    Embeddings(ParameterSource source, TransformerShape shape, int tokens) {
      first = parameter("class_embedding", source.create(shape.initializer(), shape.hiddenSize()));
      positions =
          parameter("position_embedding.weight", source.create(shape.initializer(), tokens, shape.hiddenSize()));
    }
  }

  ClipVisionTower(ParameterSource source, ClipVisionConfig config) {
    this.config = config;
    TransformerShape shape = config.shape();
    embeddings = module("vision_model.embeddings", new Embeddings(source, shape, tokens()));
    patches = module("vision_model.embeddings.patch_embedding", new PatchEmbedding(source, config.channels(),
        config.patchSize(), shape.hiddenSize(), shape.initializer(), null));
    // The original's spelling.
    firstNorm = module("vision_model.pre_layrnorm", shape.norm(source));
    for (int i = 0; i < shape.numHiddenLayers(); i++) {
      layers.add(module("vision_model.encoder.layers." + i,
          new TransformerLayer(source, shape, Names.CLIP, Direction.BOTH)));
    }
    lastNorm = module("vision_model.post_layernorm", shape.norm(source));
    projection = module("visual_projection", shape.linear(source, shape.hiddenSize(), config.features(), false));
  }

  private int tokens() {
    return PictureTransformer.tokens(config.imageSize(), config.patchSize());
  }

  @Override
  public ClipVisionConfig config() {
    return config;
  }

  @Override
  public List<Module> stages() {
    var stages = new ArrayList<Module>(List.of(patches, embeddings, firstNorm));
    stages.addAll(layers);
    stages.add(lastNorm);
    stages.add(projection);
    return stages;
  }

  @Override
  protected Variable vectors(Tape tape, Variable pixels) {
    Sequences sequences = PictureTransformer.sequences(tape, pixels.shape(), tokens());
    Variable x = tape.region(() -> firstNorm.forward(tape, PictureTransformer.embed(tape,
        patches.forward(tape, pixels), embeddings.first, embeddings.positions, pixels.shape().extent(0))));
    for (TransformerLayer layer : layers) {
      x = tape.block(x, (on, input) -> layer.forward(on, input, sequences));
    }
    return projection.forward(tape, lastNorm.forward(tape, Pool.apply(tape, Pooling.FIRST, x, sequences)));
  }
}
