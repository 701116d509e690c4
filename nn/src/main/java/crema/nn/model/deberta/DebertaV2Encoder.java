package crema.nn.model.deberta;

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
 * DeBERTa without a head: token embeddings, normalized, and post-norm layers that share the vectors of distances.
 * State-dict keys: {@code embeddings.word_embeddings}, {@code embeddings.token_type_embeddings} where there are types,
 * {@code embeddings.LayerNorm}, {@code encoder.layer.<n>}, {@code encoder.rel_embeddings}, {@code encoder.LayerNorm}.
 */
public final class DebertaV2Encoder extends TextEncoder {
  private final DebertaV2Config config;
  private final InputEmbeddings embeddings;
  private final LayerNorm norm;
  private final Dropout dropout;
  private final RelativeEmbeddings distances;
  private final List<EncoderLayer> layers = new ArrayList<>();

  /** An encoder whose parameters come from the source. */
  public DebertaV2Encoder(ParameterSource source, DebertaV2Config config) {
    this.config = config;
    var tables = InputEmbeddings.Tables.withTypes(config.vocabSize(), config.typeVocabSize());
    embeddings = module("embeddings",
        new InputEmbeddings(source, tables, config.hiddenSize(), config.initializerRange()));
    norm = module("embeddings.LayerNorm", config.norm(source));
    dropout = new Dropout((float) config.hiddenDropoutProb());
    distances = module("encoder", new RelativeEmbeddings(source, config));
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layers.add(module("encoder.layer." + i, new DebertaV2Layer(source, config, distances)));
    }
  }

  @Override
  public DebertaV2Config config() {
    return config;
  }

  @Override
  public List<Module> embeddings() {
    return List.of(embeddings, norm, distances);
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
