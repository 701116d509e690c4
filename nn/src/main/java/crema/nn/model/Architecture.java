package crema.nn.model;

import crema.base.Keyed;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * An architecture of text encoders, found through {@link ServiceLoader}. It has a package with its config, its modules
 * and, by their names, its state dict, and is compared with a reference in a golden test.
 */
public interface Architecture extends Keyed {
  /** The key of a classifier's config that names the architecture; without it, it is {@link #DEFAULT}. */
  String KEY = "encoder_type";

  /** The key of the architecture that a config has which names none: Crema's own encoder. */
  String DEFAULT = "crema-encoder";

  /** The {@code model_type} of a {@code config.json}. */
  @Override
  String key();

  /** The {@linkplain #key key}: an architecture has no other identifier. */
  @Override
  default String name() {
    return key();
  }

  /**
   * The shape of an encoder from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is missing, of another type or out of range; the message names it
   */
  TextEncoderConfig read(Map<String, ?> json);

  /** All architectures that are installed, by key. */
  static List<Architecture> installed() {
    return ServiceLoader.load(Architecture.class, Architecture.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(Architecture::key))
        .toList();
  }

  /**
   * The architecture that the config of a classifier names.
   *
   * @throws IllegalArgumentException when there is none of the name; the message lists those there are
   */
  static Architecture of(Map<String, ?> json) {
    Object name = json.get(KEY);
    return ConfigValues.choice(KEY, name == null ? DEFAULT : name.toString(), installed());
  }
}
