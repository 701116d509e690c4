package crema.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is measured does not depend on whether scores are in memory or in a file. */
class ScoreMatrixTest {
  private static final int DOCUMENTS = 300;
  private static final int LABELS = 17;

  private final Random random = new Random(3);
  /** Rounded, so that there are ties, and with a few extremes. */
  private final float[][] rows = IntStream.range(0, DOCUMENTS)
      .mapToObj(_ -> {
        var row = new float[LABELS];
        for (int label = 0; label < LABELS; label++) {
          row[label] = random.nextInt(50) == 0 ? -0f : Math.round(20 * random.nextGaussian()) / 10f;
        }
        return row;
      }).toArray(float[][]::new);
  private final int[] truth = random.ints(DOCUMENTS, 0, LABELS - 2).toArray();
  private final int[][] sets = IntStream.range(0, DOCUMENTS)
      .mapToObj(_ -> random.ints(random.nextInt(4), 0, LABELS - 1).distinct().toArray()).toArray(int[][]::new);

  private ScoreMatrix matrix(long held) {
    ScoreMatrix.Builder builder = ScoreMatrix.builder(LABELS, held);
    Arrays.stream(rows).forEach(builder::add);
    return builder.build();
  }

  @Test
  void scoresAreTheSameInMemoryPartlyAndWhollyInAFile() {
    for (long held : new long[] {0, 1, LABELS, 1000, DOCUMENTS * LABELS - 1, DOCUMENTS * LABELS, Long.MAX_VALUE}) {
      ScoreMatrix matrix = matrix(held);
      assertThat(matrix.documents()).isEqualTo(DOCUMENTS);
      assertThat(matrix.labels()).isEqualTo(LABELS);
      ScoreMatrix halves = matrix.dividedBy(2);
      for (int document : new int[] {0, 299, 17, 16, 17, 150}) {
        assertThat(matrix.row(document)).isEqualTo(rows[document]);
        assertThat(halves.row(document)[3]).isEqualTo(rows[document][3] / 2);
        for (int label = 0; label < LABELS; label++) {
          assertThat(matrix.score(document, label)).isEqualTo(rows[document][label]);
          assertThat(halves.score(document, label)).isEqualTo(rows[document][label] / 2);
        }
      }
    }
  }

  @Test
  void everythingMeasuredIsTheSameToTheBit() {
    List<Object> inMemory = measured(matrix(Long.MAX_VALUE));
    for (long held : new long[] {0, 1000}) {
      assertThat(measured(matrix(held))).isEqualTo(inMemory);
    }
    assertThat(measured(ScoreMatrix.of(rows))).isEqualTo(inMemory);
  }

  private List<Object> measured(ScoreMatrix logits) {
    var values = new ArrayList<Object>();
    ScoreMatrix probabilities = logits.softmax(1.5);
    ScoreMatrix decisions = logits.sigmoid(1);
    values.add(Arrays.toString(logits.best()));
    values.add(RankingMetrics.of(probabilities, truth));
    values.add(RankingMetrics.of(logits, sets));
    values.add(Calibration.ofBest(probabilities, truth, 15));
    values.add(Calibration.ofDecisions(decisions, sets, 15));
    values.add(Abstention.table(probabilities, truth, 0, 0.2, 0.5));
    values.add(Temperature.fitSoftmax(logits, truth));
    values.add(Arrays.toString(ConfidenceCurves.ofDecisions(decisions, sets).to()));
    values.add(Arrays.toString(ConfidenceCurves.ofBest(logits, truth).softmax(logits).row(1)));
    double[] grid = ThresholdSweep.grid(0.1, 0.9, 0.05);
    values.add(ThresholdSweep.of(decisions, sets, grid, false));
    values.add(ThresholdSweep.of(decisions, sets, grid, true));
    Thresholds perLabel = Thresholds.fitPerLabel(decisions, sets, 0.5);
    values.add(IntStream.range(0, LABELS).mapToObj(perLabel::value).toList());
    values.add(Arrays.deepToString(perLabel.decode(decisions)));
    values.add(Arrays.deepToString(perLabel.withAtLeastOne().decode(decisions)));
    LabelOffsets offsets = LabelOffsets.fitMacroF1(logits, truth);
    values.add(offsets);
    values.add(Arrays.toString(offsets.addedTo(logits).best()));
    return values;
  }

  /** The definition: all decisions sorted by their scores, each different score a step. */
  @Test
  void ranksAreThoseOfAllDecisionsSorted() {
    ScoreMatrix scores = matrix(0);
    RankingMetrics metrics = RankingMetrics.of(scores, sets);
    double rocSum = 0;
    double precisionSum = 0;
    int bothKinds = 0;
    int positive = 0;
    for (int label = 0; label < LABELS; label++) {
      int column = label;
      double area = area(document -> rows[document][column], document -> contains(sets[document], column));
      double precision = averagePrecision(column);
      assertThat(metrics.perLabel().get(label).rocAuc()).isEqualTo(Double.valueOf(area));
      assertThat(metrics.perLabel().get(label).averagePrecision()).isEqualTo(Double.valueOf(precision));
      rocSum += Double.isNaN(area) ? 0 : area;
      bothKinds += Double.isNaN(area) ? 0 : 1;
      precisionSum += Double.isNaN(precision) ? 0 : precision;
      positive += Double.isNaN(precision) ? 0 : 1;
    }
    assertThat(metrics.perLabel().getLast().averagePrecision()).as("a label without documents").isNaN();
    assertThat(positive).isEqualTo(LABELS - 1);
    assertThat(metrics.macroRocAuc()).isEqualTo(rocSum / bothKinds);
    assertThat(metrics.macroAveragePrecision()).isEqualTo(precisionSum / positive);
  }

  private interface OfDocument<T> {
    T of(int document);
  }

  /** The share of pairs of a true and a false document that are in order; ties count half. */
  private static double area(OfDocument<Float> score, OfDocument<Boolean> isTrue) {
    double inOrder = 0;
    long pairs = 0;
    for (int a = 0; a < DOCUMENTS; a++) {
      for (int b = 0; b < DOCUMENTS; b++) {
        if (isTrue.of(a) && !isTrue.of(b)) {
          pairs++;
          float difference = score.of(a) - score.of(b);
          inOrder += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
        }
      }
    }
    return pairs == 0 ? Double.NaN : inOrder / pairs;
  }

  private double averagePrecision(int label) {
    int[] order = IntStream.range(0, DOCUMENTS).boxed()
        .sorted((a, b) -> Float.compare(rows[b][label] + 0f, rows[a][label] + 0f)).mapToInt(Integer::intValue)
        .toArray();
    long positives = Arrays.stream(sets).filter(row -> contains(row, label)).count();
    double sum = 0;
    long right = 0;
    long before = 0;
    for (int i = 0; i < order.length; i++) {
      right += contains(sets[order[i]], label) ? 1 : 0;
      if (i + 1 == order.length || rows[order[i]][label] != rows[order[i + 1]][label]) {
        sum += (right - before) * ((double) right / (i + 1));
        before = right;
      }
    }
    return positives == 0 ? Double.NaN : sum / positives;
  }

  private static boolean contains(int[] labels, int label) {
    return Arrays.stream(labels).anyMatch(each -> each == label);
  }

  /** So many that where to look among them is read off a table. */
  @Test
  void manyPositivesAreRankedAsFewAre() {
    int documents = 4000;
    var scores = new float[documents][2];
    var labels = new int[documents][];
    for (int document = 0; document < documents; document++) {
      float score = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3));
      scores[document] = new float[] {score, -score};
      labels[document] = random.nextInt(3) == 0 ? new int[] {0} : new int[] {1};
    }
    RankingMetrics metrics = RankingMetrics.of(ScoreMatrix.of(scores), labels);
    double inOrder = 0;
    double pairs = 0;
    for (int a = 0; a < documents; a++) {
      for (int b = 0; b < documents; b++) {
        if (labels[a][0] == 0 && labels[b][0] == 1) {
          pairs++;
          inOrder += scores[a][0] > scores[b][0] ? 1 : scores[a][0] == scores[b][0] ? 0.5 : 0;
        }
      }
    }
    assertThat(metrics.perLabel().get(0).rocAuc()).isEqualTo(inOrder / pairs);
    assertThat(metrics.perLabel().get(1).rocAuc()).isEqualTo(inOrder / pairs);
  }

  @Test
  void aRowOfAnotherLengthOrWithoutNumbersIsRefused() {
    ScoreMatrix.Builder builder = ScoreMatrix.builder(2);
    builder.add(new float[] {1, 2});
    assertThatThrownBy(() -> builder.add(new float[3])).hasMessage("document 1 has 3 scores, but there are 2 labels");
    assertThatThrownBy(() -> builder.add(new float[] {1, Float.NaN})).isInstanceOf(UserError.class)
        .hasMessage("document 1 scores NaN for label 1: the model has diverged");
  }
}
