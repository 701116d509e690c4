package crema.cli;

import crema.hub.RemoteFiles;
import crema.run.DataSettings;
import crema.settings.Assignment;
import crema.settings.Setting;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import picocli.CommandLine.ParseResult;

/**
 * What a command was given: by its flags and, where these leave something open, by config files, of which a later one
 * overrides those before it. Relative paths in a config file are relative to the file's folder: it means the same
 * wherever it is used from. Files that a setting says the folder of are relative to that instead, where it is given.
 *
 * @param byName the values by the names of the settings
 * @param shared the settings that come from a file before the last, which other runs may share
 */
record GivenSettings(Map<String, Assignment> byName, Set<String> shared) {
  /**
   * Reads flags and config files.
   *
   * @param rows the settings of the command; two of a name are of different model families
   * @throws crema.base.UserError when a config file is none, or has a key that is no setting of the command
   */
  static GivenSettings of(ParseResult line, Collection<Setting<?>> rows, List<Path> configs) throws IOException {
    var read = new LinkedHashMap<Path, Map<String, Assignment>>();
    for (Path file : configs) {
      // One that is given twice counts where it stands last.
      read.remove(file);
      read.put(file, ConfigFile.read(file));
    }
    return of(SettingOptions.given(line, rows), rows, read);
  }

  /**
   * What flags and config files say.
   *
   * @param flags by the names of the settings
   * @param rows the settings of the command; two of a name are of different model families
   * @param configs the values in each file, the most important last
   * @throws crema.base.UserError when a config file has a key that is no setting of the command
   */
  static GivenSettings of(Map<String, Assignment> flags, Collection<Setting<?>> rows,
      Map<Path, Map<String, Assignment>> configs) {
    var known = new LinkedHashMap<String, Setting<?>>();
    rows.forEach(row -> known.putIfAbsent(row.name(), row));
    var byName = new LinkedHashMap<String, Assignment>();
    var files = new LinkedHashMap<String, Path>();
    configs.forEach((file, values) -> values.forEach((name, value) -> {
      if (!known.containsKey(name)) {
        throw Settings.unknown(value, rows);
      }
      byName.put(name, value);
      files.put(name, file);
    }));
    Path last = List.copyOf(configs.keySet()).reversed().stream().findFirst().orElse(null);
    var shared = new HashSet<String>();
    files.forEach((name, file) -> {
      if (!file.equals(last)) {
        shared.add(name);
      }
      Setting<?> row = Objects.requireNonNull(known.get(name));
      boolean isElsewhere = row.folder().map(Setting::name)
          .filter(folder -> flags.containsKey(folder) || files.containsKey(folder)).isPresent();
      if (row.isPath() && !isElsewhere) {
        byName.computeIfPresent(name,
            (_, value) -> mapped(row, value, text -> file.resolveSibling(text).normalize().toString()));
      }
    });
    byName.putAll(flags);
    shared.removeAll(flags.keySet());
    known.values()
        .forEach(row -> row.folder().map(folder -> byName.get(folder.name()))
            .ifPresent(folder -> byName.computeIfPresent(row.name(),
                (_, value) -> mapped(row, value,
                    text -> Path.of(folder.texts().getFirst()).resolve(text).toString()))));
    return new GivenSettings(byName, shared);
  }

  private static Assignment mapped(Setting<?> row, Assignment value, UnaryOperator<String> path) {
    return new Assignment(value.name(), value.texts().stream()
        .map(text -> row.withPath(text,
            file -> file.equals(DataSettings.PRODUCT_TITLES) || RemoteFiles.isAddress(file) ? file : path.apply(file)))
        .toList(), value.isList(),
        value.origin());
  }

  /** These settings with what was given of them. */
  Settings over(Settings defaults) {
    Settings settings = defaults;
    for (Assignment value : byName.values()) {
      if (defaults.find(value.name()).isPresent()) {
        settings = settings.with(value);
      }
    }
    return settings;
  }

  /** Something that was given for this run alone and is none of these settings. */
  Optional<Assignment> foreign(Settings settings) {
    return byName.values().stream()
        .filter(value -> settings.find(value.name()).isEmpty() && !shared.contains(value.name()))
        .findFirst();
  }
}
