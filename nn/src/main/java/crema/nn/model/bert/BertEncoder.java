package crema.nn.model.bert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
import crema.nn.Embedding;
import crema.nn.LayerNorm;
import crema.nn.Linear;
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
 * BERT without a head: embeddings and post-norm layers of bidirectional attention. State-dict keys: {@code embeddings},
 * {@code embeddings_project} where embeddings are smaller (ELECTRA), {@code encoder.layer.<n>}.
 */
public final class BertEncoder extends TextEncoder {
  private final BertConfig config;
  private final InputEmbeddings embeddings;
  private final LayerNorm norm;
  private final Dropout dropout;
  private final @Nullable Linear projection;
  private final List<EncoderLayer> layers = new ArrayList<>();

  /** An encoder whose parameters come from the source. */
  public BertEncoder(ParameterSource source, BertConfig config) {
    this.config = config;
    var tables = new InputEmbeddings.Tables(config.vocabSize(), config.maxPositionEmbeddings(),
        config.positionPadding(), config.typeVocabSize());
    embeddings = module("embeddings",
        new InputEmbeddings(source, tables, config.embeddingSize(), config.initializerRange()));
    norm = module("embeddings.LayerNorm", config.norm(source, config.embeddingSize()));
    dropout = new Dropout((float) config.hiddenDropoutProb());
    projection = config.embeddingSize() == config.hiddenSize() ? null
        : module("embeddings_project", config.linear(source, config.embeddingSize(), config.hiddenSize()));
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layers.add(module("encoder.layer." + i, new BertLayer(source, config)));
    }
  }

  @Override
  public BertConfig config() {
    return config;
  }

  @Override
  public List<Module> embeddings() {
    return projection == null ? List.of(embeddings, norm) : List.of(embeddings, norm, projection);
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
    // A model of one token type has it for both texts of a pair.
    Tensor known = config.typeVocabSize() == 1 ? null : types;
    Variable embedded =
        dropout.forward(tape, norm.forward(tape, embeddings.forward(tape, ids, known, sequences)));
    return projection == null ? embedded : projection.forward(tape, embedded);
  }
}
