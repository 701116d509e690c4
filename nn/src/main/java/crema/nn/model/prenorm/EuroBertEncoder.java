package crema.nn.model.prenorm;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Embedding;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.RmsNorm;
import crema.nn.model.EncoderLayer;
import crema.nn.model.TextEncoder;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * EuroBERT without a head: token embeddings, pre-norm layers, and a last norm. State-dict keys: {@code embed_tokens},
 * {@code layers.<n>}, {@code norm}.
 */
public final class EuroBertEncoder extends TextEncoder {
  private final EuroBertConfig config;
  private final Embedding embeddings;
  private final List<EncoderLayer> layers = new ArrayList<>();
  private final RmsNorm norm;

  /** An encoder whose parameters come from the source. */
  public EuroBertEncoder(ParameterSource source, EuroBertConfig config) {
    this.config = config;
    embeddings = module("embed_tokens",
        new Embedding(source, config.vocabSize(), config.hiddenSize(), config.initializerRange()));
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layers.add(module("layers." + i, new EuroBertLayer(source, config)));
    }
    norm = module("norm", new RmsNorm(source, config.hiddenSize(), (float) config.rmsNormEps()));
  }

  @Override
  public EuroBertConfig config() {
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
