package crema.embed;

import crema.base.UserError;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What differs from what a model's folder says.
 *
 * @param prompt a text in front of every text
 * @param promptName the name of one of the model's own prompts
 * @param pooling how tokens become one vector; of several kinds the vectors are joined
 * @param normalize whether vectors are scaled to length 1
 * @param maxLength the most tokens of a text, special tokens included
 * @param dimensions only so many features of each vector, the first; for models that were trained for that
 */
public record EmbedOptions(Optional<String> prompt, Optional<String> promptName, List<PoolingKind> pooling,
    Optional<Boolean> normalize, OptionalInt maxLength, OptionalInt dimensions) {
  /** All as the model's folder says. */
  public static final EmbedOptions DEFAULT = new EmbedOptions(Optional.empty(), Optional.empty(), List.of(),
      Optional.empty(), OptionalInt.empty(), OptionalInt.empty());

  /** Checks the ranges. */
  public EmbedOptions {
    pooling = List.copyOf(pooling);
    if (prompt.isPresent() && promptName.isPresent()) {
      throw new UserError("give a prompt or the name of one, not both");
    }
    if (maxLength.isPresent() && maxLength.getAsInt() < 1) {
      throw new UserError("max-length must be at least 1 token, not " + maxLength.getAsInt());
    }
    if (dimensions.isPresent() && dimensions.getAsInt() < 1) {
      throw new UserError("dimensions must be at least 1, not " + dimensions.getAsInt());
    }
  }

  /** The same with a text in front of every text. */
  public EmbedOptions withPrompt(String text) {
    return new EmbedOptions(Optional.of(text), Optional.empty(), pooling, normalize, maxLength, dimensions);
  }

  /** The same with one of the model's own prompts. */
  public EmbedOptions withPromptName(String name) {
    return new EmbedOptions(Optional.empty(), Optional.of(name), pooling, normalize, maxLength, dimensions);
  }

  /** The same with other pooling. */
  public EmbedOptions withPooling(PoolingKind... kinds) {
    return new EmbedOptions(prompt, promptName, List.of(kinds), normalize, maxLength, dimensions);
  }

  /** The same with vectors of length 1, or as they come. */
  public EmbedOptions withNormalize(boolean flag) {
    return new EmbedOptions(prompt, promptName, pooling, Optional.of(flag), maxLength, dimensions);
  }

  /** The same with texts of at most so many tokens. */
  public EmbedOptions withMaxLength(int tokens) {
    return new EmbedOptions(prompt, promptName, pooling, normalize, OptionalInt.of(tokens), dimensions);
  }

  /** The same with only the first features of each vector. */
  public EmbedOptions withDimensions(int features) {
    return new EmbedOptions(prompt, promptName, pooling, normalize, maxLength, OptionalInt.of(features));
  }
}
