package crema.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.autograd.Tape;
import crema.nn.ParameterSource.Precision;
import crema.nn.io.StoredWeights;
import crema.nn.model.Architecture;
import crema.nn.model.TextEncoder;
import crema.nn.model.TextEncoderConfig;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that are loaded for prediction alone, from weights of 16 and of 32 bits. */
class PredictionLoadingTest {
  /** Sizes that are no multiples of a vector, deeper than a panel, and of several blocks. */
  private static final Map<String, Object> QWEN3 = Map.ofEntries(Map.entry("model_type", "qwen3"),
      Map.entry("vocab_size", 97), Map.entry("hidden_size", 36), Map.entry("num_hidden_layers", 2),
      Map.entry("num_attention_heads", 6), Map.entry("num_key_value_heads", 2), Map.entry("head_dim", 10),
      Map.entry("intermediate_size", 1031), Map.entry("max_position_embeddings", 64),
      Map.entry("rms_norm_eps", 1e-6), Map.entry("rope_theta", 1e6));

  @TempDir
  Path folder;
  private final Backend backend = Backend.open(Device.CPU);

  @AfterEach
  void close() {
    backend.close();
  }

  private static TextEncoderConfig config() {
    return Architecture.ofModel(QWEN3).read(QWEN3);
  }

  /** A file of random weights of a type, as Hugging Face's tools write it. */
  private Path write(DType type) throws IOException {
    var shapes = new LinkedHashMap<String, Shape>();
    try (var model = config().create(ParameterSource.undefined(backend))) {
      model.stateDict().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    }
    var header = new StringJoiner(",", "{", "}");
    long at = 0;
    for (var entry : shapes.entrySet()) {
      long end = at + entry.getValue().elements() * type.bytes();
      header.add("\"" + entry.getKey() + "\":{\"dtype\":\"" + type + "\",\"shape\":" + entry.getValue()
          + ",\"data_offsets\":[" + at + "," + end + "]}");
      at = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate((int) (8 + json.length + at)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    var random = new Random(3);
    while (bytes.hasRemaining()) {
      float value = (float) random.nextGaussian() / 8;
      switch (type) {
        case F32 -> bytes.putFloat(value);
        case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        case F16 -> bytes.putShort(Float.floatToFloat16(value));
        default -> throw new IllegalArgumentException(type.toString());
      }
    }
    Path file = folder.resolve(type + ".safetensors");
    try (var out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(bytes.array());
    }
    return file;
  }

  private float[] predict(TextEncoder model, int tokens) {
    try (var scope = new Scope(backend)) {
      var ids = new int[tokens];
      for (int i = 0; i < tokens; i++) {
        ids[i] = i * 37 % 97;
      }
      return model.forward(Tape.inference(scope), scope.ints(ids, tokens), null, Sequences.of(scope, 0, tokens)).value()
          .toFloats();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "F16"})
  void theAnswersHaveTheBitsOfTheModelThatWasLoadedAsFloats(DType type) throws IOException {
    Path file = write(type);
    for (Precision precision : Precision.values()) {
      try (var weights = StoredWeights.open(file);
          var plain = config().create(ParameterSource.loadedFrom(weights, backend));
          var model = config().create(ParameterSource.forPrediction(weights, precision, backend))) {
        plain.load(weights);
        model.loadForPrediction(weights);
        for (int tokens : new int[] {1, 7, 61}) {
          assertThat(predict(model, tokens)).isEqualTo(predict(plain, tokens));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tablesTakeWhatTheyTakeInTheFile(boolean kept) throws IOException {
    try (var weights = StoredWeights.open(write(DType.BF16)); var model = config()
        .create(ParameterSource.forPrediction(weights, kept ? Precision.STORED : Precision.F32, backend))) {
      model.loadForPrediction(weights);
      // The table, and the norms as floats: matrices are packed, outside the backend's tensors.
      long norms = 4 * (5 * 36 + 4 * 10);
      assertThat(backend.liveBytes()).isEqualTo(97 * 36 * (kept ? 2 : 4) + norms);
    }
  }

  @Test
  void weightsThatDoNotFitAreNamedBeforeAnythingIsRead() throws IOException {
    try (var weights = StoredWeights.open(write(DType.BF16));
        var model = config().create(ParameterSource.forPrediction(weights, Precision.STORED, backend))) {
      assertThatThrownBy(
          () -> model.loadForPrediction(weights.renamed(name -> name.equals("norm.weight") ? "x" : name)))
          .isInstanceOf(InvalidWeightsException.class).hasMessageContaining("missing norm.weight")
          .hasMessageContaining("unexpected x");
    }
  }

  @Test
  void whatWasLoadedForPredictionCannotBeSaved() throws IOException {
    try (var weights = StoredWeights.open(write(DType.F32));
        var model = config().create(ParameterSource.forPrediction(weights, Precision.STORED, backend))) {
      model.loadForPrediction(weights);
      assertThatThrownBy(() -> model.stateDict().get("layers.0.mlp.up_proj.weight").toFloats())
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
