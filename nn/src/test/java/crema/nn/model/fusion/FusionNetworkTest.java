package crema.nn.model.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.GradCheck;
import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.nn.Initializer;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.optim.AdamW;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against PyTorch's values for the same weights and vectors; {@code src/test/golden/fusion.py} makes the files. */
class FusionNetworkTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/nn/model/fusion");
  private static final double LEAST = 0.15;

  private static FusionConfig config(FusionKind kind) {
    return new FusionConfig(kind, 10, 6, 8, LEAST, 0, 5);
  }

  static Stream<Arguments> kindsAndDevices() {
    return Stream.of(FusionKind.values())
        .flatMap(kind -> Stream.of(Arguments.of(kind, Device.CPU), Arguments.of(kind, Device.REFERENCE)));
  }

  @ParameterizedTest
  @MethodSource("kindsAndDevices")
  void logitsLossAndGradientsEqualPyTorchsOfRealConcatenations(FusionKind kind, Device device) throws IOException {
    try (var golden = SafetensorsReader.open(RESOURCES.resolve(kind.key() + ".safetensors"));
        var backend = Backend.open(device);
        var scope = new Scope(backend);
        var network = new FusionNetwork(ParameterSource.random(backend, 1), config(kind))) {
      network.loadIntersecting(golden.under("weight."));
      Tape tape = Tape.training(scope, new Rng(1, 1));
      Variable logits = forward(network, tape, golden, scope);
      assertClose("logits", logits.value(), golden, scope, "logits");
      Variable loss = new SoftmaxCrossEntropy().apply(tape, logits,
          new Targets.Indices(read(golden, scope, DType.I32, "labels").toInts()));
      assertClose("loss", loss.value(), golden, scope, "loss");

      Gradients gradients = tape.backward(loss);
      Weights expected = golden.under("grad.");
      assertThat(network.parameters().keySet()).containsAll(expected.shapes().keySet());
      expected.shapes().keySet().forEach(name -> assertClose("gradient of " + name,
          gradients.of(Objects.requireNonNull(network.parameters().get(name))), golden, scope,
          "grad." + name));
      golden.under("running.").shapes().keySet().forEach(
          name -> assertClose(name, network.stateDict().get(name), golden, scope, "running." + name));
      assertClose("prediction", forward(network, Tape.inference(scope), golden, scope).value(), golden, scope,
          "prediction");
    }
  }

  private static Variable forward(FusionNetwork network, Tape tape, StoredWeights golden, Scope scope) {
    int[] presence = read(golden, scope, DType.I32, "presence").toInts();
    var text = new boolean[presence.length / 2];
    var picture = new boolean[text.length];
    for (int row = 0; row < text.length; row++) {
      text[row] = presence[2 * row] == 1;
      picture[row] = presence[2 * row + 1] == 1;
    }
    return network.forward(tape, Variable.constant(read(golden, scope, DType.F32, "texts")),
        Variable.constant(read(golden, scope, DType.F32, "pictures")), new Presence(text, picture));
  }

  private static Tensor read(StoredWeights golden, Scope scope, DType type, String name) {
    Tensor tensor = scope.empty(type, golden.shapes().get(name));
    golden.read(name, tensor);
    return tensor;
  }

  private static void assertClose(String what, Tensor actual, StoredWeights golden, Scope scope, String name) {
    double[] expected = read(golden, scope, DType.F32, name).toDoubles();
    double[] values = actual.toDoubles();
    assertThat(values).as(what).hasSameSizeAs(expected);
    double largest = 1e-3;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(values[i]).as("%s[%d]", what, i).isCloseTo(expected[i], offset(2e-5 * largest));
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAreThoseOfDifferenceQuotients(FusionKind kind) {
    try (var backend = Backend.open(Device.REFERENCE);
        var scope = new Scope(backend);
        var network = new FusionNetwork(ParameterSource.random(backend, DType.F64, 3), config(kind))) {
      var inputs = new ArrayList<Tensor>();
      inputs.add(random(scope, 11, 4, 10));
      inputs.add(random(scope, 12, 4, 6));
      // The classifier starts at zero, behind which no gradient would show.
      network.stateDict().forEach((name, tensor) -> {
        if (name.startsWith("classifier")) {
          new Initializer.Normal(0.5).fill(tensor, new Rng(5, 0).stream(name.length()));
        }
      });
      var presence = new Presence(new boolean[] {true, false, true, true}, new boolean[] {true, true, false, true});
      GradCheck.Deviation worst = GradCheck.check(kind.key(),
          (tape, variables) -> network.forward(tape, variables.get(0), variables.get(1), presence), inputs);
      assertThat(worst.error()).as(worst.toString()).isLessThan(1e-6);
    }
  }

  private static Tensor random(Scope scope, int stream, long rows, long columns) {
    Tensor tensor = scope.empty(DType.F64, rows, columns);
    new Initializer.Normal(1).fill(tensor, new Rng(7, 0).stream(stream));
    return tensor;
  }

  @ParameterizedTest
  @EnumSource
  void trainingGivesTheSameBitsOnAnyNumberOfThreads(FusionKind kind) {
    Map<String, float[]> one = train(kind, 1, 3).weights();
    assertThat(train(kind, 2, 3).weights()).usingRecursiveComparison().isEqualTo(one);
    assertThat(train(kind, 5, 3).weights()).usingRecursiveComparison().isEqualTo(one);
  }

  @ParameterizedTest
  @EnumSource
  void theWeakerModalityKeepsItsLeastShare(FusionKind kind) {
    Trained trained = train(kind, 1, 120);
    assertThat(trained.losses().getLast()).isLessThan(0.7 * trained.losses().getFirst());
    assertThat(trained.shareOfTexts()).as("only texts tell the label").isBetween(LEAST, 1 - LEAST / 2);
    double share = 1 / (1 + Math.exp(-trained.weights().get("shares.logit")[0]));
    assertThat(share).as("texts are read more than pictures").isGreaterThan(0.5);
  }

  private record Trained(Map<String, float[]> weights, List<Double> losses, double shareOfTexts) {}

  /** Texts tell the label by their largest feature; pictures are noise, and one row in five lacks one of the two. */
  private static Trained train(FusionKind kind, int threads, int steps) {
    try (var backend = Backend.open(Device.CPU, new BackendOptions(threads));
        var network = new FusionNetwork(ParameterSource.random(backend, 9), config(kind));
        var optimizer = new AdamW(network, 0.01)) {
      var losses = new ArrayList<Double>();
      for (int step = 0; step < steps; step++) {
        try (var scope = new Scope(backend)) {
          int rows = 24;
          var random = new Rng(21, step);
          var labels = new int[rows];
          var texts = new float[rows * 10];
          var pictures = new float[rows * 6];
          var text = new boolean[rows];
          var picture = new boolean[rows];
          for (int row = 0; row < rows; row++) {
            labels[row] = Math.floorMod(random.stream(0).bits(row), 5);
            texts[row * 10 + 2 * labels[row]] = 3;
            text[row] = row % 10 != 0;
            picture[row] = row % 10 != 5;
          }
          for (int i = 0; i < pictures.length; i++) {
            pictures[i] = random.stream(1).uniform(i);
          }
          Tape tape = Tape.training(scope, random);
          Variable logits = network.forward(tape, Variable.constant(scope.floats(texts, rows, 10)),
              Variable.constant(scope.floats(pictures, rows, 6)), new Presence(text, picture));
          Variable loss = new SoftmaxCrossEntropy().apply(tape, logits, new Targets.Indices(labels));
          losses.add(loss.value().item());
          optimizer.step(tape.backward(loss), 0.01, 1);
        }
      }
      var weights = new LinkedHashMap<String, float[]>();
      network.stateDict().forEach((name, tensor) -> weights.put(name, tensor.toFloats()));
      return new Trained(weights, losses, network.shareOfTexts());
    }
  }

  @Test
  void whatARowDoesNotHaveIsNotRead() {
    try (var backend = Backend.open(Device.CPU);
        var scope = new Scope(backend);
        var network = new FusionNetwork(ParameterSource.random(backend, 9), config(FusionKind.CONCAT))) {
      float[][] joined = new float[2][];
      for (int i = 0; i < joined.length; i++) {
        Variable texts = Variable.constant(scope.floats(new float[10], 1, 10));
        var pixels = new float[6];
        pixels[2] = i;
        pixels[4] = 3 * i;
        joined[i] = network.embed(Tape.inference(scope), texts, Variable.constant(scope.floats(pixels, 1, 6)),
            new Presence(new boolean[] {true}, new boolean[] {false})).value().toFloats();
      }
      assertThat(joined[1]).containsExactly(joined[0]);
    }
  }

  @Test
  void modalityDropoutLeavesEveryRowOneOfBothAndDropsAsManyTextsAsPictures() {
    int rows = 10_000;
    var text = new boolean[rows];
    var picture = new boolean[rows];
    for (int row = 0; row < rows; row++) {
      text[row] = row % 4 != 0;
      picture[row] = row % 4 != 1;
    }
    Presence dropped = new Presence(text, picture).withModalitiesDropped(0.4, new Rng(1, 2).stream(0));
    int texts = 0;
    int pictures = 0;
    for (int row = 0; row < rows; row++) {
      assertThat(dropped.text()[row] || dropped.picture()[row]).as("row %d", row).isTrue();
      assertThat(dropped.text()[row] && !text[row] || dropped.picture()[row] && !picture[row]).isFalse();
      texts += text[row] && !dropped.text()[row] ? 1 : 0;
      pictures += picture[row] && !dropped.picture()[row] ? 1 : 0;
    }
    // Half of the rows have both, and of these a fifth loses the text and a fifth the picture.
    assertThat(texts).isBetween(900, 1100);
    assertThat(pictures).isBetween(900, 1100);
  }

  @Test
  void aConfigIsReadAsItIsWrittenAndOneOutOfRangeNamesItsKey() {
    FusionConfig config = config(FusionKind.GATE);
    assertThat(FusionConfig.of(config.toMap())).isEqualTo(config);
    var json = new LinkedHashMap<String, Object>(config.toMap());
    json.put("least_share", 0.5);
    assertThatThrownBy(() -> FusionConfig.of(json)).hasMessageContaining("least_share");
    json.put("least_share", 0.1);
    json.put("fusion_size", 1 << 20);
    assertThatThrownBy(() -> FusionConfig.of(json)).hasMessageContaining("fusion_size");
  }
}
