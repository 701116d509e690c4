package crema.report;

import crema.base.Forest;
import crema.metrics.Bootstrap;
import crema.metrics.ConfidenceCurve;
import crema.metrics.FrequencyBands;
import crema.metrics.GroupMetrics;
import crema.metrics.ScoreMatrix;
import crema.metrics.SingleLabelOutcomes;
import crema.metrics.ThresholdSweep;
import crema.nn.train.LogRecord;
import crema.nn.train.StepRecord;
import crema.nn.train.ValidationRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A report such as a training on product titles makes. */
final class SampleReport {

  static final List<String> LABELS = List.of(
      "Mobile Phones", "TVs", "CPUs", "Digital Cameras", "Microwaves", "Dishwashers", "Washing Machines", "Freezers",
      "Fridge Freezers", "Fridges");

  private static final int DOCUMENTS = 3000;

  private SampleReport() {}

  /** With metrics, intervals and the log of the training. */
  static TestReport.Builder builder(List<String> labels) {
    return builder(labels, logits(labels.size()));
  }

  /** With every part that a single-label report can have. */
  static TestReport.Builder complete() {
    int count = LABELS.size();
    var logits = logits(count);
    var frequencies = IntStream.range(0, count).mapToLong(label -> 900 >> label).toArray();
    var languages = IntStream.range(0, DOCUMENTS)
        .mapToObj(document -> document % 7 == 0 ? "Русский" : document % 3 == 0 ? "日本語" : "English")
        .toList();
    return builder(LABELS, logits)
        .probabilities(logits.softmax(1), logits.softmax(1.7),
            ConfidenceCurve.of("temperature", 1.7, new double[0], new double[0]))
        .bands(FrequencyBands.DEFAULT, frequencies)
        .groups("Language", GroupMetrics.by(outcomes(logits), languages, 10, 20))
        .hierarchy(new Forest(-1, -1, -1, 0, -1, 4, 4, -1, 7, 7))
        .thresholds(ThresholdSweep.of(
            logits.softmax(1), rows(truth(count)), ThresholdSweep.grid(0.3, 0.7, 0.01), false));
  }

  private static TestReport.Builder builder(List<String> labels, ScoreMatrix logits) {
    return TestReport.builder("Product categories", labels, outcomes(logits))
        .fact("Model", "encoder, 10 layers of 384")
        .fact("Data", "titles.tsv.gz, 3,000 of 35,311 titles")
        .fact("Seed", "42")
        .fact("Training", "1,200 steps in 2 min 41 s")
        .intervals(new Bootstrap(300, 0.95, 42))
        .log(log(1200));
  }

  private static SingleLabelOutcomes outcomes(ScoreMatrix logits) {
    return SingleLabelOutcomes.of(truth(logits.labels()), logits.best(), logits.labels());
  }

  private static int[] truth(int labels) {
    var random = new Random(1);
    return random.ints(DOCUMENTS, 0, labels).map(label -> random.nextInt(label + 1)).toArray();
  }

  private static int[][] rows(int[] labels) {
    return IntStream.of(labels).mapToObj(label -> new int[] {label}).toArray(int[][]::new);
  }

  /** Overconfident, and more likely to confuse a label with the next ones than with others. */
  private static ScoreMatrix logits(int labels) {
    var random = new Random(3);
    var truth = truth(labels);
    var logits = new float[DOCUMENTS][labels];
    for (int document = 0; document < DOCUMENTS; document++) {
      for (int label = 0; label < labels; label++) {
        int distance = Math.abs(label - truth[document]);
        logits[document][label] = (float) (2.2 * random.nextGaussian() + 7 * Math.exp(-distance / 2.0));
      }
    }
    return ScoreMatrix.of(logits);
  }

  static List<LogRecord> log(int steps) {
    var random = new Random(2);
    var records = new ArrayList<LogRecord>();
    for (int step = 1; step <= steps; step++) {
      double epoch = step / 300.0;
      double rate = 3e-4 * Math.min(step / 120.0, 0.5 * (1 + Math.cos(Math.PI * step / steps)));
      double loss = 0.15 + 2.2 * Math.exp(-step / 180.0) + 0.15 * random.nextGaussian() * Math.exp(-step / 600.0);
      records.add(new StepRecord(
          step, epoch, loss, rate, 1 + 0.3 * random.nextDouble(), 9000 + 400 * random.nextGaussian(), step * 0.13));
      if (step % 100 == 0) {
        double done = 1 - Math.exp(-step / 250.0);
        records.add(new ValidationRecord(step, epoch, 0.2 + 1.9 * Math.exp(-step / 200.0),
            Map.of("accuracy", 0.95 * done, "macro_f1", 0.90 * done - 0.02, "weighted_f1", 0.94 * done), 1.5));
      }
    }
    return records;
  }
}
