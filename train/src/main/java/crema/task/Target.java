package crema.task;

import crema.base.Forest;
import crema.base.UserError;
import crema.data.LabelSet;
import crema.data.PackedBatch;
import crema.metrics.Outcomes;
import crema.metrics.PrecisionThresholds;
import crema.metrics.ScoreMatrix;
import crema.nn.loss.Link;
import crema.nn.loss.Targets;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a model predicts: how the labels of rows become targets of a loss, and how logits become probabilities and
 * answers. Immutable.
 */
public sealed interface Target permits SingleLabelTarget, MultiLabelTarget, TaxonomyTarget {
  /**
   * What there is to predict before training.
   *
   * @param reading how labels are read
   * @param labels of the training rows
   * @param link what logits mean, if labels are paths
   * @param answers how paths are found
   */
  static Target of(LabelSettings reading, LabelSet labels, Link link, AnswerSettings answers) {
    return switch (reading.kind()) {
      case SINGLE -> new SingleLabelTarget(labels);
      case MULTI -> MultiLabelTarget.of(labels);
      case TAXONOMY -> TaxonomyTarget.of(labels, reading.pathSeparator(), link, answers.decoding());
    };
  }

  /** The labels, of which each has a column in the logits. */
  LabelSet labels();

  /** The kind. */
  TargetKind kind();

  /** How far the scores of the model can be trusted. */
  Trust trust();

  /** The same with another trust. */
  Target with(Trust trust);

  /** The probability of each label, as trustworthy as {@link #trust} makes it. */
  ScoreMatrix probabilities(ScoreMatrix logits);

  /** The probability of each label as the scores alone have it. */
  default ScoreMatrix rawProbabilities(ScoreMatrix logits) {
    return with(Trust.NONE).probabilities(logits);
  }

  /**
   * The logits of which the target makes probabilities of its labels: a softmax takes the logarithms, sigmoids those of
   * the odds.
   *
   * @param probabilities {@code [labels]}; those near 0 and 1 are taken as a billionth from there
   * @return {@code [labels]}
   */
  default float[] logits(double[] probabilities) {
    double least = 1e-9;
    var logits = new float[probabilities.length];
    for (int label = 0; label < logits.length; label++) {
      double p = Math.clamp(probabilities[label], least, 1);
      logits[label] = (float) (kind() == TargetKind.SINGLE ? Math.log(p)
          : Math.log(p) - Math.log(Math.max(1 - p, least)));
    }
    return logits;
  }

  /**
   * The logits of which the target makes probabilities of answers; a node of a taxonomy has the sum of those below it.
   *
   * @param answers the label of each
   * @param probabilities of each
   * @return {@code [labels]}
   */
  default float[] logits(int[] answers, double[] probabilities) {
    var ofLabels = new double[labels().size()];
    for (int answer = 0; answer < answers.length; answer++) {
      for (int label : implied(answers[answer])) {
        ofLabels[label] += probabilities[answer];
      }
    }
    return logits(ofLabels);
  }

  /**
   * By what the labels of a text are ordered, the answer first: their probabilities unless something else decides. No
   * calibration changes the order.
   */
  default ScoreMatrix preferences(ScoreMatrix logits) {
    return rawProbabilities(logits);
  }

  /** The labels that are answered for each text, ascending, {@code [texts][]}. */
  int[][] decide(ScoreMatrix logits);

  /**
   * The labels that are answered for each text so that a guarantee holds, ascending, {@code [texts][]}; none where no
   * answer is sure enough.
   *
   * @throws UserError if it cannot be given
   */
  default int[][] decide(ScoreMatrix logits, Guarantee guarantee) {
    ScoreMatrix probabilities = probabilities(logits);
    var answers = new int[logits.documents()][];
    switch (guarantee) {
      case Guarantee.Precision(double share) when share == 0 -> {
        return decide(logits);
      }
      case Guarantee.Precision precision -> {
        float[] thresholds = trust().reached(tree(), precision).values();
        int[][] decided = decide(logits);
        Arrays.setAll(answers, text -> {
          float[] row = probabilities.row(text);
          return deepest(Arrays.stream(vouchable(row, decided[text]))
              .filter(label -> row[label] >= thresholds[PrecisionThresholds.group(tree(), label)]).toArray());
        });
      }
      case Guarantee.Coverage coverage -> {
        float threshold = trust().reached(coverage);
        Arrays.setAll(answers, text -> {
          float[] row = probabilities.row(text);
          return Arrays.stream(candidates()).filter(label -> row[label] >= threshold).toArray();
        });
      }
    }
    return answers;
  }

  /**
   * The labels that an answer may be made of where it must be sure, those above others first.
   *
   * @param probabilities of one text, {@code [labels]}
   * @param decided the labels that the model decides on
   */
  default int[] vouchable(float[] probabilities, int[] decided) {
    return Arrays.stream(decided).flatMap(label -> Arrays.stream(implied(label))).toArray();
  }

  /** Of labels those that imply none of the others, ascending. */
  private int[] deepest(int[] given) {
    return Arrays.stream(given)
        .filter(label -> Arrays.stream(given).noneMatch(other -> other != label
            && Arrays.stream(implied(other)).anyMatch(above -> above == label)))
        .sorted().toArray();
  }

  /** The labels that may be an answer, ascending. */
  default int[] candidates() {
    return IntStream.range(0, labels().size()).toArray();
  }

  /** Truth and answers, to be measured. */
  Outcomes outcomes(int[][] truth, int[][] answers);

  /** What a model said of labelled rows, to be measured. */
  default Outcomes outcomes(ScoredRows rows) {
    return outcomes(rows.truth(), decide(rows.logits())).weighted(rows.weights());
  }

  /**
   * The same with thresholds chosen on validation rows, where there are any to choose.
   *
   * @param rows the validation rows; where there are none, nothing is chosen
   */
  default Target tuned(AnswerSettings answers, ScoredRows rows) {
    return this;
  }

  /**
   * The same with one more label, which decides as others do: in {@link #labels} it comes last, or in a taxonomy where
   * its path belongs, with the nodes above it that are new.
   *
   * @param name a label that is not there; of a taxonomy a path with its separator
   * @param count how many rows have it
   */
  Target withLabel(String name, long count);

  /**
   * The same with probabilities that are calibrated on validation rows. Thresholds that were chosen change with them, so
   * that answers stay; one that was given holds of the calibrated probabilities.
   *
   * @param answers of the run
   * @param rows the validation rows; none to leave probabilities as they are
   */
  Target calibrated(AnswerSettings answers, ScoredRows rows);

  /** How logits become probabilities. */
  Link link();

  /** The labels as a tree; without parents where they are flat. */
  default Forest tree() {
    return Forest.flat(labels().size());
  }

  /** The labels that a text has if it has one: that label and those above it. */
  default int[] implied(int label) {
    return new int[] {label};
  }

  /**
   * The labels of a batch as a loss wants them.
   *
   * @param form one of those of the {@linkplain TargetKind#forms kind}; as {@link Targets.Form#MULTI_HOT} a sequence
   *     has its labels and those that they {@linkplain #implied imply}
   */
  default Targets targets(Targets.Form form, PackedBatch batch) {
    return switch (form) {
      case INDICES -> new Targets.Indices(batch.labels());
      case NODES -> new Targets.Nodes(batch.labels());
      case MULTI_HOT -> {
        var columns = new int[batch.sequences()][];
        Arrays.setAll(columns,
            row -> Arrays.stream(batch.labels(row)).flatMap(label -> Arrays.stream(implied(label))).toArray());
        yield Targets.MultiHot.of(labels().size(), columns);
      }
      case PAIRS -> throw new IllegalArgumentException("the labels of a batch are not pairs");
    };
  }
}
