package crema.cli;

import crema.train.CheckpointPolicy;
import crema.train.FastTextTrainingConfig;
import crema.train.ModelDirectory;
import crema.train.TrainingConfig;
import crema.train.TrainingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a classifier. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Trains a transformer encoder, or fastText, to give texts their labels, from CSV, TSV, JSONL or fastText files",
      "(also .gz, .zst). Writes a model directory with weights, labels, provenance, metrics.json, report.html and log.jsonl."
    },
    footer = {
      "",
      "Examples:",
      "  crema train --train offers.csv.gz --text title --label category --output models/offers",
      "  crema train --train train.tsv --validation valid.tsv --text name,description --label lvl1 \\",
      "      --output models/gpc --epochs 10 --learning-rate 5e-4 --schedule cosine --warmup 200",
      "  crema train --train offers.csv --text title --label category --group cluster_id --output models/offers",
      "  crema train --model fasttext --train offers.csv --text title --label category --output models/fast",
      "  crema train --resume --output models/offers",
      "",
      "Ctrl-C saves a checkpoint; --resume continues it to the same bits as if nothing had happened."
    })
final class TrainCommand implements Callable<Integer> {
  private static final String ENCODER = "encoder";
  private static final String FAST_TEXT = "fasttext";

  /** The settings of an encoder that fastText shares. */
  private static final List<String> SHARED =
      List.of("--lowercase", "--epochs", "--learning-rate", "--seed", "--checkpoint-minutes");

  private static final int EPOCHS = 3;
  private static final double LEARNING_RATE = 3e-4;

  private final Terminal terminal;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "The model directory to write.")
  private Path output = Path.of("");

  @Option(names = "--model", paramLabel = "KIND", defaultValue = ENCODER,
      description = "encoder or fasttext (default: ${DEFAULT-VALUE}).")
  private String kind = ENCODER;

  @Option(names = "--resume", description = "Continue the run in the output directory; all settings are taken from there.")
  private boolean resume;

  @Option(names = "--overwrite", description = "Start over where the output directory holds a run.")
  private boolean overwrite;

  @Option(names = "--threads", paramLabel = "N",
      description = "Threads to compute with (default: all processors). The result does not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = {"-q", "--quiet"}, description = "No progress, only warnings and the final table.")
  private boolean quiet;

  @Mixin(name = "Data")
  private DataOptions data = new DataOptions();

  @Mixin(name = "Encoder")
  private ModelOptions model = new ModelOptions();

  @Mixin(name = "FastText")
  private FastTextOptions fastText = new FastTextOptions();

  @Mixin(name = "Training")
  private TrainingOptions training = new TrainingOptions();

  @Mixin(name = "Validation and checkpoints")
  private CheckpointOptions checkpoints = new CheckpointOptions();

  TrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  private static final class DataOptions {
    @Option(names = "--train", split = ",", paramLabel = "FILE", description = "Files with training rows.")
    private List<String> train = List.of();

    @Option(names = "--validation", split = ",", paramLabel = "FILE",
        description = "Files with validation rows (default: split off).")
    private List<String> validation = List.of();

    @Option(names = "--test", split = ",", paramLabel = "FILE", description = "Files with test rows (default: split off).")
    private List<String> test = List.of();

    @Option(names = "--text", split = ",", paramLabel = "COLUMN", description = "The text columns, joined in this order.")
    private List<String> text = List.of();

    @Option(names = "--label", paramLabel = "COLUMN", description = "The label column.")
    private @Nullable String label;

    @Option(names = "--group", paramLabel = "COLUMN",
        description = "A column whose equal values stay in one split, for instance the product of several offers.")
    private @Nullable String group;

    @Mixin
    private LanguageOptions languages = new LanguageOptions();

    @Option(names = "--validation-fraction", paramLabel = "F", defaultValue = "0.1",
        description = "How much to split off for validation (default: ${DEFAULT-VALUE}).")
    private double validationFraction;

    @Option(names = "--test-fraction", paramLabel = "F", defaultValue = "0.1",
        description = "How much to split off for the test (default: ${DEFAULT-VALUE}).")
    private double testFraction;

    @Option(names = "--no-stratify", description = "Split without regard to labels (default: keep their proportions).")
    private boolean noStratify;

    @Option(names = "--strict", description = "Stop at a malformed row (default: count it, show it, skip it).")
    private boolean strict;
  }

  private static final class ModelOptions {
    @Option(names = "--tokenizer", paramLabel = "FILE", description = "A tokenizer.json (default: train one on the texts).")
    private @Nullable String tokenizer;

    @Option(names = "--vocabulary-size", paramLabel = "N", defaultValue = "32000",
        description = "Of the tokenizer that is trained (default: ${DEFAULT-VALUE}).")
    private int vocabularySize;

    @Option(names = "--lowercase", description = "Ignore case.")
    private boolean lowercase;

    @Option(names = "--max-length", paramLabel = "N", defaultValue = "256",
        description = "Longer texts are cut to so many tokens (default: ${DEFAULT-VALUE}).")
    private int maxLength;

    @Option(names = "--hidden-size", paramLabel = "N", defaultValue = "384",
        description = "Features of a token (default: ${DEFAULT-VALUE}).")
    private int hiddenSize;

    @Option(names = "--layers", paramLabel = "N", defaultValue = "10", description = "Blocks (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--heads", paramLabel = "N", defaultValue = "6", description = "Query heads (default: ${DEFAULT-VALUE}).")
    private int heads;

    @Option(names = "--kv-heads", paramLabel = "N", defaultValue = "2",
        description = "Key and value heads (default: ${DEFAULT-VALUE}).")
    private int keyValueHeads;

    @Option(names = "--ffn-size", paramLabel = "N", defaultValue = "1536",
        description = "Features within the feed-forward network (default: ${DEFAULT-VALUE}).")
    private int ffnSize;

    @Option(names = "--head", paramLabel = "KIND", defaultValue = "mlp",
        description = "mlp or residual (default: ${DEFAULT-VALUE}).")
    private String head = "mlp";

    @Option(names = "--head-size", paramLabel = "N", defaultValue = "0",
        description = "Features within the head (default: the hidden size).")
    private int headSize;

    @Option(names = "--dropout", paramLabel = "P", defaultValue = "0",
        description = "On embeddings and attention weights (default: ${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--head-dropout", paramLabel = "P", defaultValue = "0.1",
        description = "Within the head (default: ${DEFAULT-VALUE}).")
    private double headDropout;

    @Option(names = "--drop-path", paramLabel = "P", defaultValue = "0.1",
        description = "Stochastic depth of the last layer (default: ${DEFAULT-VALUE}).")
    private double dropPath;
  }

  private static final class FastTextOptions {
    private static final int EPOCHS = 10;
    private static final double LEARNING_RATE = 0.5;

    @Option(names = "--dim", paramLabel = "N", defaultValue = "100",
        description = "The length of a vector (default: ${DEFAULT-VALUE}).")
    private int dim;

    @Option(names = "--fasttext-loss", paramLabel = "NAME", defaultValue = "softmax",
        description = "softmax, hs for thousands of labels, ns or one-vs-all (default: ${DEFAULT-VALUE}).")
    private String loss = "softmax";

    @Option(names = "--word-ngrams", paramLabel = "N", defaultValue = "2",
        description = "The longest word n-gram (default: ${DEFAULT-VALUE}).")
    private int wordNgrams;

    @Option(names = "--minn", paramLabel = "N", defaultValue = "3",
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

    @Option(names = "--leading-words", paramLabel = "N", defaultValue = "0",
        description = "How many words at the start of a text count more (default: none).")
    private int leadingWords;

    @Option(names = "--leading-weight", paramLabel = "N", defaultValue = "1",
        description = "How many more times those are read (default: ${DEFAULT-VALUE}).")
    private int leadingWeight;
  }

  private static final class TrainingOptions {
    @Option(names = "--epochs", paramLabel = "N",
        description = "Passes over the training rows (default: 3; fastText: 10).")
    private @Nullable Integer epochs;

    @Option(names = "--max-steps", paramLabel = "N", defaultValue = "0", description = "Stop after so many steps.")
    private long maxSteps;

    @Option(names = "--batch-tokens", paramLabel = "N", defaultValue = "2048",
        description = "A batch holds at most so many tokens (default: ${DEFAULT-VALUE}).")
    private int batchTokens;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "0",
        description = "A batch holds at most so many texts (default: no limit).")
    private int batchSize;

    @Option(names = "--accumulate", paramLabel = "N", defaultValue = "1",
        description = "Batches whose gradients make one step (default: ${DEFAULT-VALUE}).")
    private int accumulation;

    @Option(names = "--learning-rate", paramLabel = "LR",
        description = "The highest learning rate (default: 3e-4; fastText: 0.5).")
    private @Nullable Double learningRate;

    @Option(names = "--weight-decay", paramLabel = "W", defaultValue = "0.01",
        description = "Of matrices; biases, norms and gammas do not decay (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(names = "--beta1", paramLabel = "B", defaultValue = "0.9", description = "AdamW's (default: ${DEFAULT-VALUE}).")
    private double beta1;

    @Option(names = "--beta2", paramLabel = "B", defaultValue = "0.999", description = "AdamW's (default: ${DEFAULT-VALUE}).")
    private double beta2;

    @Option(names = "--epsilon", paramLabel = "E", defaultValue = "1e-8", description = "AdamW's (default: ${DEFAULT-VALUE}).")
    private double epsilon;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "100",
        description = "Steps in which the learning rate rises (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(names = "--schedule", paramLabel = "KIND", defaultValue = "cosine",
        description = "none, linear, cosine or exponential (default: ${DEFAULT-VALUE}).")
    private String schedule = "cosine";

    @Option(names = "--min-scale", paramLabel = "F", defaultValue = "0.1",
        description = "Where the schedule ends, as a fraction of the learning rate (default: ${DEFAULT-VALUE}).")
    private double minScale;

    @Option(names = "--clip-norm", paramLabel = "N", defaultValue = "1",
        description = "The largest norm of a gradient; 0 for no limit (default: ${DEFAULT-VALUE}).")
    private double clipNorm;

    @Option(names = "--label-smoothing", paramLabel = "E", defaultValue = "0",
        description = "Of the cross-entropy (default: ${DEFAULT-VALUE}).")
    private double labelSmoothing;

    @Option(names = "--class-weights", paramLabel = "KIND", defaultValue = "none",
        description = "none, or balanced: rare labels count more (default: ${DEFAULT-VALUE}).")
    private String classWeights = "none";

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
        description = "Of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;
  }

  private static final class CheckpointOptions {
    @Option(names = "--validate-every", paramLabel = "STEPS", defaultValue = "0",
        description = "Validate after so many steps (default: after each epoch).")
    private long validateEvery;

    @Option(names = "--metric", paramLabel = "NAME", defaultValue = "macro_f1",
        description = "What decides on the best model: loss, accuracy, macro_f1, micro_f1, weighted_f1 "
            + "(default: ${DEFAULT-VALUE}).")
    private String metric = "macro_f1";

    @Option(names = "--patience", paramLabel = "N", defaultValue = "0",
        description = "Stop after so many validations without a better one (default: never).")
    private int patience;

    @Option(names = "--checkpoint-steps", paramLabel = "N", defaultValue = "0",
        description = "A checkpoint after so many steps.")
    private long checkpointSteps;

    @Option(names = "--checkpoint-epochs", paramLabel = "N", defaultValue = "1",
        description = "A checkpoint after so many epochs (default: ${DEFAULT-VALUE}).")
    private int checkpointEpochs;

    @Option(names = "--checkpoint-minutes", paramLabel = "N", defaultValue = "10",
        description = "A checkpoint after so many minutes (default: ${DEFAULT-VALUE}).")
    private double checkpointMinutes;
  }

  @Override
  public Integer call() throws Exception {
    if (threads < 1) {
      throw new TrainingException("--threads must be at least 1");
    }
    var directory = new ModelDirectory(output);
    boolean continues = resume && directory.holdsRun();
    if (continues) {
      refuseOtherSettings();
    }
    return switch (continues && directory.holdsFastTextRun() ? FAST_TEXT : kind) {
      case ENCODER -> {
        TrainingConfig config = continues ? directory.readTrainingConfig() : encoderConfig();
        prepare(directory, continues);
        yield new TrainingSession(terminal, quiet).run(config, directory, policy(), threads, commandLine());
      }
      case FAST_TEXT -> {
        FastTextTrainingConfig config = continues ? directory.readFastTextConfig() : fastTextConfig();
        prepare(directory, continues);
        yield new TrainingSession(terminal, quiet).run(config, directory, policy(), threads, commandLine());
      }
      default -> throw new TrainingException("--model must be encoder or fasttext, not '" + kind + "'");
    };
  }

  private void prepare(ModelDirectory directory, boolean continues) throws IOException {
    if (!continues) {
      directory.prepareForRun(overwrite || resume);
    }
  }

  private CheckpointPolicy policy() {
    return new CheckpointPolicy(checkpoints.checkpointSteps, checkpoints.checkpointEpochs,
        checkpoints.checkpointMinutes);
  }

  /** Settings of a run are fixed when it starts: a resumed run ends with the same bits as one that was not stopped. */
  private void refuseOtherSettings() {
    List<String> allowed = List.of("--output", "--resume", "--threads", "--quiet", "--checkpoint-steps",
        "--checkpoint-epochs", "--checkpoint-minutes");
    for (var option : Objects.requireNonNull(spec).commandLine().getParseResult().matchedOptions()) {
      if (!allowed.contains(option.longestName())) {
        throw new TrainingException(option.longestName() + " cannot be given with --resume: " + output
            + " was started with its own settings; leave it out, or start over with --overwrite");
      }
    }
  }

  private List<String> commandLine() {
    var line = new ArrayList<>(List.of("crema"));
    line.addAll(Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs());
    return line;
  }

  private TrainingConfig.Data dataConfig() {
    if (data.train.isEmpty()) {
      throw new TrainingException("give the training data: --train FILE");
    }
    if (data.text.isEmpty() || data.label == null) {
      throw new TrainingException("say which columns hold texts and labels: --text COLUMN --label COLUMN");
    }
    return new TrainingConfig.Data(data.train, data.validation, data.test, data.text, data.label, data.group,
        data.validationFraction, data.testFraction, !data.noStratify, data.strict,
        data.languages.languages());
  }

  private static <T> T given(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  /** Refuses settings of these sections, which would have no effect. */
  private void refuse(List<String> sections) {
    CommandSpec command = Objects.requireNonNull(spec);
    for (String section : sections) {
      for (var option : Objects.requireNonNull(command.mixins().get(section)).options()) {
        String name = option.longestName();
        if (command.commandLine().getParseResult().hasMatchedOption(name) && !SHARED.contains(name)) {
          throw new TrainingException(name + " has no effect with --model " + kind + ": leave it out");
        }
      }
    }
  }

  private FastTextTrainingConfig fastTextConfig() {
    refuse(List.of("Encoder", "Training", "Validation and checkpoints"));
    var network = new FastTextTrainingConfig.Network(fastText.dim,
        given(training.learningRate, FastTextOptions.LEARNING_RATE), given(training.epochs, FastTextOptions.EPOCHS),
        fastText.loss, fastText.wordNgrams, fastText.minn, fastText.maxn, fastText.buckets, fastText.minCount,
        new FastTextTrainingConfig.Text(model.lowercase, fastText.leadingWords, fastText.leadingWeight));
    return new FastTextTrainingConfig(dataConfig(), network, training.seed);
  }

  private TrainingConfig encoderConfig() {
    refuse(List.of("FastText"));
    return new TrainingConfig(
        dataConfig(),
        new TrainingConfig.Tokens(model.tokenizer, model.vocabularySize, model.lowercase, model.maxLength),
        new TrainingConfig.Encoder(model.hiddenSize, model.layers, model.heads, model.keyValueHeads, model.ffnSize,
            model.head, model.headSize, model.dropout, model.headDropout, model.dropPath),
        new TrainingConfig.Optimization(given(training.epochs, EPOCHS), training.maxSteps, training.batchTokens, training.batchSize,
            training.accumulation, given(training.learningRate, LEARNING_RATE), training.weightDecay, training.beta1, training.beta2,
            training.epsilon, training.warmup, training.schedule, training.minScale, training.clipNorm,
            training.labelSmoothing, training.classWeights),
        new TrainingConfig.Validation(checkpoints.validateEvery, checkpoints.metric, checkpoints.patience),
        training.seed);
  }
}
