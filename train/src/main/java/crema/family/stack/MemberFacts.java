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
    return String.format(Locale.ROOT, "score %.4f ± %.4f; %sanswer %.2f ms; operations %,.0f thousand; size %.1f MB; "
        + "weight %s", score, deviation, seconds > 0 ? String.format(Locale.ROOT, "training %.1f s; ", seconds) : "",
        latency, operations / KILO, bytes / MEGA, weight == 0 ? "none" : String.format(Locale.ROOT, "%.3f", weight));
  }
}
