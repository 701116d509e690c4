package crema.family.encoder;

import static crema.settings.Checks.requireIn;
import static crema.settings.Checks.requireOneOf;

import crema.base.LabelBalance;
import crema.data.Sampler;
import crema.data.TokenDataset;
import java.util.List;

/**
 * Which rows an epoch trains on.
 *
 * @param sampler {@code shuffled}: all rows, once; or {@code class-balanced}, {@code square-root} or
 *     {@code effective-number}: as many rows as there are, drawn with replacement so that rare labels come more often
 * @param weights how rows are drawn: {@code class}, first a label, then one of its rows; or {@code sample}, a row by
 *     the mean weight of its labels
 * @param beta of effective numbers (see {@link LabelBalance.EffectiveNumber})
 */
public record SamplingConfig(String sampler, String weights, double beta) {
  private static final List<String> SAMPLERS =
      List.of("shuffled", "class-balanced", "square-root", "effective-number");

  /** All rows once an epoch. */
  public static final SamplingConfig SHUFFLED = new SamplingConfig("shuffled", "class", 0.999);

  /** Checks the names. */
  public SamplingConfig {
    requireOneOf("sampler", sampler, SAMPLERS);
    requireOneOf("sampler_weights", weights, List.of("class", "sample"));
    requireIn("effective_number_beta", beta, 0, Math.nextDown(1.0));
  }

  /**
   * The sampler of a run.
   *
   * @param counts how many training rows have each label
   */
  Sampler sampler(TokenDataset data, long[] counts, long seed) {
    LabelBalance balance = switch (sampler) {
      case "class-balanced" -> new LabelBalance.Balanced();
      case "square-root" -> new LabelBalance.SquareRoot();
      case "effective-number" -> new LabelBalance.EffectiveNumber(beta);
      default -> new LabelBalance.Natural();
    };
    if (balance instanceof LabelBalance.Natural) {
      return Sampler.shuffled(data.size(), seed);
    }
    return weights.equals("class")
        ? Sampler.byLabel(data, counts.length, balance, data.size(), seed)
        : Sampler.weighted(Sampler.exampleWeights(data, balance.labelWeights(counts)), data.size(), seed);
  }
}
