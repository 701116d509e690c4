package crema.nn.model.prenorm;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
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
 * Makes a vector of each token in its context: token embeddings scaled by √hiddenSize and normalized, blocks of
 * attention and feed-forward, and a last norm. State-dict keys: {@code embed_tokens}, {@code embed_layernorm},
 * {@code layers.<n>}, {@code final_layernorm}.
 */
public final class PreNormEncoder extends TextEncoder {
  private final PreNormConfig config;
  private final Embedding embedding;
  private final RmsNorm embeddingNorm;
  private final Dropout dropout;
  private final List<PreNormBlock> blocks = new ArrayList<>();
  private final RmsNorm finalNorm;

  /** An encoder whose parameters come from the source. */
  public PreNormEncoder(ParameterSource source, PreNormConfig config) {
    this.config = config;
    int hidden = config.hiddenSize();
    float epsilon = (float) config.rmsNormEps();
    embedding = module("embed_tokens",
        new Embedding(source, config.vocabSize(), hidden, config.initializerRange()));
    embeddingNorm = module("embed_layernorm", new RmsNorm(source, hidden, epsilon));
    dropout = new Dropout((float) config.dropout());
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      blocks.add(module("layers." + i, new PreNormBlock(source, config, config.dropPath(i))));
    }
    finalNorm = module("final_layernorm", new RmsNorm(source, hidden, epsilon));
  }

  @Override
  public PreNormConfig config() {
    return config;
  }

  @Override
  public List<Module> embeddings() {
    return List.of(embedding, embeddingNorm);
  }

  @Override
  public List<EncoderLayer> layers() {
    return Collections.unmodifiableList(blocks);
  }

  @Override
  public Embedding tokenEmbeddings() {
    return embedding;
  }

  @Override
  protected Variable embed(Tape tape, Tensor ids, @Nullable Tensor types, Sequences sequences) {
    Variable embedded = embedding.forward(tape, ids, (float) Math.sqrt(config.hiddenSize()));
    return dropout.forward(tape, embeddingNorm.forward(tape, embedded));
  }

  @Override
  protected Variable finish(Tape tape, Variable x) {
    return finalNorm.forward(tape, x);
  }
}
