package crema.nn.model.distilbert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.nn.Dropout;
import crema.nn.Embedding;
import crema.nn.LayerNorm;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.nn.model.TextEncoder;
import crema.tensor.DType;
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
  private final Embedding words;
  private final Embedding positions;
  private final LayerNorm norm;
  private final Dropout dropout;
  private final List<EncoderLayer> layers = new ArrayList<>();

  /** An encoder whose parameters come from the source. */
  public DistilBertEncoder(ParameterSource source, DistilBertConfig config) {
    this.config = config;
    double deviation = config.initializerRange();
    words = module("embeddings.word_embeddings", new Embedding(source, config.vocabSize(), config.dim(), deviation));
    positions = module("embeddings.position_embeddings",
        new Embedding(source, config.maxPositionEmbeddings(), config.dim(), deviation));
    norm = module("embeddings.LayerNorm", new LayerNorm(source, config.dim(), DistilBertConfig.EPSILON));
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
    return List.of(words, positions, norm);
  }

  @Override
  public List<EncoderLayer> layers() {
    return Collections.unmodifiableList(layers);
  }

  @Override
  public Embedding tokenEmbeddings() {
    return words;
  }

  @Override
  protected Variable embed(Tape tape, Tensor ids, @Nullable Tensor types, Sequences sequences) {
    Tensor places = tape.scope().empty(DType.I32, sequences.tokens());
    tape.ops().embedding().positions(ids, sequences, -1, places);
    Variable sum = Binary.add(tape, words.forward(tape, ids), positions.forward(tape, places));
    return dropout.forward(tape, norm.forward(tape, sum));
  }
}
