package crema.nn.loss;

import crema.base.Keyed;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * A setting of a loss, described: its name, type, default, range and help. Flags, files, help texts and reference pages
 * are made from it. Losses that share a setting share its name; its default may differ from loss to loss.
 *
 * @param <T> the type of its value
 */
public sealed interface LossSetting<T> {
  /** The name in files, such as {@code label-smoothing}. */
  String name();

  /** The value where none is given. */
  T defaultValue();

  /** One line for people. */
  String help();

  /** The type of its value. */
  Class<?> type();

  /**
   * Checks a value.
   *
   * @throws IllegalArgumentException if it is out of range; the message names the setting
   */
  void check(T value);

  /**
   * The value that a text stands for; {@link #format} is the way back.
   *
   * @throws IllegalArgumentException if it stands for none; the message names the setting
   */
  T parse(String text);

  /** A value as text. */
  default String format(T value) {
    return value.toString();
  }

  /**
   * A number.
   *
   * @param least the least value
   * @param most the largest value
   */
  record Decimal(String name, double value, double least, double most, String help) implements LossSetting<Double> {
    /** Checks the default. */
    public Decimal {
      requireIn(name, value, least, most);
    }

    /** The same setting with another default. */
    public Decimal withDefault(double other) {
      return new Decimal(name, other, least, most, help);
    }

    @Override
    public Double defaultValue() {
      return value;
    }

    @Override
    public Class<?> type() {
      return Double.class;
    }

    @Override
    public void check(Double number) {
      requireIn(name, number, least, most);
    }

    @Override
    public Double parse(String text) {
      double number = number(text);
      requireIn(name, number, least, most);
      return number;
    }
  }

  /**
   * Numbers, such as one a level of a taxonomy; none by default.
   *
   * @param least the least value of each
   * @param most the largest value of each
   */
  record Decimals(String name, double least, double most, String help) implements LossSetting<List<Double>> {
    @Override
    public List<Double> defaultValue() {
      return List.of();
    }

    @Override
    public Class<?> type() {
      return List.class;
    }

    @Override
    public void check(List<Double> numbers) {
      numbers.forEach(number -> requireIn(name, number, least, most));
    }

    @Override
    public List<Double> parse(String text) {
      List<Double> numbers = text.isBlank() ? List.of()
          : Arrays.stream(text.split(",", -1)).map(each -> number(each.strip())).toList();
      check(numbers);
      return numbers;
    }

    @Override
    public String format(List<Double> numbers) {
      return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
  }

  /** Yes or no; no by default. */
  record Flag(String name, String help) implements LossSetting<Boolean> {
    @Override
    public Boolean defaultValue() {
      return false;
    }

    @Override
    public Class<?> type() {
      return Boolean.class;
    }

    @Override
    public void check(Boolean value) {}

    @Override
    public Boolean parse(String text) {
      return switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException(name + " must be true or false, not '" + text + "'");
      };
    }
  }

  /**
   * One constant of an enum.
   *
   * @param defaultValue also says which enum
   */
  record Choice<E extends Enum<E> & Keyed>(String name, E defaultValue, String help) implements LossSetting<E> {
    /** All constants. */
    public List<E> choices() {
      return List.copyOf(EnumSet.allOf(defaultValue.getDeclaringClass()));
    }

    @Override
    public Class<?> type() {
      return defaultValue.getDeclaringClass();
    }

    @Override
    public void check(E value) {}

    @Override
    public E parse(String text) {
      return Keyed.find(choices(), text)
          .orElseThrow(
              () -> new IllegalArgumentException(Keyed.unknown(Keyed.keys(choices()), text, name).getMessage()));
    }

    @Override
    public String format(E value) {
      return value.key();
    }
  }

  /**
   * A number, or a word in place of one.
   *
   * @param defaultValue a word or a number
   * @param words the words
   * @param least the least number
   * @param most the largest number
   */
  record DecimalOrWord(String name, String defaultValue, List<Word> words, double least, double most,
      String help) implements LossSetting<String> {
    /**
     * A word.
     *
     * @param number the number that it stands for; none where the loss computes one
     */
    public record Word(String name, OptionalDouble number) {}

    @Override
    public Class<?> type() {
      return String.class;
    }

    /** The number that a value stands for, unless the loss computes it. */
    public OptionalDouble number(String value) {
      return words.stream().filter(word -> word.name.equals(value)).findFirst().map(Word::number)
          .orElseGet(() -> OptionalDouble.of(LossSetting.number(value)));
    }

    @Override
    public void check(String value) {
      number(value).ifPresent(number -> requireIn(
          name + " (" + words.stream().map(Word::name).collect(Collectors.joining(", ")) + " or a number)", number,
          least, most));
    }

    @Override
    public String parse(String text) {
      check(text);
      return text;
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static void requireIn(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(name + " must be from " + least + " to " + most + ", not " + value);
    }
  }
}
