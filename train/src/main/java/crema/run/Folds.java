package crema.run;

import crema.data.Grouping;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.settings.Settings;

/**
 * The parts of a cross-validation. They keep the proportions of the labels, unless settings say otherwise, and hold rows
 * of one group together and rows of the same text; which row is where depends on the rows and the seed alone.
 */
public final class Folds {
  private Folds() {}

  /**
   * Deals rows out to folds.
   *
   * @param settings with a seed, and how rows are split
   * @param count how many folds, at least 2
   * @throws crema.data.DataException when there are too few rows or groups
   */
  public static Split of(RowSource rows, Settings settings, int count) {
    return Split.of(rows, plan(settings, count), ProblemListener.SILENT);
  }

  /** Deals rows out likewise; with too few rows or groups, folds are empty, which {@link Split#shortage} says. */
  static Split dealt(RowSource rows, Settings settings, int count) {
    return Split.dealt(rows, plan(settings, count), ProblemListener.SILENT);
  }

  private static SplitPlan plan(Settings settings, int count) {
    var data = new DataSettings(settings);
    SplitPlan plan = SplitPlan.folds(count, settings.get(TrainingSettings.SEED));
    return (data.isStratified() ? plan : plan.unstratified())
        .withGrouping(data.group().isPresent() ? Grouping.COLUMN_AND_TEXT : Grouping.TEXT);
  }
}
