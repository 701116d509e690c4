package crema.fasttext;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a search for good hyper-parameters may cost, and what it is for.
 *
 * @param metric what is maximised on the validation text
 * @param duration the time for all trials together
 * @param modelBytes the size of the quantized model's file that must not be exceeded; 0 for any size, and no
 *     quantization
 * @param predictions the labels predicted for a line; -1 for all
 * @param fixed the names of hyper-parameters to leave as they are: {@code epoch}, {@code lr}, {@code dim},
 *     {@code wordNgrams}, {@code minn}, {@code maxn}, {@code bucket}, {@code dsub}
 * @param trialLog where each trial is logged as a line of JSON, and read from if it exists, so that a search goes on
 *     where it was stopped; null for none
 */
public record AutotuneOptions(
    Metric metric,
    Duration duration,
    long modelBytes,
    int predictions,
    Set<String> fixed,
    @Nullable Path trialLog) {

  /** Five minutes for micro F1, as the original's defaults. */
  public static final AutotuneOptions DEFAULT =
      new AutotuneOptions(Metric.MICRO_F1, Duration.ofMinutes(5), 0, 1, Set.of(), null);

  /** Checks the values, and keeps its own copy of the set. */
  public AutotuneOptions {
    fixed = Set.copyOf(fixed);
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("the autotune duration must be positive");
    }
    if (modelBytes < 0) {
      throw new IllegalArgumentException("the autotune model size must not be negative");
    }
  }

  /**
   * A number of bytes as fastText's command line has it: {@code 1500}, {@code 100k}, {@code 2M} or {@code 1G}, in
   * powers of 1000.
   *
   * @throws IllegalArgumentException if it is no such number
   */
  public static long parseSize(String text) {
    if (!text.matches("[0-9]{1,9}[kKmMgG]?")) {
      throw new IllegalArgumentException("'" + text + "' is not a size: write a number, and k, M or G after it");
    }
    char unit = text.charAt(text.length() - 1);
    long factor = switch (unit) {
      case 'k', 'K' -> 1_000L;
      case 'm', 'M' -> 1_000_000L;
      case 'g', 'G' -> 1_000_000_000L;
      default -> 1L;
    };
    return Long.parseLong(factor == 1 ? text : text.substring(0, text.length() - 1)) * factor;
  }
}
