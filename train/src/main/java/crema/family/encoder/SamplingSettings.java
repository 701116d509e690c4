package crema.family.encoder;

import crema.base.Keyed;
import crema.base.LabelBalance;
import crema.data.Sampler;
import crema.data.TokenDataset;
import crema.nn.loss.StandardLosses;
import crema.run.TrainingSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LossRows;

/** Which rows an epoch trains on. */
public final class SamplingSettings {
  /** Which rows an epoch trains on. */
  public static final Section SECTION = Section.of("Sampling");

  public static final Setting<Kind> SAMPLER = SECTION.choice("sampler", Kind.SHUFFLED)
      .details("shuffled, all once; or class-balanced, square-root or effective-number, with replacement, so that rows "
          + "of rare labels come more often")
      .help("Which rows an epoch has");
  public static final Setting<Unit> SAMPLER_WEIGHTS = SECTION.choice("sampler-weights", Unit.CLASS)
      .details("class, first a label, then one of its rows; sample, a row by the mean weight of its labels")
      .help("What a sampler draws");

  private SamplingSettings() {}

  /**
   * The sampler of a run.
   *
   * @param counts how many training rows have each label
   */
  public static Sampler sampler(Settings settings, TokenDataset data, long[] counts) {
    long seed = settings.get(TrainingSettings.SEED);
    LabelBalance balance = switch (settings.get(SAMPLER)) {
      case SHUFFLED -> new LabelBalance.Natural();
      case CLASS_BALANCED -> new LabelBalance.Balanced();
      case SQUARE_ROOT -> new LabelBalance.SquareRoot();
      case EFFECTIVE_NUMBER -> new LabelBalance.EffectiveNumber(
          settings.get(LossRows.row(StandardLosses.EFFECTIVE_NUMBER_BETA)));
    };
    if (balance instanceof LabelBalance.Natural) {
      return Sampler.shuffled(data.size(), seed);
    }
    return settings.get(SAMPLER_WEIGHTS) == Unit.CLASS
        ? Sampler.byLabel(data, counts.length, balance, data.size(), seed)
        : Sampler.weighted(Sampler.exampleWeights(data, balance.labelWeights(counts)), data.size(), seed);
  }

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
