package crema.family.encoder;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Embedding;
import crema.base.UserError;
import crema.data.PackedBatch;
import crema.data.TokenDataset;
import crema.nn.loss.ArcFace;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.loss.Loss;
import crema.nn.loss.RowWeights;
import crema.nn.loss.Targets;
import crema.nn.loss.TrainingLabels;
import crema.nn.model.TextClassifier;
import crema.task.LossConfig;
import crema.task.Target;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The loss of a model on a batch: that of its logits and, if asked for, one of its embeddings. */
public final class ClassifierLoss {
  /**
   * The contrastive loss of a batch that knows nothing is the logarithm of its rows, of which there are hardly more.
   */
  private static final int MANY_ROWS = 1024;

  private final Target target;
  private final Targets.Form form;
  private final Loss loss;
  private final @Nullable AuxiliaryLoss withAuxiliary;
  /** What the weights of rows are divided by; 0 where all rows count once. */
  private final double meanWeight;

  private ClassifierLoss(Target target, Targets.Form form, Loss loss, @Nullable AuxiliaryLoss withAuxiliary,
      double meanWeight) {
    this.target = target;
    this.form = form;
    this.loss = loss;
    this.withAuxiliary = withAuxiliary;
    this.meanWeight = meanWeight;
  }

  /**
   * The objective of a run.
   *
   * @param train the training rows, whatever they are made of besides tokens
   * @throws UserError if the settings do not fit the target
   */
  public static ClassifierLoss of(LossConfig config, Target target, TokenDataset train) {
    try {
      Targets.Form form = config.form(target.kind());
      var labels = new TrainingLabels(form, target.labels().counts(), train.size(), target.tree());
      Loss loss = config.definition().create(config.values(), labels);
      return new ClassifierLoss(target, form, loss,
          AuxiliaryLoss.of(loss, config.auxiliary(), details(target), target.tree()).orElse(null),
          meanWeight(train));
    } catch (IllegalArgumentException e) {
      throw new UserError("loss " + config.name() + ": " + e.getMessage(), e);
    }
  }

  /** The likelihood of a target's labels, which compares models whatever they were trained with. */
  static ClassifierLoss likelihood(Target target) {
    return new ClassifierLoss(target, details(target), target.link().likelihood(target.tree()), null, 0);
  }

  /** The mean weight of rows; 0 if all count once. */
  private static double meanWeight(TokenDataset train) {
    double sum = 0;
    boolean areAllOne = true;
    for (int example = 0; example < train.size(); example++) {
      double weight = train.weight(example);
      sum += weight;
      areAllOne &= weight == 1;
    }
    return areAllOne ? 0 : sum / train.size();
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
    Variable pooled = weighted(tape, output.embeddings().pooled(), batch);
    return withAuxiliary.apply(tape, weighted(tape, output.logits(), batch), target.targets(form, batch), pooled,
        target.targets(details(target), batch));
  }

  /** The loss of the logits of a batch, {@code [1]}. */
  public Variable apply(Tape tape, Variable logits, PackedBatch batch) {
    return loss.apply(tape, weighted(tape, logits, batch), target.targets(form, batch));
  }

  /** The same numbers, whose rows move the model as their weights say. */
  private Variable weighted(Tape tape, Variable rows, PackedBatch batch) {
    if (meanWeight == 0) {
      return rows;
    }
    var weights = new double[batch.sequences()];
    Arrays.setAll(weights, row -> batch.meta(row).weight() / meanWeight);
    return RowWeights.apply(tape, rows, weights);
  }

  /**
   * The sum of the losses of a batch's rows, each as often as it weighs; for losses that are the mean of their rows'.
   *
   * @param logits {@code [sequences, labels]}
   */
  double sum(Tape tape, Variable logits, PackedBatch batch) {
    var rows = new TreeMap<Double, List<Integer>>();
    for (int row = 0; row < batch.sequences(); row++) {
      rows.computeIfAbsent(batch.meta(row).weight(), _ -> new ArrayList<>()).add(row);
    }
    Targets all = target.targets(form, batch);
    double sum = 0;
    for (var group : rows.entrySet()) {
      int[] some = group.getValue().stream().mapToInt(Integer::intValue).toArray();
      double mean = rows.size() == 1 ? loss.apply(tape, logits, all).value().item()
          : loss.apply(tape, Embedding.apply(tape, logits, tape.scope().ints(some, some.length), 1), all.rows(some))
              .value().item();
      sum += mean * (group.getKey() * some.length);
    }
    return sum;
  }

  /** Whether rows whose label is -1 do not count: not where a row may have no label at all. */
  boolean leavesOutRowsWithoutLabel() {
    return form != Targets.Form.MULTI_HOT && details(target) != Targets.Form.MULTI_HOT;
  }

  /** About what the loss is where the model knows nothing: several times as much means that training has diverged. */
  public double uninformed() {
    double ofLogits = form == Targets.Form.MULTI_HOT
        ? Math.log(2)
        : Math.log(target.labels().size()) * target.tree().depth()
            + (loss instanceof ArcFace angles ? angles.handicap() : 0);
    return ofLogits + (withAuxiliary == null ? 0 : withAuxiliary.weight() * Math.log(MANY_ROWS));
  }
}
