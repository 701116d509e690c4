package crema.nn.train;

import crema.autograd.Tape;
import crema.base.UserError;
import crema.nn.Module;
import crema.nn.optim.AdamW;
import crema.nn.optim.Schedule;
import crema.tensor.Backend;
import crema.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link TrainingLoop}. Each has a default.
 *
 * @param <B> a batch
 */
public final class LoopBuilder<B> {
  final Module model;
  final BatchSource<B> batches;
  final Objective<B> objective;
  int epochs = 1;
  long maxSteps;
  int accumulation = 1;
  double learningRate = 1e-3;
  double weightDecay = 0.01;
  @Nullable
  AdamW optimizer;
  Schedule.Decay decay = Schedule.Decay.NONE;
  long warmup;
  double warmupFraction;
  double mostWarmup = 1;
  double minScale;
  boolean recompute;
  double clipNorm = Double.POSITIVE_INFINITY;
  long seed;
  @Nullable
  Validation validation;
  Validation.Better better = Validation.Better.LOWER;
  long validateEvery;
  int patience;
  double tolerance = 1;
  @Nullable
  Path checkpoints;
  CheckpointPolicy policy = CheckpointPolicy.EVERY_MINUTE;
  @Nullable
  Path log;
  LoopListener listener = LoopListener.NONE;
  StopSignal stop = new StopSignal();
  final Map<String, TrainingLoop.Identity> identity = new LinkedHashMap<>();
  String startOver = "start over in another folder";

  LoopBuilder(Module model, BatchSource<B> batches, Objective<B> objective) {
    this.model = model;
    this.batches = batches;
    this.objective = objective;
  }

  /** The same settings, which do not change with these. */
  LoopBuilder<B> copy() {
    return new LoopBuilder<>(this);
  }

  private LoopBuilder(LoopBuilder<B> other) {
    this(other.model, other.batches, other.objective);
    epochs = other.epochs;
    maxSteps = other.maxSteps;
    accumulation = other.accumulation;
    learningRate = other.learningRate;
    weightDecay = other.weightDecay;
    optimizer = other.optimizer;
    decay = other.decay;
    warmup = other.warmup;
    warmupFraction = other.warmupFraction;
    mostWarmup = other.mostWarmup;
    minScale = other.minScale;
    recompute = other.recompute;
    clipNorm = other.clipNorm;
    seed = other.seed;
    validation = other.validation;
    better = other.better;
    validateEvery = other.validateEvery;
    patience = other.patience;
    tolerance = other.tolerance;
    checkpoints = other.checkpoints;
    policy = other.policy;
    log = other.log;
    listener = other.listener;
    stop = other.stop;
    identity.putAll(other.identity);
    startOver = other.startOver;
  }

  /** Passes over the batches; 1 by default. */
  public LoopBuilder<B> epochs(int number) {
    epochs = atLeast("epochs", number, 1);
    return this;
  }

  /** Ends after so many steps; 0, the default, for no limit. */
  public LoopBuilder<B> maxSteps(long steps) {
    maxSteps = atLeast("steps", steps, 0);
    return this;
  }

  /** Batches whose gradients make one step; 1 by default. */
  public LoopBuilder<B> accumulation(int number) {
    accumulation = atLeast("batches of a step", number, 1);
    return this;
  }

  /** The highest learning rate; 0.001 by default. */
  public LoopBuilder<B> learningRate(double rate) {
    learningRate = rate;
    return this;
  }

  /** The decay of matrices in {@link AdamW}; 0.01 by default. */
  public LoopBuilder<B> weightDecay(double rate) {
    weightDecay = rate;
    return this;
  }

  /** Another optimizer than an {@link AdamW} with its defaults; the caller closes it. */
  public LoopBuilder<B> optimizer(AdamW other) {
    optimizer = other;
    return this;
  }

  /**
   * How the learning rate changes; by default not at all.
   *
   * @param fall the fall after the warm-up
   * @param warmupSteps the steps in which it rises from 0
   * @param minimum where it ends, as a fraction of the learning rate
   */
  public LoopBuilder<B> schedule(Schedule.Decay fall, long warmupSteps, double minimum) {
    decay = fall;
    warmup = warmupSteps;
    minScale = minimum;
    return this;
  }

  /** The share of all steps in which the learning rate rises, in place of a number of them; 0 for that. */
  public LoopBuilder<B> warmupFraction(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("a warm-up takes a share of the steps in [0, 1), not " + share);
    }
    warmupFraction = share;
    return this;
  }

  /** The share of all steps that a number of steps of warm-up takes at most, for a number that nobody chose; 1 by default. */
  public LoopBuilder<B> mostWarmup(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("a warm-up takes at most a share of the steps in (0, 1], not " + share);
    }
    mostWarmup = share;
    return this;
  }

  /** Whether {@linkplain Tape#block blocks} are computed again in the backward pass, to the same bits. */
  public LoopBuilder<B> recompute(boolean blocks) {
    recompute = blocks;
    return this;
  }

  /** The largest global norm of a gradient; no limit by default. */
  public LoopBuilder<B> clipNorm(double norm) {
    if (!(norm > 0)) {
      throw new IllegalArgumentException("gradients are clipped to a norm above 0, not " + norm);
    }
    clipNorm = norm;
    return this;
  }

  /** The seed of dropout and all else that is random within a step; 0 by default. */
  public LoopBuilder<B> seed(long number) {
    seed = number;
    return this;
  }

  /**
   * Measures the module after each epoch and at the end, and keeps the best parameters.
   *
   * @param order which values are better
   * @param measure gives them
   */
  public LoopBuilder<B> validation(Validation.Better order, Validation measure) {
    validation = measure;
    better = order;
    return this;
  }

  /** Validates by the mean of the objective, without dropout, over the first epoch of other batches. */
  public LoopBuilder<B> validation(BatchSource<B> others) {
    return validation(Validation.Better.LOWER, (_, _) -> Validation.Measured.ofLoss(meanLoss(others)));
  }

  private double meanLoss(BatchSource<B> others) {
    Backend backend = model.stateDict().values().iterator().next().backend();
    double sum = 0;
    long examples = 0;
    for (Iterator<B> epoch = others.epoch(0, 0); epoch.hasNext();) {
      B batch = epoch.next();
      try (var scope = new Scope(backend)) {
        sum += objective.apply(Tape.inference(scope), batch).value().item() * others.examples(batch);
      }
      examples += others.examples(batch);
    }
    return sum / examples;
  }

  /** Validates after so many steps in place of after each epoch; 0 for that. */
  public LoopBuilder<B> validateEvery(long steps) {
    validateEvery = atLeast("steps between validations", steps, 0);
    return this;
  }

  /** Ends after so many validations without a better one; 0, the default, for never. */
  public LoopBuilder<B> patience(int validations) {
    patience = atLeast("validations of patience", validations, 0);
    return this;
  }

  /**
   * What the best value is multiplied by before a new one is compared with it, for a loss divided by: 1, the default,
   * wants more than the best; 0.995 lets a little less pass, and makes it the new best.
   */
  public LoopBuilder<B> tolerance(double factor) {
    tolerance = factor;
    return this;
  }

  /**
   * Where checkpoints and the log are written, and looked for to resume: {@code checkpoints/} and {@code log.jsonl}.
   * Without {@link #checkpoints} there is one every minute.
   */
  public LoopBuilder<B> folder(Path folder) {
    return checkpoints(folder.resolve("checkpoints"), policy).log(folder.resolve("log.jsonl"));
  }

  /**
   * Writes checkpoints, and resumes from the newest that is there.
   *
   * @param folder where they are; it is made when it is needed
   */
  public LoopBuilder<B> checkpoints(Path folder, CheckpointPolicy when) {
    checkpoints = folder;
    policy = when;
    return this;
  }

  /** Logs steps and validations as a {@link StepLog}. */
  public LoopBuilder<B> log(Path file) {
    log = file;
    return this;
  }

  /** Is notified of progress; by default nobody. */
  public LoopBuilder<B> listener(LoopListener watcher) {
    listener = watcher;
    return this;
  }

  /** Asks the run to stop after a step; it then writes a checkpoint. */
  public LoopBuilder<B> stop(StopSignal signal) {
    stop = signal;
    return this;
  }

  /**
   * Adds a part of what tells the run from others, such as a hash of the data. A checkpoint with another value is
   * refused.
   *
   * @param name of the part
   * @param value of this run
   * @param message what to say of a checkpoint of another value
   */
  public LoopBuilder<B> identity(String name, String value, String message) {
    identity.put(name, new TrainingLoop.Identity(value, message));
    return this;
  }

  /** How a run is begun anew, for messages; by default "start over in another folder". */
  public LoopBuilder<B> startOver(String sentence) {
    startOver = sentence;
    return this;
  }

  /** The loop. */
  public TrainingLoop<B> build() {
    return new TrainingLoop<>(this);
  }

  /**
   * Trains until the end, or until asked to stop.
   *
   * @throws UserError when training diverges, or a checkpoint does not fit
   */
  public TrainingLoop.Outcome run() throws IOException {
    try (TrainingLoop<B> loop = build()) {
      return loop.run();
    }
  }

  private static int atLeast(String what, int number, int least) {
    return Math.toIntExact(atLeast(what, (long) number, least));
  }

  private static long atLeast(String what, long number, long least) {
    if (number < least) {
      throw new IllegalArgumentException(what + " must be at least " + least + ", not " + number);
    }
    return number;
  }
}
