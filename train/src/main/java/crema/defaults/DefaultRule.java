package crema.defaults;

import crema.data.DataProfile;
import crema.settings.Choice;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How a setting that nobody gave is chosen for the training rows: the first of its cases that holds says the value, and
 * why. One row of a family's table, from which the choice, the line that a run prints and the page of the documentation
 * follow:
 *
 * <pre>{@code
 * DefaultRule.of(WORD_NGRAMS)
 *     .when("texts of one word", profile -> profile.words().median() <= 1, 1, profile -> "there are no pairs of words")
 *     .otherwise(2, profile -> "pairs of words say more than words")
 * }</pre>
 *
 * @param <T> the values of the setting
 */
public final class DefaultRule<T> {
  private static final String OTHERWISE = "otherwise";

  private final Setting<T> setting;
  private final Predicate<Settings> applies;
  private final List<Case<T>> cases;

  private DefaultRule(Setting<T> setting, Predicate<Settings> applies, List<Case<T>> cases) {
    this.setting = setting;
    this.applies = applies;
    this.cases = List.copyOf(cases);
  }

  /**
   * A case of a rule.
   *
   * @param when it holds, in words
   * @param test whether it holds
   * @param value what the setting then is
   * @param shown that value in words, where it depends on the rows; else as people write it
   * @param reason why, in words with the numbers of the rows
   */
  private record Case<T>(String when, Predicate<DataProfile> test, Function<DataProfile, T> value, String shown,
      Function<DataProfile, String> reason) {}

  /**
   * A case of a rule as a table has it.
   *
   * @param setting the name of the setting
   * @param when the case holds, in words
   * @param value what the setting then is
   */
  public record Line(String setting, String when, String value) {}

  /** A rule without cases as yet. */
  public static <T> DefaultRule<T> of(Setting<T> setting) {
    return new DefaultRule<>(setting, _ -> true, List.of());
  }

  /** The same, only where other settings, given or chosen before, are so that this one has an effect. */
  public DefaultRule<T> where(Predicate<Settings> condition) {
    return new DefaultRule<>(setting, condition, cases);
  }

  /**
   * The same with a further case.
   *
   * @param when it holds, in words
   * @param reason why, in words with the numbers of the rows
   */
  public DefaultRule<T> when(String when, Predicate<DataProfile> test, T value, Function<DataProfile, String> reason) {
    return and(new Case<>(when, test, _ -> value, setting.text(value), reason));
  }

  /**
   * The same with a further case whose value depends on the rows.
   *
   * @param shown the value in words
   */
  public DefaultRule<T> when(String when, Predicate<DataProfile> test, Function<DataProfile, T> value, String shown,
      Function<DataProfile, String> reason) {
    return and(new Case<>(when, test, value, shown, reason));
  }

  /** The same with the case that holds where no other does. */
  public DefaultRule<T> otherwise(T value, Function<DataProfile, String> reason) {
    return when(OTHERWISE, _ -> true, value, reason);
  }

  /** The same with the case that holds where no other does; its value depends on the rows. */
  public DefaultRule<T> otherwise(Function<DataProfile, T> value, String shown, Function<DataProfile, String> reason) {
    return when(OTHERWISE, _ -> true, value, shown, reason);
  }

  private DefaultRule<T> and(Case<T> more) {
    var all = new ArrayList<>(cases);
    all.add(more);
    return new DefaultRule<>(setting, applies, all);
  }

  /** The settings of rules. */
  public static List<Setting<?>> settings(List<DefaultRule<?>> rules) {
    return rules.stream().<Setting<?>>map(DefaultRule::setting).toList();
  }

  /** The setting. */
  public Setting<T> setting() {
    return setting;
  }

  /**
   * The value for some rows.
   *
   * @param settings what was given, and chosen by the rules before this
   * @return empty if the setting was given, has no effect with the others, or no case holds
   */
  public Optional<Choice<T>> choose(Settings settings, DataProfile profile) {
    return settings.isGiven(setting) || !applies.test(settings) ? Optional.empty()
        : cases.stream().filter(each -> each.test().test(profile)).findFirst()
            .map(each -> new Choice<>(setting, each.value().apply(profile), each.reason().apply(profile)));
  }

  /** The cases as a table has them, in order. */
  public List<Line> lines() {
    return cases.stream().map(each -> new Line(setting.name(), each.when(), each.shown())).toList();
  }

  /** The name of the setting. */
  @Override
  public String toString() {
    return setting.name();
  }
}
