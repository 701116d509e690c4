package crema.nn.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Sum;
import crema.base.Rng;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.ParameterSource.Precision;
import crema.nn.Weights;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Each tower against PyTorch ({@code golden/vision.py}), and its bits against each other. */
class VisionGoldenTest {
  /** Each of fifty batch norms of a dozen pixels makes the rounding errors in front of it larger. */
  private static final double DEEP = 1e-3;

  private static Map<String, Map<String, Object>> configs() throws IOException {
    try (InputStream in = resource("towers.json")) {
      return JsonMapper.shared().readValue(in, new TypeReference<>() {});
    }
  }

  private static InputStream resource(String file) throws IOException {
    InputStream in = VisionGoldenTest.class.getResourceAsStream(file);
    if (in == null) {
      throw new IOException("no resource " + file + " beside " + VisionGoldenTest.class);
    }
    return in;
  }

  private static StoredWeights open(String name) throws IOException {
    Path copy = Files.createTempFile("golden-" + name, ".safetensors");
    try (InputStream in = resource(name + ".safetensors")) {
      Files.write(copy, in.readAllBytes());
      return SafetensorsReader.open(copy);
    } finally {
      // What is mapped stays readable.
      Files.delete(copy);
    }
  }

  private static VisionTowerConfig config(String name) throws IOException {
    Map<String, Object> json = configs().get(name);
    return VisionArchitecture.ofModel(json).read(json);
  }

  static Stream<String> names() throws IOException {
    return configs().keySet().stream();
  }

  static Stream<Arguments> cases() throws IOException {
    return names().flatMap(name -> Stream.of(Arguments.of(name, Device.CPU), Arguments.of(name, Device.REFERENCE)));
  }

  private static Tensor read(Weights golden, Scope scope, String name) {
    boolean ints = name.equals("ids") || name.equals("offsets");
    Tensor tensor = scope.empty(ints ? DType.I32 : DType.F32, golden.shapes().get(name));
    golden.read(name, tensor);
    return tensor;
  }

  private static void assertClose(String what, double[] actual, double[] expected, double share) {
    assertClose(what, actual, expected, share, 1e-2);
  }

  /**
   * Within a share of the tensor's largest element.
   *
   * @param least what counts as the largest element where it is smaller
   */
  private static void assertClose(String what, double[] actual, double[] expected, double share, double least) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largest = Math.max(least, largest(expected));
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("%s[%d]", what, i).isCloseTo(expected[i], offset(share * largest));
    }
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElse(0);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void vectorsGradientsAndRunningStatisticsEqualPyTorch(String name, Device device) throws IOException {
    VisionTowerConfig config = config(name);
    try (var golden = open(name);
        var backend = Backend.open(device);
        var scope = new Scope(backend);
        var tower = config.create(ParameterSource.undefined(backend))) {
      tower.load(config.architecture().canonical(golden.under("weight.")));
      Tensor pixels = read(golden, scope, "pixels");
      Variable vectors = tower.forward(Tape.inference(scope), pixels);
      assertClose("vectors", vectors.value().toDoubles(), read(golden, scope, "vectors").toDoubles(), 1e-5);

      Tape tape = Tape.training(scope, new Rng(1, 1));
      Variable trained = tower.forward(tape, pixels);
      assertClose("trained", trained.value().toDoubles(), read(golden, scope, "vectors.trained").toDoubles(), 1e-4);
      Gradients gradients = tape.backward(Sum.apply(tape,
          Binary.multiply(tape, trained, Variable.constant(read(golden, scope, "upstream")))));
      // Where a bias is in front of a batch norm its gradient is zero, and what is left is rounding errors of others.
      double least = 1e-3 * tower.parameters().keySet().stream()
          .mapToDouble(key -> largest(read(golden, scope, "grad." + key).toDoubles())).max().orElseThrow();
      tower.parameters().forEach((key, parameter) -> assertClose("gradient of " + key,
          gradients.of(parameter).toDoubles(), read(golden, scope, "grad." + key).toDoubles(),
          config instanceof MobileNetV2Config ? DEEP : 1e-4, least));

      Map<String, Tensor> buffers = new LinkedHashMap<>(tower.stateDict());
      buffers.keySet().removeAll(tower.parameters().keySet());
      Weights after = golden.under("after.");
      assertThat(buffers.keySet()).isEqualTo(after.shapes().keySet());
      buffers.forEach((key, buffer) -> assertClose(key, buffer.toDoubles(), read(after, scope, key).toDoubles(), 1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aPictureHasTheSameBitsAloneAndInAnyBatchWithAnyNumberOfThreads(String name) throws IOException {
    VisionTowerConfig config = config(name);
    List<float[]> results = new ArrayList<>();
    for (int threads : new int[] {1, 2, 5}) {
      try (var golden = open(name);
          var backend = Backend.open(Device.CPU, new BackendOptions(threads));
          var scope = new Scope(backend);
          var tower = config.create(ParameterSource.undefined(backend))) {
        tower.load(config.architecture().canonical(golden.under("weight.")));
        for (boolean frozen : new boolean[] {false, true}) {
          if (frozen) {
            tower.freeze();
          }
          Tensor pixels = read(golden, scope, "pixels");
          results.add(tower.forward(Tape.inference(scope), pixels).value().toFloats());
          var alone = new float[(int) pixels.shape().extent(0) * tower.features()];
          for (int i = 0; i < pixels.shape().extent(0); i++) {
            Tensor one = scope.adopt(pixels.rows(i, i + 1L));
            System.arraycopy(tower.forward(Tape.inference(scope), one).value().toFloats(), 0, alone,
                i * tower.features(), tower.features());
          }
          results.add(alone);
        }
      }
    }
    assertThat(results).allSatisfy(result -> assertThat(result).isEqualTo(results.getFirst()));
  }

  @ParameterizedTest
  @MethodSource("names")
  void aTowerLoadedForPredictionAloneGivesTheSameBitsAndNoMemoryIsLost(String name) throws IOException {
    VisionTowerConfig config = config(name);
    try (var golden = open(name); var backend = Backend.open(Device.CPU, new BackendOptions(1))) {
      Weights weights = config.architecture().canonical(golden.under("weight."));
      List<float[]> results = new ArrayList<>();
      for (boolean prediction : new boolean[] {false, true}) {
        try (var scope = new Scope(backend);
            var tower = config.create(prediction ? ParameterSource.forPrediction(weights, Precision.STORED, backend)
                : ParameterSource.undefined(backend))) {
          if (prediction) {
            tower.loadForPrediction(weights);
          } else {
            tower.load(weights);
          }
          results.add(tower.forward(Tape.inference(scope), read(golden, scope, "pixels")).value().toFloats());
        }
      }
      assertThat(results.get(1)).isEqualTo(results.get(0));
      assertThat(backend.liveBytes()).isZero();
    }
  }

  /** A state dict of a model with a head, as Hugging Face's classes write it. */
  @ParameterizedTest
  @MethodSource("names")
  void whatAHeadAddsToAStateDictIsLeftOut(String name) throws IOException {
    VisionArchitecture architecture = config(name).architecture();
    try (var golden = open(name); var backend = Backend.open(Device.CPU, new BackendOptions(1));
        var scope = new Scope(backend);
        var tower = config(name).create(ParameterSource.undefined(backend))) {
      Map<String, Tensor> stored = new LinkedHashMap<>();
      Weights tensors = architecture.canonical(golden.under("weight."));
      tensors.shapes().forEach((key, shape) -> {
        Tensor tensor = scope.empty(DType.F32, shape);
        tensors.read(key, tensor);
        stored.put(architecture.prefix() + key, tensor);
        if (key.endsWith("running_mean")) {
          stored.put(architecture.prefix() + key.replace("running_mean", "num_batches_tracked"),
              scope.zeros(DType.F32));
        }
      });
      stored.put("logit_scale", scope.zeros(DType.F32));
      stored.put(architecture.key().equals("clip") ? "text_projection.weight" : "classifier.weight",
          scope.zeros(DType.F32, 2, 2));
      tower.load(architecture.canonical(Weights.of(stored)));
      assertThat(tower.stateDict().keySet()).isEqualTo(tensors.shapes().keySet());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aConfigGoesToJsonAndBack(String name) throws IOException {
    VisionTowerConfig config = config(name);
    assertThat(VisionArchitecture.ofModel(config.toMap()).read(config.toMap())).isEqualTo(config);
  }

  @Test
  void clipsTowerForTextsEqualsPyTorch() throws IOException {
    var config = ClipConfig.of(configs().get("clip"));
    assertThat(ClipConfig.of(config.toMap())).isEqualTo(config);
    for (Device device : List.of(Device.CPU, Device.REFERENCE)) {
      try (var golden = open("clip");
          var backend = Backend.open(device);
          var scope = new Scope(backend);
          var clip = new ClipModel(ParameterSource.undefined(backend), config)) {
        clip.load(ClipModel.canonical(golden.under("weight.")));
        assertThat(clip.scale()).isCloseTo(Math.exp(1.3), offset(1e-6));
        Tensor ids = read(golden, scope, "ids");
        var sequences = Sequences.of(scope, read(golden, scope, "offsets").toInts());
        Tape tape = Tape.recording(scope);
        Variable texts = clip.text().forward(tape, ids, sequences);
        assertClose("texts", texts.value().toDoubles(), read(golden, scope, "texts").toDoubles(), 1e-5);
        Gradients gradients = tape.backward(
            Sum.apply(tape, Binary.multiply(tape, texts, Variable.constant(read(golden, scope, "upstream")))));
        clip.text().parameters().forEach((key, parameter) -> assertClose("gradient of " + key,
            gradients.of(parameter).toDoubles(), read(golden, scope, "grad." + key).toDoubles(), 1e-4));
      }
    }
  }

  @Test
  void everyArchitectureHasAGoldenFile() throws IOException {
    Set<String> tested = new HashSet<>();
    for (String name : names().toList()) {
      tested.add(config(name).architecture().key());
    }
    assertThat(VisionArchitecture.installed().stream().map(VisionArchitecture::key).collect(Collectors.toSet()))
        .isEqualTo(tested);
  }

  @Test
  void aFrozenTowerKeepsItsRunningStatisticsInTraining() throws IOException {
    VisionTowerConfig config = config("resnet-basic");
    try (var golden = open("resnet-basic");
        var backend = Backend.open(Device.CPU, new BackendOptions(1));
        var scope = new Scope(backend);
        var tower = config.create(ParameterSource.undefined(backend))) {
      tower.load(config.architecture().canonical(golden.under("weight.")));
      tower.parameters().values().forEach(parameter -> parameter.setTrainable(false));
      Tensor pixels = read(golden, scope, "pixels");
      float[] expected = tower.forward(Tape.inference(scope), pixels).value().toFloats();
      assertThat(tower.forward(Tape.training(scope, new Rng(1, 1)), pixels).value().toFloats()).isEqualTo(expected);
      assertThat(tower.forward(Tape.inference(scope), pixels).value().toFloats()).isEqualTo(expected);
    }
  }

  /** The last parts are thawed first, and none is forgotten. */
  @ParameterizedTest
  @MethodSource("names")
  void theStagesHoldAllParameters(String name) throws IOException {
    try (var backend = Backend.open(Device.CPU, new BackendOptions(1));
        var tower = config(name).create(ParameterSource.random(backend, 1))) {
      Set<Variable> staged = new HashSet<>();
      for (Module stage : tower.stages()) {
        staged.addAll(stage.parameters().values());
      }
      assertThat(staged).isEqualTo(new HashSet<>(tower.parameters().values()));
    }
  }

  @Test
  void picturesOfAnotherSizeAreRefused() throws IOException {
    try (var backend = Backend.open(Device.CPU, new BackendOptions(1));
        var scope = new Scope(backend);
        var tower = config("vit").create(ParameterSource.random(backend, 1))) {
      assertThatThrownBy(() -> tower.forward(Tape.inference(scope), scope.zeros(DType.F32, 1, 3, 20, 20)))
          .hasMessage("pictures are 20 by 20 pixels, and this ViT has positions for 16 by 16");
    }
  }

  @Test
  void configsThatAreNotComputedAreRefusedByName() {
    assertThatThrownBy(() -> VisionArchitecture.ofModel(Map.of("model_type", "swin")))
        .hasMessage("model_type must be one of clip, mobilenet_v2, resnet, vit, not 'swin'");
    assertThatThrownBy(() -> ResNetConfig.of(Map.of("depths", List.of(1, 2))))
        .hasMessageStartingWith("hidden_sizes and depths must have one number for each");
    assertThatThrownBy(() -> VitConfig.of(Map.of("patch_size", 15)))
        .hasMessage("patch_size 15 does not divide image_size 224");
    assertThatThrownBy(() -> MobileNetV2Config.of(Map.of("output_stride", 16)))
        .hasMessage("output_stride must be 32, not 16");
    assertThatThrownBy(() -> ClipConfig.of(Map.of("vision_config", 3)))
        .hasMessage("vision_config must be an object, not 3");
  }
}
