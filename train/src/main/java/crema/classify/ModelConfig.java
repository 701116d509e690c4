package crema.classify;

import crema.base.UserError;
import crema.settings.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
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
  public static ModelConfig read(ModelDirectory directory) throws IOException {
    if (!Files.isDirectory(directory.path())) {
      throw new UserError(directory.path() + (Files.exists(directory.path())
          ? " is a file, not a model directory" : " does not exist: give the directory of a trained model"));
    }
    if (!directory.holdsModel()) {
      throw new UserError(directory.path() + (directory.holdsRun()
          ? " holds a training run that is not finished; continue it with: crema train --resume --output "
              + directory.path()
          : " is not a model directory: it has no config.json"));
    }
    var values = new LinkedHashMap<>(JsonFile.read(directory.config()));
    if (!(values.remove(VERSION) instanceof Integer format) || !(values.remove(TYPE) instanceof String type)
        || !type.startsWith(TYPE_PREFIX)) {
      throw new UserError(directory.config() + " does not describe a model of Crema");
    }
    if (format > FORMAT) {
      throw new UserError(directory.path() + " was written by a newer version of Crema (format " + format
          + "; this one reads up to " + FORMAT + "): update Crema");
    }
    return new ModelConfig(type.substring(TYPE_PREFIX.length()), values);
  }

  /**
   * The family of the model.
   *
   * @param directory where this config was read from
   * @throws UserError when the family is not installed, or a file of the model is missing
   */
  ModelFamily requireFamily(ModelDirectory directory) {
    ModelFamily found = ModelFamily.installed().stream().filter(each -> each.key().equals(family)).findFirst()
        .orElseThrow(() -> new UserError(directory.path() + " is a model of the family '" + family + "', which is not "
            + "installed (there are " + ModelFamily.installed().stream().map(ModelFamily::key)
                .collect(Collectors.joining(", ")) + "): add its jar, or update Crema"));
    requireFile(directory.labels());
    found.files().forEach(name -> requireFile(directory.file(name)));
    return found;
  }

  private static void requireFile(Path file) {
    if (!Files.exists(file)) {
      throw new UserError(file + " is missing: a model needs all files of its directory, copy it again");
    }
  }
}
