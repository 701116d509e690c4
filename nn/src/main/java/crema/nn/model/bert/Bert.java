package crema.nn.model.bert;

import crema.nn.Embedding;
import crema.nn.ParameterSource;
import crema.nn.model.FirstTokenHead;
import crema.nn.model.MaskedLanguageHead;
import crema.nn.model.SequenceHead;
import crema.nn.model.SpecialTokens;
import crema.nn.model.TiedDecoderHead;
import crema.tensor.Activation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** BERT (Devlin et al., arXiv 1810.04805); LaBSE, rubert-tiny2, MiniLM, BGE and E5 are of its architecture. */
public record Bert() implements BertArchitecture {
  private static final TiedDecoderHead.Names DECODER = new TiedDecoderHead.Names("cls.predictions.transform.dense",
      "cls.predictions.transform.LayerNorm", "cls.predictions.bias");

  @Override
  public String key() {
    return "bert";
  }

  @Override
  public String className() {
    return "Bert";
  }

  @Override
  public String prefix() {
    return "bert.";
  }

  @Override
  public @Nullable String rename(String stored) {
    return switch (stored) {
      case "cls.predictions.decoder.weight" -> null;
      case "cls.predictions.decoder.bias", "cls.predictions.output_bias" -> DECODER.bias();
      default -> BertArchitecture.super.rename(stored);
    };
  }

  @Override
  public Optional<SpecialTokens> specialTokens() {
    return Optional.of(SpecialTokens.BERT);
  }

  /** {@code BertForSequenceClassification}: the pooler's tanh, dropout, linear. */
  @Override
  public SequenceHead createHead(ParameterSource source, BertConfig config, int numLabels) {
    var parts =
        new FirstTokenHead.Parts("bert.pooler.dense", "classifier", Activation.TANH, 0, config.classifierDropout());
    return new FirstTokenHead(source, parts, config.hiddenSize(), config.initializer(), numLabels);
  }

  @Override
  public MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, BertConfig config,
      Embedding embeddings) {
    return config.decoder(source, DECODER, config.hiddenAct(), embeddings);
  }
}
