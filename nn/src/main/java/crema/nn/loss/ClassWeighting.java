package crema.nn.loss;

import crema.base.Keyed;
import crema.base.LabelBalance;
import org.jspecify.annotations.Nullable;

/** How much rare labels weigh in softmax cross-entropy. */
public enum ClassWeighting implements Keyed {
  /** All labels weigh the same. */
  NONE,
  /** {@link LabelBalance.Balanced}. */
  BALANCED,
  /** {@link LabelBalance.SquareRoot}. */
  SQUARE_ROOT,
  /** {@link LabelBalance.EffectiveNumber}. */
  EFFECTIVE_NUMBER;

  /**
   * The weight of each label; null for ones.
   *
   * @param beta β of {@link #EFFECTIVE_NUMBER}
   * @param counts how many rows have each label
   */
  double @Nullable [] weights(double beta, long[] counts) {
    return switch (this) {
      case NONE -> null;
      case BALANCED -> new LabelBalance.Balanced().labelWeights(counts);
      case SQUARE_ROOT -> new LabelBalance.SquareRoot().labelWeights(counts);
      case EFFECTIVE_NUMBER -> new LabelBalance.EffectiveNumber(beta).labelWeights(counts);
    };
  }
}
