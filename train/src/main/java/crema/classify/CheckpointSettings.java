package crema.classify;

import crema.nn.train.CheckpointPolicy;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;

/**
 * When checkpoints are written. One is always written at the end of an interrupted run.
 *
 * @param settings with some of those of the {@link #SECTION}; a checkpoint is not written by one that is not among them
 */
public record CheckpointSettings(Settings settings) {
  /** When checkpoints are written. */
  public static final Section SECTION = Section.of("Checkpoints");

  public static final Setting<Long> STEPS =
      SECTION.longInteger("checkpoint-steps", 0).atLeast(0).shownDefault("not by steps").resumable()
          .help("A checkpoint after so many steps");
  public static final Setting<Integer> EPOCHS = SECTION.integer("checkpoint-epochs", 1).atLeast(0).resumable()
      .help("A checkpoint after so many epochs; 0 for not by epochs");
  public static final Setting<Double> MINUTES = SECTION.number("checkpoint-minutes", 10).atLeast(0).resumable()
      .help("A checkpoint after so many minutes; 0 for not by time");

  public static final Setting<Boolean> NO_STATE = SECTION.flag("no-state").resumable()
      .help("Do not keep what more epochs would go on from when the run is finished, in the folder state");

  /** After each epoch and every ten minutes. */
  public static final CheckpointSettings DEFAULT = new CheckpointSettings(Settings.of(SECTION));

  /** After each epoch and every minute: for the members of a larger run, which may be killed often. */
  public static final CheckpointSettings OFTEN = new CheckpointSettings(Settings.of(SECTION).with(MINUTES, 1.0));

  /** The settings of a run whose model is a part of another one: nothing is kept of it for more epochs. */
  public static Settings ofPart(Settings settings) {
    return settings.has(NO_STATE) ? settings.with(NO_STATE, true) : settings;
  }

  /** Whether a run with these settings keeps what more epochs would go on from. */
  public static boolean keepState(Settings settings) {
    return settings.has(NO_STATE) && !settings.get(NO_STATE);
  }

  /** The same for a training loop. */
  public CheckpointPolicy policy() {
    return new CheckpointPolicy(everySteps(), everyEpochs(), everyMinutes());
  }

  /** After so many steps; 0 for not by steps. */
  public long everySteps() {
    return settings.get(STEPS);
  }

  /** After so many epochs; 0 for not by epochs. */
  public int everyEpochs() {
    return settings.get(EPOCHS);
  }

  /** After so many minutes; 0 for not by time. */
  public double everyMinutes() {
    return settings.get(MINUTES);
  }
}
