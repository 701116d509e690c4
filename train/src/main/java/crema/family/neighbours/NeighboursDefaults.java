package crema.family.neighbours;

import crema.defaults.DefaultRule;
import crema.family.linear.FrozenSettings;
import crema.family.linear.LinearDefaults;
import crema.family.linear.LinearSettings;
import java.util.List;
import java.util.stream.Stream;

/** How the settings of a model of neighbours that nobody gives are chosen for the training rows. */
final class NeighboursDefaults {
  /** Each has the categories that its texts are of. */
  private static final int MOST_TERMS = 200_000;

  /** The rules, in the order in which they are told: those of terms are as linear models have them. */
  static final List<DefaultRule<?>> RULES = Stream.concat(
      LinearDefaults.ofTerms().stream().filter(rule -> !rule.setting().equals(LinearSettings.MAX_TERMS)),
      Stream.of(DefaultRule.of(LinearSettings.MAX_TERMS)
          .where(FrozenSettings::usesTerms)
          .otherwise(MOST_TERMS, _ -> "rare terms tell little of what is near")))
      .toList();

  private NeighboursDefaults() {}
}
