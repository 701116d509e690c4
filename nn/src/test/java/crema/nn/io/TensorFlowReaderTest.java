package crema.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.nn.InvalidWeightsException;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.testmodels.TestModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorFlowReaderTest {
  private static final Backend BACKEND = Backend.open(Device.REFERENCE);

  @TempDir
  Path folder;
  private Path index;

  @BeforeEach
  void nameTheIndex() {
    index = folder.resolve("bert_model.ckpt.index");
  }

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  @Test
  void variablesHaveTheNamesOfHuggingFaceAndKernelsAreTurned() throws IOException {
    BundleWriter.write(index, Map.of(
        "bert/encoder/layer_0/output/dense/kernel", BundleWriter.entry(0, 24, 2, 3),
        "bert/encoder/layer_0/output/LayerNorm/gamma", BundleWriter.entry(24, 4, 1),
        "global_step", BundleWriter.entry(24, 4, 1),
        "bert/encoder/layer_0/output/dense/kernel/adam_m", BundleWriter.entry(0, 24, 2, 3)),
        ProtobufWriter.floats(1, 2, 3, 4, 5, 6, 7));
    try (var weights = StoredWeights.open(folder); var scope = new Scope(BACKEND)) {
      assertThat(weights.format()).isEqualTo(WeightFormat.TENSORFLOW);
      assertThat(weights.shapes()).isEqualTo(Map.of("bert.encoder.layer.0.output.dense.weight", Shape.of(3, 2),
          "bert.encoder.layer.0.output.LayerNorm.weight", Shape.of(1)));
      var target = scope.empty(DType.F64, 3, 2);
      weights.read("bert.encoder.layer.0.output.dense.weight", target);
      assertThat(target.toDoubles()).containsExactly(1, 4, 2, 5, 3, 6);
    }
  }

  @ParameterizedTest
  @CsvSource({
      "module/bert/embeddings/word_embeddings, bert.embeddings.word_embeddings.weight",
      "bert/embeddings/LayerNorm/beta, bert.embeddings.LayerNorm.bias",
      "bert/encoder/layer_11/attention/self/query/bias, bert.encoder.layer.11.attention.self.query.bias",
      "module/cls/predictions/output_bias, cls.predictions.bias",
      "cls/predictions/transform/dense/kernel, cls.predictions.transform.dense.weight",
      "cls/seq_relationship/output_weights, cls.seq_relationship.weight"})
  void eachVariableOfBertHasItsName(String variable, String name) {
    assertThat(TensorFlowReader.stateDictName(variable)).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({"8, 8", "-4, 8", "9223372036854775807, 8", "0, 4", "0, -8", "0, 16"})
  void aTensorBeyondTheDataIsAnError(long offset, long size) throws IOException {
    BundleWriter.write(index, Map.of("a/gamma", BundleWriter.entry(offset, size, 2)), ProtobufWriter.floats(1, 2, 3));
    assertThatThrownBy(() -> StoredWeights.open(index)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("a/gamma");
  }

  @Test
  void dataThatIsMissingIsNamed() throws IOException {
    BundleWriter.write(index, Map.of("a/gamma", BundleWriter.entry(0, 8, 2)), new byte[8]);
    Files.delete(folder.resolve("bert_model.ckpt.data-00000-of-00001"));
    assertThatThrownBy(() -> StoredWeights.open(index)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("bert_model.ckpt.data-00000-of-00001");
  }

  @Test
  void multilingualBertHasAllItsWeights() throws IOException {
    try (var weights = StoredWeights.open(TestModel.MBERT.folder())) {
      var shapes = new TreeMap<>(weights.shapes());
      assertThat(shapes).containsEntry("bert.embeddings.word_embeddings.weight", Shape.of(119_547, 768))
          .containsEntry("bert.encoder.layer.11.intermediate.dense.weight", Shape.of(3072, 768))
          .containsEntry("cls.predictions.bias", Shape.of(119_547))
          .containsEntry("cls.predictions.transform.LayerNorm.weight", Shape.of(768));
      assertThat(shapes.values().stream().mapToLong(Shape::elements).sum()).isEqualTo(178_565_115);
    }
  }
}
