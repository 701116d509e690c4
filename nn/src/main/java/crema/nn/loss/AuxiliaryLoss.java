package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Scale;
import crema.base.Forest;
import crema.nn.loss.LossSetting.Decimal;
import java.util.List;
import java.util.Optional;

/**
 * A loss of the logits plus a weighted loss of the pooled embeddings, which may follow another, more detailed label:
 * {@link SupervisedContrastive} or {@link TreeTriplet}.
 *
 * @param main of the logits
 * @param auxiliary of the embeddings
 * @param weight what the auxiliary loss is multiplied by, at least 0
 */
public record AuxiliaryLoss(Loss main, Loss auxiliary, double weight) {
  /** The weight of {@link SupervisedContrastive}. */
  public static final Decimal CONTRASTIVE_WEIGHT = new Decimal("contrastive-weight", 0, 0, 1e6,
      "Adds a supervised contrastive loss by the most detailed label (default: none).");

  /** τ of {@link SupervisedContrastive}. */
  public static final Decimal CONTRASTIVE_TEMPERATURE =
      new Decimal("contrastive-temperature", 0.1, 1e-3, 1e3, "Its temperature.");

  /** The weight of {@link TreeTriplet}. */
  public static final Decimal TREE_TRIPLET_WEIGHT = new Decimal("tree-triplet-weight", 0, 0, 1e6,
      "Adds a loss that brings texts together whose paths are (default: none).");

  /** The margin of {@link TreeTriplet}. */
  public static final Decimal TREE_TRIPLET_MARGIN =
      new Decimal("tree-triplet-margin", 0.1, 0, 1e3, "Its margin.");

  /** The settings of auxiliary losses, whatever the main loss is. */
  public static final List<LossSetting<?>> SETTINGS =
      List.of(CONTRASTIVE_WEIGHT, CONTRASTIVE_TEMPERATURE, TREE_TRIPLET_WEIGHT, TREE_TRIPLET_MARGIN);

  /** Checks the ranges. */
  public AuxiliaryLoss {
    Checks.atLeastZero("weight of an auxiliary loss", weight);
  }

  /**
   * main + weight · auxiliary, {@code [1]}.
   *
   * @param logits {@code [rows, labels]}
   * @param targets what the main loss wants
   * @param embeddings {@code [rows, hidden]}
   * @param details what the auxiliary loss wants: one detailed label a row
   */
  public Variable apply(Tape tape, Variable logits, Targets targets, Variable embeddings, Targets details) {
    Variable added = Scale.apply(tape, auxiliary.apply(tape, embeddings, details), weight);
    return Binary.add(tape, main.apply(tape, logits, targets), added);
  }

  /**
   * A loss with the auxiliary one that {@link #SETTINGS} ask for; empty if they ask for none.
   *
   * @param details the form of the detailed labels: one label or one node a row
   * @param tree the labels as a tree
   * @throws IllegalArgumentException if the settings do not fit the labels
   */
  public static Optional<AuxiliaryLoss> of(Loss main, LossSettings settings, Targets.Form details, Forest tree) {
    double contrastive = settings.get(CONTRASTIVE_WEIGHT);
    double triplet = settings.get(TREE_TRIPLET_WEIGHT);
    if (contrastive == 0 && triplet == 0) {
      return Optional.empty();
    }
    String names = CONTRASTIVE_WEIGHT.name() + " and " + TREE_TRIPLET_WEIGHT.name();
    if (contrastive > 0 && triplet > 0) {
      throw new IllegalArgumentException(names + " cannot both be above 0: choose one");
    }
    if (details == Targets.Form.MULTI_HOT) {
      throw new IllegalArgumentException(names + " need texts with one label");
    }
    if (contrastive > 0) {
      return Optional.of(new AuxiliaryLoss(main, new SupervisedContrastive(settings.get(CONTRASTIVE_TEMPERATURE)),
          contrastive));
    }
    if (details != Targets.Form.NODES) {
      throw new IllegalArgumentException(TREE_TRIPLET_WEIGHT.name() + " needs the target taxonomy");
    }
    return Optional.of(
        new AuxiliaryLoss(main, new TreeTriplet(tree, settings.get(TREE_TRIPLET_MARGIN)), triplet));
  }
}
