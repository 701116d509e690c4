package crema.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.GradCheck;
import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.loss.GoldenLosses.Golden;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every loss against an independent implementation in PyTorch, {@code src/test/golden/losses_torch.py}, and its
 * gradient against difference quotients, on random inputs, on degenerate ones (rows without labels, a row with all,
 * classes seen once) and on logits of ±80.
 */
class LossGoldenTest {
  private static final List<String> INPUTS = List.of("random", "degenerate", "far");

  private static StoredWeights golden;
  private static Backend reference;
  private static Backend cpu;

  @BeforeAll
  static void open() throws IOException {
    golden = SafetensorsReader.open(Path.of("src/test/resources/crema/nn/loss/losses.safetensors"));
    reference = Backend.open(Device.REFERENCE);
    cpu = Backend.open(Device.CPU);
  }

  @AfterAll
  static void close() {
    assertThat(reference.liveBytes()).isZero();
    assertThat(cpu.liveBytes()).isZero();
    golden.close();
    reference.close();
    cpu.close();
  }

  private static Map<String, Golden> losses() {
    var losses = new LinkedHashMap<String, Golden>();
    GoldenLosses.all().forEach(golden -> losses.put(golden.name(), golden));
    return losses;
  }

  static Stream<Arguments> cases() {
    return INPUTS.stream().flatMap(inputs -> losses().keySet().stream().map(loss -> Arguments.of(inputs, loss)));
  }

  static Stream<String> names() {
    return losses().keySet().stream();
  }

  @Test
  void everyGoldenLossIsTested() {
    Set<String> stored = new TreeSet<>();
    golden.shapes().keySet().stream().filter(key -> key.contains("/"))
        .forEach(key -> stored.add(key.substring(key.indexOf('/') + 1)));
    assertThat(stored).isEqualTo(new TreeSet<>(losses().keySet()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valueAndGradientEqualPyTorch(String inputs, String loss) {
    compare(inputs, loss, reference, DType.F64, 1e-8);
  }

  @ParameterizedTest
  @MethodSource("names")
  void valueAndGradientInSinglePrecisionAreNearPyTorch(String loss) {
    compare("random", loss, cpu, DType.F32, 1e-5);
  }

  /** The tolerance is a part of the largest element, or absolute where that is below one. */
  private static void compare(String inputs, String loss, Backend backend, DType dtype, double tolerance) {
    try (var scope = new Scope(backend)) {
      var logits = Variable.parameter(scope.empty(dtype, golden.shapes().get(inputs + ".logits"))
          .set(doubles(scope, inputs + ".logits")));
      Tape tape = Tape.recording(scope);
      Variable value = losses().get(loss).loss().apply(tape, logits, targets(scope, inputs, loss));
      double actualValue = value.value().item();
      Gradients gradients = tape.backward(value);
      double[] actual = gradients.of(logits).toDoubles();
      double[] expected = doubles(scope, inputs + "/" + loss);
      double largest = 1e-2;
      for (double element : expected) {
        largest = Math.max(largest, Math.abs(element));
      }
      assertThat(actualValue).as("value").isCloseTo(expected[0], offset(tolerance * largest));
      for (int i = 0; i < actual.length; i++) {
        assertThat(actual[i]).as("gradient of logit %d", i).isCloseTo(expected[i + 1], offset(tolerance * largest));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void gradientsEqualDifferenceQuotients(String loss) {
    for (String inputs : List.of("random", "degenerate")) {
      try (var scope = new Scope(reference)) {
        Tensor logits = scope.doubles(doubles(scope, inputs + ".logits"),
            golden.shapes().get(inputs + ".logits").toArray());
        Targets targets = targets(scope, inputs, loss);
        var worst = GradCheck.check(loss, (tape, in) -> losses().get(loss).loss().apply(tape, in.getFirst(), targets),
            List.of(logits));
        assertThat(worst.error()).as(worst.toString()).isLessThan(1e-6);
      }
    }
  }

  private static Targets targets(Scope scope, String inputs, String loss) {
    Targets.Form form = losses().get(loss).form();
    if (form == Targets.Form.PAIRS) {
      return pairs(scope);
    }
    String key = inputs + (form == Targets.Form.MULTI_HOT ? ".multi" : ".labels");
    Tensor stored = scope.empty(form == Targets.Form.MULTI_HOT ? DType.F64 : DType.I32, golden.shapes().get(key));
    golden.read(key, stored);
    return switch (form) {
      case INDICES -> new Targets.Indices(stored.toInts());
      case NODES -> new Targets.Nodes(stored.toInts());
      case MULTI_HOT -> new Targets.MultiHot(Math.toIntExact(stored.shape().extent(0)),
          Math.toIntExact(stored.shape().extent(1)), stored.toDoubles());
      case PAIRS -> throw new AssertionError();
    };
  }

  private static Targets pairs(Scope scope) {
    Tensor rows = scope.empty(DType.I32, golden.shapes().get("pairs.rows"));
    golden.read("pairs.rows", rows);
    int[] both = rows.toInts();
    int pairs = both.length / 2;
    return new Targets.Pairs(Math.toIntExact(golden.shapes().get("random.logits").extent(0)),
        Arrays.copyOf(both, pairs), Arrays.copyOfRange(both, pairs, both.length),
        doubles(scope, "pairs.similarities"));
  }

  private static double[] doubles(Scope scope, String key) {
    Tensor tensor = scope.empty(DType.F64, golden.shapes().get(key));
    golden.read(key, tensor);
    return tensor.toDoubles();
  }
}
