package crema.nn.model.qwen3;

import crema.nn.model.Architecture;
import crema.nn.model.SpecialTokens;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Qwen3 (Yang et al., arXiv 2505.09388) and Qwen3-Embedding (Zhang et al., arXiv 2506.05176): a causal transformer,
 * whose last token stands for a text.
 */
public record Qwen3() implements Architecture {
  private static final String END_OF_TEXT = "<|endoftext|>";

  @Override
  public String key() {
    return "qwen3";
  }

  @Override
  public String className() {
    return "Qwen3";
  }

  @Override
  public Qwen3Config read(Map<String, ?> json) {
    return Qwen3Config.of(json);
  }

  @Override
  public String prefix() {
    return "model.";
  }

  /** The head that predicts the next token is not read: no encoder needs it. */
  @Override
  public @Nullable String rename(String stored) {
    return stored.equals("lm_head.weight") ? null : Architecture.super.rename(stored);
  }

  /** The end of the text, which is also the padding, follows a text; nothing is in front of it. */
  @Override
  public Optional<SpecialTokens> specialTokens() {
    return Optional.of(
        new SpecialTokens(List.of(), List.of(), List.of(END_OF_TEXT), END_OF_TEXT, Optional.empty(),
            Optional.empty()));
  }
}
