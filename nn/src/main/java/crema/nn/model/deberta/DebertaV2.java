package crema.nn.model.deberta;

import crema.nn.model.Architecture;
import crema.nn.model.SpecialTokens;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** DeBERTa, versions 2 and 3 (He et al., arXiv 2006.03654 and 2111.09543): attention of contents and distances. */
public record DebertaV2() implements Architecture {
  @Override
  public String key() {
    return "deberta-v2";
  }

  @Override
  public String className() {
    return "DebertaV2";
  }

  @Override
  public DebertaV2Config read(Map<String, ?> json) {
    return DebertaV2Config.of(json);
  }

  @Override
  public String prefix() {
    return "deberta.";
  }

  /** The published weights call the head for masked-language modelling {@code lm_predictions.lm_head}. */
  @Override
  public @Nullable String rename(String stored) {
    String published = "lm_predictions.lm_head.";
    String name = !stored.startsWith(published) ? stored
        : "cls.predictions." + (stored.endsWith("head.bias") ? "" : "transform.")
            + stored.substring(published.length());
    return switch (name) {
      case "cls.predictions.decoder.weight" -> null;
      case "cls.predictions.decoder.bias" -> "cls.predictions.bias";
      default -> Architecture.super.rename(name);
    };
  }

  @Override
  public Optional<SpecialTokens> specialTokens() {
    return Optional.of(SpecialTokens.BERT);
  }
}
