package crema.family.encoder;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.CheckpointPolicy;
import crema.classify.ModelDirectory;
import crema.classify.StopSignal;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.Row;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.EmbeddingClassifier;
import crema.nn.model.EmbeddingClassifierConfig;
import crema.nn.model.EncoderConfig;
import crema.nn.model.HeadConfig;
import crema.nn.optim.AdamW;
import crema.nn.optim.ParameterGroup;
import crema.nn.optim.Schedule;
import crema.report.StepLog;
import crema.report.StepRecord;
import crema.run.Checkpoint;
import crema.run.CheckpointStore;
import crema.run.DivergenceGuard;
import crema.run.EarlyStopping;
import crema.run.FinishedRun;
import crema.run.ModelFiles;
import crema.run.TrainingState;
import crema.run.Validator;
import crema.settings.RecordJson;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Trains an encoder: steps, validations, checkpoints, and the test at the end.
 *
 * <p>What it computes depends on the configuration and the rows alone. Everything random is a function of the seed, the
 * step and the epoch, so a run that was killed and resumed from a checkpoint ends with the same bits.
 */
public final class EncoderRun implements AutoCloseable {
  /** The random stream of a batch that token dropout draws from; those of the network count from 0. */
  private static final int TOKEN_DROPOUT = -1;

  private final TrainingConfig config;
  private final ModelDirectory directory;
  private final CheckpointPolicy policy;
  private final TrainingListener listener;
  private final StopSignal stop;
  private final Backend backend;
  private final int threads;
  private final PreparedData data;
  private final EmbeddingClassifier model;
  private final AdamW optimizer;
  private final Objective objective;
  private final Evaluator evaluator;
  private final Validator validator;
  private final Batches batches;
  private final Schedule schedule;
  private final long totalSteps;
  private final CheckpointStore checkpoints;
  private final String configHash;
  /** The parameters of the best validation, as the model's state dict. */
  private final Scope bestScope;
  private final Map<String, Tensor> best = new LinkedHashMap<>();

  private double secondsBefore;
  private long startedNanos;
  private long checkpointNanos;
  private @Nullable Path lastCheckpoint;

  /**
   * Prepares a run, or continues the one in the directory.
   *
   * @param config what to compute
   * @param directory where to write; {@linkplain ModelDirectory#prepareForRun prepared}
   * @param policy when to write checkpoints
   * @param backend where to compute; the caller closes it
   * @param threads how many threads prepare the data
   * @param listener hears how it goes
   * @param stop asks the run to stop after a step
   */
  public EncoderRun(TrainingConfig config, ModelDirectory directory, CheckpointPolicy policy, Backend backend, int threads,
      TrainingListener listener, StopSignal stop) throws IOException {
    this.config = config;
    this.directory = directory;
    this.policy = policy;
    this.listener = listener;
    this.stop = stop;
    this.backend = backend;
    this.threads = threads;
    configHash = Sha256.ofLines(List.of(RecordJson.toText(config)));
    data = prepareData(threads);
    TrainingConfig.Optimization optimization = config.optimization();
    model = new EmbeddingClassifier(ParameterSource.random(backend, config.seed()), network());
    optimizer = new AdamW(ParameterGroup.decayingMatrices(model, optimization.weightDecay()),
        new AdamW.Options(optimization.beta1(), optimization.beta2(), optimization.epsilon()));
    objective = Objective.of(config.loss(), data.target(), data.train().size());
    evaluator = new Evaluator(backend, model, data.target());
    validator = new Validator(data.target(), config.decision(), config.validation().metric());
    batches = new Batches(data.train(),
        config.sampling().sampler(data.train(), data.target().labels().counts(), config.seed()),
        Math.max(optimization.batchTokens(), data.train().longest()),
        optimization.batchSize() == 0 ? Integer.MAX_VALUE : optimization.batchSize());
    totalSteps = countSteps();
    schedule = new Schedule(Schedule.Decay.parse(optimization.schedule()), optimization.warmupSteps(), totalSteps,
        optimization.minScale());
    checkpoints = new CheckpointStore(directory.checkpoints());
    bestScope = new Scope(backend);
  }

  private PreparedData prepareData(int threads) throws IOException {
    boolean resumes = directory.holdsRun();
    return directory.begin(config,
        () -> PreparedData.prepare(config, directory, resumes, threads, listener));
  }

  private EmbeddingClassifierConfig network() {
    TrainingConfig.Encoder encoder = config.encoder();
    var json = new LinkedHashMap<String, Object>();
    json.put("vocab_size", data.tokenizer().vocabularySize());
    json.put("hidden_size", encoder.hiddenSize());
    json.put("num_hidden_layers", encoder.layers());
    json.put("num_attention_heads", encoder.heads());
    json.put("num_key_value_heads", encoder.keyValueHeads());
    json.put("ffn_hidden_size", encoder.ffnSize());
    json.put("max_position_embeddings", config.tokenizer().maxLength());
    json.put("dropout", encoder.dropout());
    json.put("max_drop_path", encoder.dropPath());
    int headSize = encoder.headSize() == 0 ? encoder.hiddenSize() : encoder.headSize();
    var head = new HeadConfig(encoder.head().equals("residual") ? HeadConfig.Kind.RESIDUAL : HeadConfig.Kind.MLP,
        headSize, encoder.headDropout(), headSize == encoder.hiddenSize());
    return new EmbeddingClassifierConfig(EncoderConfig.of(json), head, encoder.bagSize(),
        data.target().labels().size());
  }

  private long countSteps() {
    TrainingConfig.Optimization optimization = config.optimization();
    long steps = 0;
    for (int epoch = 0; epoch < optimization.epochs(); epoch++) {
      steps += Math.ceilDiv(batches.count(epoch), optimization.accumulation());
      if (optimization.maxSteps() > 0 && steps >= optimization.maxSteps()) {
        return optimization.maxSteps();
      }
    }
    return steps;
  }

  /**
   * Trains until the end, or until asked to stop.
   *
   * @param commandLine for the provenance
   * @throws UserError when training diverges, or a checkpoint does not fit
   */
  public TrainingResult run(List<String> commandLine) throws IOException {
    TrainingState state = restore();
    secondsBefore = state.seconds();
    startedNanos = System.nanoTime();
    checkpointNanos = startedNanos;
    listener.model(String.format(Locale.ROOT, "%,d parameters for %,d steps on %d threads", model.parameterCount(),
        totalSteps, threads));
    listener.stage("Training");
    try (StepLog log = StepLog.resume(directory.log(), state.step())) {
      state = train(state, log);
    }
    if (stop.isRequested() && !isFinished(state)) {
      save(state);
      return new TrainingResult(state.step(), state.earlyStopping().bestStep(), null);
    }
    try {
      return finish(state, commandLine);
    } catch (IOException e) {
      throw new UserError("training ended but the model could not be written: " + e.getMessage() + ". "
          + lastGood() + "; put that right and continue with: crema train --resume --output " + directory.path(), e);
    }
  }

  private boolean isFinished(TrainingState state) {
    return state.step() >= totalSteps || state.earlyStopping().isExhausted(config.validation().patience());
  }

  private TrainingState restore() throws IOException {
    var checkpoint = checkpoints.newest(listener);
    if (checkpoint.isEmpty()) {
      return TrainingState.start(data.hash(), configHash);
    }
    try (Checkpoint found = checkpoint.get()) {
      TrainingState state = found.state();
      if (!state.configHash().equals(configHash)) {
        throw new UserError(found.file() + " is of a run with other settings than "
            + directory.trainingConfig() + "; start over with --overwrite");
      }
      if (!state.dataHash().equals(data.hash())) {
        throw new UserError("the data files have changed since the run in " + directory.path()
            + " was started; put them back, or start over with --overwrite");
      }
      model.load(found.under(Checkpoint.MODEL));
      optimizer.load(found.under(Checkpoint.OPTIMIZER), state.step());
      Weights bestWeights = found.under(Checkpoint.BEST);
      if (!bestWeights.shapes().isEmpty()) {
        bestWeights.copyTo(bestTensors());
      }
      lastCheckpoint = found.file();
      return state;
    }
  }

  /** The copy of the best parameters, made when it is first needed. */
  private Map<String, Tensor> bestTensors() {
    if (best.isEmpty()) {
      model.stateDict().forEach((name, tensor) -> best.put(name, bestScope.emptyLike(tensor)));
    }
    return best;
  }

  private TrainingState train(TrainingState start, StepLog log) throws IOException {
    TrainingConfig.Optimization optimization = config.optimization();
    TrainingState state = start;
    var guard = new DivergenceGuard(objective.guessing(), state.smoothedLoss());
    while (!isFinished(state) && !stop.isRequested()) {
      int inEpoch = batches.count(state.epoch());
      Iterator<PackedBatch> iterator = batches.epoch(state.epoch(), state.batch());
      while (iterator.hasNext() && !isFinished(state) && !stop.isRequested()) {
        var group = new ArrayList<PackedBatch>();
        while (iterator.hasNext() && group.size() < optimization.accumulation()) {
          group.add(iterator.next());
        }
        long began = System.nanoTime();
        double learningRate = optimization.learningRate() * schedule.scale(state.step());
        StepOutcome outcome = step(group, state.step(), learningRate, guard);
        boolean epochEnds = !iterator.hasNext();
        int batchesDone = state.batch() + group.size();
        state = state.withStep(batchesDone, guard.smoothed(), secondsBefore
            + (System.nanoTime() - startedNanos) * 1e-9);
        state = epochEnds ? state.withNextEpoch() : state;
        double tokensPerSecond = group.stream().mapToInt(PackedBatch::tokens).sum() * 1e9 / (System.nanoTime() - began);
        double epoch = epochEnds ? state.epoch() : state.epoch() + (double) batchesDone / inEpoch;
        var entry = new StepRecord(state.step(), epoch, outcome.loss, learningRate, outcome.norm, tokensPerSecond,
            state.seconds());
        log.write(entry);
        listener.step(entry, totalSteps);
        state = validateIfDue(state, epochEnds, epoch, log);
        saveIfDue(state, epochEnds);
      }
    }
    return state;
  }

  private record StepOutcome(double loss, double norm) {}

  /** One optimizer step on a group of batches; the loss is the mean over all their sequences. */
  private StepOutcome step(List<PackedBatch> group, long step, double learningRate, DivergenceGuard guard) {
    int sequences = group.stream().mapToInt(PackedBatch::sequences).sum();
    double clip = config.optimization().clipNorm() == 0 ? Double.POSITIVE_INFINITY : config.optimization().clipNorm();
    try (var scope = new Scope(backend)) {
      var gradients = new Gradients(scope);
      double mean = 0;
      for (int i = 0; i < group.size(); i++) {
        double share = (double) group.get(i).sequences() / sequences;
        var rng = new Rng(config.seed(), step * config.optimization().accumulation() + i);
        mean += share * forwardAndBackward(group.get(i), rng, share, gradients);
      }
      double norm = optimizer.step(gradients, learningRate, clip).value();
      guard.check(step + 1, mean, norm, learningRate, model, () -> gradientTensors(gradients), lastGood());
      return new StepOutcome(mean, norm);
    }
  }

  private double forwardAndBackward(PackedBatch batch, Rng rng, double share, Gradients gradients) {
    try (var scope = new Scope(backend)) {
      var tape = Tape.training(scope, rng);
      double dropped = config.encoder().tokenDropout();
      Variable value = objective.apply(tape, model,
          dropped == 0 ? batch : batch.withTokensDropped(dropped, rng.stream(TOKEN_DROPOUT)));
      tape.backward(value, share, gradients);
      return value.value().item();
    }
  }

  private Map<String, Tensor> gradientTensors(Gradients gradients) {
    var tensors = new LinkedHashMap<String, Tensor>();
    model.parameters().forEach((name, parameter) -> {
      SparseRows sparse = gradients.sparseOrNull(parameter);
      Tensor dense = sparse == null ? gradients.denseOrNull(parameter) : sparse.values();
      if (dense != null) {
        tensors.put(name, dense);
      }
    });
    return tensors;
  }

  private String lastGood() {
    return lastCheckpoint == null ? "No checkpoint was written before" : "The last good checkpoint is "
        + lastCheckpoint;
  }

  private TrainingState validateIfDue(TrainingState state, boolean epochEnds, double epoch, StepLog log)
      throws IOException {
    long every = config.validation().everySteps();
    boolean due = every > 0 ? state.step() % every == 0 : epochEnds;
    if (!due && state.step() < totalSteps) {
      return state;
    }
    long began = System.nanoTime();
    var evaluation = evaluator.evaluate(data.validation(), new TrainingListener() {});
    Validator.Result result =
        validator.validate(evaluation.rows(), evaluation.loss(), state.step(), epoch, began);
    EarlyStopping early = state.earlyStopping()
        .after(state.step(), result.value(), validator.isByLoss(), config.validation().tolerance());
    if (early.improved()) {
      Weights.of(model.stateDict()).copyTo(bestTensors());
    }
    result.log(log, directory.thresholdLog());
    listener.validated(result.entry(), early.improved());
    return state.withEarlyStopping(early);
  }

  private void saveIfDue(TrainingState state, boolean epochEnds) {
    boolean bySteps = policy.everySteps() > 0 && state.step() % policy.everySteps() == 0;
    boolean byEpochs = policy.everyEpochs() > 0 && epochEnds && state.epoch() % policy.everyEpochs() == 0;
    boolean byTime = policy.everyMinutes() > 0
        && System.nanoTime() - checkpointNanos >= policy.everyMinutes() * 60e9;
    if (!bySteps && !byEpochs && !byTime) {
      return;
    }
    try {
      save(state);
    } catch (IOException e) {
      checkpointNanos = System.nanoTime();
      listener.warning("no checkpoint of step " + state.step() + ": " + e.getMessage() + "; training goes on. "
          + lastGood());
    }
  }

  private void save(TrainingState state) throws IOException {
    var tensors = new LinkedHashMap<String, Tensor>();
    model.stateDict().forEach((name, tensor) -> tensors.put(Checkpoint.MODEL + name, tensor));
    best.forEach((name, tensor) -> tensors.put(Checkpoint.BEST + name, tensor));
    optimizer.stateDict().forEach((name, tensor) -> tensors.put(Checkpoint.OPTIMIZER + name, tensor));
    lastCheckpoint = checkpoints.save(state, tensors);
    checkpointNanos = System.nanoTime();
    listener.checkpointed(state.step(), lastCheckpoint);
  }

  /** Tests the best parameters and writes the model. */
  private TrainingResult finish(TrainingState state, List<String> commandLine) throws IOException {
    if (!best.isEmpty()) {
      model.load(Weights.of(best));
    }
    listener.stage("Testing");
    ScoredRows validation = evaluator.evaluate(data.validation(), new TrainingListener() {}).rows();
    ScoredRows test = evaluator.evaluate(data.test(), listener).rows();
    Target tuned = data.target().tuned(config.decision(), validation);
    long bestStep = state.earlyStopping().bestStep();
    var facts = new LinkedHashMap<String, String>();
    facts.put("Parameters", "%,d".formatted(model.parameterCount()));
    facts.put("Steps", "%,d, best at %,d".formatted(state.step(), bestStep));
    return new FinishedRun(directory, tuned, config.decision(), data.rows(), config.seed(), commandLine, state.step(),
        bestStep)
        .write(new EncoderFiles(), validation, test.withLanguages(testLanguages()), config.data(), facts);
  }

  private List<String> testLanguages() {
    var languages = new ArrayList<String>();
    if (config.data().languages().areTold()) {
      Function<Row, String> reader = config.data().languages().reader();
      data.testRecipe().forEachUsed(row -> languages.add(reader.apply(row)));
    }
    return languages;
  }

  /** What there is of an encoder besides its labels; the tokenizer was written before training. */
  private final class EncoderFiles implements ModelFiles {
    @Override
    public void writeWeights() throws IOException {
      SafetensorsWriter.write(directory.file(EncoderFamily.WEIGHTS), model.stateDict(), Map.of("format", "pt"));
    }

    @Override
    public void writeDescription() throws IOException {
      new EncoderDescription(model.config(), config.tokenizer().maxLength()).write(directory);
    }
  }

  @Override
  public void close() {
    bestScope.close();
    optimizer.close();
    model.close();
    data.close();
  }
}
