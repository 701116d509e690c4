package crema.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.nn.InvalidWeightsException;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules by which weights get their names, on small graphs. */
class OnnxReaderTest {
  private static final Backend BACKEND = Backend.open(Device.REFERENCE);
  private static final int FLOAT = 1;
  private static final int UINT8 = 2;
  private static final int INT8 = 3;

  @TempDir
  Path folder;
  private Path file;
  private final ProtobufWriter graph = new ProtobufWriter();

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("model.onnx");
  }

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  private static ProtobufWriter tensor(String name, int type, byte[] raw, long... dims) {
    var tensor = new ProtobufWriter();
    for (long extent : dims) {
      tensor.number(1, extent);
    }
    return tensor.number(2, type).text(8, name).bytes(9, raw);
  }

  private void initializer(String name, int type, byte[] raw, long... dims) {
    graph.message(5, tensor(name, type, raw, dims));
  }

  private void floats(String name, int count, long... dims) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i + 1;
    }
    initializer(name, FLOAT, ProtobufWriter.floats(values), dims);
  }

  private static ProtobufWriter node(String op, String name, String output, String... inputs) {
    var node = new ProtobufWriter();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(3, name).text(4, op);
  }

  private void add(String op, String name, String output, String... inputs) {
    graph.message(1, node(op, name, output, inputs));
  }

  private StoredWeights open() throws IOException {
    Files.write(file, new ProtobufWriter().number(1, 8).message(7, graph).toBytes());
    return StoredWeights.open(file);
  }

  private static double[] values(StoredWeights weights, String name) {
    try (var scope = new Scope(BACKEND)) {
      var target = scope.empty(DType.F64, weights.shapes().get(name));
      weights.read(name, target);
      return target.toDoubles();
    }
  }

  @Test
  void aMatrixIsNamedByItsNodeAndTurned() throws IOException {
    floats("onnx::MatMul_7", 6, 2, 3);
    add("MatMul", "/encoder/layer.0/dense/MatMul", "y", "x", "onnx::MatMul_7");
    try (var weights = open()) {
      assertThat(weights.shapes()).isEqualTo(Map.of("encoder.layer.0.dense.weight", Shape.of(3, 2)));
      assertThat(values(weights, "encoder.layer.0.dense.weight")).containsExactly(1, 4, 2, 5, 3, 6);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMatrixIsNamedByItsBiasWhicheverOperandThatIs(boolean biasFirst) throws IOException {
    floats("val_3", 6, 2, 3);
    floats("dense.out.bias", 3, 3);
    add("MatMul", "node_matmul_1", "y", "x", "val_3");
    add("Add", "node_add_1", "z", biasFirst ? "dense.out.bias" : "y", biasFirst ? "y" : "dense.out.bias");
    try (var weights = open()) {
      assertThat(weights.shapes()).isEqualTo(
          Map.of("dense.out.weight", Shape.of(3, 2), "dense.out.bias", Shape.of(3)));
    }
  }

  @Test
  void aNodeAndABiasThatDisagreeAreAnError() {
    floats("w", 4, 2, 2);
    floats("a.key.bias", 2, 2);
    add("MatMul", "/a/query/MatMul", "y", "x", "w");
    add("Add", "/a/query/Add", "z", "a.key.bias", "y");
    assertThatThrownBy(this::open).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("a.query.weight").hasMessageContaining("a.key.weight");
  }

  @Test
  void aTransposedInitializerIsTakenAsItIs() throws IOException {
    floats("w_1", 6, 3, 2);
    add("Transpose", "t", "w_1_t", "w_1");
    add("MatMul", "/a/dense/MatMul", "y", "x", "w_1_t");
    try (var weights = open()) {
      assertThat(weights.shapes()).isEqualTo(Map.of("a.dense.weight", Shape.of(3, 2)));
      assertThat(values(weights, "a.dense.weight")).containsExactly(1, 2, 3, 4, 5, 6);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void gemmSaysWhetherItsMatrixIsTurned(long transposed) throws IOException {
    floats("w_1", 6, transposed == 1 ? 3 : 2, transposed == 1 ? 2 : 3);
    floats("a.dense.bias", 3, 3);
    graph.message(1, node("Gemm", "g", "y", "x", "w_1", "a.dense.bias")
        .message(5, new ProtobufWriter().text(1, "transB").number(3, transposed)));
    try (var weights = open()) {
      assertThat(weights.shapes()).isEqualTo(Map.of("a.dense.weight", Shape.of(3, 2), "a.dense.bias", Shape.of(3)));
      assertThat(values(weights, "a.dense.weight")).containsExactly(
          transposed == 1 ? new double[] {1, 2, 3, 4, 5, 6} : new double[] {1, 4, 2, 5, 3, 6});
    }
  }

  @Test
  void aTiedDecoderHasTheNameOfTheEmbeddings() throws IOException {
    floats("bert.embeddings.word_embeddings.weight", 6, 3, 2);
    floats("cls.predictions.bias", 3, 3);
    add("Gather", "/bert/embeddings/word_embeddings/Gather", "e", "bert.embeddings.word_embeddings.weight", "ids");
    add("Transpose", "t", "wt", "bert.embeddings.word_embeddings.weight");
    add("MatMul", "/cls/predictions/decoder/MatMul", "y", "e", "wt");
    add("Add", "/cls/predictions/decoder/Add", "z", "cls.predictions.bias", "y");
    try (var weights = open()) {
      assertThat(weights.shapes()).isEqualTo(Map.of("bert.embeddings.word_embeddings.weight", Shape.of(3, 2),
          "cls.predictions.bias", Shape.of(3)));
    }
  }

  @Test
  void queryKeyAndValueOfAFusedMatrixAreCutApart() throws IOException {
    floats("w", 12, 2, 6);
    floats("b", 6, 6);
    floats("encoder.layer.0.attention.output.dense.bias", 2, 2);
    floats("o", 4, 2, 2);
    add("Attention", "Attention_0", "y", "x", "w", "b", "mask");
    add("MatMul", "m", "p", "y", "o");
    add("Add", "n", "z", "p", "encoder.layer.0.attention.output.dense.bias");
    try (var weights = open()) {
      assertThat(values(weights, "encoder.layer.0.attention.self.query.weight")).containsExactly(1, 7, 2, 8);
      assertThat(values(weights, "encoder.layer.0.attention.self.key.weight")).containsExactly(3, 9, 4, 10);
      assertThat(values(weights, "encoder.layer.0.attention.self.value.weight")).containsExactly(5, 11, 6, 12);
      assertThat(values(weights, "encoder.layer.0.attention.self.value.bias")).containsExactly(5, 6);
      assertThat(weights.shapes()).hasSize(8);
    }
  }

  @Test
  void aFusedMatrixWithASplitAfterItIsCutUnlessTheStateDictFusesItToo() throws IOException {
    floats("w_0", 12, 2, 6);
    floats("w_1", 12, 2, 6);
    add("MatMul", "/layer.0/self/MatMul", "y", "x", "w_0");
    graph.message(1, node("Split", "s", "q", "y").text(2, "k").text(2, "v"));
    add("MatMul", "/layers.0/attn/Wqkv/MatMul", "z", "x", "w_1");
    graph.message(1, node("Split", "s2", "q2", "z").text(2, "k2").text(2, "v2"));
    try (var weights = open()) {
      assertThat(weights.shapes()).isEqualTo(Map.of("layer.0.self.query.weight", Shape.of(2, 2),
          "layer.0.self.key.weight", Shape.of(2, 2), "layer.0.self.value.weight", Shape.of(2, 2),
          "layers.0.attn.Wqkv.weight", Shape.of(6, 2)));
    }
  }

  @Test
  void weightsOfConstantNodesAreFound() throws IOException {
    graph.message(1, node("Constant", "", "linear_77.w_0").message(5, new ProtobufWriter().text(1, "value")
        .message(5, tensor("", FLOAT, ProtobufWriter.floats(1, 2, 3, 4, 5, 6), 2, 3))));
    graph.message(1, node("Constant", "", "conv_1.w_0").message(5, new ProtobufWriter().text(1, "value")
        .message(5, tensor("", FLOAT, ProtobufWriter.floats(1, 2), 1, 2, 1, 1))));
    add("MatMul", "p2o.MatMul.0", "y", "x", "linear_77.w_0");
    add("Conv", "p2o.Conv.0", "z", "image", "conv_1.w_0");
    try (var weights = open()) {
      assertThat(weights.shapes()).isEqualTo(Map.of("linear_77.w_0", Shape.of(2, 3), "conv_1.w_0",
          Shape.of(1, 2, 1, 1)));
    }
  }

  @Test
  void quantizedMatricesAreDequantizedByColumnAndTablesAsAWhole() throws IOException {
    initializer("m_quantized", INT8, new byte[] {2, -4, 6, 8}, 2, 2);
    initializer("m_scale", FLOAT, ProtobufWriter.floats(0.5f, 0.25f), 2);
    initializer("m_zero_point", INT8, new byte[] {0, 0}, 2);
    floats("a.dense.bias", 2, 2);
    add("MatMulInteger", "/a/dense/MatMul_quant", "y", "x", "m_quantized", "xz", "m_zero_point");
    add("Cast", "c", "yc", "y");
    add("Mul", "s", "ys", "yc", "scales");
    add("Add", "/a/dense/Add", "z", "a.dense.bias", "ys");
    initializer("e.weight_quantized", UINT8, new byte[] {(byte) 128, (byte) 130, 0}, 3, 1);
    initializer("e.weight_scale", FLOAT, ProtobufWriter.floats(2), 1);
    initializer("e.weight_zero_point", UINT8, new byte[] {(byte) 128}, 1);
    add("Gather", "g", "ge", "e.weight_quantized", "ids");
    try (var weights = open()) {
      assertThat(values(weights, "a.dense.weight")).containsExactly(1, 3, -1, 2);
      assertThat(values(weights, "e.weight")).containsExactly(0, 4, -256);
    }
  }

  @Test
  void aMatrixOfTheOtherQuantizedFormIsDequantizedToo() throws IOException {
    initializer("q", INT8, new byte[] {2, -4, 6, 8}, 2, 2);
    initializer("s", FLOAT, ProtobufWriter.floats(0.5f), 1);
    add("DequantizeLinear", "d", "w", "q", "s");
    add("MatMul", "/a/dense/MatMul", "y", "x", "w");
    try (var weights = open()) {
      assertThat(values(weights, "a.dense.weight")).containsExactly(1, 3, -2, 4);
    }
  }

  @Test
  void aMatrixWithoutAnyNameIsAnErrorThatNamesIt() {
    floats("val_7", 4, 2, 2);
    add("MatMul", "m", "y", "x", "val_7");
    assertThatThrownBy(this::open).isInstanceOf(InvalidWeightsException.class).hasMessageContaining("val_7 [2, 2]");
  }

  @Test
  void aTensorThatNoRuleUsesIsAnErrorThatNamesIt() {
    floats("a.weight", 4, 2, 2);
    floats("val_7", 4, 2, 2);
    add("Einsum", "e", "y", "x", "val_7");
    assertThatThrownBy(this::open).isInstanceOf(InvalidWeightsException.class).hasMessageContaining("val_7 [2, 2]");
  }

  private ProtobufWriter external(String location, String offset, String length) {
    var tensor = new ProtobufWriter().number(1, 2).number(2, FLOAT).text(8, "a.bias");
    Map.of("location", location, "offset", offset, "length", length).forEach((key, value) -> tensor.message(13,
        new ProtobufWriter().text(1, key).text(2, value)));
    return tensor.number(14, 1);
  }

  @Test
  void dataOfAFileBesideTheModelIsRead() throws IOException {
    Files.write(folder.resolve("model.onnx_data"), ProtobufWriter.floats(0, 1.5f, -2));
    graph.message(5, external("model.onnx_data", "4", "8"));
    try (var weights = open()) {
      assertThat(values(weights, "a.bias")).containsExactly(1.5, -2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "/etc/passwd", "a/b", "..", ".", "", "a\\b", "missing"})
  void dataOutsideTheFolderIsAnError(String location) throws IOException {
    Files.write(folder.resolveSibling("secret"), ProtobufWriter.floats(0, 1));
    graph.message(5, external(location, "0", "8"));
    assertThatThrownBy(this::open).isInstanceOf(InvalidWeightsException.class).hasMessageContaining("a.bias")
        .extracting(Throwable::getMessage).asString().doesNotContain("\n");
  }

  @Test
  void dataBehindALinkIsAnError() throws IOException {
    Path elsewhere = Files.write(Files.createTempFile("elsewhere", ""), ProtobufWriter.floats(0, 1));
    Files.createSymbolicLink(folder.resolve("link"), elsewhere);
    graph.message(5, external("link", "0", "8"));
    assertThatThrownBy(this::open).isInstanceOf(InvalidWeightsException.class).hasMessageContaining("a link");
    Files.delete(elsewhere);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8 8", "-4 8", "9223372036854775807 8", "4 4", "x 8", "0 -1"})
  void dataBeyondTheFileIsAnError(String place) throws IOException {
    Files.write(folder.resolve("data"), ProtobufWriter.floats(0, 1, 2));
    graph.message(5, external("data", place.split(" ")[0], place.split(" ")[1]));
    assertThatThrownBy(this::open).isInstanceOf(InvalidWeightsException.class).hasMessageContaining("a.bias");
  }

  @ParameterizedTest
  @ValueSource(longs = {3, -1, 1L << 40, Long.MAX_VALUE})
  void aTensorWithOtherBytesThanItsDimensionsSayIsAnError(long extent) {
    initializer("a.weight", FLOAT, new byte[8], extent, 1);
    assertThatThrownBy(this::open).isInstanceOf(InvalidWeightsException.class).hasMessageContaining("a.weight");
  }
}
