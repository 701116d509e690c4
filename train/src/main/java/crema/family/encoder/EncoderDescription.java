package crema.family.encoder;

import crema.base.Keyed;
import crema.base.UserError;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.nn.model.TextClassifierConfig;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code config.json} says: the network, under Hugging Face's names, and how texts are cut for it.
 *
 * @param network the shape of the encoder and its head
 * @param limit how much of a text is read
 */
public record EncoderDescription(TextClassifierConfig network, TextLimit limit) {
  private static final String MAX_LENGTH = "max_length";
  private static final String KEEP = "keep";

  /** Writes the config, which makes the directory a whole model. */
  void write(ModelDirectory directory, ModelFamily family) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put(MAX_LENGTH, limit.maxTokens());
    if (limit.kept() != TextLimit.Kept.HEAD) {
      json.put(KEEP, limit.kept().key());
    }
    json.putAll(network.toMap());
    ModelConfig.of(family, json).write(directory);
  }

  /**
   * Reads a model's config.
   *
   * @throws UserError when there is none, or it is damaged or of a newer version
   */
  public static EncoderDescription read(ModelSource model) throws IOException {
    String file = model.name() + "/" + ModelSource.CONFIG;
    Map<String, @Nullable Object> json = ModelConfig.read(model).values();
    if (!(json.get(MAX_LENGTH) instanceof Integer maxLength) || maxLength < 1) {
      throw new UserError(file + ": max_length must be a positive number, not " + json.get(MAX_LENGTH));
    }
    Object keep = json.get(KEEP);
    TextLimit.Kept kept = keep == null ? TextLimit.Kept.HEAD
        : Keyed.find(List.of(TextLimit.Kept.values()), keep.toString()).orElseThrow(() -> new UserError(file
            + ": keep must be one of " + String.join(", ", Keyed.keys(TextLimit.Kept.class)) + ", not " + keep));
    var values = new LinkedHashMap<String, Object>();
    json.forEach((key, value) -> {
      if (value != null) {
        values.put(key, value);
      }
    });
    try {
      return new EncoderDescription(TextClassifierConfig.of(values), new TextLimit(maxLength, kept));
    } catch (IllegalArgumentException e) {
      throw new UserError(file + ": " + e.getMessage(), e);
    }
  }
}
