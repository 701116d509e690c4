package crema.nn.model.distilbert;

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
 * DistilBERT without a head: embeddings of tokens and positions, normalized, and post-norm layers. State-dict keys:
 * {@code embeddings.word_embeddings}, {@code embeddings.position_embeddings}, {@code embeddings.LayerNorm},
 * {@code transformer.layer.<n>}.
 */
public final class DistilBertEncoder extends TextEncoder {
  private final DistilBertConfig config;
  private final InputEmbeddings embeddings;
  private final LayerNorm norm;
  private final Dropout dropout;
  private final List<EncoderLayer> layers = new ArrayList<>();

  /** An encoder whose parameters come from the source. */
  public DistilBertEncoder(ParameterSource source, DistilBertConfig config) {
    this.config = config;
    var tables = InputEmbeddings.Tables.withPositions(config.vocabSize(), config.maxPositionEmbeddings(),
        -1);
    embeddings = module("embeddings",
        new InputEmbeddings(source, tables, config.dim(), config.initializerRange()));
    norm = module("embeddings.LayerNorm", config.norm(source));
    dropout = new Dropout((float) config.dropout());
    for (int i = 0; i < config.nLayers(); i++) {
      layers.add(module("transformer.layer." + i, new DistilBertLayer(source, config)));
    }
  }

  @Override
  public DistilBertConfig config() {
    return config;
  }

  @Override
  public List<Module> embeddings() {
    return List.of(embeddings, norm);
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
