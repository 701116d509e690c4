package crema.data;

import crema.metrics.Bootstrap;
import crema.metrics.ClassificationMetrics;
import crema.metrics.Metric;
import crema.metrics.ScoreMatrix;
import crema.metrics.SingleLabelOutcomes;
import crema.metrics.Temperature;
import java.nio.file.Path;
import java.util.List;

/** What an application does with data, for {@link MissingLibraryTest}. */
public final class Application {
  private Application() {}

  /** Does one of several kinds of work. */
  public static String run(String work, Path file) {
    var outcomes = SingleLabelOutcomes.of(new int[] {0, 1}, new int[] {0, 0}, 2);
    return switch (work) {
      case "read" -> {
        var rows = new int[1];
        FileRows.of(file, Columns.text("title")).forEach(ProblemListener.STRICT, _ -> rows[0]++);
        yield rows[0] + " rows";
      }
      case "metrics" -> Double.toString(ClassificationMetrics.of(outcomes).accuracy());
      case "interval" -> Bootstrap.ofSeed(1).intervals(outcomes, List.of(Metric.ACCURACY)).toString();
      case "compare" -> Bootstrap.ofSeed(1).compare(outcomes, outcomes, Metric.ACCURACY).toString();
      case "temperature" ->
          Temperature.fitSoftmax(ScoreMatrix.of(new float[][] {{1, 2}, {2, 1}}), new int[] {0, 1}).toString();
      default -> throw new IllegalArgumentException(work);
    };
  }
}
