package crema.run;

import crema.settings.Section;
import crema.settings.Setting;

/** When a model is validated while it is trained, and what counts as better. */
public final class ValidationSettings {
  /** When a model is validated, and what counts as better. */
  public static final Section SECTION = Section.of("Validation");

  public static final Setting<Long> VALIDATE_EVERY = SECTION.longInteger("validate-every", 0).atLeast(0).label("STEPS")
      .shownDefault("after each epoch").help("Validate after so many steps");
  public static final Setting<ValidationMetric> METRIC = SECTION.choice("metric", ValidationMetric.MACRO_F1)
      .label("NAME")
      .help("What decides on the best model");
  public static final Setting<Integer> PATIENCE =
      SECTION.integer("patience", 0).atLeast(0).shownDefault("never").basic()
          .help("Stop after so many validations without a better one");
  public static final Setting<Double> TOLERANCE = SECTION.number("tolerance", 1).atLeast(0.5).atMost(1).label("F")
      .help("A metric above F times the best becomes the best; 0.995 prefers later models that are hardly worse");

  private ValidationSettings() {}
}
