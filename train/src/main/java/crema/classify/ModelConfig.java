package crema.classify;

import crema.base.ByteSource;
import crema.base.UserError;
import crema.settings.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code config.json} of a model directory: the family of the model, the version of the format, and what the family
 * adds. It is written last: a directory with it holds a whole model.
 *
 * @param family the key of the family
 * @param values what the family adds
 */
public record ModelConfig(String family, Map<String, @Nullable Object> values) {
  private static final int FORMAT = 1;
  private static final String TYPE = "model_type";
  private static final String TYPE_PREFIX = "crema-";
  private static final String VERSION = "format";

  /** Copies the values. */
  public ModelConfig {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The config of a model of a family. */
  public static ModelConfig of(ModelFamily family, Map<String, ? extends @Nullable Object> values) {
    return new ModelConfig(family.key(), new LinkedHashMap<String, @Nullable Object>(values));
  }

  /** Writes it to a directory, which becomes a whole model. */
  public void write(ModelDirectory directory) throws IOException {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put(TYPE, TYPE_PREFIX + family);
    json.put(VERSION, FORMAT);
    json.putAll(values);
    JsonFile.write(directory.config(), json);
  }

  /**
   * Reads the config of a model.
   *
   * @throws UserError when there is no model, or its config is damaged or of a newer version
   */
  public static ModelConfig read(ModelSource model) throws IOException {
    if (!model.holdsModel()) {
      throw new UserError(model.name() + (model instanceof ModelDirectory directory ? whyNoModel(directory)
          : " is not the archive of a model: it has no config.json"));
    }
    ByteSource file = model.bytes(ModelSource.CONFIG);
    var values = new LinkedHashMap<>(JsonFile.read(file));
    if (!(values.remove(VERSION) instanceof Integer format) || !(values.remove(TYPE) instanceof String type)
        || !type.startsWith(TYPE_PREFIX)) {
      throw new UserError(file + " does not describe a model of Crema");
    }
    if (format > FORMAT) {
      throw new UserError(model.name() + " was written by a newer version of Crema (format " + format
          + "; this one reads up to " + FORMAT + "): update Crema");
    }
    return new ModelConfig(type.substring(TYPE_PREFIX.length()), values);
  }

  private static String whyNoModel(ModelDirectory directory) {
    if (!Files.exists(directory.path())) {
      return " does not exist: give the directory or the archive of a trained model";
    }
    if (!directory.holdsRun()) {
      return " is not a model directory: it has no config.json";
    }
    return " holds a training run that is not finished; continue it with: crema train --resume --output "
        + directory.path();
  }

  /**
   * The family of the model.
   *
   * @param model where this config was read from
   * @throws UserError when the family is not installed, or a file of the model is missing
   */
  ModelFamily requireFamily(ModelSource model) {
    ModelFamily found = ModelFamily.installed().stream().filter(each -> each.key().equals(family)).findFirst()
        .orElseThrow(() -> new UserError(model.name() + " is a model of the family '" + family + "', which is not "
            + "installed (there are " + ModelFamily.installed().stream().map(ModelFamily::key)
                .collect(Collectors.joining(", "))
            + "): add its jar, or update Crema"));
    Stream.concat(found.isPredictor() ? Stream.of(ModelSource.LABELS, ModelSource.TARGET) : Stream.empty(),
        found.files().stream())
        .filter(file -> !model.holds(file)).findFirst().ifPresent(file -> {
          throw ModelSource.missing(model.name() + "/" + file);
        });
    return found;
  }
}
