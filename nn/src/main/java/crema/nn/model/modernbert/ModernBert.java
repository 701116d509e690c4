package crema.nn.model.modernbert;

import crema.nn.model.Architecture;
import crema.nn.model.SpecialTokens;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** ModernBERT (Warner et al., arXiv 2412.13663): rotary positions, and windows on all but every third layer. */
public record ModernBert() implements Architecture {
  @Override
  public String key() {
    return "modernbert";
  }

  @Override
  public String className() {
    return "ModernBert";
  }

  @Override
  public ModernBertConfig read(Map<String, ?> json) {
    return ModernBertConfig.of(json);
  }

  @Override
  public String prefix() {
    return "model.";
  }

  @Override
  public @Nullable String rename(String stored) {
    return stored.equals("decoder.weight") ? null : Architecture.super.rename(stored);
  }

  @Override
  public Optional<SpecialTokens> specialTokens() {
    return Optional.of(SpecialTokens.BERT);
  }
}
