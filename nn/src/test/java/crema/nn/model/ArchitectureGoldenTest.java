package crema.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Embedding;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.ParameterSource.Precision;
import crema.nn.Weights;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each architecture with its heads against PyTorch on small random weights: vectors of tokens, logits, and every
 * gradient; {@code src/test/golden/architectures.py} makes the files.
 */
class ArchitectureGoldenTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/nn/model");
  private static final int LABELS = 3;

  private static JsonNode configs() throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(RESOURCES.resolve("architectures.json")));
  }

  static Stream<String> names() throws IOException {
    return configs().propertyNames().stream();
  }

  static Stream<Arguments> cases() throws IOException {
    return names().flatMap(name -> Stream.of(Arguments.of(name, Device.CPU), Arguments.of(name, Device.REFERENCE)));
  }

  private static TextEncoderConfig config(String name) throws IOException {
    Map<String, ?> json = JsonMapper.shared().convertValue(configs().get(name), Map.class);
    return Architecture.ofModel(json).read(json);
  }

  private static StoredWeights open(String name) throws IOException {
    return SafetensorsReader.open(RESOURCES.resolve(name + ".safetensors"));
  }

  /** An encoder with all its heads, named as the state dict is. */
  private static final class Whole extends Module {
    private final TextEncoder encoder;
    private final @Nullable SequenceHead classifier;
    private final @Nullable MaskedLanguageHead filler;

    Whole(ParameterSource source, TextEncoderConfig config, boolean classifies, boolean fills) {
      String prefix = config.architecture().prefix();
      encoder = module(prefix.substring(0, prefix.length() - 1), config.create(source));
      classifier = classifies ? inline(config.createHead(source, LABELS)) : null;
      filler = fills ? inline(config.createMaskedLanguageHead(source, encoder.tokenEmbeddings())) : null;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tokensLogitsAndGradientsEqualPyTorch(String name, Device device) throws IOException {
    TextEncoderConfig config = config(name);
    try (var golden = open(name); var backend = Backend.open(device); var scope = new Scope(backend)) {
      boolean classifies = golden.shapes().containsKey("labels");
      boolean fills = golden.shapes().containsKey("masked");
      try (var model = new Whole(ParameterSource.undefined(backend), config, classifies, fills)) {
        model.load(golden.under("weight."));
        Batch batch = Batch.read(golden, scope);
        Tape tape = Tape.recording(scope);
        Variable tokens = model.encoder.forward(tape, batch.ids, batch.types, batch.sequences);
        assertClose("tokens", tokens.value().toDoubles(), doubles(golden, scope, "tokens"));
        Variable loss = Variable.constant(scope.zeros(DType.F32, 1));
        if (model.classifier != null) {
          Variable logits = model.classifier.forward(tape, tokens, batch.sequences);
          assertClose("logits", logits.value().toDoubles(), doubles(golden, scope, "logits"));
          loss = Binary.add(tape, loss, crossEntropy(tape, logits, ints(golden, scope, "labels")));
        }
        if (model.filler != null) {
          Variable rows = Embedding.apply(tape, tokens, ints(golden, scope, "masked"), 1);
          Variable filled = model.filler.forward(tape, rows);
          assertClose("masked_logits", filled.value().toDoubles(), doubles(golden, scope, "masked_logits"));
          loss = Binary.add(tape, loss, crossEntropy(tape, filled, ints(golden, scope, "masked_labels")));
        }
        assertClose("loss", loss.value().toDoubles(), doubles(golden, scope, "loss"));

        Gradients gradients = tape.backward(loss);
        Weights expected = golden.under("grad.");
        assertThat(model.parameters().keySet()).isEqualTo(new TreeSet<>(expected.shapes().keySet()));
        model.parameters().forEach((key, parameter) -> assertClose("gradient of " + key,
            gradients.of(parameter).toDoubles(), doubles(golden, scope, "grad." + key)));
      }
    }
  }

  private static Variable crossEntropy(Tape tape, Variable logits, Tensor labels) {
    return new SoftmaxCrossEntropy().apply(tape, logits, new Targets.Indices(labels.toInts()));
  }

  /** Frozen, with any number of threads, alone and in a batch: the same bits. */
  @ParameterizedTest
  @MethodSource("names")
  void aTextHasTheSameBitsAloneAndInAnyBatchWithAnyNumberOfThreads(String name) throws IOException {
    TextEncoderConfig config = config(name);
    List<float[]> results = new ArrayList<>();
    for (int threads : new int[] {1, 2, 5}) {
      try (var golden = open(name);
          var backend = Backend.open(Device.CPU, new BackendOptions(threads));
          var scope = new Scope(backend);
          var model = new SequenceClassifier(ParameterSource.undefined(backend), config, LABELS)) {
        model.loadIntersecting(golden.under("weight."));
        for (boolean frozen : new boolean[] {false, true}) {
          if (frozen) {
            model.freeze();
          }
          Batch batch = Batch.read(golden, scope);
          results.add(model.forward(Tape.inference(scope), batch.ids, batch.types, batch.sequences).value().toFloats());
          var alone = new float[LABELS * batch.sequences.count()];
          for (int i = 0; i < batch.sequences.count(); i++) {
            int start = batch.sequences.start(i);
            int length = batch.sequences.length(i);
            Variable logits = model.forward(Tape.inference(scope), batch.ids.rows(start, start + length),
                batch.types.rows(start, start + length), Sequences.of(scope, 0, length));
            System.arraycopy(logits.value().toFloats(), 0, alone, i * LABELS, LABELS);
          }
          results.add(alone);
        }
      }
    }
    assertThat(results).allSatisfy(result -> assertThat(result).isEqualTo(results.getFirst()));
  }

  /** Matrices that are stored in 16 bits, kept so or widened: the same bits. */
  @ParameterizedTest
  @MethodSource("names")
  void matricesOf16BitsPredictAsTheirWidenedOnesDo(String name) throws IOException {
    TextEncoderConfig config = config(name);
    List<float[]> results = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      try (var golden = open(name); var backend = Backend.open(Device.CPU); var scope = new Scope(backend)) {
        Weights weights = halves(golden.under("weight.").under(config.architecture().prefix()), scope);
        try (var encoder = config.create(ParameterSource.forPrediction(weights, precision, backend))) {
          encoder.loadForPrediction(weights.intersecting(encoder.stateDict().keySet()).common());
          Batch batch = Batch.read(golden, scope);
          results
              .add(encoder.forward(Tape.inference(scope), batch.ids, batch.types, batch.sequences).value().toFloats());
        }
      }
    }
    assertThat(results.get(0)).isEqualTo(results.get(1)).doesNotContain(Float.NaN);
  }

  /** Weights whose matrices have the upper 16 bits of other ones. */
  private static Weights halves(Weights weights, Scope scope) {
    return new Weights() {
      @Override
      public Map<String, Shape> shapes() {
        return weights.shapes();
      }

      @Override
      public DType type(String name) {
        return shapes().get(name).rank() == 2 ? DType.BF16 : DType.F32;
      }

      @Override
      public void read(String name, Tensor target) {
        Tensor whole = scope.empty(DType.F32, target.shape());
        weights.read(name, whole);
        float[] values = whole.toFloats();
        var halves = new short[values.length];
        for (int i = 0; i < values.length; i++) {
          halves[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
          values[i] = type(name) == DType.BF16 ? Float.intBitsToFloat(halves[i] << 16) : values[i];
        }
        boolean narrow = target.dtype() == DType.BF16;
        target.storage().write(target.offset(), narrow ? MemorySegment.ofArray(halves) : MemorySegment.ofArray(values));
      }
    };
  }

  @ParameterizedTest
  @MethodSource("names")
  void aConfigGoesToJsonAndBack(String name) throws IOException {
    TextEncoderConfig config = config(name);
    assertThat(config.architecture().read(config.toMap())).isEqualTo(config);
  }

  @Test
  void everyArchitectureHasAGoldenFile() throws IOException {
    List<String> tested = new ArrayList<>();
    for (String name : names().toList()) {
      tested.add(config(name).architecture().key());
    }
    tested.add(Architecture.DEFAULT);
    assertThat(Architecture.installed()).extracting(Architecture::key)
        .allSatisfy(key -> assertThat(tested).contains(key));
  }

  private record Batch(Tensor ids, Tensor types, Sequences sequences) {
    static Batch read(StoredWeights golden, Scope scope) {
      return new Batch(ints(golden, scope, "ids"), ints(golden, scope, "types"),
          Sequences.of(scope, ints(golden, scope, "offsets").toInts()));
    }
  }

  private static Tensor ints(StoredWeights golden, Scope scope, String name) {
    Tensor tensor = scope.empty(DType.I32, golden.shapes().get(name));
    golden.read(name, tensor);
    return tensor;
  }

  private static double[] doubles(StoredWeights golden, Scope scope, String name) {
    Tensor tensor = scope.empty(DType.F32, golden.shapes().get(name));
    golden.read(name, tensor);
    return tensor.toDoubles();
  }

  /**
   * Within 1e-5 of the tensor's largest element, and of 1e-2 where that is smaller: gradients of biases that cancel out
   * are rounding errors.
   */
  private static void assertClose(String what, double[] actual, double[] expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largest = Math.max(1e-2, Arrays.stream(expected).map(Math::abs).max().orElse(0));
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("%s[%d]", what, i).isCloseTo(expected[i], offset(1e-5 * largest));
    }
  }
}
