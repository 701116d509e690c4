package crema.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Forest;
import crema.nn.loss.GoldenLosses.Golden;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LossTest {
  private static final double[] LOGITS = {0.3, -1.2, 2.0, 0.7, -0.4, 0.1};

  private final Backend backend = Backend.open(Device.REFERENCE);
  private Scope scope;

  @BeforeEach
  void open() {
    scope = new Scope(backend);
  }

  @AfterEach
  void close() {
    scope.close();
    assertThat(backend.liveBytes()).isZero();
    backend.close();
  }

  /** A loss and its gradient. */
  private record Outcome(double value, double[] gradient) {}

  private Outcome evaluate(Loss loss, double[] logits, int rows, Targets targets) {
    var parameter = Variable.parameter(scope.doubles(logits, rows, logits.length / rows));
    Tape tape = Tape.recording(scope);
    Variable value = loss.apply(tape, parameter, targets);
    double number = value.value().item();
    Gradients gradients = tape.backward(value);
    return new Outcome(number, gradients.of(parameter).toDoubles());
  }

  private static Targets labels(int... labels) {
    return new Targets.Indices(labels);
  }

  private static Targets nodes(int... nodes) {
    return new Targets.Nodes(nodes);
  }

  private static Targets multiHot(int rows, double... values) {
    return new Targets.MultiHot(rows, values.length / rows, values);
  }

  private static void assertEqual(Outcome actual, Outcome expected) {
    assertThat(actual.value).isCloseTo(expected.value, offset(1e-12));
    assertThat(actual.gradient).containsExactly(expected.gradient, offset(1e-12));
  }

  static Stream<Golden> singleLabelLosses() {
    return GoldenLosses.all().stream()
        .filter(golden -> golden.form() == Targets.Form.INDICES || golden.form() == Targets.Form.NODES);
  }

  private static Targets of(Golden golden, int... labels) {
    return golden.form() == Targets.Form.NODES ? nodes(labels) : labels(labels);
  }

  @ParameterizedTest
  @MethodSource("singleLabelLosses")
  void rowsWithoutLabelDoNotCount(Golden golden) {
    var logits = new double[4 * GoldenLosses.LABELS];
    Arrays.setAll(logits, i -> Math.sin(7.3 * i));
    double[] without = Arrays.copyOf(logits, 3 * GoldenLosses.LABELS);
    Outcome some = evaluate(golden.loss(), logits, 4, of(golden, 9, 4, 9, -1));
    Outcome all = evaluate(golden.loss(), without, 3, of(golden, 9, 4, 9));
    assertThat(some.value).isCloseTo(all.value, offset(1e-12));
    assertThat(Arrays.copyOf(some.gradient, without.length)).containsExactly(all.gradient, offset(1e-12));
    assertThat(Arrays.copyOfRange(some.gradient, without.length, logits.length)).containsOnly(0);
  }

  @ParameterizedTest
  @MethodSource("singleLabelLosses")
  void aBatchWithoutLabelsHasNoLossAndNoGradient(Golden golden) {
    var logits = new double[2 * GoldenLosses.LABELS];
    Arrays.setAll(logits, i -> Math.sin(7.3 * i));
    Outcome outcome = evaluate(golden.loss(), logits, 2, of(golden, -1, -1));
    assertThat(outcome.value).isZero();
    assertThat(outcome.gradient).containsOnly(0);
  }

  @ParameterizedTest
  @MethodSource("singleLabelLosses")
  void aLabelThatIsNoColumnIsNamed(Golden golden) {
    boolean takesAnyNumbers =
        golden.definition().map(LossDefinition::input)
            .orElse(LossDefinition.Input.LOGITS) == LossDefinition.Input.EMBEDDINGS;
    if (!takesAnyNumbers) {
      assertThatThrownBy(() -> evaluate(golden.loss(), new double[20], 2, of(golden, 3, 10)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the target of row 1 is label 10 of 10");
    }
  }

  @Test
  void focalSoftmaxWithoutFocusIsCrossEntropy() {
    Targets targets = labels(2, 0);
    var weights = new double[] {0.5, 1.5, 2};
    assertEqual(evaluate(new SoftmaxFocal(0, 0.25, weights), LOGITS, 2, targets),
        evaluate(new SoftmaxCrossEntropy(0.25f, new float[] {0.5f, 1.5f, 2}), LOGITS, 2, targets));
  }

  @Test
  void binaryLossesAgreeWhereTheyMeet() {
    Targets targets = multiHot(2, 1, 0, 0, 1, 1, 0);
    var frequencies = new LabelFrequencies(new long[] {5, 3, 1}, 10);
    Outcome plain = evaluate(new BinaryCrossEntropy(), LOGITS, 2, targets);
    assertEqual(evaluate(new FocalLoss(Focus.NONE), LOGITS, 2, targets), plain);
    assertEqual(evaluate(new AsymmetricLoss(0, 0, 0), LOGITS, 2, targets), plain);
    assertEqual(evaluate(BalancingMethod.BCE.loss(frequencies, BalancingMethod.Scaling.PAPER), LOGITS, 2, targets),
        plain);
    Outcome focal = evaluate(new FocalLoss(Focus.of(2)), LOGITS, 2, targets);
    assertEqual(evaluate(new AsymmetricLoss(2, 2, 0), LOGITS, 2, targets), focal);
    assertEqual(evaluate(BalancingMethod.FL.loss(frequencies, BalancingMethod.Scaling.PAPER), LOGITS, 2, targets),
        focal);
  }

  @Test
  void aRowOnTheHostCostsAsMuchAsOnTheTapeButSummedOverLabels() {
    var frequencies = new LabelFrequencies(new long[] {5, 3, 1}, 10);
    double[] row = Arrays.copyOf(LOGITS, 3);
    for (BalancingMethod method : BalancingMethod.values()) {
      LongTailLoss loss = method.loss(frequencies, BalancingMethod.Scaling.AUTHORS_CODE);
      Outcome mean = evaluate(loss, row, 1, multiHot(1, 1, 0, 1));
      var gradient = new double[3];
      double sum = loss.ofRows().evaluate(new double[] {1, 0, 1}, row, gradient);
      assertThat(sum / 3).isCloseTo(mean.value, offset(1e-12));
      assertThat(Arrays.stream(gradient).map(slope -> slope / 3).toArray())
          .containsExactly(mean.gradient, offset(1e-12));
    }
  }

  @Test
  void nodesWithoutWeightDoNotCountInTreeMin() {
    var tree = new Forest(-1, 0, 0);
    double[] logits = {0.5, 1, -2};
    Outcome all = evaluate(new TreeMin(tree, new NodeWeighting.Ancestors(1), Focus.NONE), logits, 1, nodes(1));
    assertEqual(all, evaluate(new TreeMin(tree, Focus.NONE), logits, 1, nodes(1)));
    // The leaf that holds is as probable as its root, which is the less probable one; the other one is σ(−2).
    Outcome leaves = evaluate(new TreeMin(tree, new NodeWeighting.Ancestors(0), Focus.NONE), logits, 1, nodes(1));
    assertThat(leaves.value).isCloseTo((Math.log1p(Math.exp(-0.5)) + Math.log1p(Math.exp(-2))) / 2, offset(1e-12));
    assertRejected(() -> new TreeMin(new Forest(-1), new NodeWeighting.Levels(0), Focus.NONE),
        "all nodes of the taxonomy have weight 0");
  }

  @Test
  void softTargetsLieBetweenHardOnes() {
    Loss loss = new FocalLoss(Focus.balanced(2, 0.25));
    Outcome none = evaluate(loss, LOGITS, 2, multiHot(2, 0, 0, 0, 0, 0, 0));
    Outcome all = evaluate(loss, LOGITS, 2, multiHot(2, 1, 1, 1, 1, 1, 1));
    Outcome soft = evaluate(loss, LOGITS, 2, multiHot(2, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3));
    assertThat(soft.value).isCloseTo(0.7 * none.value + 0.3 * all.value, offset(1e-12));
  }

  @Test
  void rareLabelsWeighMoreInTheRowsThatHaveThem() {
    var frequencies = new LabelFrequencies(new long[] {1000, 10, 0}, 1000);
    var weights = new double[3];
    new Rebalancing(0.1, 10, 0.9).weights(frequencies).of(new double[] {1, 1, 0}, 0, weights);
    assertThat(weights[1]).isGreaterThan(weights[0]);
    new Rebalancing(0.1, 10, 0.9).weights(frequencies).of(new double[] {0, 0, 0}, 0, weights);
    assertThat(weights).containsOnly(1.1);
    new ClassBalancing(0.9).weights(frequencies).of(new double[3], 0, weights);
    assertThat(weights).containsExactly(new double[] {0.1, 0.1 / (1 - Math.pow(0.9, 10)), 1}, offset(1e-12));
  }

  @Test
  void logitAdjustmentGivesRareLabelsTheLargerMargin() {
    var frequencies = new LabelFrequencies(new long[] {90, 10}, 100);
    Loss loss = LogitAdjustment.balancedSoftmax(new SoftmaxCrossEntropy(), frequencies);
    assertThat(evaluate(loss, new double[] {0, 0}, 1, labels(1)).value).isCloseTo(-Math.log(0.1), offset(1e-12));
    assertThat(evaluate(loss, new double[] {0, 0}, 1, labels(0)).value).isCloseTo(-Math.log(0.9), offset(1e-12));
  }

  @Test
  void macroF1IgnoresLabelsThatTheBatchLacks() {
    double[] sureLogits = {50, -50, -50, -50, 50, -50};
    Outcome sure = evaluate(new SoftMacroF1(), sureLogits, 2, multiHot(2, 1, 0, 0, 0, 1, 0));
    assertThat(sure.value).isCloseTo(0, offset(1e-12));
    assertThat(evaluate(new SoftMacroF1(), LOGITS, 2, multiHot(2, 0, 0, 0, 0, 0, 0)).value).isZero();
  }

  /** Node 2 is below 1 is below 0; 3 is below 0. */
  @Test
  void treeMinPunishesTheDecidingNode() {
    var tree = new Forest(-1, 0, 1, 0);
    Outcome outcome = evaluate(new TreeMin(tree, Focus.NONE), new double[] {2, -1, 3, 0.5}, 1, nodes(2));
    double low = Math.log1p(Math.exp(1));
    assertThat(outcome.value).isCloseTo((Math.log1p(Math.exp(-2)) + 2 * low + Math.log1p(Math.exp(0.5))) / 4,
        offset(1e-12));
    assertThat(outcome.gradient[2]).as("node 2 is held down by node 1").isZero();
    assertThat(outcome.gradient[1]).isCloseTo(-2 * (1 / (1 + Math.exp(-1))) / 4, offset(1e-12));

    Outcome negative = evaluate(new TreeMin(tree, Focus.NONE), new double[] {2, -1, 3, 0.5}, 1, nodes(3));
    assertThat(negative.gradient[1]).as("node 1 is pushed up by node 2").isZero();
    assertThat(negative.gradient[2]).isCloseTo(2 * (1 / (1 + Math.exp(-3))) / 4, offset(1e-12));
  }

  @Test
  void gradientDescentOnTreeMinEndsAtTheLabel() {
    var tree = GoldenLosses.TREE;
    var loss = new TreeMin(tree, Focus.of(2));
    var logits = new double[GoldenLosses.LABELS];
    Arrays.setAll(logits, i -> Math.sin(7.3 * i));
    for (int step = 0; step < 300; step++) {
      Outcome outcome = evaluate(loss, logits, 1, nodes(6));
      for (int i = 0; i < logits.length; i++) {
        logits[i] -= 5 * outcome.gradient[i];
      }
    }
    var positive = List.of(5, 3, 6);
    for (int node = 0; node < logits.length; node++) {
      assertThat(logits[node] > 0).as("node %d", node).isEqualTo(positive.contains(node));
    }
  }

  @Test
  void labelsAndTheirAncestorsAreTheSameTargets() {
    var logits = new double[GoldenLosses.LABELS];
    Arrays.setAll(logits, i -> Math.sin(7.3 * i));
    Targets leaf = multiHot(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    Targets path = multiHot(1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 1);
    for (Loss loss : List.of(new TreeMin(GoldenLosses.TREE, Focus.NONE),
        new AncestorCrossEntropy(GoldenLosses.TREE, new NodeWeighting.Ancestors(2), Focus.NONE))) {
      Outcome expected = evaluate(loss, logits, 1, nodes(9));
      assertEqual(evaluate(loss, logits, 1, leaf), expected);
      assertEqual(evaluate(loss, logits, 1, path), expected);
    }
  }

  @Test
  void embeddingsOfNearLabelsAreDrawnTogether() {
    var tree = new Forest(-1, -1, 0, 0, 1);
    var apart = new double[] {1, 0, 0, 1, 1, 0.1};
    var together = new double[] {1, 0, 1, 0.1, 0, 1};
    Targets targets = nodes(2, 3, 4);
    assertThat(evaluate(new TreeTriplet(tree, 0.1), together, 3, targets).value)
        .isLessThan(evaluate(new TreeTriplet(tree, 0.1), apart, 3, targets).value);
    Targets details = labels(1000, 1000, 7);
    assertThat(evaluate(new SupervisedContrastive(0.5), together, 3, details).value)
        .isLessThan(evaluate(new SupervisedContrastive(0.5), apart, 3, details).value);
  }

  @Test
  void anAuxiliaryLossIsAddedWithItsWeight() {
    double[] embeddings = {1, 0.5, -0.3, 0.2, 0.9, 1};
    Targets targets = labels(2, 0, 1);
    Targets details = labels(5, 5, 9);
    var loss = new AuxiliaryLoss(new SoftmaxCrossEntropy(), new SupervisedContrastive(0.1), 0.25);
    double[] logits = {0.3, -1.2, 2.0, 0.7, -0.4, 0.1, 0, 1, 2};
    var first = Variable.parameter(scope.doubles(logits, 3, 3));
    var second = Variable.parameter(scope.doubles(embeddings, 3, 2));
    Tape tape = Tape.recording(scope);
    Variable sum = loss.apply(tape, first, targets, second, details);
    Outcome main = evaluate(loss.main(), logits, 3, targets);
    Outcome auxiliary = evaluate(loss.auxiliary(), embeddings, 3, details);
    assertThat(sum.value().item()).isCloseTo(main.value + 0.25 * auxiliary.value, offset(1e-12));
    Gradients gradients = tape.backward(sum);
    assertThat(gradients.of(first).toDoubles()).containsExactly(main.gradient, offset(1e-12));
    assertThat(gradients.of(second).toDoubles())
        .containsExactly(Arrays.stream(auxiliary.gradient).map(g -> 0.25 * g).toArray(), offset(1e-12));
  }

  @Test
  void wrongParametersAreNamed() {
    assertRejected(() -> Focus.of(-1), "focal gamma must be at least 0, not -1.0");
    assertRejected(() -> Focus.balanced(2, 1.5), "focal alpha must be in [0, 1], not 1.5");
    assertRejected(() -> new BinaryCrossEntropy(1, null), "label smoothing must be in [0, 1), not 1.0");
    assertRejected(() -> new BinaryCrossEntropy(0, new double[] {1, Double.NaN}),
        "posWeight of label 1 must be at least 0, not NaN");
    assertRejected(() -> new ClassBalancing(1), "class-balanced beta must be in [0, 1), not 1.0");
    assertRejected(() -> new Rebalancing(0.1, 0, 0.9), "rebalancing beta must be above 0, not 0.0");
    assertRejected(() -> new Rebalancing(0.1, 1, Double.NaN), "rebalancing mu must be finite, not NaN");
    assertRejected(() -> new NegativeTolerance(0, 0.05), "negative-tolerant lambda must be above 0, not 0.0");
    assertRejected(() -> new AsymmetricLoss(0, 4, 1), "asymmetric margin must be in [0, 1), not 1.0");
    assertRejected(() -> new SupervisedContrastive(0), "contrastive temperature must be above 0, not 0.0");
    assertRejected(() -> new LabelFrequencies(new long[] {3, 11}, 10), "label 1 occurs in 11 of 10 rows");
    assertRejected(() -> WeightedLosses.mix(new SoftMacroF1(), new SoftMacroF1(), 2),
        "the share of a mixed loss must be in [0, 1], not 2.0");
    assertRejected(() -> new LevelSoftmax(GoldenLosses.TREE, new NodeWeighting.Levels(1, 1)),
        "2 level weights for a tree of 4 levels");
    var root = new Forest(-1);
    assertRejected(() -> new AncestorCrossEntropy(root, new NodeWeighting.Levels(0), Focus.NONE),
        "all nodes of the taxonomy have weight 0");
  }

  @Test
  void targetsThatDoNotFitAreNamed() {
    assertRejected(() -> evaluate(new BinaryCrossEntropy(), LOGITS, 2, labels(0, 1)),
        "binary cross-entropy wants a number from 0 to 1 for each logit (MultiHot); got Indices of 2 rows for an "
            + "input of [2, 3]");
    assertRejected(() -> evaluate(new BinaryCrossEntropy(), LOGITS, 2, multiHot(2, 0, 0, 0, 0, 2, 0)),
        "binary cross-entropy: the target of row 1, label 1 is 2.0, not from 0 to 1");
    assertRejected(() -> evaluate(new SoftmaxFocal(2), LOGITS, 2, multiHot(2, 0, 0, 0, 0, 1, 0)),
        "focal softmax cross-entropy wants one label a row (Indices); got MultiHot of 2 rows for an input of [2, 3]");
    assertRejected(() -> evaluate(new SoftmaxCrossEntropy(), LOGITS, 2, labels(0)),
        "softmax cross-entropy: targets of 1 rows for an input of [2, 3]");
    assertRejected(() -> evaluate(new SoftmaxCrossEntropy(), LOGITS, 2, nodes(0, 1)),
        "softmax cross-entropy wants one label a row (Indices); got Nodes of 2 rows for an input of [2, 3]");
    assertRejected(() -> new Targets.MultiHot(2, 3, new double[5]), "5 values for 2 rows of 3 labels");
    assertRejected(() -> evaluate(new TreeMin(GoldenLosses.TREE, Focus.NONE), LOGITS, 2, nodes(0, 1)),
        "tree-min loss: a tree of 10 nodes for logits [2, 3]");
    assertRejected(() -> evaluate(new TreeMin(new Forest(-1, 0, 0), Focus.NONE), LOGITS, 2,
        multiHot(2, 0, 0, 0, 0, 0.5, 0)), "tree-min loss: the target of row 1, node 1 is 0.5, neither 0 nor 1");
    var frequencies = new LabelFrequencies(new long[] {1, 1}, 2);
    assertRejected(() -> evaluate(new LogitAdjustment(new SoftmaxFocal(1), frequencies, 1), LOGITS, 2, labels(0, 1)),
        "2 label frequencies for 3 labels");
    assertRejected(() -> evaluate(BalancingMethod.DB.loss(frequencies, BalancingMethod.Scaling.PAPER), LOGITS, 2,
        multiHot(2, 0, 0, 0, 0, 1, 0)), "2 label frequencies for 3 labels");
  }

  private static void assertRejected(ThrowingCallable action, String message) {
    assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void aRowOfWeightTwoMovesAsTwoCopies() {
    Targets targets = labels(0, 2);
    Outcome plain = evaluate(new SoftmaxCrossEntropy(), LOGITS, 2, targets);
    Outcome weighted = evaluate((tape, logits, given) -> new SoftmaxCrossEntropy()
        .apply(tape, RowWeights.apply(tape, logits, new double[] {2, 0.5}), given), LOGITS, 2, targets);
    assertThat(weighted.value()).isEqualTo(plain.value());
    for (int i = 0; i < LOGITS.length; i++) {
      assertThat(weighted.gradient()[i]).isCloseTo(plain.gradient()[i] * (i < 3 ? 2 : 0.5), offset(1e-15));
    }
    var parameter = Variable.parameter(scope.doubles(LOGITS, 2, 3));
    assertThatThrownBy(() -> RowWeights.apply(Tape.recording(scope), parameter, new double[] {1}))
        .hasMessageContaining("1 weights of rows");
  }

  @Test
  void targetsOfSomeRowsAreThoseRows() {
    assertThat(((Targets.Indices) labels(4, 5, 6).rows(new int[] {2, 0})).labels()).containsExactly(6, 4);
    assertThat(((Targets.Nodes) nodes(4, 5, 6).rows(new int[] {1})).nodes()).containsExactly(5);
    assertThat(((Targets.MultiHot) Targets.MultiHot.of(2, new int[][] {{0}, {1}, {0, 1}}).rows(new int[] {2, 0}))
        .values()).containsExactly(1, 1, 1, 0);
  }
}
