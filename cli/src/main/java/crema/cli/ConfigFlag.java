package crema.cli;

import crema.base.UserError;
import crema.classify.ModelFamily;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.settings.Assignment;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The config files of a training for commands that train nothing: of its settings they take those that say how rows are read. */
final class ConfigFlag {
  @Option(names = "--config", paramLabel = "FILE",
      description = "YAML files with settings as keys, as 'crema train' reads them.")
  private List<Path> files = new ArrayList<>();

  /**
   * What the config files and, before them, the flags of a command say.
   *
   * @param flags the settings that the command has flags for
   * @throws UserError when a config file is none, or has a key that is no setting
   */
  GivenSettings given(CommandSpec command, Collection<Setting<?>> flags) throws IOException {
    var known = new ArrayList<Setting<?>>(CommandSettings.SECTION.rows());
    known.addAll(flags);
    ModelFamily.installed().stream().filter(ModelFamily::isTrainable)
        .forEach(family -> known.addAll(family.settings().rows()));
    var read = new LinkedHashMap<Path, Map<String, Assignment>>();
    for (Path file : files) {
      read.put(file, ConfigFile.read(file));
    }
    return GivenSettings.of(SettingOptions.given(command.commandLine().getParseResult(), flags),
        known.stream().distinct().toList(), read);
  }

  /**
   * How rows are read, and which: those of some files, or else those that a config trains on.
   *
   * @param files that were named beside it
   * @param what they have, for messages
   * @throws UserError when there are none
   */
  static Settings rows(GivenSettings given, List<String> files, String what) {
    Settings settings = given.over(Settings.of(DataSettings.SECTION, LabelSettings.SECTION).and(Languages.SECTION));
    settings = files.isEmpty() ? settings : settings.with(DataSettings.TRAIN, files);
    if (settings.get(DataSettings.TRAIN).isEmpty()) {
      throw new UserError("give files with " + what + ", or a --config that trains on some");
    }
    return settings;
  }
}
