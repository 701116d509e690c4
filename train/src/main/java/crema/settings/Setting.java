package crema.settings;

import crema.base.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A setting: one row of the catalog. Its flag, its key in config files, its checks, its help, its line of the reference
 * page and its key in a model's {@code training.json} follow from it. A {@link Section} makes it:
 *
 * <pre>{@code
 * static final Setting<Integer> HIDDEN_SIZE = ENCODER.integer("hidden-size", 384).atLeast(1).help("Features of a token");
 * }</pre>
 *
 * @param <T> its values
 */
public final class Setting<T> {
  private final Section section;
  private final String name;
  private final SettingType<T> type;
  private final @Nullable T defaultValue;
  private final String shownDefault;
  private final String help;
  private final String details;
  private final String label;
  private final List<String> aliases;
  private final boolean isBasic;
  private final boolean isRecorded;
  private final boolean isDecisive;
  private final boolean isLater;
  private final @Nullable Consumer<T> check;
  private final @Nullable Setting<String> folder;

  private Setting(Draft<T> draft, String help) {
    section = draft.section;
    name = draft.name;
    type = draft.type;
    defaultValue = draft.defaultValue;
    shownDefault = draft.shownDefault;
    details = draft.details;
    this.help = help + listed(type, help + details);
    label = draft.label == null ? type.label() : draft.label;
    aliases = List.copyOf(draft.aliases);
    isBasic = draft.isBasic;
    isRecorded = draft.isRecorded;
    isDecisive = draft.isDecisive;
    isLater = draft.isLater;
    check = draft.check;
    folder = draft.folder;
  }

  /** The words that a setting can be, unless its help explains each of them. */
  private static String listed(SettingType<?> type, String help) {
    List<String> words = type.words();
    return words.stream().allMatch(help::contains) ? "" : ": " + String.join(", ", words);
  }

  /** The section that it is in. */
  public Section section() {
    return section;
  }

  /** Its name: the key in files, and the flag without its dashes. */
  public String name() {
    return name;
  }

  /** Its flag. */
  public String flag() {
    return "--" + name;
  }

  /** Further flags, dashes included. */
  public List<String> aliases() {
    return aliases;
  }

  /** What it is, for people. */
  public String help() {
    return help;
  }

  /** What else there is to say of it, for the full help and the reference page: empty, or a sentence's further parts. */
  public String details() {
    return details;
  }

  /** How a value is called in help, such as {@code N}; empty if the flag alone says all. */
  public String label() {
    return label;
  }

  /** What it is where nobody sets it; empty if it then has no value. */
  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /** What kind of values it has and which of them, for people. */
  public String values() {
    String kind = type.expected();
    String allowed = type.allowed();
    return (type.isList() ? "several: " : "") + (kind.equals(allowed) ? kind : kind + " " + allowed);
  }

  /** Whether earlier versions had settings that are chosen for the data, but not this one. */
  public boolean isLater() {
    return isLater;
  }

  /** Whether the short help has it. */
  public boolean isBasic() {
    return isBasic;
  }

  /** Whether it is kept with the model. */
  public boolean isRecorded() {
    return isRecorded;
  }

  /** Whether it decides on what a run computes. */
  public boolean isDecisive() {
    return isDecisive;
  }

  /** Whether it can be given several values. */
  public boolean isList() {
    return type.isList();
  }

  /** Whether it is true or false. */
  public boolean isFlag() {
    return type instanceof SettingType.Flag;
  }

  /** Whether its values are files or folders. */
  public boolean isPath() {
    return type.isPath();
  }

  /** A value that names a file, as people write it, with another path in place of its own. */
  public String withPath(String text, UnaryOperator<String> path) {
    return type.withPath(text, path);
  }

  /** Whether its values are those of other settings for things with names: see {@link Section#members}. */
  public boolean hasMembers() {
    return type instanceof SettingType.ListOf<?>(SettingType.Member _);
  }

  /** The setting that says in which folder its files are, if there is one. */
  public Optional<Setting<String>> folder() {
    return Optional.ofNullable(folder);
  }

  /** A default as the help shows it; empty if there is nothing to say. */
  String shown(@Nullable T value) {
    if (value == null || value.equals(defaultValue) && !shownDefault.isEmpty()) {
      return shownDefault;
    }
    String text = type.text(value);
    return isFlag() && value.equals(false) ? ""
        : text.isEmpty() || text.matches("\\S*[\\w)]") ? text : "'" + text + "'";
  }

  /** A value as people write it. */
  public String text(T value) {
    return type.text(value);
  }

  /** A value as YAML and JSON have it. */
  Object plain(T value) {
    return type.plain(value);
  }

  /**
   * Reads a value.
   *
   * @throws crema.base.UserError if it is none; the message says where it stands, and what is allowed
   */
  T read(Assignment given) {
    if (given.texts().isEmpty()) {
      throw given.error(" is an empty list; leave it out");
    }
    if (given.isList() && !type.isList()) {
      throw given.error(" takes one value, not a list");
    }
    return checked(type instanceof SettingType.ListOf<?> list ? readList(given, list) : read(given, type,
        given.texts().getFirst()), given.name(), given.origin());
  }

  private static <V> V read(Assignment given, SettingType<V> type, String text) {
    return type.parse(text)
        .orElseThrow(() -> given.error(" must be " + type.expected() + ", not '" + text + "'" + type.suggestion(text)));
  }

  /** The type is that of a list, so a list of its items is a value. */
  @SuppressWarnings("unchecked")
  private T readList(Assignment given, SettingType.ListOf<?> list) {
    var items = new ArrayList<Object>();
    given.texts().forEach(text -> items.add(read(given, list.item(), text)));
    return (T) List.copyOf(items);
  }

  /** A value that is allowed. */
  T checked(T value, String spelling, Origin origin) {
    if (!type.allows(value)) {
      throw origin.error(spelling, " must be " + type.allowed() + ", not " + offending(value));
    }
    if (check != null) {
      try {
        check.accept(value);
      } catch (IllegalArgumentException | UserError e) {
        throw origin.error(spelling, ": " + e.getMessage());
      }
    }
    return value;
  }

  /** The value, or the first item of a list that is not allowed. */
  private String offending(T value) {
    return type instanceof SettingType.ListOf<?> list ? offending(list, (List<?>) value) : type.text(value);
  }

  @SuppressWarnings("unchecked")
  private static <V> String offending(SettingType.ListOf<V> list, List<?> values) {
    return ((List<V>) values).stream().filter(value -> !list.item().allows(value)).map(list.item()::text)
        .findFirst().orElseThrow();
  }

  /** The name. */
  @Override
  public String toString() {
    return name;
  }

  /**
   * A row that is being written; {@link #help} ends it.
   *
   * @param <T> the values of the setting
   */
  public static sealed class Draft<T> {
    private final Section section;
    private final String name;
    SettingType<T> type;
    private final @Nullable T defaultValue;
    private String shownDefault = "";
    private String details = "";
    private @Nullable String label;
    private final List<String> aliases = new ArrayList<>();
    private boolean isBasic;
    private boolean isRecorded = true;
    private boolean isDecisive = true;
    private boolean isLater;
    private @Nullable Consumer<T> check;
    private @Nullable Setting<String> folder;

    Draft(Section section, String name, SettingType<T> type, @Nullable T defaultValue) {
      this.section = section;
      this.name = name;
      this.type = type;
      this.defaultValue = defaultValue;
    }

    /** What the default means, where its value does not say it: {@code no limit}. */
    public Draft<T> shownDefault(String words) {
      shownDefault = words;
      return this;
    }

    /** What the full help and the reference page say besides the help, for instance what each choice means. */
    public Draft<T> details(String text) {
      details = text;
      return this;
    }

    /** How a value is called in help. */
    public Draft<T> label(String word) {
      label = word;
      return this;
    }

    /** A further flag, dashes included. */
    public Draft<T> alias(String flag) {
      aliases.add(flag);
      return this;
    }

    /** The short help has it. */
    public Draft<T> basic() {
      isBasic = true;
      return this;
    }

    /** It says nothing of what a run computes, so it is not kept with the model. */
    public Draft<T> unrecorded() {
      isRecorded = false;
      return resumable();
    }

    /** It does not decide on what a run computes, so it can be another one when the run is resumed. */
    public Draft<T> resumable() {
      isDecisive = false;
      return this;
    }

    /**
     * Earlier versions had settings that are chosen for the data, but not this one: a config of theirs that lists all
     * settings of a run means what it meant.
     */
    public Draft<T> later() {
      isLater = true;
      return this;
    }

    /**
     * A further check of each value.
     *
     * @param further throws an {@link IllegalArgumentException} that says what is wrong
     */
    public Draft<T> check(Consumer<T> further) {
      check = further;
      return this;
    }

    /** Relative files are in the folder that another setting names, where it is given. */
    public Draft<T> in(Setting<String> other) {
      folder = other;
      return this;
    }

    /**
     * Ends the row, which is now in its section.
     *
     * @param text what the setting is, without a full stop
     * @throws IllegalArgumentException if the row is not right: there is no help, the default is not allowed, or its
     *     section has that name already
     */
    public Setting<T> help(String text) {
      if (text.isBlank()) {
        throw new IllegalArgumentException("the setting " + name + " has no help");
      }
      var setting = new Setting<>(this, text);
      if (defaultValue != null && !type.allows(defaultValue)) {
        throw new IllegalArgumentException("the default of " + name + " must be " + type.allowed());
      }
      section.add(setting);
      return setting;
    }
  }

  /**
   * A row whose values are numbers, which can have a range.
   *
   * @param <T> the values of the setting
   */
  public static final class NumberDraft<T> extends Draft<T> {
    private final Function<Range, SettingType<T>> ofRange;
    private Range range = Range.ALL;

    NumberDraft(Section section, String name, Function<Range, SettingType<T>> ofRange,
        @Nullable T defaultValue) {
      super(section, name, ofRange.apply(Range.ALL), defaultValue);
      this.ofRange = Objects.requireNonNull(ofRange);
    }

    /** Numbers from this one on. */
    public NumberDraft<T> atLeast(double least) {
      return in(range.from(least, true));
    }

    /** Numbers above this one. */
    public NumberDraft<T> above(double bound) {
      return in(range.from(bound, false));
    }

    /** Numbers up to this one. */
    public NumberDraft<T> atMost(double most) {
      return in(range.to(most, true));
    }

    /** Numbers below this one. */
    public NumberDraft<T> below(double bound) {
      return in(range.to(bound, false));
    }

    private NumberDraft<T> in(Range newRange) {
      range = newRange;
      type = ofRange.apply(newRange);
      return this;
    }
  }
}
