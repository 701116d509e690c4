package crema.cli;

import crema.cli.ConfigFile.Setting;
import crema.nn.io.AtomicFile;
import crema.train.CheckpointPolicy;
import crema.train.DecisionConfig;
import crema.train.FastTextLabels;
import crema.train.FastTextTrainingConfig;
import crema.train.FastTextTuning;
import crema.train.LabelConfig;
import crema.train.LinearTrainingConfig;
import crema.train.LossConfig;
import crema.train.ModelDirectory;
import crema.train.StagesConfig;
import crema.train.TargetKind;
import crema.train.TrainingConfig;
import crema.train.TrainingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Trains a classifier. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Trains a transformer encoder, fastText or a linear baseline to give texts their labels, from CSV, TSV, JSONL or fastText files",
      "(also .gz, .zst). Writes a model directory with weights, labels, provenance, metrics.json, report.html and log.jsonl."
    },
    footer = {
      "",
      "Examples:",
      "  crema train --train offers.csv.gz --text title --label category --output models/offers",
      "  crema train --train train.tsv --validation valid.tsv --text name,description --label lvl1 \\",
      "      --output models/gpc --epochs 10 --learning-rate 5e-4 --schedule cosine --warmup 200",
      "  crema train --train offers.csv --text title --label category --group cluster_id --output models/offers",
      "  crema train --train docs.jsonl --text title,body --label topics --target multi --loss distribution-balanced \\",
      "      --output models/topics",
      "  crema train --train offers.csv --text title --label lvl1,lvl2,lvl3 --target taxonomy --output models/tree",
      "  crema train --model fasttext --train offers.csv --text title --label category --output models/fast",
      "  crema train --model linear --train offers.csv --text title --label category --output models/baseline",
      "  crema train --config offers.yaml --epochs 5 --output models/offers",
      "  crema train --resume --output models/offers",
      "",
      "Ctrl-C saves a checkpoint; --resume continues it to the same bits as if nothing had happened."
    })
final class TrainCommand implements Callable<Integer>, Configurable {
  /** What fastText calls the settings that a search would change. */
  private static final Map<String, String> ENGINE_NAMES = Map.of("--dim", "dim", "--learning-rate", "lr", "--epochs", "epoch",
      "--word-ngrams", "wordNgrams", "--minn", "minn", "--maxn", "maxn", "--buckets", "bucket");

  private final Terminal terminal;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "The model directory to write.")
  private Path output = Path.of("");

  @Option(names = ConfigDefaults.OPTION, paramLabel = "FILE",
      description = "YAML files with options as keys (without dashes); a later file overrides those before it, a flag all.")
  private List<Path> configs = List.of();

  @Option(names = "--model", paramLabel = "KIND", defaultValue = "encoder", converter = TrainedKind.Flag.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private TrainedKind kind = TrainedKind.ENCODER;

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

  @Mixin(name = "Linear")
  private LinearOptions linear = new LinearOptions();

  @Mixin(name = "Stages")
  private StageOptions stages = new StageOptions();

  @Mixin(name = "Loss")
  private LossOptions loss = new LossOptions();

  @Mixin(name = "Training")
  private TrainingOptions training = new TrainingOptions();

  @Mixin(name = "Answers")
  private DecisionOptions decisions = new DecisionOptions();

  @Mixin(name = "Validation and checkpoints")
  private CheckpointOptions checkpoints = new CheckpointOptions();

  TrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  private static final class DataOptions {
    @Option(names = "--data", paramLabel = "DIR",
        description = "Where relative data files are (default: the current folder; of a config's files, the config's folder).")
    private Path folder = Path.of("");

    private List<String> files(List<String> names) {
      return names.stream()
          .map(name -> name.equals(TrainingConfig.Data.PRODUCT_TITLES) ? name : folder.resolve(name).toString()).toList();
    }

    @Option(names = "--train", split = ",", paramLabel = "FILE", description = "Files with training rows.")
    private List<String> train = List.of();

    @Option(names = "--validation", split = ",", paramLabel = "FILE",
        description = "Files with validation rows (default: split off).")
    private List<String> validation = List.of();

    @Option(names = "--test", split = ",", paramLabel = "FILE", description = "Files with test rows (default: split off).")
    private List<String> test = List.of();

    @Option(names = "--text", split = ",", paramLabel = "COLUMN",
        description = "The text columns, joined in this order: NAME, NAME:WEIGHT to count more, or NAME:WEIGHT:PREFIX to "
            + "keep its words apart from other columns'.")
    private List<String> text = List.of();

    @Option(names = "--label", split = ",", paramLabel = "COLUMN",
        description = "The label column; several make up a path, or each add labels.")
    private List<String> label = List.of();

    @Option(names = "--target", paramLabel = "KIND", defaultValue = "single",
        description = "What a text has: single, one label; multi, any number; taxonomy, a path (default: ${DEFAULT-VALUE}).")
    private String target = "single";

    @Option(names = "--label-separator", paramLabel = "TEXT", defaultValue = LabelConfig.SEPARATOR,
        description = "Separates several labels; a cell that begins with [ is a JSON array (default: ${DEFAULT-VALUE}).")
    private String labelSeparator = LabelConfig.SEPARATOR;

    @Option(names = "--path-separator", paramLabel = "TEXT", defaultValue = LabelConfig.PATH_SEPARATOR,
        description = "Separates the segments of a path (default: '${DEFAULT-VALUE}').")
    private String pathSeparator = LabelConfig.PATH_SEPARATOR;

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

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
        description = "Of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;
  }

  private static final class CheckpointOptions {
    @Option(names = "--validate-every", paramLabel = "STEPS", defaultValue = "0",
        description = "Validate after so many steps (default: after each epoch).")
    private long validateEvery;

    @Option(names = "--metric", paramLabel = "NAME", defaultValue = "macro_f1",
        description = "What decides on the best model: loss, accuracy, macro_f1, micro_f1, weighted_f1, samples_f1 "
            + "(default: ${DEFAULT-VALUE}).")
    private String metric = "macro_f1";

    @Option(names = "--patience", paramLabel = "N", defaultValue = "0",
        description = "Stop after so many validations without a better one (default: never).")
    private int patience;

    @Option(names = "--tolerance", paramLabel = "F", defaultValue = "1",
        description = "A metric above F times the best becomes the best; 0.995 prefers later models that are hardly worse "
            + "(default: ${DEFAULT-VALUE}).")
    private double tolerance;

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
  public List<Path> configs(ParseResult given) {
    return given.matchedOptionValue(ConfigDefaults.OPTION, List.of());
  }

  @Override
  public Integer call() throws Exception {
    if (threads < 1) {
      throw new TrainingException("--threads must be at least 1");
    }
    settle();
    var directory = new ModelDirectory(output);
    boolean continues = resume && directory.holdsRun();
    if (continues) {
      refuseFinished(directory);
      refuseOtherSettings(directory);
      kind = new TrainedKind.Flag().convert(directory.trainedModel());
    } else {
      refuseForeign();
    }
    return switch (kind) {
      case ENCODER -> {
        TrainingConfig config = continues ? directory.readTrainingConfig() : encoderConfig();
        prepare(directory, continues);
        yield new TrainingSession(terminal, quiet).run(config, directory, policy(), threads, commandLine());
      }
      case FAST_TEXT -> {
        FastTextTrainingConfig config = continues ? directory.readFastTextConfig() : fastTextConfig();
        Optional<StagesConfig> cut = continues ? directory.readStagesConfig() : stages.config(decisions.config());
        prepare(directory, continues);
        var session = new TrainingSession(terminal, quiet);
        yield cut.isEmpty()
            ? session.run(config, directory, policy(), threads, commandLine())
            : session.run(cut.get(), config, directory, policy(), threads, commandLine());
      }
      case LINEAR -> {
        LinearTrainingConfig config = continues ? directory.readLinearConfig()
            : linear.config(dataConfig(), model.lowercase, loss.classWeights(), training.seed);
        Optional<StagesConfig> cut = continues ? directory.readStagesConfig() : stages.config(DecisionConfig.DEFAULT);
        prepare(directory, continues);
        var session = new TrainingSession(terminal, quiet);
        yield cut.isEmpty()
            ? session.run(config, directory, threads, commandLine())
            : session.run(cut.get(), config, directory, threads, commandLine());
      }
    };
  }

  private void prepare(ModelDirectory directory, boolean continues) throws IOException {
    if (!continues) {
      directory.prepareForRun(overwrite || resume);
      AtomicFile.writeText(directory.resolvedConfig(), resolvedConfig());
    }
  }

  private String resolvedConfig() {
    CommandSpec command = line().getCommandSpec();
    return ResolvedConfig.of(command, option -> kind.heeds(option, command));
  }

  private CheckpointPolicy policy() {
    return new CheckpointPolicy(checkpoints.checkpointSteps, checkpoints.checkpointEpochs,
        checkpoints.checkpointMinutes);
  }

  private void refuseFinished(ModelDirectory directory) {
    if (directory.holdsModel()) {
      throw new TrainingException("the run in " + output + " is finished; start over with --overwrite");
    }
  }

  /** Settings of a run are fixed when it starts: a resumed run ends with the same bits as one that was not stopped. */
  private void refuseOtherSettings(ModelDirectory directory) throws IOException {
    Map<String, Setting> before = ConfigFile.read(directory.resolvedConfig());
    Map<String, Setting> now = ConfigFile.parse(directory.resolvedConfig(), resolvedConfig());
    ConfigDefaults.keys(line()).forEach((key, option) -> {
      if (ResolvedConfig.holds(key) && !key.startsWith("checkpoint-") && ConfigDefaults.isGiven(line(), option)
          && !Setting.sameValue(before.get(key), now.get(key))) {
        throw ConfigDefaults.mistake(line(), option, " cannot be given with --resume: " + output
            + " was started with its own settings; leave it out, or start over with --overwrite");
      }
    });
  }

  private CommandLine line() {
    return Objects.requireNonNull(spec).commandLine();
  }

  private List<String> commandLine() {
    var line = new ArrayList<>(List.of("crema"));
    line.addAll(line().getParseResult().originalArgs());
    return line;
  }

  private TrainingConfig.Data dataConfig() {
    if (data.train.isEmpty()) {
      throw new TrainingException("give the training data: --train FILE");
    }
    if (data.text.isEmpty() || data.label.isEmpty()) {
      throw new TrainingException("say which columns hold texts and labels: --text COLUMN --label COLUMN");
    }
    return new TrainingConfig.Data(data.train, data.validation, data.test, data.text,
        new LabelConfig(data.label, data.target, data.labelSeparator, data.pathSeparator), data.group,
        data.validationFraction, data.testFraction, !data.noStratify, data.strict, data.languages.languages());
  }

  /** Gives the settings that nobody gave the values that depend on others. */
  private void settle() {
    data.train = data.files(data.train);
    data.validation = data.files(data.validation);
    data.test = data.files(data.test);
    if (training.epochs == null) {
      training.epochs = kind.epochs();
    }
    if (training.learningRate == null) {
      training.learningRate = kind.learningRate();
    }
  }

  /** Refuses settings which would have no effect, unless they are in a config that is shared. */
  private void refuseForeign() {
    CommandSpec command = line().getCommandSpec();
    for (OptionSpec option : command.options()) {
      if (!kind.heeds(option, command) && ConfigDefaults.isGivenAlone(line(), option)) {
        throw ConfigDefaults.mistake(line(), option, " has no effect with --model " + kind + ": leave it out");
      }
    }
  }

  private FastTextTrainingConfig fastTextConfig() {
    TrainingConfig.Data rows = dataConfig();
    LossConfig labelLoss = loss.labelLoss();
    boolean severalLabels = labelLoss != null || rows.labels().kind() == TargetKind.MULTI
        || fastText.pathLabels.equals(FastTextLabels.ALL);
    String networkLoss = fastText.loss != null ? fastText.loss
        : severalLabels ? FastTextTrainingConfig.ONE_VS_ALL : FastTextOptions.SOFTMAX;
    var network = new FastTextTrainingConfig.Network(fastText.dim,
        Objects.requireNonNull(training.learningRate), Objects.requireNonNull(training.epochs),
        networkLoss, fastText.wordNgrams, fastText.minn, fastText.maxn, fastText.buckets, fastText.minCount,
        new FastTextTrainingConfig.Text(model.lowercase, fastText.leadingWords, fastText.leadingWeight));
    return new FastTextTrainingConfig(rows, network,
        new FastTextLabels(labelLoss, fastText.pathLabels, decisions.config()), fastTextTuning(), training.seed);
  }

  private FastTextTuning fastTextTuning() {
    List<String> fixed = ENGINE_NAMES.entrySet().stream()
        .filter(name -> ConfigDefaults.isGiven(line(), line().getCommandSpec().findOption(name.getKey())))
        .map(Map.Entry::getValue).sorted().toList();
    return new FastTextTuning(fastText.folds, fastText.searchSeconds, fastText.searchMetric, fastText.modelSize,
        fastText.searchSeconds == 0 ? List.of() : fixed, fastText.quantize, fastText.cutoff);
  }

  private TrainingConfig encoderConfig() {
    TrainingConfig.Data rows = dataConfig();
    return new TrainingConfig(
        rows,
        new TrainingConfig.Tokens(model.tokenizer, model.vocabularySize, model.lowercase, model.maxLength),
        new TrainingConfig.Encoder(model.hiddenSize, model.layers, model.heads, model.keyValueHeads, model.ffnSize,
            model.head, model.headSize, model.dropout, model.headDropout, model.dropPath),
        loss.loss(rows.labels().kind()),
        loss.sampling(),
        new TrainingConfig.Optimization(Objects.requireNonNull(training.epochs), training.maxSteps, training.batchTokens, training.batchSize,
            training.accumulation, Objects.requireNonNull(training.learningRate), training.weightDecay, training.beta1, training.beta2,
            training.epsilon, training.warmup, training.schedule, training.minScale, training.clipNorm),
        decisions.config(),
        new TrainingConfig.Validation(checkpoints.validateEvery, checkpoints.metric, checkpoints.patience,
            checkpoints.tolerance),
        training.seed);
  }
}
