package crema.family.encoder;

import crema.base.UserError;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.TaskSettings;
import crema.settings.Assignment;
import crema.settings.Member;
import crema.settings.Origin;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * One of the things that a model with several heads predicts.
 *
 * @param name of the task, and of its folder
 * @param settings those of the run, with the task's own
 * @param weight what its loss is multiplied by
 * @param share of the batches, in proportion to the other tasks'; empty for as many as its rows make
 */
record EncoderTask(String name, Settings settings, double weight, OptionalDouble share) {
  private static final String WEIGHT = "weight";
  private static final String SHARE = "share";

  /** What can be another one for each task. */
  private static final Set<Section> SECTIONS = Set.of(DataSettings.SECTION, LabelSettings.SECTION, Languages.SECTION,
      LossRows.SECTION, SamplingSettings.SECTION, AnswerSettings.SECTION);
  private static final Set<Setting<?>> ROWS = Set.of(EncoderSettings.HEAD, EncoderSettings.HEAD_SIZE,
      EncoderSettings.HEAD_LAYERS, EncoderSettings.HEAD_DROPOUT, EncoderSettings.BAG_SIZE, FineTuningSettings.POOLING);

  /**
   * The tasks of a run, in order.
   *
   * @throws UserError when one sets what is no setting of a task, or its settings are not what they must be together; the
   *     message names the task
   */
  static List<EncoderTask> of(Settings run) {
    var tasks = new ArrayList<EncoderTask>();
    Map<String, Map<String, List<String>>> given = Member.byName(run.get(TaskSettings.TASKS));
    given.forEach((name, values) -> tasks.add(of(name, values, run)));
    if (tasks.stream().map(EncoderTask::share).map(OptionalDouble::isPresent).distinct().count() > 1) {
      throw run.error(TaskSettings.TASKS, ": give a " + SHARE + " to all of them, or to none");
    }
    return tasks;
  }

  private static EncoderTask of(String name, Map<String, List<String>> values, Settings run) {
    Settings own = run.without(TaskSettings.TASKS);
    for (var value : values.entrySet()) {
      String setting = value.getKey();
      if (setting.equals(WEIGHT) || setting.equals(SHARE)) {
        continue;
      }
      List<String> texts = value.getValue();
      boolean known = run.rows().stream().filter(row -> row.name().equals(setting))
          .anyMatch(row -> SECTIONS.contains(row.section()) || ROWS.contains(row));
      if (!known && run.find(setting).isPresent()) {
        throw run.error(TaskSettings.TASKS, ": " + name + "." + setting + " is one for all tasks: set it beside them");
      }
      own = named(name, run, own, new Assignment(setting, texts, texts.size() > 1, Origin.CODE));
    }
    try {
      return new EncoderTask(name, own.checked(), number(name, values, WEIGHT, run).orElse(1),
          number(name, values, SHARE, run));
    } catch (UserError e) {
      throw run.error(TaskSettings.TASKS, ": " + name + ": " + e.getMessage());
    }
  }

  private static Settings named(String name, Settings run, Settings own, Assignment value) {
    try {
      return own.with(value);
    } catch (UserError e) {
      throw run.error(TaskSettings.TASKS, ": " + name + ": " + e.getMessage());
    }
  }

  private static OptionalDouble number(String name, Map<String, List<String>> values, String key, Settings run) {
    List<String> texts = values.get(key);
    if (texts == null) {
      return OptionalDouble.empty();
    }
    try {
      double number = Double.parseDouble(texts.getFirst());
      if (texts.size() == 1 && number > 0 && number <= 1e6) {
        return OptionalDouble.of(number);
      }
    } catch (NumberFormatException e) {
      // Is told below.
    }
    throw run.error(TaskSettings.TASKS, ": " + name + "." + key + " must be a number above 0, not '"
        + String.join(",", texts) + "'");
  }
}
