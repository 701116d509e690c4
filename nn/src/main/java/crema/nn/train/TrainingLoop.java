package crema.nn.train;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.base.UserError;
import crema.nn.Module;
import crema.nn.Weights;
import crema.nn.optim.AdamW;
import crema.nn.optim.Schedule;
import crema.tensor.Backend;
import crema.tensor.Deferred;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Trains a module: steps of one or more batches, a schedule of the learning rate, clipping, validations, early stopping
 * and, in a folder, checkpoints and a log.
 *
 * <pre>{@code
 * TrainingLoop.of(model, BatchSource.shuffled(examples, 32, seed), objective)
 *     .learningRate(1e-3).epochs(10).seed(seed)
 *     .folder(Path.of("run")).listener(new ProgressBar(System.err))
 *     .run();
 * }</pre>
 *
 * <p>What it computes depends on the module's initial parameters, the batches and the settings alone. Everything random
 * is a function of the seed, the step and the batch, so a run that was stopped or killed and resumed from its folder
 * ends with the same bits.
 *
 * @param <B> a batch
 */
public final class TrainingLoop<B> implements AutoCloseable {
  private static final String STEPS = "steps";
  private static final String SCHEDULE = "schedule";

  private final LoopBuilder<B> settings;
  private final Module model;
  private final BatchSource<B> batches;
  private final Objective<B> objective;
  private final Backend backend;
  private final AdamW optimizer;
  private final Schedule schedule;
  private final long totalSteps;
  private final Map<String, Identity> identity;
  private final @Nullable CheckpointStore checkpoints;
  /** The parameters of the best validation, as the module's state dict. */
  private final Scope bestScope;
  private final Map<String, Tensor> best = new LinkedHashMap<>();

  private double secondsBefore;
  private long startedNanos;
  private long checkpointNanos;
  private long savedStep;
  private @Nullable Path lastCheckpoint;

  /** A part of what tells a run from others, and the message for a checkpoint of another one. */
  record Identity(String value, String message) {}

  /**
   * How a run ended. The module then has the best parameters, or the last ones if there was no validation; if the run
   * was stopped, those that it stopped with.
   *
   * @param steps training steps made, over all resumed parts
   * @param bestStep the step of the best validation; 0 if there was none
   * @param isFinished false if the run was stopped before its end
   * @param checkpoint the newest checkpoint, if there is one
   */
  public record Outcome(long steps, long bestStep, boolean isFinished, Optional<Path> checkpoint) {}

  TrainingLoop(LoopBuilder<B> builder) {
    settings = builder.copy();
    model = settings.model;
    batches = settings.batches;
    objective = settings.objective;
    backend = model.stateDict().values().stream().findFirst()
        .orElseThrow(() -> new IllegalArgumentException("a module without parameters cannot be trained")).backend();
    optimizer = settings.optimizer != null ? settings.optimizer : new AdamW(model, settings.weightDecay);
    totalSteps = countSteps();
    schedule = new Schedule(settings.decay, warmup(), totalSteps, settings.minScale);
    identity = identity();
    checkpoints = settings.checkpoints == null ? null
        : new CheckpointStore(settings.checkpoints, settings.startOver);
    bestScope = new Scope(backend);
  }

  /**
   * Begins the settings of a loop.
   *
   * @param model what is trained; its backend computes
   * @param batches the batches of each epoch
   * @param objective the loss of a batch
   */
  public static <B> LoopBuilder<B> of(Module model, BatchSource<B> batches, Objective<B> objective) {
    return new LoopBuilder<>(model, batches, objective);
  }

  private long warmup() {
    if (settings.warmupFraction > 0) {
      return Math.round(settings.warmupFraction * totalSteps);
    }
    return settings.mostWarmup == 1 ? settings.warmup
        : Math.min(settings.warmup, Math.max(1, Math.round(settings.mostWarmup * totalSteps)));
  }

  private long countSteps() {
    long steps = 0;
    for (int epoch = 0; epoch < settings.epochs; epoch++) {
      steps += Math.ceilDiv(batches.count(epoch), settings.accumulation);
      if (settings.maxSteps > 0 && steps >= settings.maxSteps) {
        return settings.maxSteps;
      }
    }
    return steps;
  }

  /** What the caller tells the run by, and the settings of the loop itself. */
  private Map<String, Identity> identity() {
    var parts = new LinkedHashMap<>(settings.identity);
    var own = new LinkedHashMap<String, Object>();
    own.put(STEPS, totalSteps);
    own.put("seed", settings.seed);
    own.put("accumulation", settings.accumulation);
    own.put("learning rate", settings.learningRate);
    own.put(SCHEDULE, schedule);
    own.put("clip norm", settings.clipNorm);
    own.put("validations every", settings.validateEvery);
    own.put("patience", settings.patience);
    own.put("tolerance", settings.tolerance);
    own.forEach((name, value) -> parts.put(name, new Identity(value.toString(),
        "is of a run with another " + name + " than " + value + "; give it the same, or " + settings.startOver)));
    return parts;
  }

  /** How many steps the whole run has. */
  public long totalSteps() {
    return totalSteps;
  }

  /**
   * Trains until the end, or until asked to stop. A run whose folder has checkpoints goes on from the newest. Where that is
   * the end of a run with fewer epochs, the learning rate goes on as in a run that was planned for all of them, and the
   * patience of early stopping begins anew.
   *
   * @throws UserError when training diverges, or a checkpoint does not fit
   * @throws IOException when the log, or the checkpoint of a run that was stopped, cannot be written
   */
  public Outcome run() throws IOException {
    TrainingState state = restore();
    if (schedule.warmup() > 0 && schedule.warmup() >= totalSteps && state.step() == 0) {
      settings.listener
          .warning(String.format(Locale.ROOT,
              "the run has %,d %s, all within the warm-up of %,d, so the learning rate stays below %s: ", totalSteps,
              totalSteps == 1 ? "step" : "steps", schedule.warmup(), settings.learningRate)
              + "train for more epochs, make batches smaller or the warm-up shorter");
    }
    secondsBefore = state.seconds();
    startedNanos = System.nanoTime();
    checkpointNanos = startedNanos;
    try (StepLog log = openLog(state.step())) {
      state = train(state, log);
    }
    boolean finished = isFinished(state);
    if (!finished) {
      save(state);
    } else if (savedStep != state.step()) {
      saveOrWarn(state);
    }
    if (finished && !best.isEmpty()) {
      model.load(Weights.of(best));
    }
    return new Outcome(state.step(), state.earlyStopping().bestStep(), finished, Optional.ofNullable(lastCheckpoint));
  }

  private @Nullable StepLog openLog(long step) throws IOException {
    if (settings.log == null) {
      return null;
    }
    Path folder = settings.log.toAbsolutePath().getParent();
    Files.createDirectories(Objects.requireNonNull(folder));
    return StepLog.resume(settings.log, step);
  }

  private boolean isFinished(TrainingState state) {
    return state.step() >= totalSteps || state.earlyStopping().isExhausted(settings.patience);
  }

  private TrainingState restore() throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    identity.forEach((name, part) -> values.put(name, part.value));
    Optional<Checkpoint> newest = checkpoints == null ? Optional.empty() : checkpoints.newest(settings.listener);
    if (newest.isEmpty()) {
      return TrainingState.start(values);
    }
    try (Checkpoint found = newest.get()) {
      TrainingState state = found.state();
      boolean goesOn = isEndOfShorter(state);
      identity.forEach((name, part) -> {
        if (!(goesOn && (name.equals(STEPS) || name.equals(SCHEDULE)))
            && !part.value.equals(state.identity().get(name))) {
          throw new UserError(found.file() + " " + part.message);
        }
      });
      model.load(found.under(Checkpoint.MODEL));
      optimizer.load(found.under(Checkpoint.OPTIMIZER), state.step());
      Weights bestWeights = found.under(Checkpoint.BEST);
      if (!bestWeights.shapes().isEmpty()) {
        bestWeights.copyTo(bestTensors());
      }
      lastCheckpoint = found.file();
      savedStep = state.step();
      return goesOn ? state.goingOn(values) : state;
    }
  }

  /** Whether a run with fewer steps, but for these like this one, ended in a state: this one goes on from there. */
  private boolean isEndOfShorter(TrainingState state) {
    try {
      long steps = Long.parseLong(state.identity().getOrDefault(STEPS, ""));
      return steps < totalSteps && (state.step() >= steps || state.earlyStopping().isExhausted(settings.patience));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** The copy of the best parameters, made when it is first needed. */
  private Map<String, Tensor> bestTensors() {
    if (best.isEmpty()) {
      model.stateDict().forEach((name, tensor) -> best.put(name, bestScope.emptyLike(tensor)));
    }
    return best;
  }

  private TrainingState train(TrainingState start, @Nullable StepLog log) throws IOException {
    TrainingState state = start;
    var guard = new DivergenceGuard(objective.uninformed(), state.smoothedLoss());
    LaunchedStep inFlight = null;
    while (!isFinished(state) && !settings.stop.isRequested()) {
      objective.beginEpoch(state.epoch());
      int inEpoch = batches.count(state.epoch());
      Iterator<B> iterator = batches.epoch(state.epoch(), state.batch());
      while (iterator.hasNext() && !isFinished(state) && !settings.stop.isRequested()) {
        var group = new ArrayList<B>();
        while (iterator.hasNext() && group.size() < settings.accumulation) {
          group.add(iterator.next());
        }
        long began = System.nanoTime();
        double learningRate = settings.learningRate * schedule.scale(state.step());
        LaunchedStep launched = launch(group, state.step(), learningRate);
        settle(inFlight, guard, log);
        boolean epochEnds = !iterator.hasNext();
        int batchesDone = state.batch() + group.size();
        double epoch = epochEnds ? state.epoch() + 1 : state.epoch() + (double) batchesDone / inEpoch;
        double tokensPerSecond = group.stream().mapToLong(batches::tokens).sum() * 1e9 / (System.nanoTime() - began);
        inFlight = launched.at(epoch, tokensPerSecond, secondsSoFar());
        state = state.withStep(batchesDone, guard.smoothed(), secondsSoFar());
        state = epochEnds ? state.withNextEpoch() : state;
        boolean saves = saveIsDue(state, epochEnds);
        if (!backend.runsAhead() || saves || validationIsDue(state, epochEnds)) {
          settle(inFlight, guard, log);
          inFlight = null;
          state = state.withSmoothedLoss(guard.smoothed());
        }
        state = validateIfDue(state, epochEnds, epoch, log);
        if (saves) {
          saveOrWarn(state);
        }
      }
    }
    settle(inFlight, guard, log);
    return state.withSmoothedLoss(guard.smoothed());
  }

  private double secondsSoFar() {
    return secondsBefore + (System.nanoTime() - startedNanos) * 1e-9;
  }

  /**
   * An optimizer step whose numbers are perhaps not there yet.
   *
   * @param step its number, from 1
   * @param gradients to name the layer where numbers break; empty on a device that runs ahead, which needs their memory
   * @param scope owns the gradients
   */
  private record LaunchedStep(long step, Deferred loss, Deferred norm, double learningRate, double epoch,
      double tokensPerSecond, double seconds, Map<String, Tensor> gradients, Scope scope) {
    LaunchedStep at(double epochsDone, double speed, double secondsDone) {
      return new LaunchedStep(step, loss, norm, learningRate, epochsDone, speed, secondsDone, gradients, scope);
    }
  }

  /** Reads the numbers of a step, waiting for them if need be: checks and reports them. */
  private void settle(@Nullable LaunchedStep launched, DivergenceGuard guard, @Nullable StepLog log)
      throws IOException {
    if (launched == null) {
      return;
    }
    try (Scope _ = launched.scope) {
      guard.check(launched.step, launched.loss.value(), launched.norm.value(), launched.learningRate, model,
          launched.gradients, lastGood());
    }
    var entry = new StepRecord(launched.step, launched.epoch, launched.loss.value(), launched.learningRate,
        launched.norm.value(), launched.tokensPerSecond, launched.seconds);
    if (log != null) {
      log.write(entry);
    }
    settings.listener.step(entry, totalSteps);
  }

  /** Begins an optimizer step on a group of batches; the loss is the mean over all their examples. */
  private LaunchedStep launch(List<B> group, long step, double learningRate) {
    long examples = group.stream().mapToLong(batches::examples).sum();
    var scope = new Scope(backend);
    try {
      var gradients = new Gradients(scope);
      var shares = new double[group.size()];
      var losses = new ArrayList<Deferred>();
      for (int i = 0; i < shares.length; i++) {
        shares[i] = (double) batches.examples(group.get(i)) / examples;
        var random = new Rng(settings.seed, step * settings.accumulation + i);
        losses.add(forwardAndBackward(group.get(i), random, shares[i], gradients));
      }
      Deferred norm = optimizer.step(gradients, learningRate, settings.clipNorm);
      Deferred mean = () -> {
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
          sum += shares[i] * losses.get(i).value();
        }
        return sum;
      };
      Map<String, Tensor> named = backend.runsAhead() ? Map.of() : gradientTensors(gradients);
      return new LaunchedStep(step + 1, mean, norm, learningRate, 0, 0, 0, named, scope);
    } finally {
      if (backend.runsAhead()) {
        scope.close();
      }
    }
  }

  /** Adds a batch's gradients; returns its loss. */
  private Deferred forwardAndBackward(B batch, Rng random, double share, Gradients gradients) {
    try (var scope = new Scope(backend)) {
      var tape = Tape.training(scope, random);
      if (settings.recompute) {
        tape.recomputing();
      }
      B augmented = objective.augment(batch, random);
      Variable loss = backend.step(batches.sizes(augmented), () -> {
        Variable value = objective.apply(tape, augmented);
        tape.backward(value, share, gradients);
        return value;
      });
      return loss.value().deferredItem();
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

  private boolean validationIsDue(TrainingState state, boolean epochEnds) {
    boolean due = settings.validateEvery > 0 ? state.step() % settings.validateEvery == 0 : epochEnds;
    return settings.validation != null && (due || state.step() >= totalSteps);
  }

  private TrainingState validateIfDue(TrainingState state, boolean epochEnds, double epoch, @Nullable StepLog log)
      throws IOException {
    if (settings.validation == null || !validationIsDue(state, epochEnds)) {
      return state;
    }
    long began = System.nanoTime();
    Validation.Measured measured = settings.validation.measure(state.step(), epoch);
    var entry = new ValidationRecord(state.step(), epoch, measured.loss(), measured.metrics(),
        (System.nanoTime() - began) * 1e-9);
    EarlyStopping early = state.earlyStopping()
        .after(state.step(), measured.value(), settings.better, settings.tolerance);
    if (early.improved()) {
      Weights.of(model.stateDict()).copyTo(bestTensors());
    }
    if (log != null) {
      log.write(entry);
    }
    settings.listener.validated(entry, early.improved());
    return state.withEarlyStopping(early);
  }

  private boolean saveIsDue(TrainingState state, boolean epochEnds) {
    CheckpointPolicy policy = settings.policy;
    boolean bySteps = policy.everySteps() > 0 && state.step() % policy.everySteps() == 0;
    boolean byEpochs = policy.everyEpochs() > 0 && epochEnds && state.epoch() % policy.everyEpochs() == 0;
    boolean byTime = policy.everyMinutes() > 0
        && System.nanoTime() - checkpointNanos >= policy.everyMinutes() * 60e9;
    return bySteps || byEpochs || byTime;
  }

  /** Training goes on without a checkpoint that cannot be written. */
  private void saveOrWarn(TrainingState state) {
    try {
      save(state);
    } catch (IOException e) {
      checkpointNanos = System.nanoTime();
      settings.listener.warning("no checkpoint of step " + state.step() + ": " + e.getMessage()
          + "; training goes on. " + lastGood());
    }
  }

  private void save(TrainingState state) throws IOException {
    if (checkpoints == null) {
      return;
    }
    var tensors = new LinkedHashMap<String, Tensor>();
    model.stateDict().forEach((name, tensor) -> tensors.put(Checkpoint.MODEL + name, tensor));
    best.forEach((name, tensor) -> tensors.put(Checkpoint.BEST + name, tensor));
    optimizer.stateDict().forEach((name, tensor) -> tensors.put(Checkpoint.OPTIMIZER + name, tensor));
    lastCheckpoint = checkpoints.save(state, tensors);
    savedStep = state.step();
    checkpointNanos = System.nanoTime();
    settings.listener.checkpointed(state.step(), lastCheckpoint);
  }

  @Override
  public void close() {
    bestScope.close();
    if (settings.optimizer == null) {
      optimizer.close();
    }
  }
}
