package crema.family.encoder;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.data.PackedBatch;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.loss.Loss;
import crema.nn.loss.SupervisedContrastive;
import crema.nn.loss.TreeTriplet;
import crema.nn.model.EmbeddingClassifier;
import crema.task.MultiLabelTarget;
import crema.task.Target;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The loss of a model on a batch: that of its logits and, if asked for, one of its embeddings. */
final class Objective {
  /**
   * The contrastive loss of a batch that knows nothing is the logarithm of its rows, of which there are hardly more.
   */
  private static final int MANY_ROWS = 1024;

  private final Target target;
  private final Loss loss;
  private final boolean ofManyLabels;
  private final @Nullable AuxiliaryLoss withAuxiliary;

  private Objective(Target target, Loss loss, boolean ofManyLabels, @Nullable AuxiliaryLoss withAuxiliary) {
    this.target = target;
    this.loss = loss;
    this.ofManyLabels = ofManyLabels;
    this.withAuxiliary = withAuxiliary;
  }

  /**
   * What a run makes small.
   *
   * @param rows the number of training rows
   * @throws UserError if the settings do not fit the target
   */
  static Objective of(LossConfig config, Target target, long rows) {
    try {
      Loss loss = new ChosenLoss(config, target, rows).loss();
      boolean ofManyLabels = LossName.ofKey(config.name(), target.kind()).isOfManyLabels(target.kind());
      return new Objective(target, loss, ofManyLabels, auxiliary(config.auxiliary(), target, loss));
    } catch (IllegalArgumentException e) {
      throw new UserError("loss " + config.name() + ": " + e.getMessage(), e);
    }
  }

  /** The plainest loss of a target, which tells models apart whatever they were trained with. */
  static Objective plain(Target target) {
    return new Objective(target, target.plainLoss(), target.kind() == TargetKind.MULTI, null);
  }

  private static @Nullable AuxiliaryLoss auxiliary(LossConfig.Auxiliary config, Target target, Loss loss) {
    if (config.contrastiveWeight() == 0 && config.tripletWeight() == 0) {
      return null;
    }
    if (target instanceof MultiLabelTarget) {
      throw new UserError("contrastive_weight and tree_triplet_weight need texts with one label");
    }
    if (config.contrastiveWeight() > 0) {
      return new AuxiliaryLoss(loss, new SupervisedContrastive(config.contrastiveTemperature()),
          config.contrastiveWeight());
    }
    if (target instanceof TaxonomyTarget paths) {
      return new AuxiliaryLoss(loss, new TreeTriplet(paths.taxonomy(), config.tripletMargin()), config.tripletWeight());
    }
    throw new UserError("tree_triplet_weight needs the target taxonomy");
  }

  /** The loss of a batch, {@code [1]}. */
  Variable apply(Tape tape, EmbeddingClassifier model, PackedBatch batch) {
    Tensor ids = tape.scope().ints(batch.ids(), batch.tokens());
    Sequences sequences = Sequences.of(tape.scope(), batch.cuSeqlens());
    if (withAuxiliary == null) {
      return apply(tape, model.forward(tape, ids, sequences), batch);
    }
    EmbeddingClassifier.Output output = model.forward(tape, ids, sequences, true);
    Variable pooled = Objects.requireNonNull(output.embeddings()).pooled();
    return withAuxiliary.apply(tape, output.logits(), targets(tape, batch), pooled,
        target.indices(tape.scope(), batch));
  }

  /** The loss of the logits of a batch, {@code [1]}. */
  Variable apply(Tape tape, Variable logits, PackedBatch batch) {
    return loss.apply(tape, logits, targets(tape, batch));
  }

  private Tensor targets(Tape tape, PackedBatch batch) {
    return ofManyLabels ? target.multiHot(tape.scope(), batch) : target.indices(tape.scope(), batch);
  }

  /** About what the loss is where the model knows nothing: several times as much means that training has diverged. */
  double guessing() {
    double ofLogits = ofManyLabels ? Math.log(2) : Math.log(target.labels().size()) * target.depth();
    return ofLogits + (withAuxiliary == null ? 0 : withAuxiliary.weight() * Math.log(MANY_ROWS));
  }
}
