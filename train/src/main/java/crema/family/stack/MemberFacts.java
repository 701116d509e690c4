package crema.family.stack;

import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;

/**
 * What a table says of a member.
 *
 * @param score over all folds
 * @param deviation of the score over folds
 * @param seconds how long its trainings took, together; 0 where it was trained before
 * @param latency milliseconds that an answer takes, one of many
 * @param operations that an answer takes, about
 * @param bytes of its files
 */
record MemberFacts(double score, double deviation, double seconds, double latency, double operations,
    long bytes) {
  private static final double KILO = 1e3;
  private static final double MEGA = 1e6;
  private static final double GIGA = 1e9;

  /** The operations that an answer to one of some texts takes on average. */
  static double operations(Classifier classifier, List<String> texts) {
    return texts.stream().mapToDouble(classifier::operations).average().orElse(0);
  }

  /** The bytes of what prediction needs of a model, and of what says where it comes from. */
  static long bytes(ModelDirectory model) throws IOException {
    long bytes = 0;
    for (String file : model.files()) {
      bytes += Files.size(model.file(file));
    }
    return bytes;
  }

  /** As cells of the table of members that a report shows. */
  String describe(double weight) {
    return String.format(Locale.ROOT, "score %.4f ± %.4f; %sanswer %s; operations %s; size %s MB; weight %s", score,
        deviation, seconds > 0 ? String.format(Locale.ROOT, "training %.1f s; ", seconds) : "",
        latency >= 1 ? figures(latency) + " ms" : figures(latency * KILO) + " µs", count(operations),
        figures(bytes / MEGA), weight == 0 ? "none" : String.format(Locale.ROOT, "%.3f", weight));
  }

  /** A count that may be of any size. */
  private static String count(double value) {
    if (value >= GIGA) {
      return figures(value / GIGA) + " billion";
    }
    if (value >= MEGA) {
      return figures(value / MEGA) + " million";
    }
    return value >= KILO ? figures(value / KILO) + " thousand" : figures(value);
  }

  /** Two figures of a small number, all before the point of a large one. */
  private static String figures(double value) {
    return String.format(Locale.ROOT, value >= 10 || value == 0 ? "%,.0f" : value >= 1 ? "%.1f" : "%.2f", value);
  }
}
