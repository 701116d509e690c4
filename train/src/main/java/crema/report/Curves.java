package crema.report;

import crema.metrics.Metric;
import crema.nn.train.LogRecord;
import crema.nn.train.StepRecord;
import crema.nn.train.ValidationRecord;
import crema.report.LineChart.Look;
import crema.report.LineChart.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The charts of a training's log: loss, learning rate, gradient norm, speed and the metrics of each validation. */
final class Curves {

  private static final int LOSS_COLOUR = 1;
  private static final int VALIDATION_COLOUR = 2;

  /** The moving average looks back over about this share of the run, and at least over this many steps. */
  private static final double SMOOTHED_SHARE = 1 / 80.0;
  private static final double LEAST_SMOOTHED_STEPS = 5;

  private final List<StepRecord> steps;
  private final List<ValidationRecord> validations;
  /** Whether the run takes steps of an optimizer: for one that goes through its rows one by one, epochs say more. */
  private final boolean hasOptimizer;
  private final String axis;

  Curves(TestReport report) {
    steps = report.steps();
    validations = report.validations();
    hasOptimizer = steps.stream().anyMatch(step -> Double.isFinite(step.gradNorm()));
    axis = hasOptimizer ? "step" : "epoch";
  }

  private double place(LogRecord entry) {
    return hasOptimizer ? entry.step() : entry.epoch();
  }

  /** Those charts that the log has values for. */
  List<LineChart> charts() {
    return Stream.of(loss(), metrics(), learningRate(), gradNorm(), speed())
        .filter(chart -> chart.series().stream().anyMatch(Curves::hasCourse))
        .toList();
  }

  private LineChart loss() {
    var series = new ArrayList<>(smoothedSteps("Training", LOSS_COLOUR, StepRecord::loss));
    var validation = ofValidations("Validation", VALIDATION_COLOUR, ValidationRecord::loss);
    if (hasValues(validation)) {
      series.add(validation);
    }
    return new LineChart("Loss", axis, series);
  }

  private LineChart metrics() {
    var series = new ArrayList<Series>();
    for (var metric : List.of(Metric.ACCURACY, Metric.MICRO_F1, Metric.MACRO_F1, Metric.WEIGHTED_F1)) {
      var line = ofValidations(
          metric.title(),
          series.size() + 1,
          validation -> validation.metrics().getOrDefault(metric.key(), Double.NaN));
      if (hasValues(line) && series.stream().noneMatch(other -> Arrays.equals(other.y(), line.y()))) {
        series.add(line);
      }
    }
    return new LineChart("Validation", axis, series);
  }

  private LineChart learningRate() {
    return new LineChart("Learning rate", axis, List.of(ofSteps("", 3, Look.LINE, StepRecord::learningRate)));
  }

  private LineChart gradNorm() {
    return new LineChart("Gradient norm", axis, smoothedSteps("", 4, StepRecord::gradNorm));
  }

  private LineChart speed() {
    return new LineChart(hasOptimizer ? "Tokens a second" : "Words a second", axis,
        smoothedSteps("", 5, StepRecord::tokensPerSecond));
  }

  /** The raw values, pale, and in front of them their moving average; nothing where there are no values. */
  private List<Series> smoothedSteps(String name, int colour, ToDoubleFunction<StepRecord> value) {
    var raw = ofSteps("", colour, Look.FAINT, value);
    return hasValues(raw) ? List.of(raw, new Series(name, colour, Look.LINE, raw.x(), smoothed(raw.y()))) : List.of();
  }

  private Series ofSteps(String name, int colour, Look look, ToDoubleFunction<StepRecord> value) {
    return new Series(
        name,
        colour,
        look,
        steps.stream().mapToDouble(this::place).toArray(),
        steps.stream().mapToDouble(value).toArray());
  }

  private Series ofValidations(String name, int colour, ToDoubleFunction<ValidationRecord> value) {
    return new Series(
        name,
        colour,
        Look.MARKED,
        validations.stream().mapToDouble(this::place).toArray(),
        validations.stream().mapToDouble(value).toArray());
  }

  /** Whether there are two values at least: a single dot tells no more than the tables do. */
  private static boolean hasCourse(Series series) {
    return Arrays.stream(series.y()).filter(Double::isFinite).limit(2).count() == 2;
  }

  private static boolean hasValues(Series series) {
    return Arrays.stream(series.y()).anyMatch(Double::isFinite);
  }

  /** The exponential moving average, with the start's bias removed (as Adam does: Kingma and Ba, 2015, section 3). */
  private static double[] smoothed(double[] values) {
    double keep = 1 - 1 / Math.max(LEAST_SMOOTHED_STEPS, SMOOTHED_SHARE * values.length);
    var smooth = new double[values.length];
    double average = 0;
    double weight = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        average = keep * average + (1 - keep) * values[i];
        weight = keep * weight + (1 - keep);
        smooth[i] = average / weight;
      } else {
        smooth[i] = Double.NaN;
      }
    }
    return smooth;
  }
}
