package crema.tune;

import crema.report.ComparedRun;
import crema.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Settings that are tried, and what came of it, rung by rung. */
public final class Trial {
  private final int number;
  private final Settings settings;
  private final List<String> ranged;
  private final List<Double> scores = new ArrayList<>();
  private double seconds;
  private @Nullable ComparedRun run;
  private @Nullable String failure;

  /**
   * A trial.
   *
   * @param number from 1
   * @param settings its settings
   * @param ranged the names of those that differ between trials
   */
  Trial(int number, Settings settings, List<String> ranged) {
    this.number = number;
    this.settings = settings;
    this.ranged = List.copyOf(ranged);
  }

  /** Its number, from 1. */
  public int number() {
    return number;
  }

  /** All its settings. */
  public Settings settings() {
    return settings;
  }

  /** Its score in each rung that it reached; greater is better. */
  public List<Double> scores() {
    return List.copyOf(scores);
  }

  /** How long its trainings took, all together. */
  public double seconds() {
    return seconds;
  }

  /** Why it has no score in the rung that it reached; null if it has. */
  public @Nullable String failure() {
    return failure;
  }

  /** What its model of the last rung said of the validation rows; null if it did not come so far. */
  public @Nullable ComparedRun run() {
    return run;
  }

  /** The values by which it differs from other trials: {@code learning-rate 0.001, layers 2}. */
  public String values() {
    return ranged.stream()
        .map(name -> name + " " + settings.find(name).flatMap(settings::text).orElse(""))
        .collect(Collectors.joining(", "));
  }

  /** Its name in tables. */
  public String name() {
    return String.format(Locale.ROOT, "%02d: %s", number, values());
  }

  /** The folder of its rung, counted from 1. */
  Path folder(Path output, int rung) {
    return output.resolve(String.format(Locale.ROOT, "trial-%02d", number)).resolve("rung-" + rung);
  }

  /** Its score in the last rung that it reached, less than all scores if its training failed there. */
  double lastScore() {
    return failure != null || scores.isEmpty() ? Double.NEGATIVE_INFINITY : scores.getLast();
  }

  void measured(double score, double took) {
    scores.add(score);
    seconds += took;
  }

  void failed(String reason) {
    failure = reason;
  }

  void finished(ComparedRun last) {
    run = last;
  }
}
