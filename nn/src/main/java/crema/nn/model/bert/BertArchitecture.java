package crema.nn.model.bert;

import crema.nn.Embedding;
import crema.nn.ParameterSource;
import crema.nn.model.Architecture;
import crema.nn.model.MaskedLanguageHead;
import crema.nn.model.OriginalMlp;
import crema.nn.model.SequenceHead;
import crema.tensor.Pooling;
import java.util.Map;
import java.util.Optional;

/** An architecture that has BERT's modules: what it may differ in. */
public interface BertArchitecture extends Architecture {
  @Override
  default BertConfig read(Map<String, ?> json) {
    return BertConfig.of(this, json);
  }

  /**
   * The id of the padding token if positions count from the row after it, as RoBERTa's do ({@link
   * crema.tensor.EmbeddingOps#positions}); −1 if they count from 0.
   *
   * @param padTokenId the config's
   */
  default int positionPadding(int padTokenId) {
    return -1;
  }

  /**
   * The number of features of the embeddings, which a linear layer takes to hiddenSize if they are not as many.
   *
   * @param json the config
   */
  default int embeddingSize(Map<String, ?> json, int hiddenSize) {
    return hiddenSize;
  }

  /** The head of the original model for sequence classification. */
  SequenceHead createHead(ParameterSource source, BertConfig config, int numLabels);

  /**
   * How the head for sequence classification is an MLP as wide as the encoder; empty if it is something else.
   *
   * @param pooling what the head reads
   */
  default Optional<OriginalMlp> originalMlp(BertConfig config, Pooling pooling) {
    return Optional.empty();
  }

  /**
   * The head for masked-language modelling.
   *
   * @param embeddings the encoder's token embeddings
   */
  MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, BertConfig config, Embedding embeddings);
}
