package crema.cli;

import crema.family.encoder.SamplingConfig;
import crema.nn.loss.StandardLosses;
import crema.task.LossConfig;
import crema.task.TargetKind;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The loss of a training run, and the rows that it sees. */
final class LossOptions {
  @Option(names = "--loss", paramLabel = "NAME",
      description = {
        "One label: cross-entropy (default), balanced-softmax, logit-adjusted, soft-macro-f1, mixed.",
        "Several: bce (default), focal, class-balanced-focal, rebalanced-focal, ntr-focal,",
        "distribution-balanced-no-focal, class-balanced-ntr, distribution-balanced, asymmetric, soft-macro-f1, mixed.",
        "Taxonomy: ancestors (default), conditional-softmax, level-softmax, and those for several labels."
      })
  private @Nullable String name;

  @Option(names = "--label-smoothing", paramLabel = "E", defaultValue = "0",
      description = "Of cross-entropy and bce (default: ${DEFAULT-VALUE}).")
  private double labelSmoothing;

  @Option(names = "--class-weights", paramLabel = "KIND", defaultValue = "none",
      description = "Of cross-entropy: none, or rare labels count more: balanced, square-root, effective-number "
          + "(default: ${DEFAULT-VALUE}).")
  private String classWeights = "none";

  @Option(names = "--focal-gamma", paramLabel = "G",
      description = "How much easy answers lose; 0 for no focus (default: 2 in the focal losses, otherwise 0).")
  private @Nullable Double gamma;

  @Option(names = "--logit-adjustment", paramLabel = "T", defaultValue = "1",
      description = "Tau of logit-adjusted (default: ${DEFAULT-VALUE}).")
  private double tau;

  @Option(names = "--soft-f1-share", paramLabel = "S", defaultValue = "0.5",
      description = "Of soft macro F1 in mixed (default: ${DEFAULT-VALUE}).")
  private double softF1Share;

  @Option(names = "--pos-weight", paramLabel = "W", defaultValue = "1",
      description = "Of a label that a row has, in bce: a number or balanced (default: ${DEFAULT-VALUE}).")
  private String posWeight = "1";

  @Option(names = "--loss-scale", paramLabel = "KIND", defaultValue = "paper",
      description = "Factors of the long-tail losses: paper, or authors for those of the authors' code "
          + "(default: ${DEFAULT-VALUE}).")
  private String scale = "paper";

  @Option(names = "--class-balanced-beta", paramLabel = "B", defaultValue = "0.9",
      description = "Of class-balanced weights (default: ${DEFAULT-VALUE}).")
  private double classBalancedBeta;

  @Option(names = "--class-balanced-mode", paramLabel = "KIND", defaultValue = "by-class",
      description = "by-class, average-count, average-weight or minimum-count (default: ${DEFAULT-VALUE}).")
  private String classBalancedMode = "by-class";

  @Option(names = "--rebalance-alpha", paramLabel = "A", defaultValue = "0.1",
      description = "Of rebalanced weights (default: ${DEFAULT-VALUE}).")
  private double rebalanceAlpha;

  @Option(names = "--rebalance-beta", paramLabel = "B", defaultValue = "10",
      description = "Of rebalanced weights (default: ${DEFAULT-VALUE}).")
  private double rebalanceBeta;

  @Option(names = "--rebalance-mu", paramLabel = "M", defaultValue = "0.9",
      description = "Of rebalanced weights (default: ${DEFAULT-VALUE}).")
  private double rebalanceMu;

  @Option(names = "--negative-lambda", paramLabel = "L", defaultValue = "2",
      description = "Of negative tolerance (default: ${DEFAULT-VALUE}).")
  private double lambda;

  @Option(names = "--negative-kappa", paramLabel = "K", defaultValue = "0.05",
      description = "Of negative tolerance (default: ${DEFAULT-VALUE}).")
  private double kappa;

  @Option(names = "--asymmetric-gamma-positive", paramLabel = "G", defaultValue = "0",
      description = "Of asymmetric (default: ${DEFAULT-VALUE}).")
  private double gammaPositive;

  @Option(names = "--asymmetric-gamma-negative", paramLabel = "G", defaultValue = "4",
      description = "Of asymmetric (default: ${DEFAULT-VALUE}).")
  private double gammaNegative;

  @Option(names = "--asymmetric-margin", paramLabel = "M", defaultValue = "0.05",
      description = "Of asymmetric (default: ${DEFAULT-VALUE}).")
  private double margin;

  @Option(names = "--ancestor-weight", paramLabel = "W", defaultValue = "same",
      description = "Of nodes above leaves in ancestors: less, same, more or a number (default: ${DEFAULT-VALUE}).")
  private String ancestorWeight = "same";

  @Option(names = "--level-weights", split = ",", paramLabel = "W",
      description = "Of the levels, from the top, in ancestors and level-softmax (default: 1 each).")
  private List<Double> levelWeights = List.of();

  @Option(names = "--hierarchical-constraint",
      description = "In ancestors, no node is more probable than those above it (Li et al., CVPR 2022).")
  private boolean hierarchicalConstraint;

  @Option(names = "--tree-triplet-weight", paramLabel = "W", defaultValue = "0",
      description = "Adds a loss that brings texts together whose paths are (default: none).")
  private double tripletWeight;

  @Option(names = "--tree-triplet-margin", paramLabel = "M", defaultValue = "0.1",
      description = "Its margin (default: ${DEFAULT-VALUE}).")
  private double tripletMargin;

  @Option(names = "--contrastive-weight", paramLabel = "W", defaultValue = "0",
      description = "Adds a supervised contrastive loss by the most detailed label (default: none).")
  private double contrastiveWeight;

  @Option(names = "--contrastive-temperature", paramLabel = "T", defaultValue = "0.1",
      description = "Its temperature (default: ${DEFAULT-VALUE}).")
  private double contrastiveTemperature;

  @Option(names = "--sampler", paramLabel = "KIND", defaultValue = "shuffled",
      description = "shuffled, or drawn with replacement so that rare labels come more often: class-balanced, "
          + "square-root, effective-number (default: ${DEFAULT-VALUE}).")
  private String sampler = "shuffled";

  @Option(names = "--sampler-weights", paramLabel = "KIND", defaultValue = "class",
      description = "class: draw a label, then one of its rows; sample: draw a row by its labels' mean weight "
          + "(default: ${DEFAULT-VALUE}).")
  private String samplerWeights = "class";

  @Option(names = "--effective-number-beta", paramLabel = "B", defaultValue = "0.999",
      description = "Of effective-number, in class weights and sampler (default: ${DEFAULT-VALUE}).")
  private double effectiveNumberBeta;

  /** The loss of fastText; null if none was chosen by {@code --loss}. */
  @Nullable LossConfig fastTextLoss() {
    if (name == null) {
      return null;
    }
    LossConfig loss = config(LossConfig.of(name));
    loss.requireOfRows("fasttext");
    return loss;
  }

  /** The loss for a target. */
  LossConfig loss(TargetKind target) {
    LossConfig loss = name == null ? LossConfig.defaultOf(target) : LossConfig.of(name);
    loss.requireFor(target);
    return config(loss);
  }

  /** The loss with those of the settings that it has. */
  private LossConfig config(LossConfig loss) {
    var given = new LinkedHashMap<String, String>();
    given.put("label-smoothing", Double.toString(labelSmoothing));
    given.put("class-weights", classWeights);
    given.put("effective-number-beta", Double.toString(effectiveNumberBeta));
    if (gamma != null) {
      given.put("focal-gamma", gamma.toString());
    }
    given.put("logit-adjustment", Double.toString(tau));
    given.put("soft-f1-share", Double.toString(softF1Share));
    given.put("pos-weight", posWeight);
    given.put("loss-scale", scale);
    given.put("class-balanced-beta", Double.toString(classBalancedBeta));
    given.put("class-balanced-mode", classBalancedMode);
    given.put("rebalance-alpha", Double.toString(rebalanceAlpha));
    given.put("rebalance-beta", Double.toString(rebalanceBeta));
    given.put("rebalance-mu", Double.toString(rebalanceMu));
    given.put("negative-lambda", Double.toString(lambda));
    given.put("negative-kappa", Double.toString(kappa));
    given.put("asymmetric-gamma-positive", Double.toString(gammaPositive));
    given.put("asymmetric-gamma-negative", Double.toString(gammaNegative));
    given.put("asymmetric-margin", Double.toString(margin));
    given.put("ancestor-weight", ancestorWeight);
    given.put("level-weights", StandardLosses.LEVEL_WEIGHTS.format(levelWeights));
    given.put("hierarchical-constraint", Boolean.toString(hierarchicalConstraint));
    given.put("tree-triplet-weight", Double.toString(tripletWeight));
    given.put("tree-triplet-margin", Double.toString(tripletMargin));
    given.put("contrastive-weight", Double.toString(contrastiveWeight));
    given.put("contrastive-temperature", Double.toString(contrastiveTemperature));
    given.keySet().retainAll(loss.settings().keySet());
    return new LossConfig(loss.name(), given);
  }

  /** Which rows training sees. */
  SamplingConfig sampling() {
    return new SamplingConfig(sampler, samplerWeights, effectiveNumberBeta);
  }

  /** How rare labels count more. */
  String classWeights() {
    return classWeights;
  }
}
