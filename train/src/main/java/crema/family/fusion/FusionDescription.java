package crema.family.fusion;

import crema.base.UserError;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.nn.model.fusion.FusionConfig;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code config.json} says of a model.
 *
 * @param network the shape of the network that joins the vectors
 * @param mix how much each part counts
 */
record FusionDescription(FusionConfig network, FusionMix mix) {
  void write(ModelDirectory directory) throws IOException {
    var json = new LinkedHashMap<String, Object>(network.toMap());
    json.putAll(mix.toMap());
    ModelConfig.of(new FusionFamily(), json).write(directory);
  }

  /**
   * Reads the description of a model.
   *
   * @throws UserError when it is missing or damaged
   */
  static FusionDescription read(ModelSource model) throws IOException {
    var values = new LinkedHashMap<String, Object>();
    Map<String, @Nullable Object> json = ModelConfig.read(model).values();
    json.forEach((key, value) -> {
      if (value != null) {
        values.put(key, value);
      }
    });
    try {
      return new FusionDescription(FusionConfig.of(values), FusionMix.of(values));
    } catch (IllegalArgumentException e) {
      throw new UserError(model.name() + "/" + ModelSource.CONFIG + ": " + e.getMessage(), e);
    }
  }
}
