package crema.nn.model.bert;

import crema.nn.model.Architecture;
import crema.nn.model.SpecialTokens;
import crema.nn.model.TextEncoderConfig;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** BERT (Devlin et al., arXiv 1810.04805); LaBSE, rubert-tiny2, MiniLM, BGE and E5 are of its architecture. */
public record Bert() implements Architecture {
  @Override
  public String key() {
    return "bert";
  }

  @Override
  public TextEncoderConfig read(Map<String, ?> json) {
    return BertConfig.of(this, json);
  }

  @Override
  public String prefix() {
    return "bert.";
  }

  @Override
  public @Nullable String rename(String stored) {
    return switch (stored) {
      case "cls.predictions.decoder.weight" -> null;
      case "cls.predictions.decoder.bias", "cls.predictions.output_bias" -> "cls.predictions.bias";
      default -> Architecture.super.rename(stored);
    };
  }

  @Override
  public Optional<SpecialTokens> specialTokens() {
    return Optional.of(SpecialTokens.BERT);
  }
}
