package crema.run;

import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.DataProfile;
import crema.data.SplitRows;
import crema.defaults.ChosenSettings;
import crema.settings.Settings;
import java.io.IOException;
import java.util.List;

/**
 * What a run is made of whose settings suit its training rows where nobody gave any.
 *
 * @param family of the settings
 * @param chosen the settings
 * @param context where the run writes, with its rows if they had to be read
 */
public record ChosenRun(ModelFamily family, ChosenSettings chosen, RunContext context) {
  /**
   * Reads the rows of a run, if there is anything to choose for them, and chooses. Tells the listener of each choice.
   *
   * @param settings what was given; with several tasks nothing is chosen, as each has rows of its own
   * @throws crema.data.DataException when the rows cannot be used
   */
  public static ChosenRun of(ModelFamily family, Settings settings, RunContext context) {
    Settings resolved = family.resolved(settings);
    if (!resolved.isOpenToData() || TaskSettings.hasTasks(resolved)) {
      return new ChosenRun(family, new ChosenSettings(resolved, List.of()), context);
    }
    resolved.checked();
    SplitRows rows = RunRows.of(context, resolved);
    ChosenSettings chosen = ChosenSettings.of(family.defaultRules(), resolved, DataProfile.of(rows.train()));
    chosen.choices().forEach(context.listener()::chosen);
    return new ChosenRun(family, chosen, context.withRows(rows));
  }

  /** The settings. */
  public Settings settings() {
    return chosen.settings();
  }

  /**
   * Runs to the end, or until it is asked to stop; then a run with the same {@link #settings} continues it.
   *
   * @throws crema.base.UserError when training diverges, or a setting or the data cannot be used
   */
  public TrainingResult run() throws IOException {
    return family.newRun(settings(), context).run();
  }
}
