package crema.cli;

import crema.family.fasttext.FastTextLabels;
import crema.family.fasttext.FastTextTrainingConfig;
import crema.family.fasttext.FastTextTuning;
import crema.run.DataSettings;
import crema.task.DecisionConfig;
import crema.task.LossConfig;
import crema.task.TargetKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options of fastText. */
final class FastTextOptions {
  /** What fastText calls the settings that a search would change. */
  private static final Map<String, String> ENGINE_NAMES = Map.of("--dim", "dim", "--learning-rate", "lr",
      "--epochs", "epoch", "--word-ngrams", "wordNgrams", "--minn", "minn", "--maxn", "maxn", "--buckets", "bucket");

  private static final String SOFTMAX = "softmax";

  @Option(names = "--dim", paramLabel = "N", defaultValue = "100",
      description = "The length of a vector (default: ${DEFAULT-VALUE}).")
  private int dim;

  @Option(names = "--fasttext-loss", paramLabel = "NAME",
      description = "softmax, hs for thousands of labels, ns or one-vs-all (default: softmax; one-vs-all for several "
          + "labels). One of the losses from bce to distribution-balanced can be chosen by --loss instead.")
  private @Nullable String loss;

  @Option(names = "--path-labels", paramLabel = "KIND", defaultValue = "last",
      description = "What is learnt of a path: last, the whole path as one label; all, also those above it "
          + "(default: ${DEFAULT-VALUE}).")
  private String pathLabels = "last";

  @Option(names = "--word-ngrams", paramLabel = "N", defaultValue = "2",
      description = "The longest word n-gram (default: ${DEFAULT-VALUE}).")
  private int wordNgrams;

  @Option(names = "--minn", paramLabel = "N", defaultValue = "2",
      description = "The shortest character n-gram (default: ${DEFAULT-VALUE}).")
  private int minn;

  @Option(names = "--maxn", paramLabel = "N", defaultValue = "6",
      description = "The longest character n-gram; 0 for none (default: ${DEFAULT-VALUE}).")
  private int maxn;

  @Option(names = "--buckets", paramLabel = "N", defaultValue = "200000",
      description = "Rows shared by all n-grams (default: ${DEFAULT-VALUE}).")
  private int buckets;

  @Option(names = "--min-count", paramLabel = "N", defaultValue = "1",
      description = "Words seen less often get no vector of their own (default: ${DEFAULT-VALUE}).")
  private int minCount;

  @Option(names = "--folds", paramLabel = "K", defaultValue = "0",
      description = "First cross-validate on the training rows, in K parts with the proportions of the labels (default: no).")
  private int folds;

  @Option(names = "--autotune-duration", paramLabel = "SECONDS", defaultValue = "0",
      description = "Search so long for the settings that are best on the validation rows; those that are given stay as "
          + "they are (default: no search).")
  private int searchSeconds;

  @Option(names = "--autotune-metric", paramLabel = "NAME", defaultValue = "macro-f1",
      description = "f1, macro-f1, weighted-f1, precision, recall, f1:LABEL, precisionAtRecall:PERCENT:LABEL or "
          + "recallAtPrecision:PERCENT:LABEL (default: ${DEFAULT-VALUE}).")
  private String searchMetric = "macro-f1";

  @Option(names = "--autotune-model-size", paramLabel = "SIZE", defaultValue = "",
      description = "Search among quantized models of at most so many bytes, for instance 2M.")
  private String modelSize = "";

  @Option(names = "--quantize", description = "Make the model many times smaller, at little cost in accuracy.")
  private boolean quantize;

  @Option(names = "--cutoff", paramLabel = "N", defaultValue = "0",
      description = "A quantized model keeps so many words and n-grams and is trained on (default: all).")
  private int cutoff;

  @Option(names = "--leading-words", paramLabel = "N", defaultValue = "0",
      description = "How many words at the start of a text count more (default: none).")
  private int leadingWords;

  @Option(names = "--leading-weight", paramLabel = "N", defaultValue = "1",
      description = "How many more times those are read (default: ${DEFAULT-VALUE}).")
  private int leadingWeight;

  /**
   * The settings.
   *
   * @param line the command line, of which it matters what was given: a search leaves that as it is
   * @param labelLoss the loss that {@code --loss} chose; null for fastText's own
   */
  FastTextTrainingConfig config(CommandLine line, DataSettings data, boolean lowercase, TrainingOptions training,
      @Nullable LossConfig labelLoss, DecisionConfig decision) {
    boolean severalLabels = labelLoss != null || data.labels().kind() == TargetKind.MULTI
        || pathLabels.equals(FastTextLabels.ALL);
    String networkLoss = loss != null ? loss : severalLabels ? FastTextTrainingConfig.ONE_VS_ALL : SOFTMAX;
    var network = new FastTextTrainingConfig.Network(dim, training.learningRate(), training.epochs(), networkLoss,
        wordNgrams, minn, maxn, buckets, minCount,
        new FastTextTrainingConfig.Text(lowercase, leadingWords, leadingWeight));
    return new FastTextTrainingConfig(data, network, new FastTextLabels(labelLoss, pathLabels, decision), tuning(line),
        training.seed());
  }

  private FastTextTuning tuning(CommandLine line) {
    List<String> fixed = ENGINE_NAMES.entrySet().stream()
        .filter(name -> ConfigDefaults.isGiven(line, line.getCommandSpec().findOption(name.getKey())))
        .map(Map.Entry::getValue).sorted().toList();
    return new FastTextTuning(folds, searchSeconds, searchMetric, modelSize, searchSeconds == 0 ? List.of() : fixed,
        quantize, cutoff);
  }
}
