package crema.run;

import crema.base.Keyed;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a model is trained once more when the validation rows have had their say, on these rows too. What was chosen
 * by them stays as it is. A family lists the section if its models need no validation rows while they are trained.
 */
public final class RefitSettings {
  /** Whether the last model is trained on the validation rows too. */
  public static final Section SECTION = Section.of("Refit");

  public static final Setting<Rows> REFIT = SECTION.choice("refit", Rows.SPLIT)
      .details("split, where validation rows were split off from the training rows; all, on those of a validation "
          + "file too; none")
      .help("When everything is chosen, train on the validation rows too");

  private RefitSettings() {}

  /** Which validation rows a model is trained on in the end. */
  public enum Rows implements Keyed {
    /** Those that were split off from the training rows. */
    SPLIT,
    /** Those of a file too. */
    ALL,
    /** None. */
    NONE
  }

  /** The same settings, if they have this one, of models that are trained once. */
  public static Settings without(Settings settings) {
    return settings.has(REFIT) ? settings.with(REFIT, Rows.NONE) : settings;
  }

  /**
   * Refuses the setting where stages are trained: what they say together is measured on the validation rows.
   *
   * @throws crema.base.UserError if it was given
   */
  public static void requireNone(Settings settings) {
    if (settings.isGiven(REFIT) && settings.get(REFIT) != Rows.NONE) {
      throw settings.error(REFIT, " has no effect on models that decide in stages: leave it out");
    }
  }

  /** Training and validation rows together, if the last model is to be trained on them. */
  public static Optional<RowSource> rows(Settings settings, SplitRows rows) {
    boolean isWanted = switch (settings.get(REFIT)) {
      case SPLIT -> settings.get(DataSettings.VALIDATION).isEmpty();
      case ALL -> true;
      case NONE -> false;
    };
    return isWanted && !RowCounts.isEmpty(rows.validation())
        ? Optional.of(RowSource.concat(List.of(rows.train(), rows.validation()))) : Optional.empty();
  }

  /** What a stage is called in which a model is trained on both. */
  public static String stage(RowCounts counts) {
    return "Training on all " + both(counts);
  }

  /** What a report says of a model that was trained on both. */
  public static String fact(RowCounts counts) {
    return "on all " + both(counts) + "; what was chosen or measured on validation rows is of a model without them";
  }

  private static String both(RowCounts counts) {
    return String.format(Locale.ROOT, "%,d training and %,d validation rows", counts.train(), counts.validation());
  }
}
