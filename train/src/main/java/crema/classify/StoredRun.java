package crema.classify;

import crema.base.ByteSource;
import crema.base.UserError;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.settings.StoredSettings;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run that a model directory keeps.
 *
 * @param file their file, for messages
 * @param stored what it holds
 */
record StoredRun(String file, StoredSettings stored) {
  /**
   * Reads the settings of the run that made a model, or is to make it.
   *
   * @throws UserError when they are damaged
   */
  static StoredRun read(ModelSource model) throws IOException {
    ByteSource file = model.bytes(ModelSource.TRAINING);
    Map<String, @Nullable Object> json = JsonFile.read(file);
    String stages = StoredSettings.FORMER_STAGES;
    try {
      return new StoredRun(file.name(),
          StoredSettings.of(json, model.holds(stages) ? JsonFile.read(model.bytes(stages)) : Map.of()));
    } catch (UserError e) {
      throw JsonFile.damaged(file.name(), String.valueOf(e.getMessage()), e);
    }
  }

  /** The key of what the run makes. */
  String kind() {
    return stored.model();
  }

  /**
   * The settings, those of a run of the kind.
   *
   * @throws UserError when they are damaged
   */
  Settings settings(RunKind kind) {
    try {
      return stored.over(kind.settings());
    } catch (UserError e) {
      throw JsonFile.damaged(file, String.valueOf(e.getMessage()), e);
    }
  }
}
