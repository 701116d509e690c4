package crema.family.staged;

import crema.base.UserError;
import crema.data.LabelSet;
import crema.data.Taxonomy;
import crema.nn.loss.Link;
import crema.task.DecisionConfig;
import crema.task.LabelConfig;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;
import org.jspecify.annotations.Nullable;

/**
 * How a classifier is put together from smaller ones that decide one after the other.
 *
 * @param catchAll the label that is decided on first, before all others are told apart; null for local classifiers, one
 *     for each parent of a taxonomy
 * @param decision how a path is found from the decisions of local classifiers
 */
public record StagesConfig(@Nullable String catchAll, DecisionConfig decision) {
  /** First whether it is the catch-all class, then which of the others. */
  public static StagesConfig twoStage(String catchAll) {
    return new StagesConfig(catchAll, DecisionConfig.DEFAULT);
  }

  /** A classifier for each parent of a taxonomy. */
  public static StagesConfig local(DecisionConfig decision) {
    return new StagesConfig(null, decision);
  }

  /**
   * Checks that stages fit what there is to predict.
   *
   * @throws UserError when they do not
   */
  void requireFit(LabelConfig labels) {
    if (catchAll != null && labels.kind() != TargetKind.SINGLE) {
      throw new UserError("--two-stage needs one label a row, --target single");
    }
    if (catchAll == null && labels.kind() != TargetKind.TAXONOMY) {
      throw new UserError("--local-classifiers needs paths as labels: --target taxonomy");
    }
  }

  /** The decisions that lead to the labels of the training rows. */
  Routes routes(LabelSet labels, LabelConfig reading) {
    return catchAll != null
        ? Routes.twoStage(labels, catchAll)
        : Routes.local(labels, Taxonomy.of(labels.names(), reading.pathSeparator()));
  }

  /** What all stages together predict. */
  Target target(LabelSet labels, LabelConfig reading) {
    return catchAll != null
        ? new SingleLabelTarget(labels)
        : TaxonomyTarget.of(labels, reading.pathSeparator(), Link.FAMILY_SOFTMAX, decision.treeDecoding());
  }
}
