package crema.run;

import crema.metrics.Metric;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.util.ArrayList;
import java.util.List;

/** What a run does without validation or test rows, where its settings leave them out. */
final class MissingRows {
  private MissingRows() {}

  /** A line for what is left out, for people: what is not chosen or measured, and what is taken instead. */
  static List<String> describe(Settings settings) {
    var data = new DataSettings(settings);
    var lines = new ArrayList<String>();
    // A default of 0 says that a family needs none.
    if (data.validation().isEmpty() && data.validationFraction() == 0
        && settings.isChanged(DataSettings.VALIDATION_FRACTION)) {
      lines.add("no validation rows: not chosen are " + String.join(", ", unchosen(settings)));
    }
    if (data.test().isEmpty() && data.testFraction() == 0) {
      lines.add("no test rows: the report has no metrics of a test");
    }
    return lines;
  }

  private static List<String> unchosen(Settings settings) {
    var unchosen = new ArrayList<String>();
    if (settings.has(ValidationSettings.PATIENCE)) {
      unchosen.add("the best step (the last one is kept)");
    }
    if (settings.get(LabelSettings.TARGET) == TargetKind.MULTI && settings.has(AnswerSettings.THRESHOLD)) {
      unchosen.add("thresholds (0.5 unless one is given)");
    }
    if (settings.has(AnswerSettings.DECISION) && settings.get(AnswerSettings.DECISION) != Metric.ACCURACY) {
      unchosen.add("offsets of labels (none)");
    }
    unchosen.add("the calibration of probabilities, thresholds for a precision, and sets for a coverage");
    return unchosen;
  }
}
