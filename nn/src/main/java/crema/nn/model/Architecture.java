package crema.nn.model;

import crema.base.Keyed;
import crema.nn.model.prenorm.PreNormConfig;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The architectures of text encoders: a row each, and a package with its config, its modules and, by their names, its
 * state dict. Each is compared with a reference in a golden test.
 */
public enum Architecture implements Keyed {
  /** Pre-norm blocks with rotary positions: {@link crema.nn.model.prenorm}. */
  PRE_NORM("crema-encoder", PreNormConfig::of);

  /** The key of a classifier's config that names the architecture; without it, it is {@link #PRE_NORM}. */
  public static final String KEY = "encoder_type";

  private final String modelType;
  private final Function<Map<String, ?>, TextEncoderConfig> reader;

  Architecture(String modelType, Function<Map<String, ?>, TextEncoderConfig> reader) {
    this.modelType = modelType;
    this.reader = reader;
  }

  /** The {@code model_type} of a {@code config.json}. */
  @Override
  public String key() {
    return modelType;
  }

  /**
   * The architecture that the config of a classifier names.
   *
   * @throws IllegalArgumentException when there is none of the name; the message lists those there are
   */
  static Architecture of(Map<String, ?> json) {
    Object name = json.get(KEY);
    return name == null ? PRE_NORM : ConfigValues.choice(KEY, name.toString(), List.of(values()));
  }

  /**
   * The shape of an encoder from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is missing, of another type or out of range; the message names it
   */
  public TextEncoderConfig read(Map<String, ?> json) {
    return reader.apply(json);
  }
}
