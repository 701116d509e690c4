package crema.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Forest;
import crema.nn.loss.GoldenLosses.Golden;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rows of the catalog are complete, and tested. */
class LossCatalogTest {
  private static final long[] COUNTS = {120, 60, 1, 35, 8, 200, 3, 0, 200, 17};
  private static final Forest TREE = GoldenLosses.TREE;

  static Stream<LossDefinition> losses() {
    return LossCatalog.losses().stream();
  }

  static Stream<LossDefinition> lossesOfLogits() {
    return LossCatalog.of(LossDefinition.Input.LOGITS).stream();
  }

  @Test
  void everyLossIsComparedWithPyTorchForEachFormOfTargets() {
    Set<String> compared = new HashSet<>();
    for (Golden golden : GoldenLosses.all()) {
      golden.definition().ifPresent(loss -> compared.add(loss.name() + " of " + golden.form()));
    }
    // A mix is linear in its parts, of which both are compared.
    compared.add("mixed of MULTI_HOT");
    List<String> missing = new ArrayList<>();
    losses().forEach(loss -> loss.forms().stream().map(form -> loss.name() + " of " + form)
        .filter(each -> !compared.contains(each)).forEach(missing::add));
    assertThat(missing).as("add a row to GoldenLosses and a formula to losses_torch.py").isEmpty();
  }

  @Test
  void namesAreDistinctAndFilesCanHoldThem() {
    assertThat(losses().map(LossDefinition::name)).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z0-9-]+"));
    assertThat(LossCatalog.settings()).extracting(LossSetting::name).doesNotHaveDuplicates()
        .allMatch(name -> name.matches("[a-z0-9-]+"));
  }

  @Test
  void aSettingOfOneNameIsTheSameForAllLossesButForItsDefault() {
    losses().flatMap(loss -> loss.settings().stream()).forEach(setting -> {
      LossSetting<?> first = LossCatalog.settings().stream()
          .filter(other -> other.name().equals(setting.name())).findFirst().orElseThrow();
      assertThat(setting.type()).as(setting.name()).isEqualTo(first.type());
      assertThat(setting.help()).as(setting.name()).isEqualTo(first.help());
    });
  }

  @ParameterizedTest
  @MethodSource("losses")
  void aLossIsExplained(LossDefinition loss) {
    assertThat(loss.help()).endsWith(".").hasSizeLessThan(100);
    loss.settings().forEach(setting -> assertThat(setting.help()).as(setting.name()).isNotBlank());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void everySettingReadsWhatItWritesAndRefusesNonsense(LossDefinition loss) {
    LossSettings defaults = loss.defaults();
    LossSettings read = loss.defaults();
    for (Map.Entry<String, String> value : defaults.asText().entrySet()) {
      read = read.with(value.getKey(), value.getValue());
      assertThatThrownBy(() -> defaults.with(value.getKey(), "nonsense")).isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(value.getKey());
    }
    assertThat(read.asText()).isEqualTo(defaults.asText());
    assertThatThrownBy(() -> defaults.with("no-such-setting", "1")).isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is no setting no-such-setting");
  }

  /** A setting that changes nothing would have no effect for a user. */
  @ParameterizedTest
  @MethodSource("losses")
  void everySettingChangesTheLoss(LossDefinition loss) {
    Map<String, String> others = Map.ofEntries(Map.entry("label-smoothing", "0.3"),
        Map.entry("class-weights", "balanced"), Map.entry("effective-number-beta", "0.5"),
        Map.entry("focal-gamma", "3.5"), Map.entry("logit-adjustment", "0.3"), Map.entry("soft-f1-share", "0.9"),
        Map.entry("pos-weight", "balanced"), Map.entry("loss-scale", "authors"),
        Map.entry("class-balanced-beta", "0.5"), Map.entry("class-balanced-mode", "minimum-count"),
        Map.entry("rebalance-alpha", "0.7"), Map.entry("rebalance-beta", "3"), Map.entry("rebalance-mu", "0.2"),
        Map.entry("negative-lambda", "5"), Map.entry("negative-kappa", "0.5"),
        Map.entry("asymmetric-gamma-positive", "2"), Map.entry("asymmetric-gamma-negative", "1"),
        Map.entry("asymmetric-margin", "0.3"), Map.entry("ancestor-weight", "more"),
        Map.entry("level-weights", "1,2,3,4"), Map.entry("hierarchical-constraint", "true"),
        Map.entry("pair-margin", "2"), Map.entry("pair-temperature", "0.7"), Map.entry("triplets", "hardest"),
        Map.entry("angular-margin", "0.2"), Map.entry("similar-scale", "7"), Map.entry("other-scale", "9"),
        Map.entry("similarity-threshold", "0.1"));
    for (LossSetting<?> setting : loss.settings()) {
      boolean changes = loss.forms().stream().anyMatch(form -> {
        LossSettings base = setting.name().equals("effective-number-beta")
            ? loss.defaults().with("class-weights", "effective-number")
            : loss.defaults();
        return value(loss, form, base) != value(loss, form, base.with(setting.name(), others.get(setting.name())));
      });
      assertThat(changes).as(setting.name()).isTrue();
    }
  }

  @Test
  void lossesOfEmbeddingsAreNotAmongThoseForATarget() {
    assertThat(LossCatalog.of(LossDefinition.Input.EMBEDDINGS)).extracting(LossDefinition::name)
        .contains("cosine-similarity", "contrastive", "multiple-negatives", "supervised-contrastive", "triplet",
            "multi-similarity");
    assertThat(LossCatalog.fitting(List.of(Targets.Form.values())))
        .isEqualTo(LossCatalog.of(LossDefinition.Input.LOGITS));
    LossDefinition triplet = LossCatalog.find("triplet").orElseThrow();
    assertThatThrownBy(() -> triplet.link(Targets.Form.INDICES, triplet.defaults()))
        .hasMessage("the loss triplet is one of embeddings, which have no probabilities");
  }

  @ParameterizedTest
  @MethodSource("lossesOfLogits")
  void aLinkHasTheLikelihoodOfItsProbabilities(LossDefinition loss) {
    for (Targets.Form form : loss.forms()) {
      Link link = loss.link(form, loss.defaults());
      float[] narrow = sines(COUNTS.length);
      double[] p = link.scores(TREE, narrow).probabilities();
      int label = 9;
      double expected = switch (link) {
        case SOFTMAX, FAMILY_SOFTMAX -> -Math.log(p[label]);
        case LEVEL_SOFTMAX -> path(label).stream().mapToDouble(node -> -Math.log(p[node])).sum();
        case SIGMOID, CONSTRAINED_SIGMOID -> Double.NaN;
      };
      if (!Double.isNaN(expected)) {
        Targets targets = link == Link.SOFTMAX ? Targets.Indices.of(label) : Targets.Nodes.of(label);
        assertThat(value(link.likelihood(TREE), narrow, targets)).isCloseTo(expected, offset(1e-6));
      } else {
        double sum = 0;
        double[] each = Link.SIGMOID.scores(TREE, narrow).probabilities();
        for (int node = 0; node < each.length; node++) {
          sum -= Math.log(path(label).contains(node) ? each[node] : 1 - each[node]);
        }
        assertThat(value(link.likelihood(TREE), narrow, Targets.Nodes.of(label))).isCloseTo(sum / each.length,
            offset(1e-6));
      }
    }
  }

  @Test
  void theLikelihoodOfFlatLabelsIsBinaryCrossEntropyToTheBit() {
    float[] logits = {0.3f, -1.2f, 2, 0.7f, -0.4f, 0.1f, 3.3f, -2.5f, 0.9f, 5};
    Targets targets = Targets.MultiHot.of(10, new int[][] {{1, 4, 9}});
    assertThat(value(Link.SIGMOID.likelihood(Forest.flat(10)), logits, targets))
        .isEqualTo(value(new BinaryCrossEntropy(), logits, targets));
  }

  @Test
  void onlyTheLossesOfHuangAndOthersAreOfSingleRows() {
    assertThat(LossCatalog.ofRows()).hasSize(BalancingMethod.values().length);
    LossDefinition softmax = LossCatalog.find("cross-entropy").orElseThrow();
    assertThatThrownBy(() -> softmax.createOfRows(softmax.defaults(), GoldenLosses.FREQUENCIES))
        .hasMessage("the loss cross-entropy is not one of single rows");
  }

  @Test
  void aLossOfSingleRowsCostsAsMuchAsThatOfBatchesButSummedOverLabels() {
    float[] logits = {0.3f, -1.2f, 2, 0.7f, -0.4f, 0.1f, 3.3f, -2.5f, 0.9f, 5};
    var wide = new double[10];
    Arrays.setAll(wide, i -> logits[i]);
    for (LossDefinition loss : LossCatalog.ofRows()) {
      var targets = Targets.MultiHot.of(10, new int[][] {{1, 4, 9}});
      double mean = value(loss.create(loss.defaults(), labels(Targets.Form.MULTI_HOT)), logits, targets);
      double sum = loss.createOfRows(loss.defaults(), GoldenLosses.FREQUENCIES)
          .evaluate(targets.values(), wide, new double[10]);
      assertThat(sum / 10).as(loss.name()).isCloseTo(mean, offset(1e-12));
    }
  }

  private static float[] sines(int length) {
    var sines = new float[length];
    for (int i = 0; i < length; i++) {
      sines[i] = (float) Math.sin(7.3 * i);
    }
    return sines;
  }

  private static Set<Integer> path(int node) {
    Set<Integer> path = new HashSet<>();
    for (int at = node; at >= 0; at = TREE.parent(at)) {
      path.add(at);
    }
    return path;
  }

  private static TrainingLabels labels(Targets.Form form) {
    return new TrainingLabels(form, COUNTS, 200, form == Targets.Form.NODES ? TREE : Forest.flat(COUNTS.length));
  }

  private static double value(LossDefinition loss, Targets.Form form, LossSettings settings) {
    boolean isOfEmbeddings = loss.input() == LossDefinition.Input.EMBEDDINGS;
    float[] logits = sines((isOfEmbeddings ? 5 : 3) * COUNTS.length);
    Function<Targets.Form, Targets> targets = each -> switch (each) {
      case INDICES -> isOfEmbeddings ? Targets.Indices.of(9, 2, 9, 2, 9) : Targets.Indices.of(9, 2, 5);
      case PAIRS -> new Targets.Pairs(5, new int[] {0, 1, 4}, new int[] {2, 2, 0}, new double[] {1, 0, 0.5});
      case NODES -> Targets.Nodes.of(9, 2, 4);
      case MULTI_HOT -> Targets.MultiHot.of(COUNTS.length, new int[][] {{1, 9}, {}, {2, 5, 7}});
    };
    return value(loss.create(settings, labels(form)), logits, targets.apply(form));
  }

  private static double value(Loss loss, float[] logits, Targets targets) {
    try (Backend backend = Backend.open(Device.REFERENCE);
        var scope = new Scope(backend)) {
      var wide = new double[logits.length];
      Arrays.setAll(wide, i -> logits[i]);
      Variable input = Variable.constant(scope.doubles(wide, targets.rows(), logits.length / targets.rows()));
      return loss.apply(Tape.inference(scope), input, targets).value().item();
    }
  }
}
