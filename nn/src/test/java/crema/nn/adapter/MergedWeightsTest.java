package crema.nn.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.autograd.Tape;
import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.GoldenArchitecture;
import crema.nn.model.SequenceClassifier;
import crema.nn.model.TextEncoder;
import crema.nn.model.TextEncoderConfig;
import crema.tensor.BFloat16;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Adapters that become part of weights as they are read, and several adapters beside one model. */
class MergedWeightsTest {
  private static final Path ADAPTERS = Path.of("src/test/resources/crema/nn/adapter");

  @TempDir
  Path folder;
  private final Backend backend = Backend.open(Device.CPU);
  private final Scope scope = new Scope(backend);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private float[] read(Weights weights, String name) {
    Tensor tensor = scope.empty(DType.F32, weights.shapes().get(name));
    weights.read(name, tensor);
    return tensor.toFloats();
  }

  @ParameterizedTest
  @CsvSource({"bert-rslora, bert", "qwen3-all-linear, qwen3"})
  void theyHaveTheBitsOfAMergedModel(String adapterName, String modelName) throws IOException {
    TextEncoderConfig config = GoldenArchitecture.named(modelName).config();
    try (var golden = GoldenArchitecture.named(modelName).open();
        var model = new SequenceClassifier(ParameterSource.undefined(backend), config, GoldenArchitecture.LABELS)) {
      Weights base = golden.under("weight.");
      model.loadIntersecting(base);
      var adapter = LoraAdapter.load(model, ADAPTERS.resolve(adapterName));
      adapter.merge();
      try (var merged =
          MergedWeights.open(base, config.architecture().prefix(), ADAPTERS.resolve(adapterName))) {
        assertThat(merged.changed()).isEqualTo(adapter.layers().size());
        model.stateDict().forEach((name, tensor) -> assertThat(read(merged, name)).as(name)
            .isEqualTo(tensor.toFloats()));
        String matrix = model.stateDict().keySet().stream().filter(name -> name.endsWith("layer.0.attention.self.query"
            + ".weight") || name.endsWith("layers.0.self_attn.q_proj.weight")).findFirst().orElseThrow();
        Shape shape = merged.shapes().get(matrix);
        Tensor rows = scope.empty(DType.F32, 2, shape.extent(1));
        merged.readRows(matrix, 3, rows);
        float[] whole = model.stateDict().get(matrix).toFloats();
        int columns = (int) shape.extent(1);
        assertThat(rows.toFloats()).isEqualTo(Arrays.copyOfRange(whole, 3 * columns, 5 * columns));
      }
      adapter.close();
    }
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16", "F16"})
  void aFileOfMergedWeightsHasSumsThatAreRoundedOnce(DType type) throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (var golden = GoldenArchitecture.named("bert").open()) {
      Weights base = golden.under("weight.");
      SafetensorsWriter.write(file, base, _ -> type, Map.of("format", "pt"), backend, _ -> {});
    }
    Path result = folder.resolve("merged.safetensors");
    var written = new ArrayList<Long>();
    try (var base = SafetensorsReader.open(file);
        var merged = MergedWeights.open(base, "bert.", ADAPTERS.resolve("bert-rslora"))) {
      SafetensorsWriter.write(result, merged, merged::type, Map.of("format", "pt"), backend, written::add);
      try (var stored = SafetensorsReader.open(result)) {
        assertThat(stored.metadata()).containsEntry("format", "pt");
        assertThat(stored.shapes()).isEqualTo(merged.shapes());
        assertThat(written.getLast())
            .isEqualTo(merged.shapes().values().stream().mapToLong(Shape::elements).sum());
        for (String name : stored.shapes().keySet()) {
          assertThat(stored.type(name)).isEqualTo(type);
          float[] sums = read(merged, name);
          float[] kept = read(stored, name);
          for (int i = 0; i < sums.length; i++) {
            float rounded = switch (type) {
              case BF16 -> BFloat16.toFloat(BFloat16.of(sums[i]));
              case F16 -> Float.float16ToFloat(Float.floatToFloat16(sums[i]));
              default -> sums[i];
            };
            assertThat(kept[i]).as(name).isEqualTo(rounded);
          }
        }
        Tensor narrow = scope.empty(type, stored.shapes().get("bert.encoder.layer.0.attention.self.query.weight"));
        merged.read("bert.encoder.layer.0.attention.self.query.weight", narrow);
        assertThat(narrow.toFloats()).isEqualTo(read(stored, "bert.encoder.layer.0.attention.self.query.weight"));
      }
    }
  }

  @Test
  void anAdapterOfAnotherModelIsRefusedByName() throws IOException {
    try (var golden = GoldenArchitecture.named("roberta").open()) {
      assertThatThrownBy(
          () -> MergedWeights.open(golden.under("weight."), "roberta.", ADAPTERS.resolve("qwen3-all-linear")))
          .isInstanceOf(InvalidWeightsException.class).hasMessageContaining("self_attn");
    }
    try (var golden = GoldenArchitecture.named("bert-gelu-new").open()) {
      Weights narrow = Weights.joined(golden.under("weight.").renamed(
          name -> name.equals("bert.encoder.layer.0.attention.self.query.weight") ? null : name),
          Weights.of(Map.of("bert.encoder.layer.0.attention.self.query.weight", scope.zeros(DType.F32, 5, 7))));
      assertThatThrownBy(() -> MergedWeights.open(narrow, "bert.", ADAPTERS.resolve("bert-rslora")))
          .isInstanceOf(InvalidWeightsException.class)
          .hasMessageContaining("bert.encoder.layer.0.attention.self.query is [5, 7]");
    }
  }

  /** An adapter of random numbers beside an encoder, in a folder. */
  private Path adapter(TextEncoder encoder, String name, int seed, LoraConfig config) throws IOException {
    Path place = folder.resolve(name);
    try (var adapter = LoraAdapter.create(ParameterSource.random(backend, seed), encoder, config)) {
      adapter.parameters().values().forEach(parameter -> {
        float[] values = parameter.value().toFloats();
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) Math.sin(seed + i) / 4;
        }
        parameter.value().set(values);
      });
      adapter.save(place);
    }
    return place;
  }

  private float[] forward(TextEncoder encoder) {
    try (var own = new Scope(backend)) {
      Tensor ids = own.ints(new int[] {3, 1, 4, 1, 5, 9, 2}, 7);
      return encoder.forward(Tape.inference(own), ids, Sequences.of(own, 0, 3, 7)).value().toFloats();
    }
  }

  @ParameterizedTest
  @CsvSource({"bert", "eurobert", "qwen3"})
  void eachCallHasItsOwnAdapterBesideOneModelOnManyThreads(String name) throws Exception {
    TextEncoderConfig config = GoldenArchitecture.named(name).config();
    try (var golden = GoldenArchitecture.named(name).open();
        var encoder = config.create(ParameterSource.undefined(backend))) {
      encoder.loadIntersecting(golden.under("weight.").under(config.architecture().prefix()));
      Path one = adapter(encoder, "one", 1, LoraConfig.of(new LoraTargets.AllLinear()).withRank(2, 4));
      Path two = adapter(encoder, "two", 2, LoraConfig.of(new LoraTargets.AllLinear()).withRank(3, 3).withLayers(
          List.of(1)));
      encoder.freeze();
      var expected = new LinkedHashMap<String, float[]>();
      expected.put("none", forward(encoder));
      for (Path each : List.of(one, two)) {
        try (var alone = LoraAdapter.load(encoder, each)) {
          alone.attach();
          expected.put(each.getFileName().toString(), forward(encoder));
        }
      }
      assertThat(expected.get("one")).isNotEqualTo(expected.get("none")).isNotEqualTo(expected.get("two"));
      try (var adapters = new AdapterSet(encoder); var threads = Executors.newFixedThreadPool(4)) {
        LoraAdapter first = adapters.add(one);
        LoraAdapter second = adapters.add(two);
        var calls = new ArrayList<Callable<float[]>>();
        var answers = new ArrayList<String>();
        for (int i = 0; i < 30; i++) {
          int which = i % 3;
          answers.add(which == 0 ? "none" : which == 1 ? "one" : "two");
          calls.add(() -> which == 0 ? forward(encoder)
              : adapters.with(which == 1 ? first : second, () -> forward(encoder)));
        }
        List<Future<float[]>> results = threads.invokeAll(calls);
        for (int i = 0; i < results.size(); i++) {
          assertThat(results.get(i).get()).as(answers.get(i)).isEqualTo(expected.get(answers.get(i)));
        }
      }
      assertThat(forward(encoder)).isEqualTo(expected.get("none"));
    }
  }

  @Test
  void anAdapterThatReplacesPartsOfTheModelCannotShareIt() throws IOException {
    TextEncoderConfig config = GoldenArchitecture.named("bert").config();
    try (var golden = GoldenArchitecture.named("bert").open();
        var encoder = config.create(ParameterSource.undefined(backend));
        var adapters = new AdapterSet(encoder)) {
      encoder.loadIntersecting(golden.under("weight.").under("bert."));
      Path place = adapter(encoder, "biases", 1,
          LoraConfig.of(new LoraTargets.AllLinear()).withRank(2, 4).withBias(LoraConfig.Bias.ALL));
      assertThatThrownBy(() -> adapters.add(place)).isInstanceOf(UserError.class).hasMessageContaining("crema merge");
    }
  }
}
