package crema.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.data.LabelSet;
import crema.data.Taxonomy;
import crema.nn.loss.ConditionalSoftmax;
import crema.nn.loss.LevelSoftmax;
import crema.nn.loss.Link;
import crema.nn.loss.Loss;
import crema.nn.loss.NodeWeighting;
import crema.nn.loss.Targets;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class TreeDecoderTest {
  private static final double ROUNDING = 1e-9;

  @Test
  void argmaxFollowsTheBestLeafAndTopDownTheBestRoot() {
    // a, a > x, a > y, b, b > z
    var taxonomy = taxonomy("a > x", "a > y", "b > z");
    float[] logits = {1, -1, 0, 0, 2};
    assertThat(names(taxonomy, logits, new Decoding.Argmax())).containsExactly("b", "b > z");
    assertThat(names(taxonomy, logits, new Decoding.TopDown(0))).containsExactly("a", "a > y");
    assertThat(names(taxonomy, logits, new Decoding.BestPath())).containsExactly("b", "b > z");
  }

  @Test
  void consistentDropsNodesWithoutTheirParents() {
    var taxonomy = taxonomy("a > x > 1", "b > z");
    // a > x > 1 is sure, but a > x is not.
    assertThat(names(taxonomy, new float[] {2, -1, 3, 1, 1}, new Decoding.Consistent(0.5, false)))
        .containsExactly("a", "b", "b > z");
  }

  @Test
  void consistentAnswersNothingOrTheBestRootWhenNoneReaches() {
    var taxonomy = taxonomy("a > x", "b > z");
    float[] logits = {-3, 5, -2, 5};
    assertThat(names(taxonomy, logits, new Decoding.Consistent(0.5, false))).isEmpty();
    assertThat(names(taxonomy, logits, new Decoding.Consistent(0.5, true))).containsExactly("b");
  }

  @Test
  void pathsEndAboveLeavesOnlyWhereLabelsDo() {
    var paths = List.of("a", "a > x", "b > z");
    var taxonomy = Taxonomy.of(paths, " > ");
    var labels = LabelSet.of(paths, new long[paths.size()]);
    float[] towardsA = {2, -1, -3, -1};
    float[] towardsB = {-3, -1, 2, -1};
    for (var decoding : List.of(new Decoding.BestPath(), new Decoding.TopDown(0.5))) {
      var decoder = new TreeDecoder(taxonomy, labels, Link.SIGMOID, decoding);
      assertThat(decoder.decode(towardsA)).containsExactly(0);
      assertThat(decoder.decode(towardsB)).containsExactly(2, 3);
    }
  }

  @Test
  void aSoftmaxDoesNotEndAboveALeaf() {
    var paths = List.of("a", "a > x", "a > y");
    var decoder = new TreeDecoder(Taxonomy.of(paths, " > "), LabelSet.of(paths, new long[3]),
        Link.FAMILY_SOFTMAX, new Decoding.BestPath());
    assertThat(decoder.decode(new float[] {0, 1, 2})).containsExactly(0, 2);
  }

  @Test
  void aShortPathGainsNothingFromLevelsThatItDoesNotReach() {
    var taxonomy = taxonomy("a", "b > x > 1", "b > x > 2");
    var decoder = new TreeDecoder(taxonomy, labels(taxonomy), Link.LEVEL_SOFTMAX, new Decoding.BestPath());
    // p(a) = 0.27 on the first level; p(b) p(b > x) p(b > x > 1) would be 0.73 · 1 · 0.5.
    assertThat(decoder.decode(new float[] {0, 1, 0, 0, 0})).containsExactly(1, 2, 3);
    assertThat(decoder.decode(new float[] {1, 0, 0, 0, 0})).containsExactly(0);
  }

  @Test
  void logitsOfAnotherTaxonomyAreRefused() {
    var taxonomy = taxonomy("a > x", "b");
    var decoder = new TreeDecoder(taxonomy, labels(taxonomy), Link.SIGMOID, new Decoding.Argmax());
    assertThatThrownBy(() -> decoder.decode(new float[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a tree of 3 nodes for 2 logits");
  }

  @Property(tries = 300)
  void answersAreClosedUnderAncestorsAndSinglePathsAscendFromARoot(@ForAll("paths") Set<String> paths,
      @ForAll long seed, @ForAll("links") Link link, @ForAll @DoubleRange(min = 0, max = 1) double threshold) {
    var taxonomy = Taxonomy.of(paths, "/");
    float[] logits = logits(taxonomy, seed);
    for (var decoding : List.of(new Decoding.Argmax(), new Decoding.TopDown(threshold), new Decoding.BestPath(),
        new Decoding.Consistent(threshold, true), new Decoding.Consistent(threshold, false))) {
      int[] answer = new TreeDecoder(taxonomy, labels(taxonomy), link, decoding).decode(logits);
      assertThat(answer).isSorted().doesNotHaveDuplicates();
      for (int node : answer) {
        assertThat(Arrays.stream(taxonomy.ancestors(node)).boxed()).as("%s", decoding)
            .isSubsetOf(Arrays.stream(answer).boxed().toList());
      }
      if (!(decoding instanceof Decoding.Consistent)) {
        assertThat(answer).isEqualTo(path(taxonomy, answer[answer.length - 1]));
      }
    }
  }

  /** The probability that exactly the nodes of a path hold, over all nodes, against the sums of logits. */
  @Property(tries = 300)
  void bestPathOfIndependentNodesIsTheMostProbableOfAll(@ForAll("paths") Set<String> paths, @ForAll long seed,
      @ForAll boolean constrained) {
    var taxonomy = Taxonomy.of(paths, "/");
    float[] logits = logits(taxonomy, seed);
    var scoring = constrained ? Link.CONSTRAINED_SIGMOID : Link.SIGMOID;
    double[] probabilities = probabilities(taxonomy, logits, constrained);
    assertThat(scoring.scores(taxonomy, logits).probabilities()).containsExactly(probabilities, within(ROUNDING));

    var decoder = new TreeDecoder(taxonomy, LabelSet.of(List.copyOf(paths), new long[paths.size()]), scoring,
        new Decoding.BestPath());
    int[] answer = decoder.decode(logits);
    double best = paths.stream()
        .mapToDouble(path -> exactly(path(taxonomy, taxonomy.indexOf(path)), probabilities))
        .max().orElseThrow();
    assertThat(paths).contains(taxonomy.name(answer[answer.length - 1]));
    assertThat(exactly(answer, probabilities)).isCloseTo(best, within(ROUNDING * best));
  }

  @Property(tries = 300)
  void bestPathOfConditionalSoftmaxIsTheMostProbableLeaf(@ForAll("paths") Set<String> paths, @ForAll long seed) {
    var taxonomy = Taxonomy.of(paths, "/");
    float[] logits = logits(taxonomy, seed);
    double[] probabilities = Link.FAMILY_SOFTMAX.scores(taxonomy, logits).probabilities();
    int[] leaves = leaves(taxonomy);
    assertThat(Arrays.stream(leaves).mapToDouble(leaf -> probabilities[leaf]).sum()).isCloseTo(1, within(ROUNDING));
    double best = Arrays.stream(leaves).mapToDouble(leaf -> probabilities[leaf]).max().orElseThrow();
    for (var decoding : List.of(new Decoding.Argmax(), new Decoding.BestPath())) {
      int[] answer = new TreeDecoder(taxonomy, labels(taxonomy), Link.FAMILY_SOFTMAX, decoding).decode(logits);
      assertThat(probabilities[answer[answer.length - 1]]).isCloseTo(best, within(ROUNDING * best));
    }
  }

  @Property(tries = 300)
  void bestPathOfLevelsOfOneDepthHasTheLargestProduct(@ForAll("pathsOfOneDepth") Set<String> paths,
      @ForAll long seed) {
    var taxonomy = Taxonomy.of(paths, "/");
    float[] logits = logits(taxonomy, seed);
    var decoder =
        new TreeDecoder(taxonomy, labels(taxonomy), Link.LEVEL_SOFTMAX, new Decoding.BestPath());
    double[] probabilities = decoder.scores(logits).probabilities();
    double best = Arrays.stream(leaves(taxonomy)).mapToDouble(leaf -> product(path(taxonomy, leaf), probabilities))
        .max().orElseThrow();
    assertThat(product(decoder.decode(logits), probabilities)).isCloseTo(best, within(ROUNDING * best));
  }

  @Property(tries = 300)
  void topDownTakesTheBestOfEachFamily(@ForAll("paths") Set<String> paths, @ForAll long seed,
      @ForAll("links") Link link) {
    var taxonomy = Taxonomy.of(paths, "/");
    var decoder = new TreeDecoder(taxonomy, labels(taxonomy), link, new Decoding.TopDown(0));
    var scores = decoder.scores(logits(taxonomy, seed));
    int[] answer = decoder.decode(scores);
    assertThat(taxonomy.isLeaf(answer[answer.length - 1])).isTrue();
    for (int node : answer) {
      double best = IntStream.range(0, taxonomy.size())
          .filter(other -> taxonomy.parent(other) == taxonomy.parent(node))
          .mapToDouble(other -> scores.probabilities()[other]).max().orElseThrow();
      assertThat(scores.probabilities()[node]).isEqualTo(best);
    }
  }

  @Property(tries = 300)
  void consistentHasEveryNodeThatReachesWithAllAboveIt(@ForAll("paths") Set<String> paths, @ForAll long seed,
      @ForAll("links") Link link, @ForAll @DoubleRange(min = 0, max = 1) double threshold) {
    var taxonomy = Taxonomy.of(paths, "/");
    var decoder = new TreeDecoder(taxonomy, labels(taxonomy), link, new Decoding.Consistent(threshold, false));
    var scores = decoder.scores(logits(taxonomy, seed));
    int[] expected = IntStream.range(0, taxonomy.size())
        .filter(node -> Arrays.stream(path(taxonomy, node)).allMatch(n -> scores.probabilities()[n] >= threshold))
        .toArray();
    assertThat(decoder.decode(scores)).isEqualTo(expected);
  }

  /** What a loss calls −log p of a node is what the link that belongs to it reads from the same logits. */
  @Property(tries = 50)
  void probabilitiesAreThoseOfTheLosses(@ForAll("pathsOfOneDepth") Set<String> paths, @ForAll long seed) {
    var taxonomy = Taxonomy.of(paths, "/");
    float[] logits = logits(taxonomy, seed);
    double[] conditional = Link.FAMILY_SOFTMAX.scores(taxonomy, logits).probabilities();
    double[] levels = Link.LEVEL_SOFTMAX.scores(taxonomy, logits).probabilities();
    var everyLevel = new NodeWeighting.Levels(DoubleStream.generate(() -> 1).limit(taxonomy.depth()).toArray());
    for (int leaf : leaves(taxonomy)) {
      assertThat(loss(new ConditionalSoftmax(taxonomy), logits, leaf))
          .isCloseTo(-Math.log(conditional[leaf]), within(ROUNDING));
      assertThat(loss(new LevelSoftmax(taxonomy, everyLevel), logits, leaf))
          .isCloseTo(-Math.log(product(path(taxonomy, leaf), levels)), within(ROUNDING));
    }
  }

  private static double loss(Loss loss, float[] logits, int node) {
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      var elements = new double[logits.length];
      Arrays.setAll(elements, i -> logits[i]);
      var z = Variable.parameter(scope.empty(DType.F64, 1, logits.length).set(elements));
      return loss.apply(Tape.inference(scope), z, Targets.Nodes.of(node)).value().item();
    }
  }

  @Provide
  Arbitrary<Link> links() {
    return Arbitraries.of(Link.SIGMOID, Link.CONSTRAINED_SIGMOID, Link.FAMILY_SOFTMAX, Link.LEVEL_SOFTMAX);
  }

  @Provide
  Arbitrary<Set<String>> paths() {
    return Arbitraries.of("a", "b", "c", "d").list().ofMinSize(1).ofMaxSize(5)
        .map(segments -> String.join("/", segments)).set().ofMinSize(1).ofMaxSize(20);
  }

  @Provide
  Arbitrary<Set<String>> pathsOfOneDepth() {
    return Arbitraries.of("a", "b", "c", "d").list().ofSize(3)
        .map(segments -> String.join("/", segments)).set().ofMinSize(1).ofMaxSize(20);
  }

  /** Some seeds give few different values, so that nodes tie. */
  private static float[] logits(Taxonomy taxonomy, long seed) {
    var random = new Random(seed);
    boolean coarse = random.nextBoolean();
    var logits = new float[taxonomy.size()];
    for (int node = 0; node < logits.length; node++) {
      float value = (float) random.nextGaussian() * 3;
      logits[node] = coarse ? Math.round(value) : value;
    }
    return logits;
  }

  private static double[] probabilities(Taxonomy taxonomy, float[] logits, boolean constrained) {
    return IntStream.range(0, taxonomy.size())
        .mapToDouble(node -> IntStream.of(constrained ? path(taxonomy, node) : new int[] {node})
            .mapToDouble(n -> 1 / (1 + Math.exp(-logits[n]))).min().orElseThrow())
        .toArray();
  }

  private static double exactly(int[] nodes, double[] probabilities) {
    return IntStream.range(0, probabilities.length)
        .mapToDouble(node -> Arrays.binarySearch(nodes, node) >= 0 ? probabilities[node] : 1 - probabilities[node])
        .reduce(1, (a, b) -> a * b);
  }

  private static double product(int[] nodes, double[] probabilities) {
    return Arrays.stream(nodes).mapToDouble(node -> probabilities[node]).reduce(1, (a, b) -> a * b);
  }

  private static int[] path(Taxonomy taxonomy, int end) {
    return IntStream.concat(Arrays.stream(taxonomy.ancestors(end)), IntStream.of(end)).toArray();
  }

  private static int[] leaves(Taxonomy taxonomy) {
    return IntStream.range(0, taxonomy.size()).filter(taxonomy::isLeaf).toArray();
  }

  private static Taxonomy taxonomy(String... paths) {
    return Taxonomy.of(List.of(paths), " > ");
  }

  private static LabelSet labels(Taxonomy taxonomy) {
    var names = Arrays.stream(leaves(taxonomy)).mapToObj(taxonomy::name).toList();
    return LabelSet.of(names, new long[names.size()]);
  }

  private static List<String> names(Taxonomy taxonomy, float[] logits, Decoding decoding) {
    var decoder = new TreeDecoder(taxonomy, labels(taxonomy), Link.SIGMOID, decoding);
    return Arrays.stream(decoder.decode(logits)).mapToObj(taxonomy::name).toList();
  }
}
