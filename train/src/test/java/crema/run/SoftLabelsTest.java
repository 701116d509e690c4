package crema.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.data.LabelSet;
import crema.nn.loss.Link;
import crema.task.Decoding;
import crema.task.MultiLabelTarget;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TaxonomyTarget;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoftLabelsTest {
  private static final LabelSet LABELS = LabelSet.of(List.of("a", "b", "c"), new long[] {1, 1, 1});
  private static final Target SINGLE = new SingleLabelTarget(LABELS);
  private static final Target MULTI = MultiLabelTarget.of(LABELS);

  /** How much of the copies has each label. */
  private static double[] marginals(List<SoftLabels.Copy> copies, int labels) {
    var marginals = new double[labels];
    for (SoftLabels.Copy copy : copies) {
      for (int label : copy.labels()) {
        marginals[label] += copy.weight();
      }
    }
    return marginals;
  }

  private static void assertClose(double[] actual, double tolerance, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(tolerance));
    }
  }

  @Test
  void ofOneLabelThereIsACopyALabelThatWeighsAsItIsProbable() {
    var copies = new SoftLabels(SINGLE, 1, 0.5).copies(new float[] {0.2f, 0.7f, 0.1f}, null);
    assertThat(copies).hasSize(3);
    assertClose(marginals(copies, 3), 1e-6, 0.2, 0.7, 0.1);
    assertThat(new SoftLabels(SINGLE, 1, 0.5).copies(new float[] {0.001f, 0.9989f, 0.0001f}, null)).hasSize(1);
  }

  @Test
  void theTemperatureTellsMoreOfLessProbableLabels() {
    var copies = new SoftLabels(SINGLE, 2, 0.5).copies(new float[] {0.81f, 0.16f, 0.03f}, null);
    double sum = 0.9 + 0.4 + Math.sqrt(0.03);
    assertClose(marginals(copies, 3), 1e-6, 0.9 / sum, 0.4 / sum, Math.sqrt(0.03) / sum);
  }

  @Test
  void labelsAreMixedIn() {
    var copies = new SoftLabels(SINGLE, 1, 0.5).copies(new float[] {0.2f, 0.8f, 0}, new int[] {2});
    assertClose(marginals(copies, 3), 1e-6, 0.1, 0.4, 0.5);
    assertClose(marginals(new SoftLabels(SINGLE, 1, 1).copies(new float[] {0.2f, 0.8f, 0}, new int[] {2}), 3), 1e-9,
        0, 0, 1);
  }

  @Test
  void ofSeveralLabelsEachIsInCopiesThatWeighAsItIsProbable() {
    var copies = new SoftLabels(MULTI, 1, 0.5).copies(new float[] {0.9f, 0.3f, 0.6f}, null);
    assertThat(copies.stream().mapToDouble(SoftLabels.Copy::weight).sum()).isCloseTo(1, within(1e-9));
    assertClose(marginals(copies, 3), 1e-6, 0.9, 0.3, 0.6);
    // Nothing is probable: a copy without labels.
    copies = new SoftLabels(MULTI, 1, 0.5).copies(new float[] {0.001f, 0.002f, 0}, null);
    assertThat(copies).hasSize(1);
    assertThat(copies.getFirst().labels()).isEmpty();
    copies = new SoftLabels(MULTI, 1, 0.5).copies(new float[] {0.4f, 0.4f, 0}, new int[] {0});
    assertClose(marginals(copies, 3), 1e-6, 0.7, 0.2, 0);
  }

  @Test
  void ofPathsTheNodesAtWhichTheyEndShareTheProbability() {
    Target paths =
        TaxonomyTarget.of(LabelSet.of(List.of("x > a", "x > b", "y"), new long[] {1, 1, 1}), " > ", Link.SIGMOID,
            new Decoding.BestPath());
    var probabilities = new float[paths.labels().size()];
    probabilities[paths.labels().indexOf("x")] = 0.8f;
    probabilities[paths.labels().indexOf("x > a")] = 0.5f;
    probabilities[paths.labels().indexOf("x > b")] = 0.3f;
    probabilities[paths.labels().indexOf("y")] = 0.2f;
    var copies = new SoftLabels(paths, 1, 0.5).copies(probabilities, null);
    double[] marginals = marginals(copies, probabilities.length);
    assertThat(marginals[paths.labels().indexOf("x > a")]).isCloseTo(0.5, within(1e-6));
    assertThat(marginals[paths.labels().indexOf("x > b")]).isCloseTo(0.3, within(1e-6));
    assertThat(marginals[paths.labels().indexOf("y")]).isCloseTo(0.2, within(1e-6));
    assertThat(marginals[paths.labels().indexOf("x")]).isZero();
  }

  @Test
  void drawsAreAsOftenAsTheTeacherSays() {
    var soft = new SoftLabels(SINGLE, 5, 0.5);
    var counts = new double[3];
    for (int i = 0; i < 1000; i++) {
      counts[soft.draw(new float[] {0.2f, 0.7f, 0.1f}, (i + 0.5) / 1000)[0]] += 0.001;
    }
    assertClose(counts, 2e-3, 0.2, 0.7, 0.1);
    assertThat(Arrays.stream(new SoftLabels(MULTI, 1, 0).draw(new float[] {0.9f, 0.3f, 0.6f}, 0.5)).boxed())
        .containsExactly(0, 2);
  }
}
