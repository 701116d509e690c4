package crema.settings;

import crema.base.NearestName;
import crema.base.UserError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values of the settings that matter to something, a model family for instance. Immutable; what is not given has its
 * default, which can be another one here than elsewhere. A value is checked when it is given, what several settings must
 * be together by {@link #checked}.
 */
public final class Settings {
  /** How the help shows the default of a setting that depends on the training rows. */
  private static final String FROM_DATA = "chosen from the data";

  private static final Pattern FLAG = Pattern.compile("--([A-Za-z][A-Za-z0-9-]*)");

  private final List<Setting<?>> rows;
  private final List<Rule> rules;
  private final Map<String, Object> defaults;
  private final Set<Setting<?>> ofData;
  private final Map<String, Given> given;

  /** A value and where it was given. */
  private record Given(Object value, Origin origin) {}

  private Settings(List<Setting<?>> rows, List<Rule> rules, Map<String, Object> defaults, Set<Setting<?>> ofData,
      Map<String, Given> given) {
    this.rows = rows;
    this.rules = rules;
    this.defaults = defaults;
    this.ofData = ofData;
    this.given = given;
  }

  /**
   * The settings of some sections, all with their defaults.
   *
   * @throws IllegalArgumentException if two different settings have one name
   */
  public static Settings of(Section... sections) {
    var rows = new LinkedHashMap<String, Setting<?>>();
    var rules = new LinkedHashSet<Rule>();
    for (Section section : sections) {
      section.rows().forEach(row -> add(row, rows));
      rules.addAll(section.rules());
    }
    return new Settings(List.copyOf(rows.values()), List.copyOf(rules), Map.of(), Set.of(), Map.of());
  }

  private static void add(Setting<?> row, Map<String, Setting<?>> rows) {
    Setting<?> other = rows.putIfAbsent(row.name(), row);
    if (other != null && other != row) {
      throw new IllegalArgumentException("two settings are called " + row.name());
    }
  }

  /** The same, and settings of further sections. */
  public Settings and(Section... sections) {
    Settings more = of(sections);
    var all = new LinkedHashMap<String, Setting<?>>();
    rows.forEach(row -> add(row, all));
    more.rows.forEach(row -> add(row, all));
    var allRules = new LinkedHashSet<>(rules);
    allRules.addAll(more.rules);
    return new Settings(List.copyOf(all.values()), List.copyOf(allRules), defaults, ofData, given);
  }

  /** The same, where a setting has another default than elsewhere. */
  public <T> Settings withDefault(Setting<T> setting, T value) {
    require(setting);
    var others = new LinkedHashMap<>(defaults);
    others.put(setting.name(), setting.checked(value, setting.name(), Origin.CODE));
    return new Settings(rows, rules, others, ofData, given);
  }

  /**
   * The same, where some settings have a value that suits the training rows if nobody gives one: see {@link #choosing}.
   * The help says so in place of their defaults, which they have where nothing is known of the rows.
   */
  public Settings ofData(Collection<? extends Setting<?>> settings) {
    var all = new LinkedHashSet<>(ofData);
    for (Setting<?> setting : settings) {
      require(setting);
      all.add(setting);
    }
    return new Settings(rows, rules, defaults, Collections.unmodifiableSet(all), given);
  }

  /**
   * Whether there is anything to choose for the training rows: one of the settings that depend on them was not given. A
   * config that lists the settings of a run has all that have a value.
   */
  public boolean isOpenToData() {
    return ofData.stream().anyMatch(row -> !isGiven(row) && !row.isLater() && row.defaultValue().isPresent()
        && !List.of().equals(row.defaultValue().get()));
  }

  /**
   * The same with a value that suits the data as the default of a setting: what was given stays.
   *
   * @throws IllegalArgumentException if the setting is none of those that {@linkplain #ofData depend on the data}
   */
  public <T> Settings choosing(Choice<T> choice) {
    if (!ofData.contains(choice.setting())) {
      throw new IllegalArgumentException(choice.setting() + " does not depend on the data");
    }
    return isGiven(choice.setting()) ? this : withDefault(choice.setting(), choice.value());
  }

  /** All settings, section by section. */
  public List<Setting<?>> rows() {
    return rows;
  }

  /** Whether a setting is among these. */
  public boolean has(Setting<?> setting) {
    return rows.contains(setting);
  }

  /** The setting of a name, if it is among these. */
  public Optional<Setting<?>> find(String name) {
    return rows.stream().<Setting<?>>map(row -> row).filter(row -> row.name().equals(name)).findFirst();
  }

  /**
   * The value of a setting that always has one.
   *
   * @throws IllegalStateException if it has none
   */
  public <T> T get(Setting<T> setting) {
    return find(setting).orElseThrow(() -> new IllegalStateException(setting + " has no value: ask with find"));
  }

  /** The value of a setting; empty if it has none. */
  public <T> Optional<T> find(Setting<T> setting) {
    require(setting);
    return Optional.ofNullable(value(setting));
  }

  /** Values are kept under the names of settings whose type they have. */
  @SuppressWarnings("unchecked")
  private <T> @Nullable T value(Setting<T> setting) {
    Given here = given.get(setting.name());
    return here == null ? defaultValue(setting) : (T) here.value();
  }

  @SuppressWarnings("unchecked")
  private <T> @Nullable T defaultValue(Setting<T> setting) {
    Object own = defaults.get(setting.name());
    return own == null ? setting.defaultValue().orElse(null) : (T) own;
  }

  /** The default of a setting as the help shows it; empty if there is nothing to say. */
  public <T> String shownDefault(Setting<T> setting) {
    require(setting);
    return ofData.contains(setting) ? FROM_DATA : setting.shown(defaultValue(setting));
  }

  /** Whether a setting was given a value, even if that is its default. */
  public boolean isGiven(Setting<?> setting) {
    require(setting);
    return given.containsKey(setting.name());
  }

  /**
   * Whether a setting was given another value than its default, as a config that lists all values of a run does not:
   * what a rule about settings without effect asks.
   */
  public <T> boolean isChanged(Setting<T> setting) {
    return isGiven(setting) && !find(setting).equals(Optional.ofNullable(defaultValue(setting)));
  }

  /**
   * The same with another value.
   *
   * @throws UserError if the value is not allowed
   */
  public <T> Settings with(Setting<T> setting, T value) {
    require(setting);
    return with(setting, setting.checked(value, setting.name(), Origin.CODE), Origin.CODE);
  }

  /** The same with the value that other settings were given, if these have the setting and it was given there. */
  public <T> Settings withGiven(Setting<T> setting, Settings other) {
    return has(setting) && other.has(setting) && other.isGiven(setting) ? with(setting, other.get(setting)) : this;
  }

  /** The same with another number. */
  public Settings with(Setting<Double> setting, double value) {
    return with(setting, Double.valueOf(value));
  }

  /** The same with another number. */
  public Settings with(Setting<Long> setting, long value) {
    return with(setting, Long.valueOf(value));
  }

  /** The same with other values of a list. */
  @SafeVarargs
  public final <T> Settings with(Setting<List<T>> setting, T first, T... more) {
    var values = new ArrayList<T>();
    values.add(first);
    values.addAll(List.of(more));
    return with(setting, List.copyOf(values));
  }

  /**
   * The same with a value as a user would write it.
   *
   * @throws UserError if there is no such setting, or the value is not allowed
   */
  public Settings with(String name, String text) {
    return with(new Assignment(name, text, Origin.CODE));
  }

  /**
   * The same with a value as a user wrote it. An empty text is none where a setting need not have one.
   *
   * @throws UserError if there is no such setting, or the value is not allowed; the message says where it stands
   */
  public Settings with(Assignment assignment) {
    Setting<?> setting = find(assignment.name()).orElseThrow(() -> unknown(assignment, rows));
    if (setting.defaultValue().isEmpty() && assignment.texts().equals(List.of(""))) {
      return without(setting);
    }
    return with(setting, setting.read(assignment), assignment.origin());
  }

  private Settings with(Setting<?> setting, Object value, Origin origin) {
    var others = new LinkedHashMap<>(given);
    others.put(setting.name(), new Given(value, origin));
    return new Settings(rows, rules, defaults, ofData, others);
  }

  /** The same, where a setting has its default. */
  public Settings without(Setting<?> setting) {
    require(setting);
    var others = new LinkedHashMap<>(given);
    others.remove(setting.name());
    return new Settings(rows, rules, defaults, ofData, others);
  }

  /** The error for a name that no setting has, with the nearest one. */
  public static UserError unknown(Assignment assignment, Collection<Setting<?>> known) {
    return assignment.origin().error("there is no setting '" + assignment.name() + "'"
        + NearestName.suggestion(assignment.name(), known.stream().map(Setting::name).toList()));
  }

  /**
   * These settings, if they are what they must be together.
   *
   * @throws UserError if they are not
   */
  public Settings checked() {
    for (Rule rule : rules) {
      if (rows.containsAll(rule.settings())) {
        String problem = rule.check().problem(this);
        if (problem != null) {
          Origin origin = rule.settings().stream().map(setting -> given.get(setting.name())).filter(Objects::nonNull)
              .map(Given::origin).findFirst().orElse(Origin.CODE);
          throw origin.error(origin.place().isEmpty() ? problem : asKeys(problem));
        }
      }
    }
    return this;
  }

  /** A sentence that names settings as flags, as a file has them. */
  private String asKeys(String sentence) {
    return FLAG.matcher(sentence).replaceAll(
        flag -> rows.stream().anyMatch(row -> row.name().equals(flag.group(1))) ? flag.group(1) : flag.group());
  }

  /** Whether a run with other settings computes the same, wherever and however often it is stopped. */
  public boolean computesAs(Settings other) {
    return plain(Setting::isDecisive).equals(other.plain(Setting::isDecisive));
  }

  /** An error in the value of a setting, which names the place where it was given. */
  public UserError error(Setting<?> setting, String what) {
    Given here = given.get(setting.name());
    return (here == null ? Origin.CODE : here.origin()).error(setting.name(), what);
  }

  /** The settings that are kept with a model and have a value, as YAML and JSON have them. */
  public Map<String, Object> plain() {
    return plain(Setting::isRecorded);
  }

  /** Some settings that have a value, as YAML and JSON have them. */
  public Map<String, Object> plain(Predicate<Setting<?>> which) {
    var values = new LinkedHashMap<String, Object>();
    rows.stream().filter(which).forEach(row -> {
      Object value = plain(row);
      if (value != null) {
        values.put(row.name(), value);
      }
    });
    return values;
  }

  private <T> @Nullable Object plain(Setting<T> setting) {
    T value = value(setting);
    return value == null ? null : setting.plain(value);
  }

  /** The same values, of which only those of these settings count as given: the others are defaults here. */
  Settings givenOnly(Collection<String> names) {
    var others = new LinkedHashMap<>(defaults);
    given.forEach((name, here) -> {
      if (!names.contains(name)) {
        others.put(name, here.value());
      }
    });
    var left = new LinkedHashMap<>(given);
    left.keySet().retainAll(names);
    return new Settings(rows, rules, others, ofData, left);
  }

  /** The value of a setting as people write it; empty if it has none. */
  public Optional<String> text(Setting<?> setting) {
    return textOf(setting);
  }

  private <T> Optional<String> textOf(Setting<T> setting) {
    return find(setting).map(setting::text);
  }

  /** The names of the settings that were given a value. */
  public Set<String> given() {
    return Collections.unmodifiableSet(given.keySet());
  }

  private void require(Setting<?> setting) {
    if (!has(setting)) {
      throw new IllegalArgumentException("the setting " + setting + " has no effect here: it is none of " + rows);
    }
  }

  /** Whether the same rows have the same values, whoever gave them. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Settings settings && settings.rows.equals(rows)
        && settings.plain(_ -> true).equals(plain(_ -> true));
  }

  @Override
  public int hashCode() {
    return plain(_ -> true).hashCode();
  }

  /** The values, for people. */
  @Override
  public String toString() {
    return plain(_ -> true).toString();
  }
}
