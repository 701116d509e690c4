package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Embedding;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.RmsNorm;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An encoder as language models have it: token embeddings, layers that norm what they read, and a last RMSNorm. State-dict
 * keys: {@code embed_tokens}, {@code layers.<n>}, {@code norm}.
 */
public final class RmsNormEncoder extends TextEncoder {
  private final TextEncoderConfig config;
  private final Embedding embeddings;
  private final List<EncoderLayer> layers = new ArrayList<>();
  private final RmsNorm norm;

  /**
   * An encoder whose parameters come from the source.
   *
   * @param initializerRange the standard deviation of the first embeddings
   * @param epsilon added to the mean square in the last norm
   * @param layer makes one layer after the other
   */
  public RmsNormEncoder(ParameterSource source, TextEncoderConfig config, double initializerRange, double epsilon,
      Function<ParameterSource, EncoderLayer> layer) {
    this.config = config;
    embeddings =
        module("embed_tokens", new Embedding(source, config.vocabSize(), config.hiddenSize(), initializerRange));
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layers.add(module("layers." + i, layer.apply(source)));
    }
    norm = module("norm", new RmsNorm(source, config.hiddenSize(), (float) epsilon));
  }

  @Override
  public TextEncoderConfig config() {
    return config;
  }

  @Override
  public List<Module> embeddings() {
    return List.of(embeddings);
  }

  @Override
  public List<EncoderLayer> layers() {
    return Collections.unmodifiableList(layers);
  }

  @Override
  public Embedding tokenEmbeddings() {
    return embeddings;
  }

  @Override
  protected Variable embed(Tape tape, Tensor ids, @Nullable Tensor types, Sequences sequences) {
    return embeddings.forward(tape, ids);
  }

  @Override
  protected Variable finish(Tape tape, Variable x) {
    return norm.forward(tape, x);
  }
}
