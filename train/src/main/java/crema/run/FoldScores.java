package crema.run;

import crema.metrics.ClassificationMetrics;
import crema.metrics.Metric;
import crema.settings.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * What a cross-validation found.
 *
 * @param values for each metric, by its key, the value on each fold
 */
record FoldScores(Map<String, List<Double>> values) {
  private static final List<Metric> METRICS = List.of(Metric.ACCURACY, Metric.MACRO_F1, Metric.WEIGHTED_F1);

  /** Of no fold as yet. */
  static final FoldScores NONE = new FoldScores(Map.of());

  /** How many folds there are. */
  int folds() {
    return values.getOrDefault(METRICS.getFirst().key(), List.of()).size();
  }

  /** The same with those of a further fold's test. */
  FoldScores and(ClassificationMetrics fold) {
    var more = new LinkedHashMap<String, List<Double>>();
    for (Metric metric : METRICS) {
      var all = new ArrayList<>(values.getOrDefault(metric.key(), List.of()));
      all.add(metric.of(fold));
      more.put(metric.key(), all);
    }
    return new FoldScores(more);
  }

  /** Writes the scores, for a run that is resumed. */
  void write(Path file) throws IOException {
    JsonFile.write(file, values);
  }

  /** Reads what {@link #write} wrote. */
  static FoldScores read(Path file) throws IOException {
    var values = new LinkedHashMap<String, List<Double>>();
    JsonFile.read(file).forEach((metric, folds) -> values.put(metric, folds instanceof List<?> list
        ? list.stream().map(Number.class::cast).map(Number::doubleValue).toList() : List.of()));
    return new FoldScores(values);
  }

  /** For people: the mean of each metric and its sample standard deviation. */
  Map<String, String> facts() {
    var facts = new LinkedHashMap<String, String>();
    for (Metric metric : METRICS) {
      var statistics = new DescriptiveStatistics();
      List<Double> folds = values.getOrDefault(metric.key(), List.of());
      folds.forEach(statistics::addValue);
      facts.put(metric.title() + ", " + folds.size() + " folds", String.format(Locale.ROOT, "%.4f ± %.4f",
          statistics.getMean(), statistics.getStandardDeviation()));
    }
    return facts;
  }
}
