package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Pool;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.vision.TransformerLayer.Direction;
import crema.nn.model.vision.TransformerLayer.Names;
import crema.tensor.Pooling;
import crema.tensor.Sequences;
import java.util.ArrayList;
import java.util.List;

/**
 * The tower of a {@link Vit}: the normalized vector of the token in front, which is what the original head reads. State-
 * dict keys: {@code embeddings}, {@code encoder.layer.N}, {@code layernorm}.
 */
final class VitTower extends VisionTower {
  private final VitConfig config;
  private final PatchEmbedding patches;
  private final Embeddings embeddings;
  private final List<TransformerLayer> layers = new ArrayList<>();
  private final LayerNorm norm;

  /** The token in front and the positions. */
  private static final class Embeddings extends Module {
    final Variable first;
    final Variable positions;

    Embeddings(ParameterSource source, TransformerShape shape, int tokens) {
      first = parameter("cls_token", source.create(shape.initializer(), 1, 1, shape.hiddenSize()));
      positions = parameter("position_embeddings", source.create(shape.initializer(), 1, tokens, shape.hiddenSize()));
    }
  }

  VitTower(ParameterSource source, VitConfig config) {
    this.config = config;
    TransformerShape shape = config.shape();
    embeddings = module("embeddings", new Embeddings(source, shape, tokens()));
    patches = module("embeddings.patch_embeddings.projection", new PatchEmbedding(source, config.channels(),
        config.patchSize(), shape.hiddenSize(), shape.initializer(), new Initializer.Constant(0)));
    for (int i = 0; i < shape.numHiddenLayers(); i++) {
      layers.add(module("encoder.layer." + i, new TransformerLayer(source, shape, Names.VIT, Direction.BOTH)));
    }
    norm = module("layernorm", shape.norm(source));
  }

  private int tokens() {
    return PictureTransformer.tokens(config.imageSize(), config.patchSize());
  }

  @Override
  public VitConfig config() {
    return config;
  }

  @Override
  public List<Module> stages() {
    var stages = new ArrayList<Module>(List.of(patches, embeddings));
    stages.addAll(layers);
    stages.add(norm);
    return stages;
  }

  @Override
  protected Variable vectors(Tape tape, Variable pixels) {
    Sequences sequences = PictureTransformer.sequences(tape, pixels.shape(), tokens());
    Variable x = tape.region(() -> PictureTransformer.embed(tape, patches.forward(tape, pixels), embeddings.first,
        embeddings.positions, pixels.shape().extent(0)));
    for (TransformerLayer layer : layers) {
      x = tape.block(x, (on, input) -> layer.forward(on, input, sequences));
    }
    return norm.forward(tape, Pool.apply(tape, Pooling.FIRST, x, sequences));
  }
}
