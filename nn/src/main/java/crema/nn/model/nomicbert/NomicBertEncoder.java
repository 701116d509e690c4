package crema.nn.model.nomicbert;

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
 * NomicBERT without a head: embeddings of tokens and types, normalized, and post-norm layers with rotary positions.
 * State-dict keys: {@code embeddings.word_embeddings}, {@code embeddings.token_type_embeddings}, {@code emb_ln},
 * {@code encoder.layers.<n>}.
 */
public final class NomicBertEncoder extends TextEncoder {
  private final NomicBertConfig config;
  private final InputEmbeddings embeddings;
  private final LayerNorm norm;
  private final Dropout dropout;
  private final List<EncoderLayer> layers = new ArrayList<>();

  /** An encoder whose parameters come from the source. */
  public NomicBertEncoder(ParameterSource source, NomicBertConfig config) {
    this.config = config;
    var tables = InputEmbeddings.Tables.withTypes(config.vocabSize(), config.typeVocabSize());
    embeddings = module("embeddings",
        new InputEmbeddings(source, tables, config.nEmbd(), config.initializerRange()));
    norm = module("emb_ln", new LayerNorm(source, config.nEmbd(), (float) config.layerNormEpsilon()));
    dropout = new Dropout((float) config.embdPdrop());
    for (int i = 0; i < config.nLayer(); i++) {
      layers.add(module("encoder.layers." + i, new NomicBertLayer(source, config)));
    }
  }

  @Override
  public NomicBertConfig config() {
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
