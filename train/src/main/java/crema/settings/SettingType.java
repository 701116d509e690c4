package crema.settings;

import crema.base.ByteSize;
import crema.base.Keyed;
import crema.base.NearestName;
import crema.base.WrittenNumber;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.Matcher;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What values a setting has, and how they are written.
 *
 * @param <T> the values
 */
sealed interface SettingType<T> {
  /** Reads a value; empty if the text is none. */
  Optional<T> parse(String text);

  /** What kind of value it must be, in words that follow "must be". */
  String expected();

  /** Which of those values a setting can have, in such words. */
  default String allowed() {
    return expected();
  }

  /** Whether the setting can have a value. */
  default boolean allows(T value) {
    return true;
  }

  /** A value as people write it. */
  default String text(T value) {
    return value.toString();
  }

  /** A value as YAML and JSON have it: a number, a boolean, a text or a list of these. */
  default Object plain(T value) {
    return value;
  }

  /** The end of a sentence about a text that is no value: what it may have been meant to be. */
  default String suggestion(String text) {
    return "";
  }

  /** The words that a value can be. */
  default List<String> words() {
    return List.of();
  }

  /** How a value is called in help: {@code N}. */
  String label();

  /** Whether several values can be given. */
  default boolean isList() {
    return false;
  }

  /** Whether a value is the name of a file or folder. */
  default boolean isPath() {
    return false;
  }

  /** A value that names a file, with another path in place of its own. */
  default String withPath(String text, UnaryOperator<String> path) {
    return path.apply(text);
  }

  /** Numbers in a range. */
  sealed interface OfNumber<N extends Number> extends SettingType<N> {
    /** Which numbers are allowed. */
    Range range();

    /**
     * Reads a number.
     *
     * @throws NumberFormatException if the text is none
     */
    N number(String text);

    /** The greatest number of the kind, whatever the range; the least is as far below 0. */
    double bound();

    /** Whether it must be a whole one. */
    default boolean isWhole() {
      return true;
    }

    @Override
    default String suggestion(String text) {
      return WrittenNumber.suggestion(text, Math.max(range().low(), -bound()), Math.min(range().high(), bound()),
          isWhole());
    }

    @Override
    default Optional<N> parse(String text) {
      try {
        return Optional.of(number(text));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    @Override
    default boolean allows(N value) {
      return range().contains(value.doubleValue());
    }

    @Override
    default String allowed() {
      return range().equals(Range.ALL) ? expected() : range().toString();
    }
  }

  /** Whole numbers. */
  record Whole(Range range) implements OfNumber<Integer> {
    @Override
    public Integer number(String text) {
      return WrittenNumber.whole(text);
    }

    @Override
    public double bound() {
      return Integer.MAX_VALUE;
    }

    @Override
    public String expected() {
      return "a whole number";
    }

    @Override
    public String label() {
      return "N";
    }
  }

  /** Whole numbers that may be large. */
  record LongWhole(Range range) implements OfNumber<Long> {
    @Override
    public Long number(String text) {
      return WrittenNumber.longWhole(text);
    }

    @Override
    public double bound() {
      return Long.MAX_VALUE;
    }

    @Override
    public String expected() {
      return "a whole number";
    }

    @Override
    public String label() {
      return "N";
    }
  }

  /** Numbers that need not be whole. */
  sealed interface OfReal extends OfNumber<Double> {
    @Override
    default double bound() {
      return Double.MAX_VALUE;
    }

    @Override
    default boolean isWhole() {
      return false;
    }

    @Override
    default String text(Double value) {
      return Numbers.text(value);
    }
  }

  /** Numbers. */
  record Real(Range range) implements OfReal {
    @Override
    public Double number(String text) {
      return WrittenNumber.real(text);
    }

    @Override
    public String expected() {
      return "a number";
    }

    @Override
    public String label() {
      return "X";
    }
  }

  /** Memory: numbers of GiB, or sizes with a unit. */
  record Gibibytes(Range range) implements OfReal {
    @Override
    public Double number(String text) {
      // A number alone is no number of bytes.
      return Character.isLetter(text.isEmpty() ? ' ' : text.charAt(text.length() - 1))
          ? ByteSize.parse(text, 1_024).orElseThrow(NumberFormatException::new) / 0x1p30 : WrittenNumber.real(text);
    }

    @Override
    public String expected() {
      return "a number of GiB or a size such as 500m";
    }

    @Override
    public String allowed() {
      return range.equals(Range.ALL) ? expected() : range + ", in GiB, or a size such as 500m";
    }

    @Override
    public String label() {
      return "SIZE";
    }
  }

  /** Yes or no. */
  record Flag() implements SettingType<Boolean> {
    @Override
    public Optional<Boolean> parse(String text) {
      return switch (text) {
        case "true" -> Optional.of(true);
        case "false" -> Optional.of(false);
        default -> Optional.empty();
      };
    }

    @Override
    public String expected() {
      return "true or false";
    }

    @Override
    public String label() {
      return "";
    }
  }

  /**
   * One of some choices.
   *
   * @param choices what there is to choose from, in the order of the help
   */
  record Choice<K extends Keyed>(List<K> choices) implements SettingType<K> {
    @Override
    public Optional<K> parse(String text) {
      return Keyed.find(choices, text);
    }

    @Override
    public boolean allows(K value) {
      return choices.contains(value);
    }

    @Override
    public String expected() {
      return "one of " + String.join(", ", Keyed.keys(choices));
    }

    @Override
    public String text(K value) {
      return value.key();
    }

    @Override
    public Object plain(K value) {
      return value.key();
    }

    @Override
    public List<String> words() {
      return Keyed.keys(choices);
    }

    @Override
    public String suggestion(String text) {
      return NearestName.suggestion(text, Keyed.keys(choices));
    }

    @Override
    public String label() {
      return "KIND";
    }
  }

  /**
   * One of some names that are known when the program runs.
   *
   * @param names what there is to choose from, in the order of the help
   */
  record Name(Supplier<List<String>> names) implements SettingType<String> {
    @Override
    public Optional<String> parse(String text) {
      return names.get().contains(text) ? Optional.of(text) : Optional.empty();
    }

    @Override
    public boolean allows(String value) {
      return names.get().contains(value);
    }

    @Override
    public String expected() {
      return "one of " + String.join(", ", names.get());
    }

    @Override
    public String suggestion(String text) {
      return NearestName.suggestion(text, names.get());
    }

    @Override
    public String label() {
      return "NAME";
    }
  }

  /** A word or a number. */
  record WordOrNumber<K extends Enum<K> & Keyed>(List<K> choices, Range range) implements SettingType<NumberOr<K>> {
    @Override
    public Optional<NumberOr<K>> parse(String text) {
      return Keyed.find(choices, text).map(NumberOr::of)
          .or(() -> new Real(range).parse(text).map(NumberOr::of));
    }

    @Override
    public boolean allows(NumberOr<K> value) {
      return switch (value) {
        case NumberOr.Number<K> number -> range.contains(number.value());
        case NumberOr.Word<K> word -> choices.contains(word.value());
      };
    }

    @Override
    public String expected() {
      return String.join(", ", Keyed.keys(choices)) + " or a number"
          + (range.equals(Range.ALL) ? "" : " " + range);
    }

    @Override
    public String text(NumberOr<K> value) {
      return switch (value) {
        case NumberOr.Number<K> number -> Numbers.text(number.value());
        case NumberOr.Word<K> word -> word.value().key();
      };
    }

    @Override
    public Object plain(NumberOr<K> value) {
      return switch (value) {
        case NumberOr.Number<K> number -> number.value();
        case NumberOr.Word<K> word -> word.value().key();
      };
    }

    @Override
    public List<String> words() {
      return Keyed.keys(choices);
    }

    @Override
    public String suggestion(String text) {
      String ofNumber = new Real(range).suggestion(text);
      return ofNumber.isEmpty() ? NearestName.suggestion(text, Keyed.keys(choices)) : ofNumber;
    }

    @Override
    public String label() {
      return "X";
    }
  }

  /** A word or a number, as text. */
  record TextOrNumber(List<String> words, Range range) implements SettingType<String> {
    @Override
    public Optional<String> parse(String text) {
      return Optional.of(text).filter(value -> words.contains(value) || new Real(range).parse(value).isPresent());
    }

    @Override
    public boolean allows(String value) {
      return words.contains(value) || new Real(range).parse(value).filter(range::contains).isPresent();
    }

    @Override
    public String expected() {
      return String.join(", ", words) + " or a number" + (range.equals(Range.ALL) ? "" : " " + range);
    }

    @Override
    public String suggestion(String text) {
      String ofNumber = new Real(range).suggestion(text);
      return ofNumber.isEmpty() ? NearestName.suggestion(text, words) : ofNumber;
    }

    @Override
    public String label() {
      return "X";
    }
  }

  /** Any text. */
  record Text() implements SettingType<String> {
    @Override
    public Optional<String> parse(String text) {
      return Optional.of(text);
    }

    @Override
    public String expected() {
      return "a text";
    }

    @Override
    public String label() {
      return "TEXT";
    }
  }

  /** The name of a file or folder. */
  record FileName() implements SettingType<String> {
    @Override
    public Optional<String> parse(String text) {
      return isName(text) ? Optional.of(text) : Optional.empty();
    }

    /** Whether a file may be called so: by any character but NUL, which ends names in every system. */
    private static boolean isName(String text) {
      return !text.isEmpty() && text.indexOf('\0') < 0;
    }

    @Override
    public String expected() {
      return "the name of a file";
    }

    @Override
    public String label() {
      return "FILE";
    }

    @Override
    public boolean isPath() {
      return true;
    }
  }

  /** The name of a file, and a name to call it by, if it is to have one: {@code NAME=FILE}. */
  record NamedFileName() implements SettingType<String> {
    @Override
    public Optional<String> parse(String text) {
      return FileName.isName(NamedFile.of(text).file()) ? Optional.of(text) : Optional.empty();
    }

    @Override
    public String expected() {
      return "the name of a file, or NAME=FILE";
    }

    @Override
    public String label() {
      return "FILE";
    }

    @Override
    public boolean isPath() {
      return true;
    }

    @Override
    public String withPath(String text, UnaryOperator<String> path) {
      NamedFile named = NamedFile.of(text);
      return new NamedFile(named.name(), path.apply(named.file())).toString();
    }
  }

  /**
   * A value of another setting for something that has a name: {@code NAME.SETTING=VALUE}.
   *
   * @param rows the settings whose values are files; what else a name may set is for its reader to say
   */
  record Member(Supplier<List<Setting<?>>> rows) implements SettingType<String> {
    private static final Pattern FORM =
        Pattern.compile("(?<name>[A-Za-z0-9][A-Za-z0-9_-]{0,63})\\.(?<setting>[a-z][a-z0-9-]*)=(?<value>.*)",
            Pattern.DOTALL);

    /** The parts of a value that was parsed. */
    static Matcher parts(String text) {
      Matcher parts = FORM.matcher(text);
      if (!parts.matches()) {
        throw new IllegalArgumentException("'" + text + "' is not NAME.SETTING=VALUE");
      }
      return parts;
    }

    @Override
    public Optional<String> parse(String text) {
      return FORM.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }

    @Override
    public String expected() {
      return "NAME.SETTING=VALUE";
    }

    @Override
    public String label() {
      return "NAME.SETTING=VALUE";
    }

    @Override
    public boolean isPath() {
      return true;
    }

    @Override
    public String withPath(String text, UnaryOperator<String> path) {
      Matcher parts = parts(text);
      String value = parts.group("value");
      String changed = rows.get().stream().filter(row -> row.name().equals(parts.group("setting")) && row.isPath())
          .findFirst().map(row -> row.withPath(value, path)).orElse(value);
      return parts.group("name") + "." + parts.group("setting") + "=" + changed;
    }
  }

  /** Several values. */
  record ListOf<T>(SettingType<T> item) implements SettingType<List<T>> {
    /** Reads a list of one item. */
    @Override
    public Optional<List<T>> parse(String text) {
      return item.parse(text).map(List::of);
    }

    @Override
    public String expected() {
      return item.expected();
    }

    @Override
    public String allowed() {
      return item.allowed();
    }

    @Override
    public boolean allows(List<T> values) {
      return values.stream().allMatch(item::allows);
    }

    @Override
    public String text(List<T> values) {
      return String.join(",", values.stream().map(item::text).toList());
    }

    @Override
    public Object plain(List<T> values) {
      return values.stream().map(item::plain).toList();
    }

    @Override
    public String suggestion(String text) {
      return item.suggestion(text);
    }

    @Override
    public String label() {
      return item.label();
    }

    @Override
    public boolean isList() {
      return true;
    }

    @Override
    public boolean isPath() {
      return item.isPath();
    }

    @Override
    public String withPath(String text, UnaryOperator<String> path) {
      return item.withPath(text, path);
    }
  }
}
