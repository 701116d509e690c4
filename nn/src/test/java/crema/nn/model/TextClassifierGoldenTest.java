package crema.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.io.SafetensorsWriter;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Logits, loss and every gradient against PyTorch's for the same weights and batch; {@code src/test/golden/golden.py}
 * makes the files. PyTorch pads, this packs.
 */
class TextClassifierGoldenTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/nn/model");

  private static JsonNode configs() throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(RESOURCES.resolve("golden.json")));
  }

  static Stream<Arguments> cases() throws IOException {
    return configs().propertyNames().stream()
        .flatMap(name -> Stream.of(Arguments.of(name, Device.CPU), Arguments.of(name, Device.REFERENCE)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsLossAndGradientsEqualPyTorch(String name, Device device) throws IOException {
    JsonNode json = configs().get(name);
    var config = TextClassifierConfig.of(JsonMapper.shared().convertValue(json, Map.class));
    try (var golden = SafetensorsReader.open(RESOURCES.resolve("golden-" + name + ".safetensors"));
        var backend = Backend.open(device);
        var scope = new Scope(backend);
        var model = new TextClassifier(ParameterSource.undefined(backend), config)) {
      model.load(golden.under("weight."));
      Batch batch = Batch.read(golden, scope);
      Tape tape = Tape.recording(scope);
      Variable logits = model.forward(tape, batch.ids, batch.sequences);
      Variable loss = new SoftmaxCrossEntropy().apply(tape, logits, new Targets.Indices(batch.labels.toInts()));
      assertClose("logits", logits.value().toDoubles(), doubles(golden, scope, "logits"));
      assertClose("loss", loss.value().toDoubles(), doubles(golden, scope, "loss"));
      Tensor savedLogits = scope.floats(logits.value().toFloats(), logits.shape().toArray());

      Gradients gradients = tape.backward(loss);
      Weights expected = golden.under("grad.");
      assertThat(model.parameters().keySet()).isEqualTo(expected.shapes().keySet());
      model.parameters().forEach((key, parameter) -> assertClose("gradient of " + key,
          gradients.of(parameter).toDoubles(), doubles(golden, scope, "grad." + key)));
      if (device.equals(Device.CPU)) {
        export(name, json, model, batch, gradients, savedLogits, loss.value());
      }
    }
  }

  /** Leaves what {@code golden.py check} reads. */
  private static void export(String name, JsonNode config, TextClassifier model, Batch batch, Gradients gradients,
      Tensor logits, Tensor loss) throws IOException {
    var tensors = new LinkedHashMap<String, Tensor>();
    model.stateDict().forEach((key, value) -> tensors.put("weight." + key, value));
    model.parameters().forEach((key, parameter) -> tensors.put("grad." + key, gradients.of(parameter)));
    tensors.put("ids", batch.paddedIds);
    tensors.put("mask", batch.mask);
    tensors.put("labels", batch.labels);
    tensors.put("logits", logits);
    tensors.put("loss", loss);
    Path folder = Files.createDirectories(Path.of("target/golden"));
    SafetensorsWriter.write(folder.resolve(name + ".safetensors"), tensors, Map.of("config", config.toString()));
  }

  private record Batch(Tensor ids, Sequences sequences, Tensor labels, Tensor paddedIds, Tensor mask) {
    static Batch read(StoredWeights golden, Scope scope) {
      Tensor padded = ints(golden, scope, "ids");
      Tensor mask = ints(golden, scope, "mask");
      int rows = (int) padded.shape().extent(0);
      int width = (int) padded.shape().extent(1);
      int[] allIds = padded.toInts();
      int[] kept = mask.toInts();
      var ids = new int[allIds.length];
      var offsets = new int[rows + 1];
      int tokens = 0;
      for (int i = 0; i < allIds.length; i++) {
        if (kept[i] == 1) {
          ids[tokens++] = allIds[i];
        }
        offsets[i / width + 1] = tokens;
      }
      return new Batch(scope.ints(Arrays.copyOf(ids, tokens), tokens), Sequences.of(scope, offsets),
          ints(golden, scope, "labels"), padded, mask);
    }

    private static Tensor ints(StoredWeights golden, Scope scope, String name) {
      Tensor tensor = scope.empty(DType.I32, golden.shapes().get(name));
      golden.read(name, tensor);
      return tensor;
    }
  }

  private static double[] doubles(StoredWeights golden, Scope scope, String name) {
    Tensor tensor = scope.empty(DType.F32, golden.shapes().get(name));
    golden.read(name, tensor);
    return tensor.toDoubles();
  }

  /** Within 1e-5 of the tensor's largest element: both sides round to 24 bits at every op. */
  private static void assertClose(String what, double[] actual, double[] expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largest = 1e-6;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("%s[%d]", what, i).isCloseTo(expected[i],
          offset(1e-5 * largest));
    }
  }
}
