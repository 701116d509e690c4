package crema.family.staged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.Prediction;
import crema.data.LabelSet;
import crema.data.Taxonomy;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class StagedClassifierTest {
  /** The same probabilities for every text that is not empty. */
  private static final class Constant implements Classifier {
    private final List<String> labels;
    private final float[] probabilities;
    private boolean closed;

    Constant(List<String> labels, float... probabilities) {
      this.labels = labels;
      this.probabilities = probabilities;
    }

    @Override
    public Target target() {
      return new SingleLabelTarget(LabelSet.of(labels, new long[labels.size()]));
    }

    @Override
    public float[][] logits(List<String> texts) {
      throw new UnsupportedOperationException();
    }

    @Override
    public float[][] rawProbabilities(List<String> texts) {
      return texts.stream().map(text -> text.isEmpty() ? new float[labels.size()] : probabilities)
          .toArray(float[][]::new);
    }

    @Override
    public float[][] embed(List<String> texts) {
      return texts.stream().map(text -> new float[] {1}).toArray(float[][]::new);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static LabelSet labels(String... names) {
    return LabelSet.of(List.of(names), new long[names.length]);
  }

  private static Target single(String... names) {
    return new SingleLabelTarget(labels(names));
  }

  @Test
  void theSecondOfTwoStagesSharesWhatTheFirstLeaves() {
    var routes = Routes.twoStage(labels("a", "b", "other"), "other");
    // The order of a classifier's labels is its own.
    var classifier = new StagedClassifier(routes, single("a", "b", "other"), List.of(
        new Constant(List.of("other", "not other"), 0.25f, 0.75f),
        new Constant(List.of("b", "a"), 0.8f, 0.2f)), 2);
    assertThat(classifier.probabilities(List.of("x", ""))[0])
        .containsExactly(new float[] {0.15f, 0.6f, 0.25f}, within(1e-6f));
    assertThat(classifier.predict(List.of("x"), 2).getFirst()).extracting(Prediction::label)
        .containsExactly("b", "other");
    assertThat(classifier.predict("x").probability()).isCloseTo(0.6, within(1e-6));
  }

  @Test
  void anEmptyTextGetsZerosAndNoLabel() {
    var classifier = new StagedClassifier(Routes.twoStage(labels("a", "b", "other"), "other"),
        single("a", "b", "other"), List.of(
            new Constant(List.of("not other", "other"), 0.5f, 0.5f), new Constant(List.of("a", "b"), 0.5f, 0.5f)),
        2);
    assertThat(classifier.probabilities(List.of(""))[0]).containsOnly(0);
    assertThat(classifier.predict(List.of(""), 3)).containsExactly(List.of());
  }

  @Test
  void parentsWithOneChildNeedNoDecision() {
    var labels = labels("a > x > 1", "a > x > 2", "b > y");
    var routes = Routes.local(labels, Taxonomy.of(labels.names(), " > "));
    assertThat(routes.stages()).extracting(Routes.Stage::branches)
        .containsExactly(List.of("a", "b"), List.of("a > x > 1", "a > x > 2"));
    assertThat(routes.stages().getLast()).hasToString("the stage after 'a', 'a > x'");
  }

  @Test
  void aLabelAboveOthersIsABranchOfItsOwn() {
    var labels = labels("a", "a > x", "b");
    var routes = Routes.local(labels, Taxonomy.of(labels.names(), " > "));
    assertThat(routes.route("a")).containsExactly("a", "a");
    assertThat(routes.stages().getLast().branches()).containsExactly("a", "a > x");
  }

  @Test
  void aClassifierOfOtherBranchesIsRefused() {
    var routes = Routes.twoStage(labels("a", "b", "other"), "other");
    assertThatThrownBy(() -> new StagedClassifier(routes, single("a", "b", "other"), List.of(
        new Constant(List.of("not other", "other"), 0.5f, 0.5f), new Constant(List.of("a", "c"), 0.5f, 0.5f)), 2))
        .hasMessage("the stage after 'not other' decides between [a, b], but its classifier between [a, c]");
  }

  @Test
  void theCatchAllMustBeALabelBesideTwoOthers() {
    assertThatThrownBy(() -> Routes.twoStage(labels("a", "b", "Other"), "othr"))
        .isInstanceOf(UserError.class)
        .hasMessage("--two-stage: no training row has the label 'othr'; did you mean 'Other'?");
    assertThatThrownBy(() -> Routes.twoStage(labels("a", "other"), "other"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("at least two labels to tell apart");
  }

  @Test
  void routesThatRunIntoEachOtherAreRefused() {
    Map<String, List<String>> same = Map.of("a", List.of("x"), "b", List.of("x"));
    Map<String, List<String>> prefix = Map.of("a", List.of("x"), "b", List.of("x", "y"));
    Map<String, List<String>> empty = Map.of("a", List.of(), "b", List.of("x"));
    for (var routes : List.of(same, prefix, empty)) {
      assertThatThrownBy(() -> new Routes(routes)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void closingClosesAllStages() {
    var stages = List.of(new Constant(List.of("not other", "other"), 0.5f, 0.5f),
        new Constant(List.of("a", "b"), 0.5f, 0.5f));
    new StagedClassifier(Routes.twoStage(labels("a", "b", "other"), "other"), single("a", "b", "other"), stages, 2)
        .close();
    assertThat(stages).allMatch(stage -> stage.closed);
  }

  /** Against products over the ancestors of each label, from conditional probabilities by node. */
  @Property(tries = 200)
  void probabilitiesAreProductsOverParentsAndSumToOne(@ForAll("paths") Set<String> paths, @ForAll long seed) {
    var labels = labels(paths.toArray(String[]::new));
    var taxonomy = Taxonomy.of(paths, "/");
    var routes = Routes.local(labels, taxonomy);
    var random = new Random(seed);
    var conditional = new LinkedHashMap<List<String>, Double>();
    var classifiers = new ArrayList<Classifier>();
    for (var stage : routes.stages()) {
      double[] weights = random.doubles(stage.branches().size(), 0.1, 1).toArray();
      double sum = Arrays.stream(weights).sum();
      var probabilities = new float[weights.length];
      for (int i = 0; i < weights.length; i++) {
        probabilities[i] = (float) (weights[i] / sum);
        var route = new ArrayList<>(stage.after());
        route.add(stage.branches().get(i));
        conditional.put(route, weights[i] / sum);
      }
      classifiers.add(new Constant(stage.branches(), probabilities));
    }
    float[] actual = new StagedClassifier(routes, new SingleLabelTarget(labels), classifiers, 2)
        .probabilities(List.of("x"))[0];
    double total = 0;
    for (int label = 0; label < labels.size(); label++) {
      List<String> route = routes.route(labels.name(label));
      double expected = IntStream.rangeClosed(1, route.size())
          .mapToDouble(length -> conditional.getOrDefault(route.subList(0, length), 1.0))
          .reduce(1, (a, b) -> a * b);
      assertThat((double) actual[label]).isCloseTo(expected, within(1e-6));
      total += actual[label];
    }
    assertThat(total).isCloseTo(1, within(1e-5));
  }

  @Provide
  Arbitrary<Set<String>> paths() {
    return Arbitraries.of("a", "b", "c").list().ofMinSize(1).ofMaxSize(4)
        .map(segments -> String.join("/", segments)).set().ofMinSize(2).ofMaxSize(15);
  }
}
