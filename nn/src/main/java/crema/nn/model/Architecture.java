package crema.nn.model;

import crema.base.Keyed;
import crema.nn.Weights;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

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

  /**
   * What the names of the encoder's parameters start with, dot included, in the state dict of a model that has a head,
   * such as {@code bert.}. That of an encoder alone has the names without it.
   */
  String prefix();

  /**
   * What the names of Hugging Face's classes of this architecture begin with: {@code Bert} of
   * {@code BertForMaskedLM}.
   */
  String className();

  /** The tokens around texts; empty when only the tokenizer's file can say. */
  default Optional<SpecialTokens> specialTokens() {
    return Optional.empty();
  }

  /**
   * The name of a stored tensor in this architecture's state dict, or null if it is no parameter. By default, the gain
   * and offset of a norm that came from TensorFlow are called {@code weight} and {@code bias}, and buffers are dropped.
   *
   * @param stored a name with the {@link #prefix}, if it is of the encoder
   */
  default @Nullable String rename(String stored) {
    String last = stored.substring(stored.lastIndexOf('.') + 1);
    return switch (last) {
      case "gamma" -> stored.substring(0, stored.length() - last.length()) + "weight";
      case "beta" -> stored.substring(0, stored.length() - last.length()) + "bias";
      case "position_ids", "token_type_ids", "inv_freq" -> null;
      default -> stored;
    };
  }

  /**
   * Stored weights under the names of this architecture's state dict: those of the encoder with the {@link #prefix},
   * those of heads without. The stored ones may be of a model with a head, or of an encoder alone.
   */
  default Weights canonical(Weights stored) {
    boolean prefixed = stored.shapes().keySet().stream().anyMatch(name -> name.startsWith(prefix()));
    return stored.renamed(name -> rename(prefixed ? name : prefix() + name));
  }

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

  /**
   * The architecture that a {@code config.json} of Hugging Face's names.
   *
   * @throws IllegalArgumentException when there is none of the name; the message lists those there are
   */
  static Architecture ofModel(Map<String, ?> json) {
    Object name = json.get("model_type");
    if (name == null) {
      throw new IllegalArgumentException("config.json lacks model_type, which names the architecture");
    }
    return ConfigValues.choice("model_type", name.toString(), installed());
  }
}
