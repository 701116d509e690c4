package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Hyperplanes against scikit-learn's {@code LinearSVC} and {@code LogisticRegression(solver="liblinear", dual=True)},
 * both trained until nothing changes; {@code src/test/golden/linear.py} makes the file.
 */
class LinearGoldenTest {
  private static final JsonNode GOLDEN = read();

  private static JsonNode read() {
    try {
      return JsonMapper.shared()
          .readTree(Files.readAllBytes(Path.of("src/test/resources/crema/linear/hyperplanes.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static IntStream cases() {
    return IntStream.range(0, GOLDEN.get("cases").size());
  }

  private static SparseMatrix texts() {
    JsonNode x = GOLDEN.get("x");
    var rows = new RowBuffer(x.size());
    for (JsonNode row : x) {
      for (int column = 0; column < row.size(); column++) {
        if (row.get(column).asDouble() != 0) {
          rows.append(column, (float) row.get(column).asDouble());
        }
      }
      rows.endRow();
    }
    return rows.toMatrix(x.get(0).size());
  }

  private static LabelTargets multiLabel() {
    List<int[]> rows = new ArrayList<>();
    for (JsonNode row : GOLDEN.get("multi")) {
      rows.add(IntStream.range(0, row.size()).filter(label -> row.get(label).asInt() == 1).toArray());
    }
    return LabelTargets.multiLabel(GOLDEN.get("multi").get(0).size(), rows);
  }

  private static LabelTargets singleLabel(int labels) {
    JsonNode single = GOLDEN.get("single");
    int[] ofRows = IntStream.range(0, single.size()).map(i -> single.get(i).asInt()).toArray();
    return LabelTargets.singleLabel(labels, ofRows);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void weightsDecisionsScoresAndPredictionsEqualScikitLearn(int number) {
    JsonNode golden = GOLDEN.get("cases").get(number);
    LinearConfig config = LinearConfig.DEFAULTS.withTolerance(1e-11, 1_000_000)
        .withLoss(LinearLoss.valueOf(golden.get("loss").asString()))
        .withC(golden.get("c").asDouble())
        .withClassWeights(golden.get("balanced").asBoolean() ? ClassWeights.BALANCED : ClassWeights.NONE)
        .withInterceptScaling(golden.get("interceptScaling").asDouble());
    SparseMatrix texts = texts();
    LabelTargets targets = multiLabel();
    LinearFit fit = new LinearTrainer(config, 2).train(texts, targets);
    assertThat(fit.unconverged()).isEmpty();
    LinearModel model = fit.model();
    for (int label = 0; label < model.labels(); label++) {
      assertClose(model.intercept(label), golden.get("intercepts").get(label));
      for (int feature = 0; feature < model.features(); feature++) {
        assertClose(model.weight(feature, label), golden.get("weights").get(label).get(feature));
      }
    }
    LinearModel single = new LinearTrainer(config, 2).train(texts, singleLabel(model.labels())).model();
    for (int row = 0; row < texts.rows(); row++) {
      float[] decisions = model.decisions(texts, row);
      assertAllClose(decisions, golden.get("decisions").get(row));
      float[] ofSingle = single.decisions(texts, row);
      assertThat(single.predict(ofSingle)).containsExactly(golden.get("singlePredictions").get(row).asInt());
      if (golden.has("scores")) {
        assertAllClose(model.scores(decisions), golden.get("scores").get(row));
        assertAllClose(single.scores(ofSingle), golden.get("singleScores").get(row));
      }
    }
  }

  private static void assertAllClose(float[] values, JsonNode expected) {
    assertThat(values).hasSize(expected.size());
    for (int i = 0; i < values.length; i++) {
      assertClose(values[i], expected.get(i));
    }
  }

  private static void assertClose(double value, JsonNode expected) {
    assertThat(value).isCloseTo(expected.asDouble(), offset(2e-6 * Math.max(1, Math.abs(expected.asDouble()))));
  }
}
