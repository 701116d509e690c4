package crema.family.stack;

import crema.base.Keyed;
import crema.base.NearestName;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a run may spend that looks for the best model, and which models it tries. */
public final class AutoSettings {
  /** What a run may spend that looks for the best model, and which models it tries. */
  public static final Section SECTION = Section.of("Auto");

  public static final Setting<String> TIME_BUDGET = SECTION.text("time-budget", "10m").label("TIME").resumable().basic()
      .check(AutoSettings::duration)
      .details("90s, 10m, 2h; it decides on where the list of trainings ends, and on nothing else")
      .help("How long to train and compare models");
  public static final Setting<Double> MEMORY_BUDGET = SECTION.gibibytes("memory-budget", 4).above(0).basic()
      .details("resident memory of the process, all together, in GiB or with a unit, such as 500m")
      .help("The most memory that the run may hold");
  public static final Setting<List<String>> MEMBERS = SECTION.texts("members").label("NAME").basic()
      .shownDefault("all that fit").check(names -> names.forEach(AutoSettings::requireMember))
      .details(String.join(", ", Keyed.keys(MemberKind.class)))
      .help("Only these models are tried");
  public static final Setting<Preference> PREFER = SECTION.choice("prefer", Preference.ACCURACY).basic()
      .details(
          "accuracy, the best on validation; balanced, fast and small, what takes the fewest operations or bytes of "
              + "all that are nearly as good (0.003, 0.02, 0.02)")
      .help("What the result is chosen by");
  public static final Setting<List<String>> FITS = SECTION.texts("fits").label("N").basic()
      .shownDefault("as many as the time budget allows").check(AutoSettings::requireFits)
      .details("a number, or their names as train.yaml lists them; the time budget then has no effect")
      .help("Which trainings to make");

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)\\s*([smh])");
  private static final Pattern FIT = Pattern.compile("([a-z]+)/(\\d{1,3})");

  private AutoSettings() {}

  /** What the result is chosen by. */
  public enum Preference implements Keyed {
    /** The best on validation. */
    ACCURACY(0),
    /** The fewest operations of all that are nearly the best. */
    BALANCED(0.003),
    /** The fewest operations of all that are about as good as the best. */
    FAST(0.02),
    /** The fewest bytes of all that are about as good as the best. */
    SMALL(0.02);

    private final double tolerance;

    Preference(double tolerance) {
      this.tolerance = tolerance;
    }

    /** How far below the best score a choice may be. */
    double tolerance() {
      return tolerance;
    }
  }

  /** The time budget. */
  static Duration timeBudget(Settings settings) {
    return duration(settings.get(TIME_BUDGET));
  }

  private static Duration duration(String text) {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no time: write 90s, 10m or 2h");
    }
    double seconds = Double.parseDouble(parts.group(1)) * switch (parts.group(2)) {
      case "s" -> 1;
      case "m" -> 60;
      default -> 3600;
    };
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  /** How many fits are asked for; empty if that is not what was given. */
  static OptionalInt fitCount(Settings settings) {
    List<String> fits = settings.get(FITS);
    return fits.size() == 1 && isNumber(fits.getFirst()) ? OptionalInt.of(Integer.parseInt(fits.getFirst()))
        : OptionalInt.empty();
  }

  /** The names of the fits that are asked for; none if all are open, or their number is given. */
  static List<String> fitNames(Settings settings) {
    return fitCount(settings).isPresent() ? List.of() : settings.get(FITS);
  }

  private static boolean isNumber(String text) {
    return text.matches("\\d{1,6}");
  }

  private static void requireFits(List<String> fits) {
    if (fits.size() == 1 && isNumber(fits.getFirst())) {
      if (Integer.parseInt(fits.getFirst()) < 1) {
        throw new IllegalArgumentException("it must be at least 1");
      }
      return;
    }
    for (String fit : fits) {
      Matcher parts = FIT.matcher(fit);
      if (!parts.matches()) {
        throw new IllegalArgumentException("'" + fit + "' is neither a number nor a fit such as words/1");
      }
      requireMember(parts.group(1));
    }
  }

  private static void requireMember(String name) {
    if (!Keyed.keys(MemberKind.class).contains(name)) {
      throw new IllegalArgumentException("there is no member '" + name + "'"
          + NearestName.among(name, Keyed.keys(MemberKind.class))
              .map(near -> "; did you mean '" + near + "'?")
              .orElse("; there are " + String.join(", ", Keyed.keys(MemberKind.class))));
    }
  }
}
