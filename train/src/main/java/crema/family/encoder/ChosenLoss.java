package crema.family.encoder;

import crema.data.LabelBalance;
import crema.nn.loss.AncestorCrossEntropy;
import crema.nn.loss.AsymmetricLoss;
import crema.nn.loss.BalancingMethod;
import crema.nn.loss.BinaryCrossEntropy;
import crema.nn.loss.ClassBalancing;
import crema.nn.loss.ClassFrequencies;
import crema.nn.loss.ConditionalSoftmax;
import crema.nn.loss.Focus;
import crema.nn.loss.LevelSoftmax;
import crema.nn.loss.LogitAdjustment;
import crema.nn.loss.LongTailLoss;
import crema.nn.loss.Loss;
import crema.nn.loss.NodeWeighting;
import crema.nn.loss.Rebalancing;
import crema.nn.loss.SoftMacroF1;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.SoftmaxFocal;
import crema.nn.loss.TreeMin;
import crema.nn.loss.WeightedLosses;
import crema.task.Target;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The loss of the logits that settings name.
 *
 * @param config the settings
 * @param target what is predicted
 * @param rows the number of training rows
 */
public record ChosenLoss(LossConfig config, Target target, long rows) {
  /**
   * The loss.
   *
   * @throws crema.base.UserError if there is none of the name for the target
   * @throws IllegalArgumentException if its settings do not fit the target
   */
  Loss loss() {
    return switch (LossName.ofKey(config.name(), target.kind())) {
      case CROSS_ENTROPY -> softmax();
      case BALANCED_SOFTMAX -> LogitAdjustment.balancedSoftmax(softmax(), frequencies());
      case LOGIT_ADJUSTED -> new LogitAdjustment(softmax(), frequencies(), config.tau());
      case BCE -> binary();
      case FOCAL, CLASS_BALANCED_FOCAL, REBALANCED_FOCAL, NTR_FOCAL, DISTRIBUTION_BALANCED_NO_FOCAL, CLASS_BALANCED_NTR,
          DISTRIBUTION_BALANCED -> longTail(config, frequencies());
      case ASYMMETRIC -> new AsymmetricLoss(config.asymmetric().gammaPositive(), config.asymmetric().gammaNegative(),
          config.asymmetric().margin());
      case SOFT_MACRO_F1 -> new SoftMacroF1();
      case MIXED -> WeightedLosses.mix(target.kind() == TargetKind.SINGLE ? softmax() : binary(), new SoftMacroF1(),
          config.softF1Share());
      case ANCESTORS -> ancestors(paths());
      case CONDITIONAL_SOFTMAX -> new ConditionalSoftmax(paths().taxonomy());
      case LEVEL_SOFTMAX -> new LevelSoftmax(paths().taxonomy(), levels(paths()));
    };
  }

  private TaxonomyTarget paths() {
    return (TaxonomyTarget) target;
  }

  private ClassFrequencies frequencies() {
    return new ClassFrequencies(target.labels().counts(), rows);
  }

  private Loss softmax() {
    double[] weights = classWeights();
    return config.gamma() > 0
        ? new SoftmaxFocal(config.gamma(), config.labelSmoothing(), weights)
        : new SoftmaxCrossEntropy((float) config.labelSmoothing(), weights == null ? null : narrow(weights));
  }

  private double @Nullable [] classWeights() {
    long[] counts = target.labels().counts();
    return switch (config.classWeights()) {
      case "balanced" -> new LabelBalance.Balanced().labelWeights(counts);
      case "square-root" -> new LabelBalance.SquareRoot().labelWeights(counts);
      case "effective-number" -> new LabelBalance.EffectiveNumber(config.effectiveNumberBeta()).labelWeights(counts);
      default -> null;
    };
  }

  private static float[] narrow(double[] values) {
    var narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  private Loss binary() {
    return new BinaryCrossEntropy(config.labelSmoothing(), posWeights());
  }

  private double @Nullable [] posWeights() {
    if (config.posWeight().equals("balanced")) {
      return Arrays.stream(target.labels().counts())
          .mapToDouble(count -> (double) (rows - count) / Math.max(1, count))
          .toArray();
    }
    double weight = config.posWeightNumber();
    if (weight == 1) {
      return null;
    }
    var weights = new double[target.labels().size()];
    Arrays.fill(weights, weight);
    return weights;
  }

  /** The loss of Huang et al. that settings name. */
  public static LongTailLoss longTail(LossConfig config, ClassFrequencies frequencies) {
    LossConfig.LongTail settings = config.longTail();
    var parameters = new BalancingMethod.Parameters(config.gamma(),
        new ClassBalancing(settings.classBalancedBeta(), mode(settings.classBalancedMode())),
        new Rebalancing(settings.rebalanceAlpha(), settings.rebalanceBeta(), settings.rebalanceMu()),
        settings.lambda(), settings.kappa());
    var scaling = settings.scale().equals("authors")
        ? BalancingMethod.Scaling.AUTHORS_CODE
        : BalancingMethod.Scaling.PAPER;
    BalancingMethod method = LossName.ofKey(config.name(), TargetKind.MULTI).method().orElseThrow();
    return method.loss(frequencies, scaling, parameters);
  }

  private static ClassBalancing.Mode mode(String name) {
    return switch (name) {
      case "average-count" -> ClassBalancing.Mode.AVERAGE_COUNT;
      case "average-weight" -> ClassBalancing.Mode.AVERAGE_WEIGHT;
      case "minimum-count" -> ClassBalancing.Mode.MINIMUM_COUNT;
      default -> ClassBalancing.Mode.BY_CLASS;
    };
  }

  private Loss ancestors(TaxonomyTarget paths) {
    Focus focus = Focus.of(config.gamma());
    NodeWeighting weighting = config.tree().levelWeights().isEmpty()
        ? new NodeWeighting.Ancestors(config.tree().ancestorFactor())
        : levels(paths);
    return config.tree().hierarchicalConstraint()
        ? new TreeMin(paths.taxonomy(), weighting, focus)
        : new AncestorCrossEntropy(paths.taxonomy(), weighting, focus);
  }

  private NodeWeighting.Levels levels(TaxonomyTarget paths) {
    double[] weights = config.tree().levelWeights().stream().mapToDouble(Double::doubleValue).toArray();
    if (weights.length == 0) {
      weights = new double[paths.depth()];
      Arrays.fill(weights, 1);
    }
    return new NodeWeighting.Levels(weights);
  }
}
