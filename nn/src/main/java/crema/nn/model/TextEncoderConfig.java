package crema.nn.model;

import crema.nn.Embedding;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.tensor.Pooling;
import java.util.Map;
import java.util.Optional;

/** The shape of a {@link TextEncoder}, under the names that Hugging Face's {@code config.json} has. */
public interface TextEncoderConfig {
  /** The encoder, whose parameters come from a source. */
  TextEncoder create(ParameterSource source);

  /** The architecture, by which the config is read. */
  Architecture architecture();

  /** The number of tokens of the vocabulary. */
  int vocabSize();

  /** The number of features of a vector. */
  int hiddenSize();

  /** The number of layers. */
  int numHiddenLayers();

  /** The number of heads of a layer's queries. */
  int numAttentionHeads();

  /** The most tokens of a sequence, special tokens included: what the table of positions has rows for. */
  int maxTokens();

  /** How the vectors of a sequence become one, unless the model's folder says otherwise. */
  default Pooling pooling() {
    return Pooling.MEAN;
  }

  /**
   * The head of the original model for sequence classification, whose parameters come from a source.
   *
   * @throws IllegalArgumentException when the architecture has none
   */
  default SequenceHead createHead(ParameterSource source, int numLabels) {
    throw new IllegalArgumentException(architecture().key() + " has no head of its own for classification");
  }

  /**
   * How the head of the original model for sequence classification is an {@link HeadConfig.Kind#MLP} of the encoder's width;
   * empty if it is something else.
   *
   * @param pooling what the head reads
   */
  default Optional<OriginalMlp> originalMlp(Pooling pooling) {
    return Optional.empty();
  }

  /**
   * The encoder as one that Hugging Face's libraries have and that computes the same: by default the encoder itself.
   *
   * @param weights the encoder's, under the names of the architecture's state dict, without its
   *     {@linkplain Architecture#prefix prefix}
   */
  default PublishedEncoder published(Weights weights) {
    return new PublishedEncoder(this, weights);
  }

  /**
   * The head for masked-language modelling, whose parameters come from a source.
   *
   * @param embeddings the encoder's token embeddings, with which the decoder is tied
   * @throws IllegalArgumentException when the architecture has none
   */
  default MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, Embedding embeddings) {
    throw new IllegalArgumentException(architecture().key() + " has no head for masked-language modelling");
  }

  /** The shape in a few words for people. */
  default String describe() {
    return numHiddenLayers() + " layers of " + hiddenSize() + ", " + numAttentionHeads() + " heads";
  }

  /** The epsilon of the norms, for heads that have some. */
  double normEps();

  /** What {@link Architecture#read} reads, in a fixed order. */
  Map<String, Object> toMap();
}
