package crema.nn.model.bert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Embedding;
import crema.nn.Initializer;
import crema.nn.Linear;
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
 * BERT without a head: embeddings and post-norm layers of bidirectional attention. State-dict keys: {@code embeddings},
 * {@code embeddings_project} where embeddings are smaller (ELECTRA), {@code encoder.layer.<n>}.
 */
public final class BertEncoder extends TextEncoder {
  private final BertConfig config;
  private final BertEmbeddings embeddings;
  private final @Nullable Linear projection;
  private final List<EncoderLayer> layers = new ArrayList<>();

  /** An encoder whose parameters come from the source. */
  public BertEncoder(ParameterSource source, BertConfig config) {
    this.config = config;
    embeddings = module("embeddings", new BertEmbeddings(source, config));
    projection = config.embeddingSize() == config.hiddenSize() ? null
        : module("embeddings_project", new Linear(source, config.embeddingSize(), config.hiddenSize(),
            config.initializer(), new Initializer.Constant(0)));
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
    return projection == null ? List.of(embeddings) : List.of(embeddings, projection);
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
    Variable embedded = embeddings.forward(tape, ids, types, sequences);
    return projection == null ? embedded : projection.forward(tape, embedded);
  }
}
