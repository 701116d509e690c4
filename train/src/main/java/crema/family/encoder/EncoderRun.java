package crema.family.encoder;

import static crema.family.encoder.EncoderSettings.BAG_SIZE;
import static crema.family.encoder.EncoderSettings.DROPOUT;
import static crema.family.encoder.EncoderSettings.DROP_PATH;
import static crema.family.encoder.EncoderSettings.FFN_SIZE;
import static crema.family.encoder.EncoderSettings.HEAD;
import static crema.family.encoder.EncoderSettings.HEADS;
import static crema.family.encoder.EncoderSettings.HEAD_DROPOUT;
import static crema.family.encoder.EncoderSettings.HEAD_SIZE;
import static crema.family.encoder.EncoderSettings.HIDDEN_SIZE;
import static crema.family.encoder.EncoderSettings.KV_HEADS;
import static crema.family.encoder.EncoderSettings.LAYERS;
import static crema.family.encoder.EncoderSettings.MAX_LENGTH;
import static crema.family.encoder.FineTuningSettings.ENCODER;
import static crema.family.encoder.FineTuningSettings.POOLING;
import static crema.family.encoder.FineTuningSettings.REINITIALIZE_LAYERS;
import static crema.family.encoder.OptimizationSettings.ACCUMULATE;
import static crema.family.encoder.OptimizationSettings.BATCH_SIZE;
import static crema.family.encoder.OptimizationSettings.BATCH_TOKENS;
import static crema.family.encoder.OptimizationSettings.BETA1;
import static crema.family.encoder.OptimizationSettings.BETA2;
import static crema.family.encoder.OptimizationSettings.CLIP_NORM;
import static crema.family.encoder.OptimizationSettings.EPSILON;
import static crema.family.encoder.OptimizationSettings.MAX_STEPS;
import static crema.family.encoder.OptimizationSettings.MIN_SCALE;
import static crema.family.encoder.OptimizationSettings.SCHEDULE;
import static crema.family.encoder.OptimizationSettings.RECOMPUTE;
import static crema.family.encoder.OptimizationSettings.WARMUP;
import static crema.family.encoder.OptimizationSettings.WARMUP_FRACTION;
import static crema.family.encoder.OptimizationSettings.WEIGHT_DECAY;
import static crema.run.TrainingSettings.EPOCHS;
import static crema.run.TrainingSettings.LEARNING_RATE;
import static crema.run.TrainingSettings.SEED;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.PairSampler;
import crema.nn.InvalidWeightsException;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.HeadConfig;
import crema.nn.model.TextClassifier;
import crema.nn.model.TextClassifierConfig;
import crema.nn.model.prenorm.PreNormConfig;
import crema.nn.optim.AdamW;
import crema.nn.train.LoopBuilder;
import crema.nn.train.Objective;
import crema.nn.train.TrainingLoop;
import crema.nn.train.Validation;
import crema.pretrained.PretrainedModel;
import crema.run.DataSettings;
import crema.run.FinishedRun;
import crema.run.Languages;
import crema.run.ModelFiles;
import crema.run.ValidationSettings;
import crema.run.Validator;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LossRows;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.tensor.Backend;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains an encoder: prepares its data, assembles the {@link TrainingLoop}, and tests and writes the model at the end.
 *
 * <p>What it computes depends on the configuration and the rows alone, so a run that was killed and resumed from a
 * checkpoint ends with the same bits.
 */
public final class EncoderRun implements AutoCloseable {
  /** The random stream of a batch that token dropout draws from; those of the network count from 0. */
  static final int TOKEN_DROPOUT = -1;

  private final Settings settings;
  private final ModelDirectory directory;
  private final TrainingListener listener;
  private final int threads;
  private final Backend backend;
  private final PreparedData data;
  private final TextClassifier model;
  private final String pretrainedHash;
  private final @Nullable AdaptedClassifier adapted;
  /** The model, with its adapter if it has one. */
  private final Module trained;
  private final FineTuning fineTuning;
  private final AdamW optimizer;
  private final Evaluator evaluator;
  private final Validator validator;
  private final TrainingLoop<?> loop;

  /**
   * Prepares a run, or continues the one in the directory.
   *
   * @param settings what to compute
   * @param backend where to compute; the caller closes it
   * @param context where to write, and how the run is watched
   */
  public EncoderRun(Settings settings, Backend backend, RunContext context) throws IOException {
    this.settings = settings;
    directory = context.directory();
    listener = context.listener();
    threads = context.compute().threads();
    this.backend = backend;
    try (PretrainedModel pretrained = openPretrained(context)) {
      data = prepareData(pretrained);
      var source = ParameterSource.random(backend, settings.get(SEED));
      model = new TextClassifier(source, network(pretrained));
      pretrainedHash = pretrained == null ? "" : pretrained.fingerprint();
      if (pretrained != null) {
        load(pretrained);
      }
      adapted = FineTuningSettings.lora(settings)
          .map(config -> new AdaptedClassifier(source, model, model.encoder(), config)).orElse(null);
    }
    trained = adapted == null ? model : adapted;
    fineTuning = new FineTuning(settings, model.encoder(), trained);
    optimizer = new AdamW(fineTuning.groups(settings.get(WEIGHT_DECAY)),
        new AdamW.Options(settings.get(BETA1), settings.get(BETA2), settings.get(EPSILON)));
    evaluator = new Evaluator(backend, model, data.target());
    validator = new Validator(data.target(), new AnswerSettings(settings), settings.get(ValidationSettings.METRIC));
    loop = loop(context);
  }

  private @Nullable PretrainedModel openPretrained(RunContext context) throws IOException {
    Optional<String> encoder = settings.find(ENCODER);
    if (encoder.isEmpty()) {
      return null;
    }
    settings.checked();
    PretrainedModel pretrained = PretrainedModel.open(context.locate(encoder.get()));
    try {
      FineTuningSettings.requireFit(settings, pretrained.config());
      return pretrained;
    } catch (UserError e) {
      pretrained.close();
      throw e;
    }
  }

  private PreparedData prepareData(@Nullable PretrainedModel pretrained) throws IOException {
    boolean resumes = directory.holdsRun();
    return directory.begin(new EncoderFamily(), settings,
        () -> PreparedData.prepare(settings, pretrained, directory, resumes, threads, listener));
  }

  /** Copies the pretrained weights; the last layers keep their random ones if that is asked for. */
  private void load(PretrainedModel pretrained) {
    int layers = model.encoder().layers().size();
    int kept = layers - settings.get(REINITIALIZE_LAYERS);
    try {
      Weights.Intersection loaded = model.loadPretrained(pretrained.weights(), kept);
      List<String> lacking = loaded.missing().stream().filter(name -> name.startsWith("backbone.")).toList();
      if (!lacking.isEmpty() && kept == layers) {
        throw new UserError(pretrained.path() + " lacks weights of the encoder: " + lacking.getFirst()
            + (lacking.size() > 1 ? " and " + (lacking.size() - 1) + " more" : "")
            + "; are config.json and weights of one model?");
      }
      listener.model(pretrained.path() + ": " + loaded.report());
    } catch (InvalidWeightsException e) {
      throw new UserError(pretrained.path() + ": " + e.getMessage(), e);
    }
  }

  private TextClassifierConfig network(@Nullable PretrainedModel pretrained) {
    int numLabels = data.target().labels().size();
    if (pretrained != null) {
      int width = pretrained.config().hiddenSize();
      return new TextClassifierConfig(pretrained.config(), settings.get(POOLING), head(width),
          settings.get(BAG_SIZE), numLabels);
    }
    int hiddenSize = settings.get(HIDDEN_SIZE);
    var json = new LinkedHashMap<String, Object>();
    json.put("vocab_size", data.tokenizer().vocabularySize());
    json.put("hidden_size", hiddenSize);
    json.put("num_hidden_layers", settings.get(LAYERS));
    json.put("num_attention_heads", settings.get(HEADS));
    json.put("num_key_value_heads", settings.get(KV_HEADS));
    json.put("ffn_hidden_size", settings.get(FFN_SIZE));
    json.put("max_position_embeddings", settings.get(MAX_LENGTH));
    json.put("dropout", settings.get(DROPOUT));
    json.put("max_drop_path", settings.get(DROP_PATH));
    return new TextClassifierConfig(PreNormConfig.of(json), settings.get(POOLING), head(hiddenSize),
        settings.get(BAG_SIZE), numLabels);
  }

  private HeadConfig head(int encoderWidth) {
    int width = settings.get(HEAD_SIZE) == 0 ? encoderWidth : settings.get(HEAD_SIZE);
    return new HeadConfig(settings.get(HEAD), width, settings.get(HEAD_DROPOUT), width == encoderWidth);
  }

  private TrainingLoop<?> loop(RunContext context) throws IOException {
    return PairSettings.arePairs(settings) ? loopOfPairs(context) : loopOfRows(context);
  }

  /** Pairs have no validation: the head is fitted when the encoder is trained. */
  private TrainingLoop<PairBatch> loopOfPairs(RunContext context) throws IOException {
    var labels = new int[data.train().size()];
    Arrays.setAll(labels, data.train()::label);
    reportSingleRows(labels);
    var sampler = new PairSampler(labels, settings.get(PairSettings.ITERATIONS), settings.get(SEED));
    var batches = new PairBatches(data.train(), sampler,
        Math.max(settings.get(BATCH_TOKENS), 2 * data.train().longest()), mostInBatch());
    var objective = new PairObjective(model, PairSettings.loss(settings, data.target(), data.train().size()),
        PairSettings.form(settings), settings.get(EncoderSettings.TOKEN_DROPOUT), fineTuning);
    return configured(TrainingLoop.of(trained, batches, objective), context).build();
  }

  private void reportSingleRows(int[] labels) {
    var counts = new long[data.target().labels().size()];
    Arrays.stream(labels).forEach(label -> counts[label]++);
    int[] single = IntStream.range(0, counts.length).filter(label -> counts[label] == 1).toArray();
    if (single.length > 0) {
      listener.warning("%,d %s a single training row, so nothing is similar to it: that of '%s'%s".formatted(
          single.length, single.length == 1 ? "label has" : "labels have", data.target().labels().name(single[0]),
          single.length == 1 ? "" : " and others"));
    }
  }

  private int mostInBatch() {
    return settings.get(BATCH_SIZE) == 0 ? Integer.MAX_VALUE : settings.get(BATCH_SIZE);
  }

  private TrainingLoop<PackedBatch> loopOfRows(RunContext context) throws IOException {
    var batches = new Batches(data.train(),
        SamplingSettings.sampler(settings, data.train(), data.target().labels().counts()),
        Math.max(settings.get(BATCH_TOKENS), data.train().longest()),
        mostInBatch());
    var loss = ClassifierLoss.of(LossRows.of(settings, data.target().kind()), data.target(), data.train().size());
    var objective = new EncoderObjective(backend, model, loss, settings.get(EncoderSettings.TOKEN_DROPOUT), fineTuning);
    return configured(TrainingLoop.of(trained, new PackedBatches(batches), objective), context)
        .validation(validator.better(), this::validate)
        .validateEvery(settings.get(ValidationSettings.VALIDATE_EVERY))
        .patience(settings.get(ValidationSettings.PATIENCE))
        .tolerance(settings.get(ValidationSettings.TOLERANCE))
        .build();
  }

  /** What does not depend on what a batch is. */
  private <B> LoopBuilder<B> configured(LoopBuilder<B> builder, RunContext context) throws IOException {
    String startOver = "start over with --overwrite";
    return builder
        .optimizer(optimizer)
        .epochs(settings.get(EPOCHS))
        .maxSteps(settings.get(MAX_STEPS))
        .accumulation(settings.get(ACCUMULATE))
        .learningRate(settings.get(LEARNING_RATE))
        .schedule(settings.get(SCHEDULE), settings.get(WARMUP), settings.get(MIN_SCALE))
        .warmupFraction(settings.get(WARMUP_FRACTION))
        .recompute(settings.get(RECOMPUTE))
        .clipNorm(settings.get(CLIP_NORM) == 0 ? Double.POSITIVE_INFINITY : settings.get(CLIP_NORM))
        .seed(settings.get(SEED))
        .checkpoints(directory.checkpoints(), context.checkpoints().policy())
        .log(directory.log())
        .listener(listener)
        .stop(context.stop())
        .startOver(startOver)
        .identity("settings", Sha256.ofFile(directory.trainingConfig()),
            "is of a run with other settings than " + directory.trainingConfig() + "; " + startOver)
        .identity("encoder", pretrainedHash, "is of a run from another pretrained encoder: "
            + settings.find(ENCODER).orElse("there was one") + " has changed since the run in " + directory.path()
            + " was started; put it back, or " + startOver)
        .identity("data", data.hash(), "is of a run on other data: the data files have changed since the run in "
            + directory.path() + " was started; put them back, or " + startOver);
  }

  /** The loss of a training batch, with some of its tokens left out. */
  private record EncoderObjective(Backend backend, TextClassifier model, ClassifierLoss loss, double tokenDropout,
      FineTuning fineTuning) implements Objective<PackedBatch> {
    /** Sizes an octave that batches are filled up to: of tokens, which each cost time, and of sequences, which hardly do. */
    private static final int TOKEN_SIZES = 64;
    private static final int SEQUENCE_SIZES = 8;
    private static final int FINEST_STEP = 8;

    @Override
    public void beginEpoch(long epoch) {
      fineTuning.beginEpoch(epoch);
    }

    @Override
    public PackedBatch augment(PackedBatch batch, Rng random) {
      return filledUp(
          tokenDropout == 0 ? batch : batch.withTokensDropped(tokenDropout, random.stream(TOKEN_DROPOUT)));
    }

    /** Up to few sizes, for a backend that then repeats its work. No new sequence is longer than the longest. */
    private PackedBatch filledUp(PackedBatch batch) {
      if (!backend.repeatsSteps() || !loss.leavesOutRowsWithoutLabel()) {
        return batch;
      }
      int more = 1;
      while (true) {
        int sequences = roundedUp(batch.sequences() + more, SEQUENCE_SIZES);
        more = sequences - batch.sequences();
        int tokens = roundedUp(batch.tokens() + more, TOKEN_SIZES);
        int needed = Math.ceilDiv(tokens - batch.tokens(), batch.longest());
        if (needed <= more) {
          return batch.filledUp(sequences, tokens);
        }
        more = needed;
      }
    }

    private static int roundedUp(int count, int anOctave) {
      int step = Math.max(FINEST_STEP, Integer.highestOneBit(count - 1) / anOctave);
      return Math.ceilDiv(count, step) * step;
    }

    @Override
    public Variable apply(Tape tape, PackedBatch batch) {
      return loss.apply(tape, model, batch);
    }

    @Override
    public double uninformed() {
      return loss.uninformed();
    }
  }

  private Validation.Measured validate(long step, double epoch) throws IOException {
    long began = System.nanoTime();
    Evaluator.Evaluation evaluation = evaluator.evaluate(data.validation(), new TrainingListener() {});
    Validator.Result result = validator.validate(evaluation.rows(), evaluation.loss(), step, epoch, began);
    result.logThresholds(directory.thresholdLog());
    return new Validation.Measured(result.value(), result.entry().loss(), result.entry().metrics());
  }

  /**
   * Trains until the end, or until asked to stop.
   *
   * @param commandLine for the provenance
   * @throws UserError when training diverges, or a checkpoint does not fit
   */
  public TrainingResult run(List<String> commandLine) throws IOException {
    listener.model(
        String.format(Locale.ROOT, "%,d parameters%s for %,d steps on %d threads", model.parameterCount(), learning(),
            loop.totalSteps(), threads));
    listener.stage("Training");
    TrainingLoop.Outcome outcome = loop.run();
    if (!outcome.isFinished()) {
      return new TrainingResult(outcome.steps(), outcome.bestStep(), null);
    }
    try {
      return finish(outcome, commandLine);
    } catch (IOException e) {
      String checkpoint = outcome.checkpoint().map(file -> "The last good checkpoint is " + file)
          .orElse("No checkpoint was written");
      throw new UserError("training ended but the model could not be written: " + e.getMessage() + ". " + checkpoint
          + "; put that right and continue with: crema train --resume --output " + directory.path(), e);
    }
  }

  /** How many parameters learn, if not all do. */
  private String learning() {
    long learn = fineTuning.groups(0).stream().flatMap(group -> group.parameters().values().stream())
        .mapToLong(parameter -> parameter.value().elements()).sum();
    return learn == model.parameterCount() ? "" : String.format(Locale.ROOT, ", of which %,d learn,", learn);
  }

  /** Tests the best parameters and writes the model. */
  private TrainingResult finish(TrainingLoop.Outcome outcome, List<String> commandLine) throws IOException {
    if (adapted != null) {
      adapted.adapter().save(directory.adapter());
      adapted.adapter().merge();
    }
    if (PairSettings.arePairs(settings)) {
      fitHead();
    }
    listener.stage("Testing");
    ScoredRows validation = evaluator.evaluate(data.validation(), new TrainingListener() {}).rows();
    ScoredRows test = evaluator.evaluate(data.test(), listener).rows();
    Target tuned = data.target().tuned(new AnswerSettings(settings), validation);
    var facts = new LinkedHashMap<String, String>();
    facts.put("Parameters", "%,d".formatted(model.parameterCount()));
    // Without validations, the last step's weights are kept.
    long kept = outcome.bestStep() == 0 ? outcome.steps() : outcome.bestStep();
    facts.put("Steps", "%,d, best at %,d".formatted(outcome.steps(), kept));
    return new FinishedRun(directory, tuned, new AnswerSettings(settings), data.rows(), settings.get(SEED), commandLine,
        outcome.steps(), kept)
        .write(new EncoderFiles(), validation, test.withLanguages(testLanguages()), new DataSettings(settings), facts);
  }

  private void fitHead() {
    listener.stage("Fitting the head");
    List<Integer> unconverged = new FittedHead(backend, model).fit(data.train(), data.target(),
        settings.get(PairSettings.HEAD_C), settings.get(SEED), threads);
    if (!unconverged.isEmpty()) {
      listener
          .warning("the head of %,d labels is not fitted to the end, for instance that of '%s': take a smaller head-c"
              .formatted(unconverged.size(), data.target().labels().name(unconverged.getFirst())));
    }
  }

  /** The language of each test example; empty if there are no metrics by language. */
  private List<String> testLanguages() {
    if (!new Languages(settings).areReported()) {
      return List.of();
    }
    return IntStream.range(0, data.test().size())
        .mapToObj(example -> Objects.requireNonNull(data.test().meta(example).language())).toList();
  }

  /** What there is of an encoder besides its labels; the tokenizer was written before training. */
  private final class EncoderFiles implements ModelFiles {
    @Override
    public void writeWeights() throws IOException {
      SafetensorsWriter.write(directory.file(EncoderFamily.WEIGHTS), model.stateDict(), Map.of("format", "pt"));
    }

    @Override
    public void writeDescription() throws IOException {
      new EncoderDescription(model.config(), data.limit()).write(directory, new EncoderFamily());
    }
  }

  @Override
  public void close() {
    loop.close();
    optimizer.close();
    trained.close();
    data.close();
  }
}
