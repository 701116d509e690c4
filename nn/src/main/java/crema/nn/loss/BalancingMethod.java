package crema.nn.loss;

import crema.base.Keyed;

/**
 * The eight losses that Huang et al. compare ("Balancing Methods for Multi-label Text Classification with Long-Tailed
 * Class Distribution", EMNLP 2021), as combinations of the parts of {@link LongTailLoss}.
 */
public enum BalancingMethod {
  /** Binary cross-entropy. */
  BCE,
  /** Focal loss. */
  FL,
  /** Class-balanced focal loss. */
  CB_FL,
  /** Rebalanced focal loss. */
  R_FL,
  /** Focal loss with negative-tolerant regularisation. */
  NTR_FL,
  /** Distribution-balanced loss without focus: rebalanced and negative-tolerant. */
  DB_0FL,
  /** Class-balanced focal loss with negative-tolerant regularisation. */
  CB_NTR,
  /** Distribution-balanced loss: rebalanced, negative-tolerant and focal. */
  DB;

  /** How the terms of the loss are scaled against each other. */
  public enum Scaling implements Keyed {
    /** As the paper writes the formulas: no α, no factor. */
    PAPER,
    /**
     * As the authors' code computes them ({@code Roche/BalancedLossNLP}, {@code Reuters/train.py}): focal α is 0.5 for
     * positives and negatives, class-balanced losses are multiplied by 10, DB-0FL by 0.5, and NTR-FL, which has no
     * weights for its 1 / λ to enter, does not lighten negatives.
     */
    AUTHORS_CODE {
      @Override
      public String key() {
        return "authors";
      }
    }
  }

  /**
   * The hyper-parameters.
   *
   * @param gamma the focal γ
   * @param classBalancing of CB-FL and CB-NTR
   * @param rebalancing of R-FL, DB-0FL and DB
   * @param lambda λ of negative tolerance
   * @param kappa κ of negative tolerance
   */
  public record Parameters(double gamma, ClassBalancing classBalancing, Rebalancing rebalancing, double lambda,
      double kappa) {
    /** What the authors chose for Reuters-21578. */
    public static final Parameters REUTERS =
        new Parameters(2, new ClassBalancing(0.9), new Rebalancing(0.1, 10, 0.9), 2, 0.05);
  }

  private static final double FOCAL_ALPHA = 0.5;

  /** The loss with the hyper-parameters that the authors chose for Reuters-21578. */
  public LongTailLoss loss(LabelFrequencies frequencies, Scaling scaling) {
    return loss(frequencies, scaling, Parameters.REUTERS);
  }

  /** The loss. */
  public LongTailLoss loss(LabelFrequencies frequencies, Scaling scaling, Parameters parameters) {
    Reweighting reweighting = switch (this) {
      case BCE, FL, NTR_FL -> null;
      case CB_FL, CB_NTR -> parameters.classBalancing;
      case R_FL, DB_0FL, DB -> parameters.rebalancing;
    };
    boolean authors = scaling == Scaling.AUTHORS_CODE;
    NegativeTolerance tolerance = switch (this) {
      case BCE, FL, CB_FL, R_FL -> null;
      case NTR_FL -> authors
          ? new NegativeTolerance(parameters.lambda, parameters.kappa, 1)
          : new NegativeTolerance(parameters.lambda, parameters.kappa);
      case DB_0FL, CB_NTR, DB -> new NegativeTolerance(parameters.lambda, parameters.kappa);
    };
    Focus focus = switch (this) {
      case BCE, DB_0FL -> Focus.NONE;
      case FL, CB_FL, R_FL, NTR_FL, CB_NTR, DB -> authors
          ? Focus.balanced(parameters.gamma, FOCAL_ALPHA)
          : Focus.of(parameters.gamma);
    };
    return new LongTailLoss(frequencies, reweighting, tolerance, focus, authors ? authorsScale() : 1);
  }

  private double authorsScale() {
    return switch (this) {
      case CB_FL, CB_NTR -> 10;
      case DB_0FL -> 0.5;
      case BCE, FL, R_FL, NTR_FL, DB -> 1;
    };
  }
}
