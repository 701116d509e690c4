package crema.nn.model.nomicbert;

import crema.nn.model.Architecture;
import crema.nn.model.SpecialTokens;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** NomicBERT (Nussbaum et al., arXiv 2402.01613), under the names that its weights have. */
public record NomicBert() implements Architecture {
  @Override
  public String key() {
    return "nomic_bert";
  }

  @Override
  public String className() {
    return "NomicBert";
  }

  @Override
  public NomicBertConfig read(Map<String, ?> json) {
    return NomicBertConfig.of(json);
  }

  @Override
  public String prefix() {
    return "bert.";
  }

  @Override
  public @Nullable String rename(String stored) {
    return stored.equals("cls.predictions.decoder.weight") ? null : Architecture.super.rename(stored);
  }

  @Override
  public Optional<SpecialTokens> specialTokens() {
    return Optional.of(SpecialTokens.BERT);
  }
}
