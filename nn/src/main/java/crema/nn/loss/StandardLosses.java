package crema.nn.loss;

import static crema.nn.loss.Targets.Form.INDICES;
import static crema.nn.loss.Targets.Form.MULTI_HOT;
import static crema.nn.loss.Targets.Form.NODES;

import crema.nn.loss.LossSetting.Choice;
import crema.nn.loss.LossSetting.Decimal;
import crema.nn.loss.LossSetting.DecimalOrWord;
import crema.nn.loss.LossSetting.DecimalOrWord.Word;
import crema.nn.loss.LossSetting.Decimals;
import crema.nn.loss.LossSetting.Flag;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Crema's own losses, a row each. */
public final class StandardLosses implements LossProvider {
  private static final double BELOW_ONE = Math.nextDown(1.0);
  private static final double LARGE = 1e6;

  /** Found as a service. */
  public StandardLosses() {}

  /** ε of softmax and binary cross-entropy. */
  public static final Decimal LABEL_SMOOTHING =
      new Decimal("label-smoothing", 0, 0, BELOW_ONE, "Of cross-entropy and bce.");

  /** How much rare labels weigh in softmax cross-entropy. */
  public static final Choice<ClassWeighting> CLASS_WEIGHTS =
      new Choice<>("class-weights", ClassWeighting.NONE, "Of cross-entropy: rare labels count more, but for none.");

  /** β of effective numbers. */
  public static final Decimal EFFECTIVE_NUMBER_BETA =
      new Decimal("effective-number-beta", 0.999, 0, BELOW_ONE, "Of effective-number, in class weights and sampler.");

  /** The focal γ. */
  public static final Decimal FOCAL_GAMMA = new Decimal("focal-gamma", 0, 0, 100,
      "How much easy answers lose; 0 for no focus, 2 by default in the focal losses.");

  private static final Decimal FOCUSED_GAMMA = FOCAL_GAMMA.withDefault(2);

  /** τ of logit adjustment. */
  public static final Decimal LOGIT_ADJUSTMENT =
      new Decimal("logit-adjustment", 1, 0, 100, "Tau of logit-adjusted.");

  /** m of ArcFace. */
  public static final Decimal ANGULAR_MARGIN =
      new Decimal("angular-margin", 0.5, 0, 1.5,
          "Of arcface: by how much the angle of the right label is made larger.");

  /** The share of soft macro F1 in a mixed loss. */
  public static final Decimal SOFT_F1_SHARE =
      new Decimal("soft-f1-share", 0.5, 0, 1, "Of soft macro F1 in mixed.");

  /** How much a positive weighs against a negative in binary cross-entropy. */
  public static final DecimalOrWord POS_WEIGHT = new DecimalOrWord("pos-weight", "1",
      List.of(new Word("balanced", OptionalDouble.empty())), 0, LARGE,
      "Of a label that a row has, in bce: a number, or balanced: rows without the label for each one with it.");

  /** The factors of the long-tail losses. */
  public static final Choice<BalancingMethod.Scaling> LOSS_SCALE = new Choice<>("loss-scale",
      BalancingMethod.Scaling.PAPER, "Factors of the long-tail losses: of the paper, or of the authors' code.");

  /** β of class-balanced weights. */
  public static final Decimal CLASS_BALANCED_BETA =
      new Decimal("class-balanced-beta", 0.9, 0, BELOW_ONE, "Of class-balanced weights.");

  /** What class-balanced weights are computed from. */
  public static final Choice<ClassBalancing.Mode> CLASS_BALANCED_MODE =
      new Choice<>("class-balanced-mode", ClassBalancing.Mode.BY_CLASS, "What class-balanced weights come from.");

  /** α of rebalanced weights. */
  public static final Decimal REBALANCE_ALPHA =
      new Decimal("rebalance-alpha", 0.1, 0, LARGE, "Of rebalanced weights.");

  /** β of rebalanced weights. */
  public static final Decimal REBALANCE_BETA =
      new Decimal("rebalance-beta", 10, Double.MIN_NORMAL, LARGE, "Of rebalanced weights.");

  /** μ of rebalanced weights. */
  public static final Decimal REBALANCE_MU =
      new Decimal("rebalance-mu", 0.9, -LARGE, LARGE, "Of rebalanced weights.");

  /** λ of negative tolerance. */
  public static final Decimal NEGATIVE_LAMBDA =
      new Decimal("negative-lambda", 2, Double.MIN_NORMAL, LARGE, "Of negative tolerance.");

  /** κ of negative tolerance. */
  public static final Decimal NEGATIVE_KAPPA =
      new Decimal("negative-kappa", 0.05, 0, LARGE, "Of negative tolerance.");

  /** γ⁺ of the asymmetric loss. */
  public static final Decimal ASYMMETRIC_GAMMA_POSITIVE =
      new Decimal("asymmetric-gamma-positive", 0, 0, 100, "Of asymmetric: focus on labels that a row has.");

  /** γ⁻ of the asymmetric loss. */
  public static final Decimal ASYMMETRIC_GAMMA_NEGATIVE =
      new Decimal("asymmetric-gamma-negative", 4, 0, 100, "Of asymmetric: focus on labels that a row has not.");

  /** The margin of the asymmetric loss. */
  public static final Decimal ASYMMETRIC_MARGIN = new Decimal("asymmetric-margin", 0.05, 0, BELOW_ONE,
      "Of asymmetric: negatives of a lower probability are dropped.");

  /** How much nodes above leaves weigh. */
  public static final DecimalOrWord ANCESTOR_WEIGHT = new DecimalOrWord("ancestor-weight", "same",
      List.of(new Word("less", OptionalDouble.of(0.5)), new Word("same", OptionalDouble.of(1)),
          new Word("more", OptionalDouble.of(2))),
      0, LARGE,
      "Of nodes above leaves in ancestors: less (0.5), same (1), more (2) than leaves, or a number.");

  /** How much the nodes of each level weigh. */
  public static final Decimals LEVEL_WEIGHTS = new Decimals("level-weights", 0, LARGE,
      "Of the levels, from the top, in ancestors and level-softmax (default: 1 each).");

  /** Whether no node is more probable than those above it. */
  public static final Flag HIERARCHICAL_CONSTRAINT = new Flag("hierarchical-constraint",
      "In ancestors, no node is more probable than those above it (Li et al., CVPR 2022).");

  @Override
  public List<LossDefinition> losses() {
    return List.of(
        LossDefinition.of("cross-entropy", "Softmax cross-entropy, with focus if gamma is above 0.")
            .fits(INDICES, Link.SOFTMAX)
            .settings(LABEL_SMOOTHING, CLASS_WEIGHTS, EFFECTIVE_NUMBER_BETA, FOCAL_GAMMA)
            .creates(StandardLosses::softmax),
        LossDefinition.of("arcface", "Softmax of cosines with an angular margin; of the head cosine.")
            .fits(INDICES, Link.SOFTMAX)
            .settings(ANGULAR_MARGIN)
            .creates((settings, _) -> new ArcFace(settings.get(ANGULAR_MARGIN))),
        LossDefinition.of("balanced-softmax", "Softmax of logits shifted by the logarithm of their label's frequency.")
            .fits(INDICES, Link.SOFTMAX)
            .settings(LABEL_SMOOTHING, CLASS_WEIGHTS, EFFECTIVE_NUMBER_BETA, FOCAL_GAMMA)
            .creates(
                (settings, labels) -> LogitAdjustment.balancedSoftmax(softmax(settings, labels), labels.frequencies())),
        LossDefinition.of("logit-adjusted", "As balanced-softmax, with the shift multiplied by tau.")
            .fits(INDICES, Link.SOFTMAX)
            .settings(LOGIT_ADJUSTMENT, LABEL_SMOOTHING, CLASS_WEIGHTS, EFFECTIVE_NUMBER_BETA, FOCAL_GAMMA)
            .creates((settings, labels) -> new LogitAdjustment(softmax(settings, labels), labels.frequencies(),
                settings.get(LOGIT_ADJUSTMENT))),
        LossDefinition.of("bce", "Binary cross-entropy of each label.")
            .fits(MULTI_HOT, Link.SIGMOID)
            .settings(LABEL_SMOOTHING, POS_WEIGHT)
            .createsOfRows((settings, frequencies) -> BalancingMethod.BCE
                .loss(frequencies, BalancingMethod.Scaling.PAPER).ofRows())
            .creates(StandardLosses::binary),
        longTail("focal", BalancingMethod.FL, "Binary cross-entropy with focus on hard answers.", FOCUSED_GAMMA),
        longTail("class-balanced-focal", BalancingMethod.CB_FL, "Focal, weighted by effective numbers of rows.",
            FOCUSED_GAMMA, CLASS_BALANCED_BETA, CLASS_BALANCED_MODE),
        longTail("rebalanced-focal", BalancingMethod.R_FL, "Focal, weighted against how often a row is drawn.",
            FOCUSED_GAMMA, REBALANCE_ALPHA, REBALANCE_BETA, REBALANCE_MU),
        longTail("ntr-focal", BalancingMethod.NTR_FL, "Focal, tolerant of negatives.",
            FOCUSED_GAMMA, NEGATIVE_LAMBDA, NEGATIVE_KAPPA),
        longTail("distribution-balanced-no-focal", BalancingMethod.DB_0FL, "Distribution-balanced without focus.",
            REBALANCE_ALPHA, REBALANCE_BETA, REBALANCE_MU, NEGATIVE_LAMBDA, NEGATIVE_KAPPA),
        longTail("class-balanced-ntr", BalancingMethod.CB_NTR, "Class-balanced focal, tolerant of negatives.",
            FOCUSED_GAMMA, CLASS_BALANCED_BETA, CLASS_BALANCED_MODE, NEGATIVE_LAMBDA, NEGATIVE_KAPPA),
        longTail("distribution-balanced", BalancingMethod.DB, "Rebalanced focal, tolerant of negatives.",
            FOCUSED_GAMMA, REBALANCE_ALPHA, REBALANCE_BETA, REBALANCE_MU, NEGATIVE_LAMBDA, NEGATIVE_KAPPA),
        LossDefinition.of("asymmetric", "Focal with another gamma for negatives, without the improbable ones.")
            .fits(MULTI_HOT, Link.SIGMOID)
            .settings(ASYMMETRIC_GAMMA_POSITIVE, ASYMMETRIC_GAMMA_NEGATIVE, ASYMMETRIC_MARGIN)
            .creates((settings, labels) -> new AsymmetricLoss(settings.get(ASYMMETRIC_GAMMA_POSITIVE),
                settings.get(ASYMMETRIC_GAMMA_NEGATIVE), settings.get(ASYMMETRIC_MARGIN))),
        LossDefinition.of("soft-macro-f1", "1 - macro F1, with probabilities in place of decisions.")
            .fits(INDICES, Link.SOFTMAX)
            .fits(MULTI_HOT, Link.SIGMOID)
            .creates((settings, labels) -> new SoftMacroF1()),
        LossDefinition.of("mixed", "Cross-entropy, binary where a row may have several labels, and soft-macro-f1.")
            .fits(INDICES, Link.SOFTMAX)
            .fits(MULTI_HOT, Link.SIGMOID)
            .settings(SOFT_F1_SHARE, LABEL_SMOOTHING, CLASS_WEIGHTS, EFFECTIVE_NUMBER_BETA, FOCAL_GAMMA, POS_WEIGHT)
            .creates((settings, labels) -> WeightedLosses.mix(
                labels.form() == INDICES ? softmax(settings, labels) : binary(settings, labels), new SoftMacroF1(),
                settings.get(SOFT_F1_SHARE))),
        LossDefinition.of("ancestors", "Binary cross-entropy of all nodes: a row has its label and all ancestors.")
            .fits(NODES, settings -> settings.get(HIERARCHICAL_CONSTRAINT) ? Link.CONSTRAINED_SIGMOID : Link.SIGMOID)
            .settings(ANCESTOR_WEIGHT, LEVEL_WEIGHTS, HIERARCHICAL_CONSTRAINT, FOCAL_GAMMA)
            .creates(StandardLosses::ancestors),
        LossDefinition.of("conditional-softmax", "A softmax over the children of each node.")
            .fits(NODES, Link.FAMILY_SOFTMAX)
            .creates((settings, labels) -> new ConditionalSoftmax(labels.tree())),
        LossDefinition.of("level-softmax", "A softmax over the nodes of each level.")
            .fits(NODES, Link.LEVEL_SOFTMAX)
            .settings(LEVEL_WEIGHTS)
            .creates((settings, labels) -> new LevelSoftmax(labels.tree(), levels(settings, labels))));
  }

  /** One of the losses of Huang et al. */
  private static LossDefinition longTail(String name, BalancingMethod method, String help, LossSetting<?>... own) {
    LossSetting<?>[] settings = Arrays.copyOf(own, own.length + 1);
    settings[own.length] = LOSS_SCALE;
    return LossDefinition.of(name, help)
        .fits(MULTI_HOT, Link.SIGMOID)
        .settings(settings)
        .createsOfRows((values, frequencies) -> longTail(method, values, frequencies).ofRows())
        .creates((values, labels) -> longTail(method, values, labels.frequencies()));
  }

  private static LongTailLoss longTail(BalancingMethod method, LossSettings settings, LabelFrequencies frequencies) {
    var parameters = new BalancingMethod.Parameters(settings.getOrDefault(FOCUSED_GAMMA),
        new ClassBalancing(settings.getOrDefault(CLASS_BALANCED_BETA), settings.getOrDefault(CLASS_BALANCED_MODE)),
        new Rebalancing(settings.getOrDefault(REBALANCE_ALPHA), settings.getOrDefault(REBALANCE_BETA),
            settings.getOrDefault(REBALANCE_MU)),
        settings.getOrDefault(NEGATIVE_LAMBDA), settings.getOrDefault(NEGATIVE_KAPPA));
    return method.loss(frequencies, settings.get(LOSS_SCALE), parameters);
  }

  private static Loss softmax(LossSettings settings, TrainingLabels labels) {
    double[] weights = settings.get(CLASS_WEIGHTS).weights(settings.get(EFFECTIVE_NUMBER_BETA), labels.counts());
    double smoothing = settings.get(LABEL_SMOOTHING);
    double gamma = settings.get(FOCAL_GAMMA);
    return gamma > 0
        ? new SoftmaxFocal(gamma, smoothing, weights)
        : new SoftmaxCrossEntropy((float) smoothing, narrow(weights));
  }

  private static float @Nullable [] narrow(double @Nullable [] values) {
    if (values == null) {
      return null;
    }
    var narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  private static Loss binary(LossSettings settings, TrainingLabels labels) {
    return new BinaryCrossEntropy(settings.get(LABEL_SMOOTHING), posWeights(settings.get(POS_WEIGHT), labels));
  }

  private static double @Nullable [] posWeights(String setting, TrainingLabels labels) {
    OptionalDouble number = POS_WEIGHT.number(setting);
    if (number.isEmpty()) {
      return Arrays.stream(labels.counts())
          .mapToDouble(count -> (double) (labels.rows() - count) / Math.max(1, count))
          .toArray();
    }
    double weight = number.getAsDouble();
    if (weight == 1) {
      return null;
    }
    var weights = new double[labels.size()];
    Arrays.fill(weights, weight);
    return weights;
  }

  private static Loss ancestors(LossSettings settings, TrainingLabels labels) {
    Focus focus = Focus.of(settings.get(FOCAL_GAMMA));
    NodeWeighting weighting = settings.get(LEVEL_WEIGHTS).isEmpty()
        ? new NodeWeighting.Ancestors(ANCESTOR_WEIGHT.number(settings.get(ANCESTOR_WEIGHT)).orElseThrow())
        : levels(settings, labels);
    return settings.get(HIERARCHICAL_CONSTRAINT)
        ? new TreeMin(labels.tree(), weighting, focus)
        : new AncestorCrossEntropy(labels.tree(), weighting, focus);
  }

  private static NodeWeighting.Levels levels(LossSettings settings, TrainingLabels labels) {
    double[] weights = settings.get(LEVEL_WEIGHTS).stream().mapToDouble(Double::doubleValue).toArray();
    if (weights.length == 0) {
      weights = new double[labels.tree().depth()];
      Arrays.fill(weights, 1);
    }
    return new NodeWeighting.Levels(weights);
  }
}
