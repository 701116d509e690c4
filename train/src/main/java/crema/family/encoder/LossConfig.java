package crema.family.encoder;

import static crema.settings.Checks.requireIn;
import static crema.settings.Checks.requireOneOf;

import crema.base.UserError;
import java.util.List;

/**
 * What training makes small. Which of the settings matter depends on the loss.
 *
 * @param name the {@linkplain LossName#key name} of the loss
 * @param labelSmoothing of {@code cross-entropy} and {@code bce}
 * @param classWeights of {@code cross-entropy}: {@code none}, or rare labels count more: {@code balanced},
 *     {@code square-root} or {@code effective-number}
 * @param effectiveNumberBeta of the latter
 * @param gamma the focal γ; 0 for no focus
 * @param tau τ of {@code logit-adjusted}
 * @param softF1Share the share of soft macro F1 in {@code mixed}
 * @param posWeight of {@code bce}: {@code balanced}, rows without a label for each one with it; or a number
 * @param longTail of the losses of Huang et al.
 * @param asymmetric of {@code asymmetric}
 * @param tree of the losses on taxonomies
 * @param auxiliary losses of the embeddings that are added
 */
public record LossConfig(
    String name,
    double labelSmoothing,
    String classWeights,
    double effectiveNumberBeta,
    double gamma,
    double tau,
    double softF1Share,
    String posWeight,
    LongTail longTail,
    Asymmetric asymmetric,
    Tree tree,
    Auxiliary auxiliary) {

  /** Checks the ranges. */
  public LossConfig {
    requireIn("label_smoothing", labelSmoothing, 0, Math.nextDown(1.0));
    requireOneOf("class_weights", classWeights, List.of("none", "balanced", "square-root", "effective-number"));
    requireIn("effective_number_beta", effectiveNumberBeta, 0, Math.nextDown(1.0));
    requireIn("focal_gamma", gamma, 0, 100);
    requireIn("logit_adjustment", tau, 0, 100);
    requireIn("soft_f1_share", softF1Share, 0, 1);
    if (!posWeight.equals("balanced")) {
      requireIn("pos_weight (balanced or a number)", number(posWeight), 0, 1e6);
    }
  }

  /** The loss of a name, all else as its authors have it. */
  public static LossConfig of(LossName name) {
    return new LossConfig(name.key(), 0, "none", 0.999, name.defaultGamma(), 1, 0.5, "1", LongTail.DEFAULT,
        Asymmetric.DEFAULT, Tree.DEFAULT, Auxiliary.NONE);
  }

  /**
   * Of the losses of Huang et al., EMNLP 2021.
   *
   * @param scale {@code paper}, as the formulas are written; or {@code authors}, with the factors of the authors' code
   * @param classBalancedBeta β of class-balanced weights
   * @param classBalancedMode what those are computed from: {@code by-class}, {@code average-count},
   *     {@code average-weight} or {@code minimum-count}
   * @param rebalanceAlpha α of rebalanced weights
   * @param rebalanceBeta β of rebalanced weights
   * @param rebalanceMu μ of rebalanced weights
   * @param lambda λ of negative tolerance
   * @param kappa κ of negative tolerance
   */
  public record LongTail(String scale, double classBalancedBeta, String classBalancedMode, double rebalanceAlpha,
      double rebalanceBeta, double rebalanceMu, double lambda, double kappa) {
    /** What the authors chose for Reuters-21578. */
    public static final LongTail DEFAULT = new LongTail("paper", 0.9, "by-class", 0.1, 10, 0.9, 2, 0.05);

    /** Checks the ranges. */
    public LongTail {
      requireOneOf("loss_scale", scale, List.of("paper", "authors"));
      requireIn("class_balanced_beta", classBalancedBeta, 0, Math.nextDown(1.0));
      requireOneOf("class_balanced_mode", classBalancedMode,
          List.of("by-class", "average-count", "average-weight", "minimum-count"));
      requireIn("rebalance_alpha", rebalanceAlpha, 0, 1e6);
      requireIn("rebalance_beta", rebalanceBeta, Double.MIN_NORMAL, 1e6);
      requireIn("rebalance_mu", rebalanceMu, -1e6, 1e6);
      requireIn("negative_lambda", lambda, Double.MIN_NORMAL, 1e6);
      requireIn("negative_kappa", kappa, 0, 1e6);
    }
  }

  /**
   * Of the asymmetric loss.
   *
   * @param gammaPositive γ of labels that a row has
   * @param gammaNegative γ of labels that it has not
   * @param margin negatives of a lower probability are dropped
   */
  public record Asymmetric(double gammaPositive, double gammaNegative, double margin) {
    /** What the authors chose. */
    public static final Asymmetric DEFAULT = new Asymmetric(0, 4, 0.05);

    /** Checks the ranges. */
    public Asymmetric {
      requireIn("asymmetric_gamma_positive", gammaPositive, 0, 100);
      requireIn("asymmetric_gamma_negative", gammaNegative, 0, 100);
      requireIn("asymmetric_margin", margin, 0, Math.nextDown(1.0));
    }
  }

  /**
   * Of losses on taxonomies.
   *
   * @param ancestorWeight how much nodes above leaves weigh in {@code ancestors}: {@code less} (0.5), {@code same} (1),
   *     {@code more} (2) than leaves, or a number
   * @param levelWeights how much the nodes of each level weigh, from the roots down, in {@code level-softmax} and, in
   *     place of the ancestor weight, in {@code ancestors}; empty for 1
   * @param hierarchicalConstraint whether probabilities in {@code ancestors} are made consistent (Li et al., CVPR 2022)
   */
  public record Tree(String ancestorWeight, List<Double> levelWeights, boolean hierarchicalConstraint) {
    /** All nodes alike. */
    public static final Tree DEFAULT = new Tree("same", List.of(), false);

    /** Checks the ranges. */
    public Tree {
      levelWeights = List.copyOf(levelWeights);
      requireIn("ancestor_weight (less, same, more or a number)", factor(ancestorWeight), 0, 1e6);
      levelWeights.forEach(weight -> requireIn("level_weights", weight, 0, 1e6));
    }

    /** How much a node above leaves weighs. */
    double ancestorFactor() {
      return factor(ancestorWeight);
    }

    private static double factor(String weight) {
      return switch (weight) {
        case "less" -> 0.5;
        case "same" -> 1;
        case "more" -> 2;
        default -> number(weight);
      };
    }
  }

  /**
   * Losses of the pooled embeddings, which are added to that of the logits where texts have one label. They follow the
   * most detailed label: of a path the whole.
   *
   * @param contrastiveWeight what the supervised contrastive loss is multiplied by; 0 for none
   * @param contrastiveTemperature its τ
   * @param tripletWeight what the tree-triplet loss is multiplied by; 0 for none
   * @param tripletMargin its margin
   */
  public record Auxiliary(double contrastiveWeight, double contrastiveTemperature, double tripletWeight,
      double tripletMargin) {
    /** Nothing is added. */
    public static final Auxiliary NONE = new Auxiliary(0, 0.1, 0, 0.1);

    /** Checks the ranges. */
    public Auxiliary {
      requireIn("contrastive_weight", contrastiveWeight, 0, 1e6);
      requireIn("contrastive_temperature", contrastiveTemperature, 1e-3, 1e3);
      requireIn("tree_triplet_weight", tripletWeight, 0, 1e6);
      requireIn("tree_triplet_margin", tripletMargin, 0, 1e3);
      if (contrastiveWeight > 0 && tripletWeight > 0) {
        throw new UserError("contrastive_weight and tree_triplet_weight cannot both be above 0: choose one");
      }
    }
  }

  /** The weight of positives that was given as a number. */
  double posWeightNumber() {
    return number(posWeight);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
