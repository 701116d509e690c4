package crema.nn.model.mpnet;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
import crema.nn.Embedding;
import crema.nn.LayerNorm;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.nn.model.InputEmbeddings;
import crema.nn.model.TextEncoder;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MPNet without a head: embeddings of tokens and positions, normalized, and post-norm layers that share a bias for
 * distances. State-dict keys: {@code embeddings.word_embeddings}, {@code embeddings.position_embeddings},
 * {@code embeddings.LayerNorm}, {@code encoder.layer.<n>}, {@code encoder.relative_attention_bias}.
 */
public final class MpnetEncoder extends TextEncoder {
  private final MpnetConfig config;
  private final InputEmbeddings embeddings;
  private final LayerNorm norm;
  private final Dropout dropout;
  private final Embedding relativeBias;
  private final List<EncoderLayer> layers = new ArrayList<>();

  /** An encoder whose parameters come from the source. */
  public MpnetEncoder(ParameterSource source, MpnetConfig config) {
    this.config = config;
    var tables = InputEmbeddings.Tables.withPositions(config.vocabSize(), config.maxPositionEmbeddings(),
        MpnetConfig.PADDING);
    embeddings = module("embeddings",
        new InputEmbeddings(source, tables, config.hiddenSize(), config.initializerRange()));
    norm = module("embeddings.LayerNorm", config.norm(source));
    dropout = new Dropout((float) config.hiddenDropoutProb());
    relativeBias = module("encoder.relative_attention_bias",
        new Embedding(source, RelativeBias.BUCKETS, config.numAttentionHeads(), config.initializerRange()));
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layers.add(module("encoder.layer." + i, new MpnetLayer(source, config, relativeBias)));
    }
  }

  @Override
  public MpnetConfig config() {
    return config;
  }

  @Override
  public List<Module> embeddings() {
    return List.of(embeddings, norm, relativeBias);
  }

  @Override
  public List<EncoderLayer> layers() {
    return Collections.unmodifiableList(layers);
  }

  @Override
  public Embedding tokenEmbeddings() {
    return embeddings.words();
  }

  @Override
  protected Variable embed(Tape tape, Tensor ids, @Nullable Tensor types, Sequences sequences) {
    return dropout.forward(tape, norm.forward(tape, embeddings.forward(tape, ids, types, sequences)));
  }
}
