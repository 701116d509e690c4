package crema.family.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.classify.TrainingListener;
import crema.data.Batches;
import crema.data.Sampler;
import crema.family.encoder.Evaluator;
import crema.metrics.ScoreMatrix;
import crema.nn.model.fusion.FusionNetwork;
import crema.nn.model.fusion.Presence;
import crema.run.Validator;
import crema.task.ScoredRows;
import crema.tensor.Backend;
import crema.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the models of texts and of pictures and the network of both say of the validation rows, and how they are mixed best. */
final class FusionScores {
  /** Weights that are tried. */
  private static final double[] WEIGHTS = {0, 0.125, 0.25, 0.375, 0.5, 0.75, 1, 1.5, 2, 3};
  /** Rounds over the three weights: the loss is convex in them, so that it hardly falls any more. */
  private static final int ROUNDS = 4;
  private static final int BATCH = 256;
  /** Three weights are known by so many rows as well as by more. */
  private static final int MOST_ROWS = 20_000;

  private final FusionRows rows;
  private final Backend backend;
  private final FusionNetwork network;
  private final Validator validator;
  private final Presence all;
  private final List<float[]> joined;

  /**
   * Asks a network about all rows.
   *
   * @param validator decides whether a mix is better than the texts alone
   */
  FusionScores(FusionRows rows, Backend backend, FusionNetwork network, Validator validator) {
    this.rows = rows;
    this.backend = backend;
    this.network = network;
    this.validator = validator;
    var every = new int[rows.size()];
    Arrays.setAll(every, i -> i);
    all = rows.presence(every);
    joined = logits(all);
  }

  /** What the network says of each row, with only those texts and pictures that count: {@code [rows][labels]}. */
  private List<float[]> logits(Presence presence) {
    var logits = new ArrayList<float[]>();
    for (int from = 0; from < rows.size(); from += BATCH) {
      int to = Math.min(rows.size(), from + BATCH);
      var some = new Presence(Arrays.copyOfRange(presence.text(), from, to),
          Arrays.copyOfRange(presence.picture(), from, to));
      int[] numbers = new int[to - from];
      int first = from;
      Arrays.setAll(numbers, i -> first + i);
      FusionParts.SaidOfItem[] said = rows.said(numbers);
      try (var scope = new Scope(backend)) {
        float[] values = network.forward(Tape.inference(scope),
            FusionRows.vectors(scope, said.length, network.config().textFeatures(), i -> said[i].text()),
            FusionRows.vectors(scope, said.length, network.config().pictureFeatures(), i -> said[i].picture()), some)
            .value().toFloats();
        int labels = values.length / said.length;
        for (int i = 0; i < said.length; i++) {
          logits.add(Arrays.copyOfRange(values, i * labels, (i + 1) * labels));
        }
      }
    }
    return logits;
  }

  /** Which rows have a text, and which a picture. */
  Presence all() {
    return all;
  }

  /** Whether there are no rows. */
  boolean isEmpty() {
    return rows.size() == 0;
  }

  /** What a mix says of all rows, with only those texts and pictures that count. */
  ScoredRows said(FusionMix mix, Presence presence) {
    int labels = validator.target().labels().size();
    if (isEmpty()) {
      return ScoredRows.none(labels);
    }
    List<float[]> ofBoth = presence == all ? joined : logits(presence);
    ScoreMatrix.Builder logits = ScoreMatrix.builder(labels);
    for (int row = 0; row < rows.size(); row++) {
      logits.add(mix.logits(rows.said(row), ofBoth.get(row), presence, row));
    }
    return new ScoredRows(logits.build(), rows.labels(), List.of(), rows.weights());
  }

  /** What the metric says of a mix; its loss where that is what decides. */
  double value(FusionMix mix, Presence presence) {
    return validator.validate(said(mix, presence), presence == all ? loss(mix) : Double.NaN, 0, 0, System.nanoTime())
        .value();
  }

  /** Whether a value of the metric is better than another. */
  boolean isBetter(double value, double than) {
    return switch (validator.better()) {
      case HIGHER -> value > than;
      case LOWER -> value < than;
    };
  }

  /** The mean cross-entropy of a mix, of many rows by a part of them. */
  private double loss(FusionMix mix) {
    int step = Math.ceilDiv(rows.size(), MOST_ROWS);
    FusionRows asked = rows.every(step);
    var batches = new Batches(asked, Sampler.sequential(asked.size()), Integer.MAX_VALUE, BATCH);
    return new Evaluator(backend, validator.target()).evaluate(asked, batches, (tape, batch) -> {
      int labels = validator.target().labels().size();
      var sums = new float[batch.sequences() * labels];
      for (int i = 0; i < batch.sequences(); i++) {
        int row = batch.examples()[i] * step;
        System.arraycopy(mix.logits(rows.said(row), joined.get(row), all, row), 0, sums, i * labels, labels);
      }
      return Variable.constant(tape.scope().floats(sums, batch.sequences(), labels));
    }, new TrainingListener() {}).loss();
  }

  /**
   * The weights with the least cross-entropy, in which chance plays a smaller part than in a count of right answers; the
   * texts alone if the metric is better for these.
   */
  FusionMix best() {
    if (isEmpty()) {
      return FusionMix.ALL;
    }
    FusionMix best = FusionMix.ALL;
    double least = loss(best);
    for (int round = 0; round < ROUNDS; round++) {
      FusionMix before = best;
      for (FusionMix.Of of : FusionMix.Of.values()) {
        FusionMix from = best;
        for (double weight : WEIGHTS) {
          FusionMix mix = from.with(of, weight);
          double loss = mix.isNothing() ? Double.POSITIVE_INFINITY : loss(mix);
          if (loss < least) {
            best = mix;
            least = loss;
          }
        }
      }
      if (best.equals(before)) {
        break;
      }
    }
    return isBetter(value(FusionMix.TEXT, all), value(best, all)) ? FusionMix.TEXT : best;
  }
}
