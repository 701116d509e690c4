package crema.tune;

import crema.base.Keyed;
import crema.base.NearestName;
import crema.base.UserError;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.TrainingSettings;
import crema.settings.Assignment;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/** The values of a setting among which is searched. */
sealed interface SearchRange {
  /** The name of the setting. */
  String name();

  /**
   * A value.
   *
   * @param place from 0 to less than 1; all places are as likely
   */
  Assignment at(double place);

  /**
   * Numbers between two, which have three digits that count.
   *
   * @param from the least, as it was written, with its place
   * @param least the least
   * @param most the greatest
   * @param isLog whether each decade is as likely as another
   * @param isWhole whether only whole numbers are values
   */
  record OfNumbers(Assignment from, double least, double most, boolean isLog, boolean isWhole) implements SearchRange {
    private static final MathContext DIGITS = new MathContext(3);

    @Override
    public String name() {
      return from.name();
    }

    @Override
    public Assignment at(double place) {
      // A whole number stands for all that are rounded to it, also at the ends.
      double half = isWhole ? 0.5 : 0;
      double low = least - half;
      double high = most + half;
      double value = isLog && low > 0 ? low * Math.pow(high / low, place) : low + place * (high - low);
      String text = isWhole ? Long.toString(Math.clamp(Math.round(value), (long) least, (long) most))
          : Double.toString(Math.clamp(new BigDecimal(value).round(DIGITS).doubleValue(), least, most));
      return new Assignment(name(), text, from.origin());
    }
  }

  /**
   * Values that are listed.
   *
   * @param values at least one
   */
  record OfChoices(List<Assignment> values) implements SearchRange {
    @Override
    public String name() {
      return values.getFirst().name();
    }

    @Override
    public Assignment at(double place) {
      return values.get((int) (place * values.size()));
    }
  }

  /**
   * The range that was written.
   *
   * @param settings of the family whose models are trained
   * @throws UserError if the setting is none of these or cannot differ between trials, or its values are no range
   */
  static SearchRange of(WrittenRange written, Settings settings) {
    Setting<?> setting = settings.find(written.name())
        .orElseThrow(() -> Settings.unknown(new Assignment(written.name(), "", written.origin()), settings.rows()));
    requireFree(written, setting);
    Scale scale = Keyed.find(List.of(Scale.values()), written.scale())
        .orElseThrow(() -> written.origin().error(written.name(), ": there are no ranges '" + written.scale() + "'"
            + NearestName.among(written.scale(), Keyed.keys(Scale.class))
                .map(near -> "; did you mean '" + near + "'?")
                .orElse("; there are " + String.join(", ", Keyed.keys(Scale.class)))));
    written.values().forEach(settings::with);
    if (scale == Scale.CHOICE) {
      if (written.values().isEmpty()) {
        throw written.origin().error(written.name(), ": there is nothing to choose from");
      }
      return new OfChoices(written.values());
    }
    return numbers(written, scale, settings);
  }

  private static void requireFree(WrittenRange written, Setting<?> setting) {
    boolean isOfRows = setting.section() == LabelSettings.SECTION || setting.section() == Languages.SECTION
        || setting.section() == DataSettings.SECTION && setting != DataSettings.LOWERCASE
        || setting == TrainingSettings.SEED;
    if (isOfRows || !setting.isDecisive()) {
      throw written.origin().error(written.name(), isOfRows
          ? " must be one value: trials are compared on the same rows and labels"
          : " changes no result: give one value");
    }
  }

  private static SearchRange numbers(WrittenRange written, Scale scale, Settings settings) {
    List<Assignment> ends = written.values();
    if (ends.size() != 2 || ends.stream().anyMatch(Assignment::isList)) {
      throw written.origin().error(written.name(),
          ": a range has two ends, such as {" + written.scale() + ": [1, 10]}, but here are " + ends.size());
    }
    double least = number(ends.getFirst());
    double most = number(ends.getLast());
    boolean isWhole = scale == Scale.INTEGER || !takes(settings, ends.getFirst(), least + (most - least) * 0.3717);
    if (!(least < most)) {
      throw written.origin().error(written.name(), String.format(Locale.ROOT,
          ": the ends of a range go up, but %s is not below %s",
          ends.getFirst().texts().getFirst(), ends.getLast().texts().getFirst()));
    }
    if (scale == Scale.LOG && !(least > 0)) {
      throw written.origin().error(written.name(), ": a range with 'log' begins above 0, not at "
          + ends.getFirst().texts().getFirst());
    }
    if (isWhole && (least != Math.rint(least) || most != Math.rint(most))) {
      throw written.origin().error(written.name(), ": a range of whole numbers has whole ends");
    }
    return new OfNumbers(ends.getFirst(), least, most, scale == Scale.LOG, isWhole);
  }

  private static double number(Assignment end) {
    try {
      return Double.parseDouble(end.texts().getFirst());
    } catch (NumberFormatException e) {
      throw end.error(": '" + end.texts().getFirst() + "' is no number: list words with {choice: […]}");
    }
  }

  /** Whether a setting can have a number that is not whole. */
  private static boolean takes(Settings settings, Assignment end, double value) {
    try {
      settings.with(new Assignment(end.name(), Double.toString(value), end.origin()));
      return true;
    } catch (UserError e) {
      return false;
    }
  }
}
