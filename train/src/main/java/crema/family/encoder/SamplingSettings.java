package crema.family.encoder;

import crema.base.Keyed;
import crema.settings.Section;
import crema.settings.Setting;

/** Which rows an epoch trains on. */
public final class SamplingSettings {
  /** Which rows an epoch trains on. */
  public static final Section SECTION = Section.of("Sampling");

  public static final Setting<Kind> SAMPLER = SECTION.choice("sampler", Kind.SHUFFLED)
      .help("shuffled, or drawn with replacement so that rare labels come more often: class-balanced, square-root, "
          + "effective-number");
  public static final Setting<Unit> SAMPLER_WEIGHTS = SECTION.choice("sampler-weights", Unit.CLASS)
      .help("class: draw a label, then one of its rows; sample: draw a row by its labels' mean weight");

  private SamplingSettings() {}

  /** How rows are drawn. */
  public enum Kind implements Keyed {
    /** All rows, once. */
    SHUFFLED,
    /** With replacement, all labels as often. */
    CLASS_BALANCED,
    /** With replacement, labels by the square root of how often they are. */
    SQUARE_ROOT,
    /** With replacement, labels by effective numbers. */
    EFFECTIVE_NUMBER
  }

  /** What is drawn. */
  public enum Unit implements Keyed {
    /** First a label, then one of its rows. */
    CLASS,
    /** A row by the mean weight of its labels. */
    SAMPLE
  }
}
