package crema.nn.model.modernbert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
import crema.nn.Embedding;
import crema.nn.LayerNorm;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.nn.model.TextEncoder;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ModernBERT without a head: token embeddings, normalized, pre-norm layers, and a last norm. State-dict keys:
 * {@code embeddings.tok_embeddings}, {@code embeddings.norm}, {@code layers.<n>}, {@code final_norm}.
 */
public final class ModernBertEncoder extends TextEncoder {
  private final ModernBertConfig config;
  private final Embedding embeddings;
  private final LayerNorm embeddingNorm;
  private final Dropout dropout;
  private final List<EncoderLayer> layers = new ArrayList<>();
  private final LayerNorm finalNorm;

  /** An encoder whose parameters come from the source. */
  public ModernBertEncoder(ParameterSource source, ModernBertConfig config) {
    this.config = config;
    embeddings = module("embeddings.tok_embeddings",
        new Embedding(source, config.vocabSize(), config.hiddenSize(), config.initializerRange()));
    embeddingNorm = module("embeddings.norm", config.norm(source));
    dropout = new Dropout((float) config.dropouts().embedding());
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layers.add(module("layers." + i, new ModernBertLayer(source, config, i)));
    }
    finalNorm = module("final_norm", config.norm(source));
  }

  @Override
  public ModernBertConfig config() {
    return config;
  }

  @Override
  public List<Module> embeddings() {
    return List.of(embeddings, embeddingNorm);
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
    return dropout.forward(tape, embeddingNorm.forward(tape, embeddings.forward(tape, ids)));
  }

  @Override
  protected Variable finish(Tape tape, Variable x) {
    return finalNorm.forward(tape, x);
  }
}
