package crema.cli;

import crema.base.UserError;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.PictureSettings;
import crema.settings.Assignment;
import crema.settings.Setting;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** How labelled rows are read: as in the training of a model, but for what flags say. */
final class AsInTraining {
  private AsInTraining() {}

  /** Adds flags to a command. */
  static void addTo(CommandSpec spec, List<Setting<?>> rows) {
    rows.forEach(row -> spec.addOption(SettingOptions.option(row, row.help() + " (default: as in training).")));
  }

  /**
   * The settings.
   *
   * @param model for messages
   * @param source the model, or the task of a model that has several
   * @param given what flags say
   * @throws UserError when the model does not say how it was trained
   */
  static Settings settings(Path model, ModelSource source, Map<String, Assignment> given) throws IOException {
    if (!source.holds(ModelSource.TRAINING)) {
      throw new UserError(model + " does not say how its rows were read: it has no training.json");
    }
    Settings settings = PictureSettings.afterTraining(ModelFamily.settingsOf(source)).without(DataSettings.STRICT);
    if (given.containsKey(Languages.LANGUAGE.name()) || given.containsKey(Languages.DETECT_LANGUAGE.name())) {
      settings = settings.without(Languages.LANGUAGE).without(Languages.DETECT_LANGUAGE);
    }
    if (!settings.has(PictureSettings.IMAGE) && PictureSettings.SECTION.rows().stream()
        .anyMatch(row -> given.containsKey(row.name()))) {
      throw new UserError(model + " reads no pictures: leave out --image and --image-root");
    }
    for (Assignment value : given.values()) {
      settings = settings.with(value);
    }
    return settings.checked();
  }
}
