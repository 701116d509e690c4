package crema.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConfidenceCurveTest {
  private static final int LABELS = 5;

  /** Logits of which softmax(truth) says how probable each label is, told by a model that distorts them. */
  private record Sample(ScoreMatrix logits, int[] truth) {
    static Sample of(int documents, long seed, DoubleUnaryOperator distortion) {
      var random = new Random(seed);
      var logits = new float[documents][LABELS];
      var truth = new int[documents];
      for (int document = 0; document < documents; document++) {
        var weights = new double[LABELS];
        for (int label = 0; label < LABELS; label++) {
          double logit = 2.5 * random.nextGaussian();
          weights[label] = Math.exp(logit);
          logits[document][label] = (float) distortion.applyAsDouble(logit);
        }
        double left = random.nextDouble() * Arrays.stream(weights).sum();
        while ((left -= weights[truth[document]]) > 0) {
          truth[document]++;
        }
      }
      return new Sample(ScoreMatrix.of(logits), truth);
    }

    int[][] rows() {
      return Arrays.stream(truth).mapToObj(label -> new int[] {label}).toArray(int[][]::new);
    }

    double error(ConfidenceCurve curve) {
      return Calibration.ofBest(curve.softmax(logits), truth, 15).balancedError();
    }
  }

  @Test
  void distortedLogitsAreCalibratedForRowsThatTheCurveHasNotSeen() {
    DoubleUnaryOperator[] distortions =
        {x -> x / 20, x -> 3 * x, x -> Math.signum(x) * Math.sqrt(Math.abs(x)), Math::tanh};
    for (DoubleUnaryOperator distortion : distortions) {
      var seen = Sample.of(4000, 1, distortion);
      var unseen = Sample.of(20000, 2, distortion);
      ConfidenceCurve curve = ConfidenceCurves.ofBest(seen.logits, seen.truth);
      assertThat(unseen.error(curve)).as(curve.method()).isLessThan(0.02);
      assertThat(unseen.error(ConfidenceCurve.NONE)).isGreaterThan(0.05);
    }
  }

  @Test
  void decisionsAreCalibratedToo() {
    DoubleUnaryOperator distortion = x -> 0.3 * x + 1;
    var seen = Sample.of(2000, 1, distortion);
    ScoreMatrix raw = seen.logits.sigmoid(1);
    ConfidenceCurve curve = ConfidenceCurves.ofDecisions(raw, seen.rows());
    var unseen = Sample.of(8000, 2, distortion);
    assertThat(Calibration.ofDecisions(curve.sigmoid(unseen.logits), unseen.rows(), 15).balancedError())
        .isLessThan(0.015);
    assertThat(Calibration.ofDecisions(unseen.logits.sigmoid(1), unseen.rows(), 15).balancedError())
        .isGreaterThan(0.1);
    ScoreMatrix mapped = curve.probabilities(unseen.logits.sigmoid(1));
    for (int label = 0; label < LABELS; label++) {
      assertThat(mapped.score(7, label)).isCloseTo(curve.sigmoid(unseen.logits).score(7, label), within(1e-5f));
    }
  }

  @Test
  void labelsKeepTheirOrderWhateverTheCurve() {
    var sample = Sample.of(2000, 3, x -> x);
    // What is sure becomes unsure, as far as the order lets it.
    var curve = ConfidenceCurve.of("a test", 0.5, new double[] {-3, 0, 3}, new double[] {-9, -8.5, -8});
    ScoreMatrix probabilities = curve.softmax(sample.logits);
    for (int document = 0; document < 2000; document++) {
      int row = document;
      assertThat(order(probabilities, row)).isEqualTo(order(sample.logits, row));
      assertThat(IntStream.range(0, LABELS).mapToDouble(label -> probabilities.score(row, label)).sum())
          .isCloseTo(1, within(1e-5));
    }
  }

  private static int[] order(ScoreMatrix scores, int document) {
    return IntStream.range(0, LABELS).boxed()
        .sorted(Comparator.comparing((Integer label) -> -scores.score(document, label)))
        .mapToInt(Integer::intValue).toArray();
  }

  @Test
  void fewRowsThatAreAllRightDoNotAskForCertainty() {
    var logits =
        ScoreMatrix.of(new float[][] {{4, 0}, {0, 3}, {5, 1}, {1, 2}, {2, 0}, {0, 1}, {3, 0}, {0, 5}, {6, 0}, {0, 2}});
    ConfidenceCurve curve = ConfidenceCurves.ofBest(logits, logits.best());
    double mean =
        IntStream.range(0, 10).mapToDouble(row -> curve.softmax(logits).score(row, logits.best(row))).average()
            .orElseThrow();
    assertThat(mean).isBetween(0.85, 0.97);
  }

  @Test
  void withoutRowsScoresStayAsTheyAre() {
    assertThat(ConfidenceCurves.ofBest(ScoreMatrix.of(new float[0][]), new int[0]).isNone()).isTrue();
    assertThat(ConfidenceCurves.ofDecisions(ScoreMatrix.of(new float[0][]), new int[0][]).isNone()).isTrue();
  }

  @Test
  void theInverseLeadsBack() {
    var curve = ConfidenceCurve.of("a test", 1, new double[] {-4, -1, 2}, new double[] {-3, 0.5, 1});
    for (double probability : new double[] {0.001, 0.1, 0.4, 0.5, 0.7, 0.8}) {
      assertThat(curve.probability((float) curve.inverse(probability))).isCloseTo((float) probability, within(1e-6f));
    }
    assertThat(curve.inverse(0)).isZero();
    assertThat(ConfidenceCurve.NONE.inverse(0.3)).isEqualTo(0.3);
  }

  @Test
  void whatIsNoCurveIsRefused() {
    assertThatThrownBy(() -> ConfidenceCurve.of("", 0, new double[0], new double[0]))
        .hasMessage("the temperature 0.0 is not a number above 0");
    assertThatThrownBy(() -> ConfidenceCurve.of("", 1, new double[] {0, 1}, new double[] {1, 1}))
        .hasMessage("the curve does not rise at point 2");
    assertThatThrownBy(() -> ConfidenceCurve.of("", 1, new double[] {0}, new double[] {1}))
        .hasMessage("a curve from 1 log-odds to 1: give as many, two at least");
  }

  @Test
  void theIntervalOfAShareIsWilsons() {
    // statsmodels: proportion_confint(count, nobs, 0.05, 'wilson').
    Interval interval = Interval.ofShare(8, 10);
    assertThat(interval.low()).isCloseTo(0.4901625, within(1e-6));
    assertThat(interval.high()).isCloseTo(0.9433178, within(1e-6));
    assertThat(Interval.ofShare(0, 0).high()).isEqualTo(1);
  }
}
