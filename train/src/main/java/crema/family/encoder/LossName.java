package crema.family.encoder;

import crema.base.UserError;
import crema.nn.loss.BalancingMethod;
import crema.task.TargetKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The losses that a model can be trained with, by the names that flags and files have for them. */
public enum LossName {
  /** Softmax cross-entropy, with focus if γ is above 0. */
  CROSS_ENTROPY(TargetKind.SINGLE),
  /** Softmax of logits that are shifted by the logarithm of their label's frequency. */
  BALANCED_SOFTMAX(TargetKind.SINGLE),
  /** As {@link #BALANCED_SOFTMAX}, with the shift multiplied by τ. */
  LOGIT_ADJUSTED(TargetKind.SINGLE),
  /** Binary cross-entropy of each label; the BCE of Huang et al., EMNLP 2021, as are the names down to DB. */
  BCE(BalancingMethod.BCE),
  /** FL. */
  FOCAL(BalancingMethod.FL),
  /** CB-FL. */
  CLASS_BALANCED_FOCAL(BalancingMethod.CB_FL),
  /** R-FL. */
  REBALANCED_FOCAL(BalancingMethod.R_FL),
  /** NTR-FL. */
  NTR_FOCAL(BalancingMethod.NTR_FL),
  /** DB-0FL. */
  DISTRIBUTION_BALANCED_NO_FOCAL(BalancingMethod.DB_0FL),
  /** CB-NTR. */
  CLASS_BALANCED_NTR(BalancingMethod.CB_NTR),
  /** DB. */
  DISTRIBUTION_BALANCED(BalancingMethod.DB),
  /** Focal with another γ for negatives, and none of those that are improbable anyway. */
  ASYMMETRIC(TargetKind.MULTI, TargetKind.TAXONOMY),
  /** 1 − F1, with probabilities in place of decisions. */
  SOFT_MACRO_F1(TargetKind.SINGLE, TargetKind.MULTI),
  /** A mix of cross-entropy, binary where a row may have several labels, and {@link #SOFT_MACRO_F1}. */
  MIXED(TargetKind.SINGLE, TargetKind.MULTI),
  /** Binary cross-entropy of all nodes, a row having its label and all ancestors; with focus if γ is above 0. */
  ANCESTORS(TargetKind.TAXONOMY),
  /** A softmax over the children of each node. */
  CONDITIONAL_SOFTMAX(TargetKind.TAXONOMY),
  /** A softmax over the nodes of each level. */
  LEVEL_SOFTMAX(TargetKind.TAXONOMY);

  private final Set<TargetKind> targets;
  private final @Nullable BalancingMethod method;

  LossName(TargetKind first, TargetKind... others) {
    targets = EnumSet.of(first, others);
    method = null;
  }

  LossName(BalancingMethod method) {
    targets = EnumSet.of(TargetKind.MULTI, TargetKind.TAXONOMY);
    this.method = method;
  }

  /** The name in flags and files, such as {@code cross-entropy}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The loss for a target that nobody chose one for. */
  public static LossName defaultOf(TargetKind target) {
    return switch (target) {
      case SINGLE -> CROSS_ENTROPY;
      case MULTI -> BCE;
      case TAXONOMY -> ANCESTORS;
    };
  }

  /**
   * The loss of a name.
   *
   * @throws UserError if there is none for the target; the message names all that there are
   */
  public static LossName ofKey(String key, TargetKind target) {
    return ofKey(key, loss -> loss.targets.contains(target), "the target " + target.key());
  }

  /**
   * The loss of a name that fastText can be trained with: one of the eight of Huang et al., whatever the target.
   *
   * @throws UserError if it is none of them; the message names them
   */
  public static LossName ofFastText(String key) {
    return ofKey(key, loss -> loss.method != null, "fasttext");
  }

  private static LossName ofKey(String key, Predicate<LossName> fits, String user) {
    List<LossName> fitting = Arrays.stream(values()).filter(fits).toList();
    return fitting.stream().filter(loss -> loss.key().equals(key)).findFirst()
        .orElseThrow(() -> new UserError("loss must be one of "
            + fitting.stream().map(LossName::key).collect(Collectors.joining(", ")) + " for " + user + ", not '" + key
            + "'"));
  }

  /** γ where nobody chose one: 2 in the focal losses of Huang et al., no focus elsewhere. */
  public double defaultGamma() {
    return switch (this) {
      case FOCAL, CLASS_BALANCED_FOCAL, REBALANCED_FOCAL, NTR_FOCAL, CLASS_BALANCED_NTR, DISTRIBUTION_BALANCED -> 2;
      default -> 0;
    };
  }

  /** Which of the eight of Huang et al. it is, if one of them. */
  Optional<BalancingMethod> method() {
    return Optional.ofNullable(method);
  }

  /**
   * Whether the loss takes labels one by one, all ancestors included: 0 or 1 for each. Others take a row's one label.
   */
  boolean isOfManyLabels(TargetKind target) {
    return target == TargetKind.MULTI || (target == TargetKind.TAXONOMY && targets.contains(TargetKind.MULTI));
  }
}
