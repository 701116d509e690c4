package crema.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import crema.metrics.RankingMetrics.LabelRanking;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class ScoreMetricsTest {

  private static final Offset<Double> EXACT = within(1e-12);
  private static final JsonNode GOLDEN = Golden.read("score_metrics.json");

  @TestFactory
  Stream<DynamicTest> rankingIsScikitLearns() {
    return golden("ranking", expected -> {
      var ranking = RankingMetrics.of(scores(expected, "scores"), truth(expected));
      assertNumber(ranking.microRocAuc(), expected.get("micro_auc"));
      assertNumber(ranking.macroRocAuc(), expected.get("macro_auc"));
      assertNumber(ranking.microAveragePrecision(), expected.get("micro_ap"));
      assertNumber(ranking.macroAveragePrecision(), expected.get("macro_ap"));
      for (int label = 0; label < ranking.perLabel().size(); label++) {
        assertNumber(ranking.perLabel().get(label).rocAuc(), expected.get("label_auc").get(label));
        assertNumber(ranking.perLabel().get(label).averagePrecision(), expected.get("label_ap").get(label));
      }
    });
  }

  @Test
  void negativeZeroTiesWithZero() {
    var scores = ScoreMatrix.of(new float[][] {{-0f}, {0f}});
    assertThat(RankingMetrics.of(scores, new int[][] {{0}, {}}).perLabel()).containsExactly(new LabelRanking(0.5, 0.5));
  }

  @Test
  void rankingOfOneLabelADocumentIsEachAgainstTheRest() {
    var scores = ScoreMatrix.of(new float[][] {{0.8f, 0.2f}, {0.4f, 0.6f}, {0.7f, 0.3f}});
    assertThat(RankingMetrics.of(scores, new int[] {0, 1, 1}))
        .isEqualTo(RankingMetrics.of(scores, new int[][] {{0}, {1}, {1}}));
  }

  @TestFactory
  Stream<DynamicTest> sweepGivesWhatEachThresholdGivesScikitLearn() {
    return golden("sweep", expected -> {
      var grid = ThresholdSweep.grid(0.40, 0.60, 0.01);
      assertThat(grid).containsExactly(Golden.doubles(expected.get("thresholds")));
      var atLeastOne = expected.get("at_least_one").booleanValue();
      var sweep = ThresholdSweep.of(scores(expected, "scores"), truth(expected), grid, atLeastOne);
      for (int i = 0; i < grid.length; i++) {
        for (var average : Average.values()) {
          var score = average.of(sweep.points().get(i).averages());
          assertThat(new double[] {score.precision(), score.recall(), score.f1()})
              .containsExactly(Golden.doubles(expected.get("points").get(i).get(average.ordinal())), EXACT);
        }
      }
      assertThat(sweep.best(Average.MICRO).threshold()).isEqualTo(expected.get("best_micro").doubleValue());
      assertThat(sweep.best(Average.MACRO).threshold()).isEqualTo(expected.get("best_macro").doubleValue());
    });
  }

  @TestFactory
  Stream<DynamicTest> decodingAtAThresholdGivesItsPointOfTheSweep() {
    return golden("sweep", expected -> {
      var scores = scores(expected, "scores");
      var truth = truth(expected);
      var atLeastOne = expected.get("at_least_one").booleanValue();
      for (var point : ThresholdSweep.of(scores, truth, new double[] {0.9, 0.1, 0.5}, atLeastOne).points()) {
        var thresholds = Thresholds.global(point.threshold(), scores.labels());
        var predicted = (atLeastOne ? thresholds.withAtLeastOne() : thresholds).decode(scores);
        assertThat(ClassificationMetrics.of(MultiLabelOutcomes.of(truth, predicted, scores.labels())).averages())
            .isEqualTo(point.averages());
        if (atLeastOne) {
          assertThat(List.of(predicted)).allSatisfy(row -> assertThat(row).isNotEmpty());
        }
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> fittedThresholdsReachTheBestF1OfEachLabel() {
    return golden("per_label", expected -> {
      var scores = scores(expected, "scores");
      var truth = truth(expected);
      var thresholds = Thresholds.fitPerLabel(scores, truth, 0.5);
      var predicted = thresholds.decode(scores);
      var metrics = ClassificationMetrics.of(MultiLabelOutcomes.of(truth, predicted, scores.labels()));
      assertThat(metrics.perLabel().stream().mapToDouble(label -> label.score().f1()).toArray())
          .containsExactly(Golden.doubles(expected.get("best_f1")), EXACT);
      assertThat(thresholds.value(4)).as("a label that is never true").isEqualTo(0.5f);
    });
  }

  @Test
  void fittedThresholdLiesHalfwayToTheNextScore() {
    var scores = ScoreMatrix.of(new float[][] {{0.9f}, {0.8f}, {0.4f}, {0.1f}});
    assertThat(Thresholds.fitPerLabel(scores, new int[][] {{0}, {0}, {}, {}}, 0.5).value(0)).isEqualTo(0.6f);
    float above = Math.nextUp(0.5f);
    var neighbours = ScoreMatrix.of(new float[][] {{above}, {0.5f}});
    assertThat(Thresholds.fitPerLabel(neighbours, new int[][] {{0}, {}}, 0.5).value(0)).isEqualTo(above);
  }

  @Test
  void documentBelowAllThresholdsGetsTheLabelThatComesNearest() {
    var scores = ScoreMatrix.of(new float[][] {{0.5f, 0.3f}, {0.2f, 0.2f}});
    var thresholds = Thresholds.perLabel(new float[] {0.9f, 0.4f});
    assertThat(thresholds.decode(scores)).isEqualTo(new int[][] {{}, {}});
    assertThat(thresholds.withAtLeastOne().decode(scores)).isEqualTo(new int[][] {{1}, {1}});
  }

  @Test
  void thresholdsForOtherLabelsAreRefused() {
    assertThatThrownBy(() -> Thresholds.global(0.5, 3).decode(ScoreMatrix.of(new float[1][2])))
        .hasMessage("thresholds for 3 labels do not fit scores of 2");
  }

  @TestFactory
  Stream<DynamicTest> softmaxTemperatureIsSciPys() {
    return golden("temperature", expected -> {
      var logits = scores(expected, "logits");
      var labels = Golden.ints(expected.get("truth"));
      assertTemperature(Temperature.fitSoftmax(logits, labels), expected);
      assertCalibration(Calibration.ofBest(logits.softmax(1), labels, 10), expected);
      var abstention = Abstention.table(logits.softmax(1), labels, 0.5, 0.8, 0.95);
      for (int i = 0; i < abstention.size(); i++) {
        assertNumber(abstention.get(i).coverage(), expected.get("abstention").get(i).get(0));
        assertNumber(abstention.get(i).accuracy().estimate(), expected.get("abstention").get(i).get(1));
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> calibrationOfDecisionsIsAsWithNumPy() {
    return golden("decisions", expected -> assertCalibration(
        Calibration.ofDecisions(scores(expected, "logits").sigmoid(1), truth(expected), 15), expected));
  }

  @Test
  void temperatureImprovesTheCalibrationOfAnOverconfidentModel() {
    var expected = GOLDEN.get("temperature").get(0);
    var logits = scores(expected, "logits");
    var labels = Golden.ints(expected.get("truth"));
    var temperature = Temperature.fitSoftmax(logits, labels);
    assertThat(temperature.value()).isGreaterThan(1);
    assertThat(Calibration.ofBest(logits.softmax(temperature.value()), labels, 10).expectedError())
        .isLessThan(Calibration.ofBest(logits.softmax(1), labels, 10).expectedError());
    assertThat(logits.softmax(temperature.value()).best()).containsExactly(logits.best());
  }

  @Test
  void extremeLogitsNeitherOverflowNorGiveNaN() {
    var logits = ScoreMatrix.of(new float[][] {{1e30f, -1e30f}, {-80, 80}, {3e4f, 3e4f}});
    var softmax = logits.softmax(1);
    assertThat(IntStream.range(0, 3).mapToObj(d -> softmax.score(d, 0))).containsExactly(1f, 0f, 0.5f);
    assertThat(logits.sigmoid(1).score(0, 1)).isZero();
    var fitted = Temperature.fitSoftmax(ScoreMatrix.of(new float[][] {{80, -80}, {-80, 80}}), new int[] {0, 1});
    assertThat(fitted.value()).isBetween(Temperature.LEAST, Temperature.GREATEST);
  }

  @Test
  void calibrationBinsHoldTheirUpperEnd() {
    var probabilities = ScoreMatrix.of(new float[][] {{0.5f, 0.25f}, {1, 0}});
    var bins = Calibration.ofDecisions(probabilities, new int[][] {{0}, {0}}, 4).bins();
    assertThat(bins.stream().map(Calibration.Bin::count)).containsExactly(2L, 1L, 0L, 1L);
    assertThat(bins.get(1)).isEqualTo(new Calibration.Bin(0.25, 0.5, 1, 0.5, 1));
  }

  @Test
  void badScoresAreNamed() {
    assertThatThrownBy(() -> ScoreMatrix.of(new float[][] {{1, 2}, {3, Float.NaN}}))
        .hasMessageStartingWith("document 1 scores NaN for label 1");
    assertThatThrownBy(() -> ScoreMatrix.of(new float[][] {{1, 2}, {3}}))
        .hasMessage("document 1 has 1 scores, but there are 2 labels");
    assertThatThrownBy(() -> ScoreMatrix.of(new float[5], 2, 3)).hasMessage("5 scores for 2 documents of 3 labels");
    var scores = ScoreMatrix.of(new float[][] {{2, -1}});
    assertThatThrownBy(() -> Calibration.ofBest(scores, new int[] {0}, 10))
        .hasMessage("confidence 2.0 is not a probability");
    assertThatThrownBy(() -> RankingMetrics.of(scores, new int[] {0, 0}))
        .hasMessage("scores of 1 documents but truth of 2");
    assertThatThrownBy(() -> ThresholdSweep.grid(0.6, 0.4, 0.01))
        .hasMessage("thresholds from 0.6 to 0.4 by 0.01 are none");
  }

  private static void assertTemperature(Temperature actual, JsonNode expected) {
    assertThat(actual.value()).isCloseTo(expected.get("value").doubleValue(), within(1e-5));
    assertThat(actual.lossBefore()).isCloseTo(expected.get("before").doubleValue(), within(1e-9));
    assertThat(actual.lossAfter()).isCloseTo(expected.get("after").doubleValue(), within(1e-9));
  }

  private static void assertCalibration(Calibration actual, JsonNode expected) {
    assertThat(actual.expectedError()).isCloseTo(expected.get("calibration").get(0).doubleValue(), within(1e-6));
    assertThat(actual.maximumError()).isCloseTo(expected.get("calibration").get(1).doubleValue(), within(1e-6));
  }

  private static void assertNumber(double actual, JsonNode expected) {
    assertThat(actual).isCloseTo(expected.asDouble(Double.NaN), EXACT);
  }

  private static ScoreMatrix scores(JsonNode expected, String key) {
    return ScoreMatrix.of(Golden.list(expected.get(key)).stream().map(Golden::floats).toArray(float[][]::new));
  }

  private static int[][] truth(JsonNode expected) {
    return Golden.intRows(expected.get("truth"));
  }

  private static Stream<DynamicTest> golden(String kind, Consumer<JsonNode> check) {
    return Golden.list(GOLDEN.get(kind)).stream()
        .map(expected -> DynamicTest.dynamicTest(expected.path("name").asString(kind), () -> check.accept(expected)));
  }
}
