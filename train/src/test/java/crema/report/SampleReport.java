package crema.report;

import crema.metrics.Bootstrap;
import crema.metrics.SingleLabelOutcomes;
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

  private SampleReport() {}

  static TestReport.Builder builder(List<String> labels) {
    var random = new Random(1);
    int count = labels.size();
    var truth = random.ints(3000, 0, count).map(label -> random.nextInt(label + 1)).toArray();
    var predicted = IntStream.of(truth)
        .map(label -> random.nextDouble() < 0.92 ? label : Math.min(count - 1, label + random.nextInt(3)))
        .toArray();
    return TestReport.builder("Product categories", labels, SingleLabelOutcomes.of(truth, predicted, count))
        .fact("Model", "encoder, 10 layers of 384")
        .fact("Data", "titles.tsv.gz, 3,000 of 35,311 titles")
        .fact("Seed", "42")
        .fact("Training", "1,200 steps in 2 min 41 s")
        .intervals(new Bootstrap(300, 0.95, 42))
        .log(log(1200));
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
