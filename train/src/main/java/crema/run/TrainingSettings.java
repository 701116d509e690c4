package crema.run;

import crema.settings.Section;
import crema.settings.Setting;

/** How long and how fast a model learns: what several families have in common, with defaults of their own. */
public final class TrainingSettings {
  /** How long and how fast a model learns. */
  public static final Section SECTION = Section.of("Training");

  public static final Setting<Integer> EPOCHS = SECTION.integer("epochs", 3).atLeast(1).basic()
      .help("Passes over the training rows");
  public static final Setting<Double> LEARNING_RATE = SECTION.number("learning-rate", 3e-4).atLeast(0).atMost(100)
      .label("LR").basic().help("The highest learning rate");
  public static final Setting<Long> SEED = SECTION.longInteger("seed", 1).basic().help("Of everything random");

  private TrainingSettings() {}
}
