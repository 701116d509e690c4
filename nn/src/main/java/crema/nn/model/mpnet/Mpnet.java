package crema.nn.model.mpnet;

import crema.nn.model.Architecture;
import crema.nn.model.SpecialTokens;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** MPNet (Song et al., arXiv 2004.09297): RoBERTa's positions, and a bias for distances that all layers share. */
public record Mpnet() implements Architecture {
  @Override
  public String key() {
    return "mpnet";
  }

  @Override
  public String className() {
    return "MPNet";
  }

  @Override
  public MpnetConfig read(Map<String, ?> json) {
    return MpnetConfig.of(json);
  }

  @Override
  public String prefix() {
    return "mpnet.";
  }

  @Override
  public @Nullable String rename(String stored) {
    return switch (stored) {
      case "lm_head.decoder.weight" -> null;
      case "lm_head.decoder.bias" -> "lm_head.bias";
      default -> Architecture.super.rename(stored);
    };
  }

  @Override
  public Optional<SpecialTokens> specialTokens() {
    return Optional.of(SpecialTokens.ROBERTA);
  }
}
