package crema.nn.model.prenorm;

import crema.nn.model.Architecture;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * EuroBERT (Boizard et al., arXiv 2503.05500): pre-norm layers of bidirectional attention with rotary positions. Crema's
 * own encoder is of this architecture once its constant factors are part of its weights.
 */
public record EuroBert() implements Architecture {
  @Override
  public String key() {
    return "eurobert";
  }

  @Override
  public EuroBertConfig read(Map<String, ?> json) {
    return EuroBertConfig.of(json);
  }

  @Override
  public String prefix() {
    return "model.";
  }

  @Override
  public String className() {
    return "EuroBert";
  }

  /** The head of the masked-language model is not read: it is not tied, and no encoder needs it. */
  @Override
  public @Nullable String rename(String stored) {
    return stored.equals("lm_head.weight") ? null : Architecture.super.rename(stored);
  }
}
