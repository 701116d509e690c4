package crema.cli;

import crema.classify.ModelFamily;
import crema.settings.Assignment;
import crema.settings.Setting;
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
   * @throws crema.base.UserError when a config file is none, or has a key that is no setting
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
}
