package crema.family.encoder;

import crema.nn.optim.Schedule.Decay;
import crema.settings.Section;
import crema.settings.Setting;

/** How an encoder is optimized. */
public final class OptimizationSettings {
  /** How an encoder is optimized. */
  public static final Section SECTION = Section.of("Optimization");

  public static final Setting<Long> MAX_STEPS = SECTION.longInteger("max-steps", 0).atLeast(0).shownDefault("no limit")
      .help("Stop after so many steps");
  public static final Setting<Integer> BATCH_TOKENS = SECTION.integer("batch-tokens", 2048).atLeast(1)
      .help("A batch holds at most so many tokens");
  public static final Setting<Integer> BATCH_SIZE = SECTION.integer("batch-size", 0).atLeast(0).shownDefault("no limit")
      .help("A batch holds at most so many texts or pictures");
  public static final Setting<Integer> ACCUMULATE = SECTION.integer("accumulate", 1).atLeast(1)
      .help("Batches whose gradients make one step");
  public static final Setting<Double> WEIGHT_DECAY = SECTION.number("weight-decay", 0.01).atLeast(0).atMost(100)
      .label("W").help("Of matrices; biases, norms and gammas do not decay");
  public static final Setting<Double> BETA1 = SECTION.number("beta1", 0.9).atLeast(0).below(1).label("B")
      .help("The decay of AdamW's first moment");
  public static final Setting<Double> BETA2 = SECTION.number("beta2", 0.999).atLeast(0).below(1).label("B")
      .help("The decay of AdamW's second moment");
  public static final Setting<Double> EPSILON = SECTION.number("epsilon", 1e-8).above(0).atMost(1).label("E")
      .help("What AdamW adds to its denominator");
  public static final Setting<Integer> WARMUP = SECTION.integer("warmup", 100).atLeast(0)
      .shownDefault("100, or a tenth of the run if that is less").help("Steps in which the learning rate rises");
  public static final Setting<Double> WARMUP_FRACTION = SECTION.number("warmup-fraction", 0).atLeast(0).below(1)
      .label("F").shownDefault("as warmup says").help("The same as a share of all steps");
  public static final Setting<Decay> SCHEDULE = SECTION.choice("schedule", Decay.COSINE)
      .help("How it falls afterwards");
  public static final Setting<Double> MIN_SCALE = SECTION.number("min-scale", 0.1).atLeast(0).atMost(1).label("F")
      .help("Where the schedule ends, as a fraction of the learning rate");
  public static final Setting<Double> CLIP_NORM = SECTION.number("clip-norm", 1).atLeast(0).atMost(Float.MAX_VALUE)
      .label("N").help("The largest norm of a gradient; 0 for no limit");

  public static final Setting<Boolean> RECOMPUTE = SECTION.flag("recompute")
      .help("Compute the layers again in the backward pass in place of keeping their values: a third more time, far "
          + "less memory");

  static {
    // A config with all values of a run has both, one of them as it is by default.
    SECTION.rule(
        settings -> settings.isChanged(WARMUP) && settings.get(WARMUP_FRACTION) > 0
            ? "give --warmup or --warmup-fraction, not both" : null,
        WARMUP,
        WARMUP_FRACTION);
    SECTION.rule(settings -> settings.get(SCHEDULE) == Decay.EXPONENTIAL && settings.get(MIN_SCALE) == 0
        ? "an exponential schedule needs a --min-scale above 0" : null, SCHEDULE, MIN_SCALE);
  }

  private OptimizationSettings() {}
}
