package crema.nn.io;

import static org.assertj.core.api.Assertions.assertThat;

import crema.testmodels.TestModel;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Shape;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.Test;

/** Real exports: every weight of a BERT is found under the name that its state dict has for it. */
class OnnxModelsTest {
  private static Map<String, Shape> bert(int layers, int hidden, int feedForward) {
    var shapes = new TreeMap<String, Shape>();
    shapes.put("embeddings.word_embeddings.weight", Shape.of(30_522, hidden));
    shapes.put("embeddings.position_embeddings.weight", Shape.of(512, hidden));
    shapes.put("embeddings.token_type_embeddings.weight", Shape.of(2, hidden));
    norm(shapes, "embeddings.LayerNorm", hidden);
    for (int i = 0; i < layers; i++) {
      String layer = "encoder.layer." + i + ".";
      Stream.of("query", "key", "value")
          .forEach(part -> linear(shapes, layer + "attention.self." + part, hidden, hidden));
      linear(shapes, layer + "attention.output.dense", hidden, hidden);
      norm(shapes, layer + "attention.output.LayerNorm", hidden);
      linear(shapes, layer + "intermediate.dense", feedForward, hidden);
      linear(shapes, layer + "output.dense", hidden, feedForward);
      norm(shapes, layer + "output.LayerNorm", hidden);
    }
    return shapes;
  }

  private static void norm(Map<String, Shape> shapes, String name, int features) {
    shapes.put(name + ".weight", Shape.of(features));
    shapes.put(name + ".bias", Shape.of(features));
  }

  private static void linear(Map<String, Shape> shapes, String name, int out, int in) {
    shapes.put(name + ".weight", Shape.of(out, in));
    shapes.put(name + ".bias", Shape.of(out));
  }

  @ParameterizedTest
  @EnumSource(names = {"MINILM", "MINILM_INT8", "BGE_SMALL", "E5_SMALL"})
  void everyWeightHasItsName(TestModel model) throws IOException {
    int layers = model == TestModel.MINILM || model == TestModel.MINILM_INT8 ? 6 : 12;
    try (var weights = StoredWeights.open(model.folder())) {
      var shapes = new TreeMap<>(weights.shapes());
      shapes.remove("embeddings.position_ids");
      assertThat(shapes).isEqualTo(bert(layers, 384, 1536));
      assertThat(weights.format()).isEqualTo(WeightFormat.ONNX);
      assertThat(weights.config()).isEqualTo(Map.of("model_type", "bert", "vocab_size", 30_522, "hidden_size", 384,
          "max_position_embeddings", 512, "type_vocab_size", 2, "num_hidden_layers", layers, "intermediate_size", 1536,
          "hidden_act", "gelu", "num_attention_heads", 12, "layer_norm_eps", 1e-12));
    }
  }

  @Test
  void quantizedWeightsAreNearThoseThatTheyWereMadeOf() throws IOException {
    try (var exact = StoredWeights.open(TestModel.MINILM.folder());
        var quantized = StoredWeights.open(TestModel.MINILM_INT8.folder());
        var backend = Backend.open(Device.CPU)) {
      exact.shapes().forEach((name, shape) -> {
        try (var scope = new Scope(backend)) {
          var expected = scope.empty(DType.F64, shape);
          var actual = scope.empty(DType.F64, shape);
          exact.read(name, expected);
          quantized.read(name, actual);
          double[] numbers = expected.toDoubles();
          double largest = 0;
          double furthest = 0;
          double[] dequantized = actual.toDoubles();
          for (int i = 0; i < numbers.length; i++) {
            largest = Math.max(largest, Math.abs(numbers[i]));
            furthest = Math.max(furthest, Math.abs(numbers[i] - dequantized[i]));
          }
          assertThat(furthest).as(name).isLessThanOrEqualTo(largest / 128 + 1e-9);
        }
      });
    }
  }
}
