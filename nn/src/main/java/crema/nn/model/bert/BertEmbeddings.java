package crema.nn.model.bert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.nn.Dropout;
import crema.nn.Embedding;
import crema.nn.LayerNorm;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.DType;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The sum of the vectors of a token, its position and its type, normalized. State-dict keys: {@code word_embeddings},
 * {@code position_embeddings}, {@code token_type_embeddings}, {@code LayerNorm}.
 */
final class BertEmbeddings extends Module {
  private final int typeVocabSize;
  private final int padding;
  private final Embedding words;
  private final Embedding positions;
  private final Embedding types;
  private final LayerNorm norm;
  private final Dropout dropout;

  BertEmbeddings(ParameterSource source, BertConfig config) {
    typeVocabSize = config.typeVocabSize();
    int hidden = config.embeddingSize();
    padding = config.positionPadding();
    double deviation = config.initializerRange();
    words = module("word_embeddings", new Embedding(source, config.vocabSize(), hidden, deviation));
    positions = module("position_embeddings",
        new Embedding(source, config.maxPositionEmbeddings(), hidden, deviation));
    types = module("token_type_embeddings", new Embedding(source, typeVocabSize, hidden, deviation));
    norm = module("LayerNorm", new LayerNorm(source, hidden, (float) config.layerNormEps()));
    dropout = new Dropout((float) config.hiddenDropoutProb());
  }

  Embedding words() {
    return words;
  }

  /** {@code [tokens, embeddingSize]}; a model of one token type has it for both texts of a pair. */
  Variable forward(Tape tape, Tensor ids, @Nullable Tensor typeIds, Sequences sequences) {
    Tensor places = tape.scope().empty(DType.I32, sequences.tokens());
    tape.ops().embedding().positions(ids, sequences, padding, places);
    Tensor given = typeIds == null || typeVocabSize == 1 ? tape.scope().zeros(DType.I32, sequences.tokens()) : typeIds;
    Variable sum = Binary.add(tape, words.forward(tape, ids), types.forward(tape, given));
    return dropout.forward(tape, norm.forward(tape, Binary.add(tape, sum, positions.forward(tape, places))));
  }
}
