package crema.family.encoder;

import static crema.family.encoder.OptimizationSettings.BATCH_TOKENS;
import static crema.run.TrainingSettings.SEED;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.PairSampler;
import crema.data.SplitRows;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.TextClassifier;
import crema.nn.optim.AdamW;
import crema.nn.train.LoopBuilder;
import crema.nn.train.Objective;
import crema.nn.train.TrainingLoop;
import crema.nn.train.Validation;
import crema.pretrained.PretrainedModel;
import crema.report.WrongRow;
import crema.run.DataSettings;
import crema.run.Findings;
import crema.run.FinishedRun;
import crema.run.LabelMapping;
import crema.run.ModelFiles;
import crema.run.RunRows;
import crema.run.TrainingFolds;
import crema.run.ValidationSettings;
import crema.run.Validator;
import crema.run.WrongRows;
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
import java.util.Optional;
import java.util.function.BiFunction;
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
  private final EncoderSetup setup;
  private final RunContext context;
  private final ModelDirectory directory;
  private final TrainingListener listener;
  private final int threads;
  private final Backend backend;
  private final PreparedData data;
  private final TextClassifier model;
  private final String pretrainedHash;
  private final @Nullable AdaptedClassifier adapted;
  /** The model, with its adapter if it has one; only the head, if that reads vectors of a frozen encoder. */
  private final Module trained;
  private final FineTuning fineTuning;
  private final Logits trainLogits;
  private final Logits validationLogits;
  private final Logits testLogits;
  private final AdamW optimizer;
  private final Evaluator evaluator;
  private final Validator validator;
  private final TrainingLoop<?> loop;
  private Map<String, String> foldFacts = Map.of();

  /**
   * Prepares a run, or continues the one in the directory.
   *
   * @param settings what to compute
   * @param backend where to compute; the caller closes it
   * @param context where to write, and how the run is watched
   */
  public EncoderRun(Settings settings, Backend backend, RunContext context) throws IOException {
    this.settings = settings;
    this.context = context;
    directory = context.directory();
    listener = context.listener();
    threads = context.compute().threads();
    this.backend = backend;
    setup = new EncoderSetup(settings, context);
    try (PretrainedModel pretrained = setup.openPretrained()) {
      Optional<EncoderStart> start = EncoderStart.of(settings);
      data = prepareData(pretrained, start, context);
      var source = ParameterSource.random(backend, settings.get(SEED));
      int labels = data.target().labels().size();
      model = new TextClassifier(source, start.isPresent() ? start.get().network(labels)
          : EncoderSetup.network(settings, setup.encoder(pretrained, data.tokenizer()), labels));
      pretrainedHash = pretrained == null ? start.map(EncoderStart::hash).orElse("") : pretrained.fingerprint();
      if (start.isPresent()) {
        LabelMapping mapping = LabelMapping.of(settings, start.get().target(), data.target());
        start.get().load(model, mapping);
        listener.model("from " + start.get().path() + ": " + mapping.describe());
      }
      if (pretrained != null) {
        setup.load(pretrained, model.encoder().layers().size(), model::loadPretrained);
      }
      adapted = FineTuningSettings.lora(settings)
          .map(config -> new AdaptedClassifier(source, model, model.encoder(), config)).orElse(null);
    }
    if (FineTuningSettings.readsVectors(settings)) {
      trained = model.withoutEncoder();
      listener.stage("Embedding texts");
      try (var vectors = new FrozenVectors.Maker(settings, backend, model, pretrainedHash, context)) {
        trainLogits = vectors.of(data.train()).logits();
        validationLogits = data.validation().size() == 0 ? trainLogits : vectors.of(data.validation()).logits();
        testLogits = data.test().size() == 0 ? trainLogits : vectors.of(data.test()).logits();
      }
    } else {
      trained = adapted == null ? model : adapted;
      trainLogits = Logits.of(model);
      validationLogits = trainLogits;
      testLogits = trainLogits;
    }
    fineTuning = new FineTuning(settings, model.encoder(), trained);
    optimizer = setup.optimizer(fineTuning);
    evaluator = new Evaluator(backend, data.target());
    validator = new Validator(data.target(), new AnswerSettings(settings), settings.get(ValidationSettings.METRIC));
    loop = loop();
  }

  private PreparedData prepareData(@Nullable PretrainedModel pretrained, Optional<EncoderStart> start,
      RunContext context) throws IOException {
    boolean resumes = directory.holdsRun();
    return directory.begin(new EncoderFamily(), settings, () -> {
      PreparedData prepared = PreparedData.prepare(settings, pretrained, start, resumes, context);
      try {
        // A run whose labels do not fit has not begun.
        start.ifPresent(older -> LabelMapping.of(settings, older.target(), prepared.target()));
        return prepared;
      } catch (RuntimeException e) {
        prepared.close();
        throw e;
      }
    });
  }

  private TrainingLoop<?> loop() throws IOException {
    return PairSettings.arePairs(settings) ? loopOfPairs() : loopOfRows();
  }

  /** Pairs have no validation: the head is fitted when the encoder is trained. */
  private TrainingLoop<PairBatch> loopOfPairs() throws IOException {
    var labels = new int[data.train().size()];
    Arrays.setAll(labels, data.train()::label);
    reportSingleRows(labels);
    var sampler = new PairSampler(labels, settings.get(PairSettings.ITERATIONS), settings.get(SEED));
    var batches = new PairBatches(data.train(), sampler,
        Math.max(settings.get(BATCH_TOKENS), 2 * data.train().longest()), setup.batchSize());
    var objective = new PairObjective(model, PairSettings.loss(settings, data.target(), data.train().size()),
        PairSettings.form(settings), settings.get(EncoderSettings.TOKEN_DROPOUT), fineTuning);
    return setup.configured(TrainingLoop.of(trained, batches, objective), optimizer, pretrainedHash, data.hash())
        .build();
  }

  private void reportSingleRows(int[] labels) {
    var counts = new long[data.target().labels().size()];
    Arrays.stream(labels).forEach(label -> counts[label]++);
    int[] single = IntStream.range(0, counts.length).filter(label -> counts[label] == 1).toArray();
    if (single.length > 0) {
      listener.warning(String.format(Locale.ROOT,
          "%,d %s a single training row, so nothing is similar to it: that of '%s'%s",
          single.length, single.length == 1 ? "label has" : "labels have", data.target().labels().name(single[0]),
          single.length == 1 ? "" : " and others"));
    }
  }

  private TrainingLoop<PackedBatch> loopOfRows() throws IOException {
    List<Batches> batches = (data.epochs().isEmpty() ? List.of(data.train()) : data.epochs()).stream()
        .map(examples -> new Batches(examples,
            SamplingSettings.sampler(settings, examples, data.target().labels().counts()),
            Math.max(FineTuningSettings.batchTokens(settings), examples.longest()), setup.batchSize()))
        .toList();
    var loss = ClassifierLoss.of(LossRows.of(settings, data.target().kind()), data.target(), data.train());
    BiFunction<Tape, PackedBatch, Variable> ofBatch = FineTuningSettings.readsVectors(settings)
        ? (tape, batch) -> loss.apply(tape, trainLogits.of(tape, batch), batch)
        : (tape, batch) -> loss.apply(tape, model, batch);
    var objective =
        new EncoderObjective(backend, ofBatch, loss, settings.get(EncoderSettings.TOKEN_DROPOUT), fineTuning);
    LoopBuilder<PackedBatch> loop = setup.configured(TrainingLoop.of(trained, new PackedBatches(batches), objective),
        optimizer, pretrainedHash, data.hash());
    return data.validation().size() == 0 ? loop.build()
        : setup.validating(loop).validation(validator.better(), this::validate).build();
  }

  /** The loss of a training batch, with some of its tokens left out. */
  private record EncoderObjective(Backend backend, BiFunction<Tape, PackedBatch, Variable> ofBatch, ClassifierLoss loss,
      double tokenDropout, FineTuning fineTuning) implements Objective<PackedBatch> {
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
      return ofBatch.apply(tape, batch);
    }

    @Override
    public double uninformed() {
      return loss.uninformed();
    }
  }

  private Validation.Measured validate(long step, double epoch) throws IOException {
    long began = System.nanoTime();
    Evaluator.Evaluation evaluation =
        evaluator.evaluate(data.validation(), validationLogits, new TrainingListener() {});
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
    if (settings.get(TrainingFolds.FOLDS) > 0) {
      Optional<Map<String, String>> folds = new TrainingFolds(new EncoderFamily(), settings, context)
          .run(RunRows.of(context.withListener(new TrainingListener() {}), settings));
      if (folds.isEmpty()) {
        return new TrainingResult(0, 0, null);
      }
      foldFacts = folds.get();
    }
    listener.model(
        String.format(Locale.ROOT, "%,d parameters%s for %,d steps on %d threads", model.parameterCount(),
            fineTuning.learning(model.parameterCount()), loop.totalSteps(), threads));
    if (pretrainedHash.isEmpty()) {
      Findings.tell(Findings.tooManyParameters(model.parameterCount(), data.train().size(), data.train().tokens()),
          directory, listener);
    }
    listener.stage("Training");
    TrainingLoop.Outcome outcome = loop.run();
    if (!outcome.isFinished()) {
      return new TrainingResult(outcome.steps(), outcome.bestStep(), null);
    }
    try {
      return finish(outcome, commandLine);
    } catch (IOException e) {
      throw setup.unwritten(outcome, e);
    }
  }

  /** Writes the model with the best parameters and tests it. */
  private TrainingResult finish(TrainingLoop.Outcome outcome, List<String> commandLine) throws IOException {
    if (adapted != null) {
      adapted.adapter().save(directory.adapter());
      adapted.adapter().merge();
    }
    if (PairSettings.arePairs(settings)) {
      fitHead();
    }
    if (data.test().size() > 0) {
      listener.stage("Testing");
    }
    ScoredRows validation =
        evaluator.evaluate(data.validation(), validationLogits, new TrainingListener() {}).rows();
    Target tuned = data.target().tuned(new AnswerSettings(settings), validation);
    var facts = new LinkedHashMap<String, String>();
    facts.put("Parameters", String.format(Locale.ROOT, "%,d", model.parameterCount()));
    // Without validations, the last step's weights are kept.
    long kept = outcome.bestStep() == 0 ? outcome.steps() : outcome.bestStep();
    facts.put("Steps", String.format(Locale.ROOT, "%,d, best at %,d", outcome.steps(), kept));
    facts.putAll(foldFacts);
    return new FinishedRun(directory, tuned, new AnswerSettings(settings), data.rows(), settings.get(SEED),
        context.withCommandLine(commandLine),
        outcome.steps(), kept)
        .write(new EncoderFiles(), validation, validation, new Test(), new DataSettings(settings), facts);
  }

  /** The test of the model. */
  private final class Test implements FinishedRun.Test {
    @Override
    public ScoredRows run() {
      return evaluator.evaluate(data.test(), testLogits, listener).rows().withLanguages(data.testLanguages(settings));
    }

    @Override
    public List<WrongRow> wrong(Target target, ScoredRows rows) {
      // The texts are read again: batches hold their tokens alone. What is wrong with rows was told before.
      SplitRows read = RunRows.of(context.withListener(new TrainingListener() {}), settings);
      return WrongRows.of(target,
          EncoderClassifier.ofRun(backend, model, data.tokenizer(), target, data.limit(), threads), read.test(), rows);
    }
  }

  private void fitHead() {
    listener.stage("Fitting the head");
    List<Integer> unconverged = new FittedHead(backend, model).fit(data.train(), data.target(),
        settings.get(PairSettings.HEAD_C), settings.get(SEED), threads);
    if (!unconverged.isEmpty()) {
      listener
          .warning(String.format(Locale.ROOT,
              "the head of %,d labels is not fitted to the end, for instance that of '%s': take a smaller head-c",
              unconverged.size(), data.target().labels().name(unconverged.getFirst())));
    }
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
    (adapted == null ? model : adapted).close();
    data.close();
  }
}
