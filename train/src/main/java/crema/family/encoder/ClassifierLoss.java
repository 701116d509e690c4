package crema.family.encoder;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.data.PackedBatch;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.loss.Loss;
import crema.nn.loss.Targets;
import crema.nn.loss.TrainingLabels;
import crema.nn.model.TextClassifier;
import crema.task.LossConfig;
import crema.task.Target;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The loss of a model on a batch: that of its logits and, if asked for, one of its embeddings. */
final class ClassifierLoss {
  /**
   * The contrastive loss of a batch that knows nothing is the logarithm of its rows, of which there are hardly more.
   */
  private static final int MANY_ROWS = 1024;

  private final Target target;
  private final Targets.Form form;
  private final Loss loss;
  private final @Nullable AuxiliaryLoss withAuxiliary;

  private ClassifierLoss(Target target, Targets.Form form, Loss loss, @Nullable AuxiliaryLoss withAuxiliary) {
    this.target = target;
    this.form = form;
    this.loss = loss;
    this.withAuxiliary = withAuxiliary;
  }

  /**
   * The objective of a run.
   *
   * @param rows the number of training rows
   * @throws UserError if the settings do not fit the target
   */
  static ClassifierLoss of(LossConfig config, Target target, long rows) {
    try {
      Targets.Form form = config.form(target.kind());
      var labels = new TrainingLabels(form, target.labels().counts(), rows, target.tree());
      Loss loss = config.definition().create(config.values(), labels);
      return new ClassifierLoss(target, form, loss,
          AuxiliaryLoss.of(loss, config.auxiliary(), details(target), target.tree()).orElse(null));
    } catch (IllegalArgumentException e) {
      throw new UserError("loss " + config.name() + ": " + e.getMessage(), e);
    }
  }

  /** The likelihood of a target's labels, which compares models whatever they were trained with. */
  static ClassifierLoss likelihood(Target target) {
    return new ClassifierLoss(target, details(target), target.link().likelihood(target.tree()), null);
  }

  /** The form of the most detailed labels. */
  private static Targets.Form details(Target target) {
    return target.kind().forms().getFirst();
  }

  /** The loss of a batch, {@code [1]}. */
  Variable apply(Tape tape, TextClassifier model, PackedBatch batch) {
    Tensor ids = tape.scope().ints(batch.ids(), batch.tokens());
    Sequences sequences = Sequences.of(tape.scope(), batch.cuSeqlens());
    if (withAuxiliary == null) {
      return apply(tape, model.forward(tape, ids, sequences), batch);
    }
    TextClassifier.Output output = model.forwardWithEmbeddings(tape, ids, sequences);
    Variable pooled = output.embeddings().pooled();
    return withAuxiliary.apply(tape, output.logits(), target.targets(form, batch), pooled,
        target.targets(details(target), batch));
  }

  /** The loss of the logits of a batch, {@code [1]}. */
  Variable apply(Tape tape, Variable logits, PackedBatch batch) {
    return loss.apply(tape, logits, target.targets(form, batch));
  }

  /** Whether rows whose label is -1 do not count: not where a row may have no label at all. */
  boolean leavesOutRowsWithoutLabel() {
    return form != Targets.Form.MULTI_HOT && details(target) != Targets.Form.MULTI_HOT;
  }

  /** About what the loss is where the model knows nothing: several times as much means that training has diverged. */
  double uninformed() {
    double ofLogits = form == Targets.Form.MULTI_HOT
        ? Math.log(2)
        : Math.log(target.labels().size()) * target.tree().depth();
    return ofLogits + (withAuxiliary == null ? 0 : withAuxiliary.weight() * Math.log(MANY_ROWS));
  }
}
