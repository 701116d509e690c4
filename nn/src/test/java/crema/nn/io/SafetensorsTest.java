package crema.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.nn.InvalidWeightsException;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir
  Path folder;
  private final Backend backend = Backend.open(Device.CPU);
  private final Scope scope = new Scope(backend);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("weights.safetensors");
  }

  /** A file with the given header and zeros as data. */
  private void write(String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(json.length).put(json).array());
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put("b.weight", scope.floats(new float[] {1, -2}, 1, 2));
    tensors.put("a", scope.ints(new int[] {7}, 1));
    SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    String json = "{\"__metadata__\":{\"format\":\"pt\"},"
        + "\"b.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
        + "\"a\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
    int padded = (json.length() + 7) / 8 * 8;
    assertThat(bytes.getLong()).isEqualTo(padded);
    var header = new byte[padded];
    bytes.get(header);
    assertThat(new String(header, StandardCharsets.UTF_8)).isEqualTo(json + " ".repeat(padded - json.length()));
    assertThat(bytes.getFloat()).isEqualTo(1f);
    assertThat(bytes.getFloat()).isEqualTo(-2f);
    assertThat(bytes.getInt()).isEqualTo(7);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"F16, 15872", "BF16, 16320"})
  void halfPrecisionBecomesFloats(String type, short bits) throws IOException {
    write("{\"x\":{\"dtype\":\"" + type + "\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort(bytes.length - 2, bits);
    Files.write(file, bytes);
    try (var reader = SafetensorsReader.open(file)) {
      Tensor x = scope.empty(DType.F32, 2);
      reader.read("x", x);
      assertThat(x.toFloats()).containsExactly(0f, 1.5f);
    }
  }

  @Test
  void integersOfEightBytesBecomeFloatsAndIdsButNeverWrap() throws IOException {
    write("{\"x\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]}}", 16);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    values.putLong(bytes.length - 8, -3);
    Files.write(file, bytes);
    try (var reader = SafetensorsReader.open(file)) {
      Tensor floats = scope.empty(DType.F32, 2);
      reader.read("x", floats);
      assertThat(floats.toFloats()).containsExactly(0f, -3f);
      Tensor ids = scope.empty(DType.I32, 2);
      reader.read("x", ids);
      assertThat(ids.toInts()).containsExactly(0, -3);
    }
    values.putLong(bytes.length - 8, 1L << 32);
    Files.write(file, bytes);
    try (var reader = SafetensorsReader.open(file)) {
      assertThatThrownBy(() -> reader.read("x", scope.empty(DType.I32, 2)))
          .isInstanceOf(InvalidWeightsException.class).hasMessageContaining("4294967296");
    }
  }

  @Test
  void someRowsAreReadWithoutTheRest() throws IOException {
    Tensor table = scope.floats(new float[] {0, 1, 10, 11, 20, 21}, 3, 2);
    SafetensorsWriter.write(file, Map.of("table", table), Map.of());
    try (var reader = SafetensorsReader.open(file)) {
      Tensor rows = scope.empty(DType.F64, 2, 2);
      reader.read("table", 2, rows);
      assertThat(rows.toDoubles()).containsExactly(10, 11, 20, 21);
      assertThatThrownBy(() -> reader.read("table", 3, rows)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aTensorOfAnotherShapeIsNamedWithBothShapes() throws IOException {
    SafetensorsWriter.write(file, Map.of("head.bias", scope.floats(new float[6], 6)), Map.of());
    try (var reader = SafetensorsReader.open(file)) {
      assertThatThrownBy(() -> reader.read("head.bias", scope.empty(DType.F32, 4)))
          .isInstanceOf(InvalidWeightsException.class)
          .hasMessage("tensor head.bias of " + file + " is [6] but should be [4]");
    }
  }

  @Test
  void aFailedWriteLeavesTheFileAsItWas() throws IOException {
    Files.writeString(file, "before");
    Tensor closed = scope.floats(new float[2], 2);
    closed.close();
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of("x", closed), Map.of()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("before");
    assertThat(folder).isDirectoryContaining(path -> path.equals(file));
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 100_000_001, 9})
  void aHeaderLengthThatCannotBeIsAnError(long length) throws IOException {
    Files.write(file, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
    assertThatThrownBy(() -> SafetensorsReader.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessage(file + " is not a valid safetensors file: it claims a header of "
            + Long.toUnsignedString(length) + " bytes, but is 16 bytes long");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
      "[]|START_OBJECT",
      "{} {}|text after",
      "{\"x\":1}|x holds VALUE_NUMBER_INT",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}|needs a dtype",
      "{\"x\":{\"dtype\":\"F8\",\"shape\":[4],\"data_offsets\":[0,4]}}|'F8', which is not supported",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"y\":0}}|unknown field 'y'",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,5]}}|more than 2 numbers",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|do not fit F32 [2]",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|negative extent",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}|more than 2^63",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}|do not fit",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|where byte 0 is next",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|need 8 bytes, but 4 bytes follow",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}|need 0 bytes, but 4 bytes follow",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"y\":{\"dtype\":\"F32\",\"shape\":[1],"
          + "\"data_offsets\":[0,4]}}|tensor y starts at byte 0",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"x\":{\"dtype\":\"F32\",\"shape\":[1],"
          + "\"data_offsets\":[0,4]}}|not valid JSON: Duplicate",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999999999999]}}|not valid JSON",
      "{\"__metadata__\":{\"a\":1}}|__metadata__.a holds",
      "{\"x\":|not valid JSON"})
  void aHeaderThatDoesNotDescribeTheDataIsAnError(String header, String message) throws IOException {
    write(header, 4);
    assertThatThrownBy(() -> SafetensorsReader.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageStartingWith(file.toString()).hasMessageContaining(message)
        .extracting(Throwable::getMessage).asString().doesNotContain("\n");
  }

  @Test
  void aDeeplyNestedHeaderIsAnError() throws IOException {
    write("{\"x\":".repeat(100_000), 0);
    assertThatThrownBy(() -> SafetensorsReader.open(file)).isInstanceOf(InvalidWeightsException.class);
  }
}
