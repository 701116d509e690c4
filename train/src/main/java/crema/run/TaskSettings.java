package crema.run;

import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;

/** Several things to predict with one model. */
public final class TaskSettings {
  /** Several things to predict with one model. */
  public static final Section SECTION = Section.of("Tasks");

  public static final Setting<List<String>> TASKS =
      SECTION.members("tasks", () -> DataSettings.SECTION.rows()).in(DataSettings.FOLDER)
          .shownDefault("one, of the settings themselves")
          .details("in a config file a mapping from each task's name to its settings: data, labels, loss, head, and "
              + "weight and share; the others are for all tasks")
          .help("Several heads beside one encoder, each with rows and labels of its own");

  private TaskSettings() {}

  /** Whether there are several tasks. */
  public static boolean hasTasks(Settings settings) {
    return settings.has(TASKS) && !settings.get(TASKS).isEmpty();
  }
}
