package crema.nn.model.prenorm;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
import crema.nn.Embedding;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.RmsNorm;
import crema.nn.model.TextEncoder;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a vector of each token in its context: token embeddings scaled by √hiddenSize and normalized, blocks of
 * attention and feed-forward, and a last norm. State-dict keys: {@code embed_tokens}, {@code embed_layernorm},
 * {@code layers.<n>}, {@code final_layernorm}.
 */
public final class PreNormEncoder extends Module implements TextEncoder {
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

  /** The shape of this encoder. */
  public PreNormConfig config() {
    return config;
  }

  @Override
  public int features() {
    return config.hiddenSize();
  }

  @Override
  public Module module() {
    return this;
  }

  /**
   * One vector a token, {@code [tokens, hiddenSize]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param sequences how the tokens are cut; none longer than maxPositionEmbeddings
   */
  @Override
  public Variable forward(Tape tape, Tensor ids, Sequences sequences) {
    if (ids.elements() != sequences.tokens()) {
      throw new IllegalArgumentException(ids.elements() + " ids for sequences of " + sequences.tokens() + " tokens");
    }
    if (sequences.longest() > config.maxPositionEmbeddings()) {
      throw new IllegalArgumentException("a sequence of " + sequences.longest()
          + " tokens is longer than max_position_embeddings, " + config.maxPositionEmbeddings());
    }
    Variable x = tape.region(() -> embed(tape, ids));
    for (PreNormBlock block : blocks) {
      x = tape.block(x, (on, input) -> block.forward(on, input, sequences));
    }
    return finalNorm.forward(tape, x);
  }

  private Variable embed(Tape tape, Tensor ids) {
    Variable embedded = embedding.forward(tape, ids, (float) Math.sqrt(config.hiddenSize()));
    return dropout.forward(tape, embeddingNorm.forward(tape, embedded));
  }
}
