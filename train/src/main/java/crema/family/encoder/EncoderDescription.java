package crema.family.encoder;

import crema.base.UserError;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.nn.model.TextClassifierConfig;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code config.json} says: the network, under Hugging Face's names, and how texts are cut for it.
 *
 * @param network the shape of the encoder and its head
 * @param maxLength longer texts are cut to so many tokens
 */
public record EncoderDescription(TextClassifierConfig network, int maxLength) {
  /** Writes the config, which makes the directory a whole model. */
  void write(ModelDirectory directory) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("max_length", maxLength);
    json.putAll(network.toMap());
    ModelConfig.of(new EncoderFamily(), json).write(directory);
  }

  /**
   * Reads a model's config.
   *
   * @throws UserError when there is none, or it is damaged or of a newer version
   */
  public static EncoderDescription read(ModelSource model) throws IOException {
    String file = model.name() + "/" + ModelSource.CONFIG;
    Map<String, @Nullable Object> json = ModelConfig.read(model).values();
    if (!(json.get("max_length") instanceof Integer maxLength) || maxLength < 1) {
      throw new UserError(file + ": max_length must be a positive number, not " + json.get("max_length"));
    }
    var values = new LinkedHashMap<String, Object>();
    json.forEach((key, value) -> {
      if (value != null) {
        values.put(key, value);
      }
    });
    try {
      return new EncoderDescription(TextClassifierConfig.of(values), maxLength);
    } catch (IllegalArgumentException e) {
      throw new UserError(file + ": " + e.getMessage(), e);
    }
  }
}
