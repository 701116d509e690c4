package crema.settings;

import crema.base.Keyed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Settings that belong together: a heading of the help, and the rows below it in the order in which they are written. A
 * class that holds a section's rows as constants writes them when it is initialized; afterwards the section is fixed.
 */
public final class Section {
  private final String title;
  private final List<Setting<?>> rows = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();

  private Section(String title) {
    this.title = title;
  }

  /** A section without rows as yet. */
  public static Section of(String title) {
    return new Section(title);
  }

  /** The heading. */
  public String title() {
    return title;
  }

  /** The rows, in order. */
  public List<Setting<?>> rows() {
    return List.copyOf(rows);
  }

  List<Rule> rules() {
    return List.copyOf(rules);
  }

  void add(Setting<?> row) {
    if (rows.stream().anyMatch(other -> other.name().equals(row.name()))) {
      throw new IllegalArgumentException("the section " + title + " has two settings " + row.name());
    }
    rows.add(row);
  }

  /** A rule that some of the rows, and perhaps rows of other sections, must keep. */
  public Rule rule(Rule.Check check, Setting<?>... settings) {
    var rule = new Rule(Arrays.asList(settings), check);
    rules.add(rule);
    return rule;
  }

  /** Some of the rows, in the order of the section, and the rules that are about these alone. */
  public Section only(Setting<?>... some) {
    var part = new Section(title);
    part.rows.addAll(rows);
    part.rows.retainAll(List.of(some));
    if (part.rows.size() != some.length) {
      throw new IllegalArgumentException("the section " + title + " has not all of " + Arrays.toString(some));
    }
    rules.stream().filter(rule -> part.rows.containsAll(rule.settings())).forEach(part.rules::add);
    return part;
  }

  /** A whole number. */
  public Setting.NumberDraft<Integer> integer(String name, int defaultValue) {
    return new Setting.NumberDraft<>(this, name, SettingType.Whole::new, defaultValue);
  }

  /** A whole number that need not be given. */
  public Setting.NumberDraft<Integer> optionalInteger(String name) {
    return new Setting.NumberDraft<>(this, name, SettingType.Whole::new, null);
  }

  /** A whole number that may be large. */
  public Setting.NumberDraft<Long> longInteger(String name, long defaultValue) {
    return new Setting.NumberDraft<>(this, name, SettingType.LongWhole::new, defaultValue);
  }

  /** A number. */
  public Setting.NumberDraft<Double> number(String name, double defaultValue) {
    return new Setting.NumberDraft<>(this, name, SettingType.Real::new, defaultValue);
  }

  /** Memory in GiB, which may be written with its unit: {@code 4}, {@code 4g} or {@code 500 MiB}. */
  public Setting.NumberDraft<Double> gibibytes(String name, double defaultValue) {
    return new Setting.NumberDraft<>(this, name, SettingType.Gibibytes::new, defaultValue);
  }

  /** A number that need not be given. */
  public Setting.NumberDraft<Double> optionalNumber(String name) {
    return new Setting.NumberDraft<>(this, name, SettingType.Real::new, null);
  }

  /** Several numbers. */
  public Setting.NumberDraft<List<Double>> numbers(String name, List<Double> defaultValue) {
    return new Setting.NumberDraft<>(this, name, range -> new SettingType.ListOf<>(new SettingType.Real(range)),
        defaultValue);
  }

  /** Several large whole numbers. */
  public Setting.NumberDraft<List<Long>> longIntegers(String name, List<Long> defaultValue) {
    return new Setting.NumberDraft<>(this, name, range -> new SettingType.ListOf<>(new SettingType.LongWhole(range)),
        defaultValue);
  }

  /** A number, or a word in place of one. */
  public <K extends Enum<K> & Keyed> Setting.NumberDraft<NumberOr<K>> wordOrNumber(String name, Class<K> words,
      NumberOr<K> defaultValue) {
    return new Setting.NumberDraft<>(this, name,
        range -> new SettingType.WordOrNumber<>(List.copyOf(EnumSet.allOf(words)), range), defaultValue);
  }

  /** A number, or one of some words in place of one, as text. */
  public Setting.NumberDraft<String> wordOrNumber(String name, List<String> words, String defaultValue) {
    return new Setting.NumberDraft<>(this, name, range -> new SettingType.TextOrNumber(words, range), defaultValue);
  }

  /** Yes, or no where it is not given. */
  public Setting.Draft<Boolean> flag(String name) {
    return new Setting.Draft<>(this, name, new SettingType.Flag(), false);
  }

  /** One of the constants of an enum. */
  public <K extends Enum<K> & Keyed> Setting.Draft<K> choice(String name, K defaultValue) {
    return choice(name, defaultValue, List.copyOf(EnumSet.allOf(defaultValue.getDeclaringClass())));
  }

  /** One of some choices. */
  public <K extends Keyed> Setting.Draft<K> choice(String name, @Nullable K defaultValue, List<K> choices) {
    return new Setting.Draft<>(this, name, new SettingType.Choice<>(choices), defaultValue);
  }

  /** Several of the constants of an enum; none where it is not given. */
  public <K extends Enum<K> & Keyed> Setting.Draft<List<K>> choices(String name, Class<K> type) {
    return new Setting.Draft<>(this, name, new SettingType.ListOf<>(new SettingType.Choice<>(
        List.copyOf(EnumSet.allOf(type)))), List.of());
  }

  /** One of some choices that need not be made. */
  public <K extends Keyed> Setting.Draft<K> optionalChoice(String name, List<K> choices) {
    return choice(name, null, choices);
  }

  /**
   * One of some names that are known when the program runs.
   *
   * @param names what there is to choose from
   */
  public Setting.Draft<String> name(String name, String defaultValue, Supplier<List<String>> names) {
    return new Setting.Draft<>(this, name, new SettingType.Name(names), defaultValue);
  }

  /** One of such names that need not be given. */
  public Setting.Draft<String> optionalName(String name, Supplier<List<String>> names) {
    return new Setting.Draft<>(this, name, new SettingType.Name(names), null);
  }

  /** A text. */
  public Setting.Draft<String> text(String name, String defaultValue) {
    return new Setting.Draft<>(this, name, new SettingType.Text(), defaultValue);
  }

  /** A text that need not be given. */
  public Setting.Draft<String> optionalText(String name) {
    return new Setting.Draft<>(this, name, new SettingType.Text(), null);
  }

  /** Several texts; none where it is not given. */
  public Setting.Draft<List<String>> texts(String name) {
    return new Setting.Draft<>(this, name, new SettingType.ListOf<>(new SettingType.Text()), List.of());
  }

  /** A file or folder that need not be given. */
  public Setting.Draft<String> optionalFile(String name) {
    return new Setting.Draft<>(this, name, new SettingType.FileName(), null);
  }

  /** Several files; none where it is not given. */
  public Setting.Draft<List<String>> files(String name) {
    return new Setting.Draft<>(this, name, new SettingType.ListOf<>(new SettingType.FileName()), List.of());
  }

  /** Several files, each of which may have a name; none where it is not given. */
  public Setting.Draft<List<String>> namedFiles(String name) {
    return new Setting.Draft<>(this, name, new SettingType.ListOf<>(new SettingType.NamedFileName()), List.of());
  }

  /**
   * Values of settings for several things that have names, {@code NAME.SETTING=VALUE}, which a config file writes as a
   * mapping from names to mappings; none where it is not given.
   *
   * @param rows the settings among which those are whose values are files
   */
  public Setting.Draft<List<String>> members(String name, Supplier<List<Setting<?>>> rows) {
    return new Setting.Draft<>(this, name, new SettingType.ListOf<>(new SettingType.Member(rows)), List.of());
  }

  /** The title. */
  @Override
  public String toString() {
    return title;
  }
}
