package crema.nn.model;

import crema.nn.Weights;
import crema.tensor.Activation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A {@link TextClassifier} as Hugging Face's libraries have it: one class that is all of it, or the class of its encoder
 * and, beside that, its head.
 *
 * @param className of their class: {@code BertForSequenceClassification}, or {@code BertModel}
 * @param config of the encoder, whose values the class's {@code config.json} has
 * @param weights under the names of the class's state dict
 * @param head what the class lacks; empty if it lacks nothing
 */
public record PublishedClassifier(String className, TextEncoderConfig config, Weights weights,
    Optional<PublishedHead> head) {
  /**
   * A classifier in their form. Its logits are the same; to the bit unless factors become part of weights.
   *
   * @param config of the classifier
   * @param weights of the classifier, under the names of its state dict
   * @throws IllegalArgumentException when there is nothing like it among their classes; the message says why
   */
  public static PublishedClassifier of(TextClassifierConfig config, Weights weights) {
    if (config.bagSize() > 0) {
      throw new IllegalArgumentException("it has a bag of tokens beside its encoder (bag_size " + config.bagSize()
          + "), which no class of Hugging Face's has");
    }
    PublishedEncoder encoder = config.encoder().published(weights.under(TextClassifier.ENCODER));
    Architecture architecture = encoder.config().architecture();
    String name = architecture.className();
    String whole = name + "ForSequenceClassification";
    Weights head = weights.under(TextClassifier.HEAD);
    if (config.head().kind() == HeadConfig.Kind.ORIGINAL) {
      return new PublishedClassifier(whole, encoder.config(),
          joined(encoder.weights(), architecture.prefix(), head, UnaryOperator.identity()), Optional.empty());
    }
    Optional<OriginalMlp> original = originalMlp(config, encoder.config());
    if (original.isPresent()) {
      return new PublishedClassifier(whole, original.get().config(), joined(encoder.weights(), architecture.prefix(),
          head, key -> MlpHead.renamed(key, original.get().hidden(), original.get().output())), Optional.empty());
    }
    return new PublishedClassifier(name + "Model", encoder.config(), encoder.weights(),
        Optional.of(new PublishedHead(layers(config.head()), head)));
  }

  private static List<PublishedHead.Layer> layers(HeadConfig head) {
    return switch (head.kind()) {
      case LINEAR -> List.of(new PublishedHead.Layer("", Activation.IDENTITY));
      case MLP -> MlpHead.layers(head.layers());
      case RESIDUAL, NORMALIZED, COSINE, ORIGINAL -> List.of();
    };
  }

  private static Optional<OriginalMlp> originalMlp(TextClassifierConfig config, TextEncoderConfig encoder) {
    HeadConfig head = config.head();
    boolean fits =
        head.kind() == HeadConfig.Kind.MLP && head.layers() == 1 && head.hiddenSize() == encoder.hiddenSize();
    return fits ? encoder.originalMlp(config.pooling()) : Optional.empty();
  }

  private static Weights joined(Weights encoder, String prefix, Weights head, UnaryOperator<String> headNames) {
    return Weights.joined(encoder.renamed(name -> prefix + name), head.renamed(headNames::apply));
  }

  /** The values of the class's {@code config.json} that say what it computes. */
  public Map<String, Object> configValues() {
    var json = new LinkedHashMap<String, Object>(config.toMap());
    json.put("model_type", config.architecture().key());
    return json;
  }
}
