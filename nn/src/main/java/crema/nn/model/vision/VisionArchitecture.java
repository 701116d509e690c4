package crema.nn.model.vision;

import crema.base.Keyed;
import crema.nn.Weights;
import crema.nn.model.ConfigValues;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * An architecture of vision towers, found through {@link ServiceLoader}: what {@link crema.nn.model.Architecture} is for
 * encoders of texts.
 */
public interface VisionArchitecture extends Keyed {
  /** The {@code model_type} of a {@code config.json}. */
  @Override
  String key();

  /** The {@linkplain #key key}: an architecture has no other identifier. */
  @Override
  default String name() {
    return key();
  }

  /**
   * The shape of a tower from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is missing, of another type or out of range; the message names it
   */
  VisionTowerConfig read(Map<String, ?> json);

  /** What the names of the tower's parameters start with in the state dict of a model that has a head: {@code vit.}. */
  String prefix();

  /** The name of a stored tensor of the tower, without the {@link #prefix}, or null if it is no part of the tower. */
  @Nullable
  String rename(String stored);

  /**
   * Stored weights under the names of the tower's state dict. The stored ones may be of a model with a head, which is
   * left out, or of a tower alone. Buffers that nothing is computed with are left out.
   */
  default Weights canonical(Weights stored) {
    boolean prefixed = stored.shapes().keySet().stream().anyMatch(name -> name.startsWith(prefix()));
    return stored.renamed(name -> {
      if (name.endsWith(".num_batches_tracked") || name.endsWith("position_ids")
          || prefixed && !name.startsWith(prefix())) {
        return null;
      }
      return rename(prefixed ? name.substring(prefix().length()) : name);
    });
  }

  /** All architectures that are installed, by key. */
  static List<VisionArchitecture> installed() {
    return ServiceLoader.load(VisionArchitecture.class, VisionArchitecture.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(VisionArchitecture::key))
        .toList();
  }

  /**
   * The architecture that a {@code config.json} names.
   *
   * @throws IllegalArgumentException when there is none of the name; the message lists those there are
   */
  static VisionArchitecture ofModel(Map<String, ?> json) {
    Object name = json.get("model_type");
    if (name == null) {
      throw new IllegalArgumentException("config.json lacks model_type, which names the architecture");
    }
    return ConfigValues.choice("model_type", name.toString(), installed());
  }
}
