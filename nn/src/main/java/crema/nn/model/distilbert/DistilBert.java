package crema.nn.model.distilbert;

import crema.nn.model.Architecture;
import crema.nn.model.SpecialTokens;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** DistilBERT (Sanh et al., arXiv 1910.01108): a BERT without token types and pooler. */
public record DistilBert() implements Architecture {
  @Override
  public String key() {
    return "distilbert";
  }

  @Override
  public String className() {
    return "DistilBert";
  }

  @Override
  public DistilBertConfig read(Map<String, ?> json) {
    return DistilBertConfig.of(json);
  }

  @Override
  public String prefix() {
    return "distilbert.";
  }

  @Override
  public @Nullable String rename(String stored) {
    return stored.equals("vocab_projector.weight") ? null : Architecture.super.rename(stored);
  }

  @Override
  public Optional<SpecialTokens> specialTokens() {
    return Optional.of(SpecialTokens.BERT);
  }
}
