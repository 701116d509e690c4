package crema.cli.fasttext;

import crema.fasttext.AutotuneOptions;
import crema.fasttext.Metric;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The original's flags of the search for hyper-parameters, and a log of its trials. */
final class AutotuneFlags {
  @Option(names = "-autotune-validation", paramLabel = "FILE",
      description = "Search for the hyper-parameters that are best on this text; those that are given stay as they are.")
  @Nullable
  Path validation;

  @Option(names = "-autotune-metric", paramLabel = "NAME", defaultValue = "f1",
      description = "f1, macro-f1, weighted-f1, precision, recall, f1:LABEL, precisionAtRecall:PERCENT:LABEL or "
          + "recallAtPrecision:PERCENT:LABEL (default: ${DEFAULT-VALUE}).")
  private String metric = "f1";

  @Option(names = "-autotune-predictions", paramLabel = "N", defaultValue = "1",
      description = "Labels predicted for a line; -1 for all (default: ${DEFAULT-VALUE}).")
  private int predictions;

  @Option(names = "-autotune-duration", paramLabel = "SECONDS", defaultValue = "300",
      description = "Time for all trials together (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "-autotune-modelsize", paramLabel = "SIZE", defaultValue = "",
      description = "Quantize the model to at most so many bytes, for instance 2M (default: do not quantize).")
  private String modelSize = "";

  @Option(names = "-autotune-log", paramLabel = "FILE",
      description = "Log each trial as a line of JSON; a search that was stopped goes on from there.")
  private @Nullable Path log;

  /** Whether the model is to be quantized. */
  boolean quantizes() {
    return validation != null && !modelSize.isEmpty();
  }

  /** The search that the flags ask for. */
  AutotuneOptions options(ParseResult given) {
    Set<String> fixed = Stream.of("epoch", "lr", "dim", "wordNgrams", "minn", "maxn", "bucket")
        .filter(name -> given.hasMatchedOption("-" + name))
        .collect(Collectors.toSet());
    long bytes = modelSize.isEmpty() ? 0 : AutotuneOptions.parseSize(modelSize);
    return new AutotuneOptions(Metric.parse(metric), Duration.ofSeconds(seconds), bytes, predictions, fixed, log);
  }
}
