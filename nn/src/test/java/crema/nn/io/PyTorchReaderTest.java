package crema.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.nn.InvalidWeightsException;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files that PyTorch wrote (see src/test/golden/pytorch_files.py), and pickles that it never would. */
class PyTorchReaderTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/nn/io");
  private static final Backend BACKEND = Backend.open(Device.REFERENCE);

  @TempDir
  Path folder;

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  @ParameterizedTest
  @CsvSource({"views.bin, views", "protocol4.bin, views", "module.bin, module", "nested.bin, module"})
  void tensorsAreThoseThatPyTorchSaved(String file, String expected) throws IOException {
    JsonNode golden = new JsonMapper().readTree(Files.readString(RESOURCES.resolve("pytorch_files.json")))
        .get(expected);
    try (var weights = StoredWeights.open(RESOURCES.resolve(file)); var scope = new Scope(BACKEND)) {
      assertThat(weights.format()).isEqualTo(WeightFormat.PYTORCH);
      assertThat(weights.shapes().keySet()).containsExactlyElementsOf(golden.propertyNames());
      for (String name : golden.propertyNames()) {
        long[] extents = StreamSupport.stream(golden.get(name).get("shape").spliterator(), false)
            .mapToLong(JsonNode::asLong).toArray();
        double[] values = StreamSupport.stream(golden.get(name).get("values").spliterator(), false)
            .mapToDouble(JsonNode::asDouble).toArray();
        assertThat(weights.shapes()).as(name).containsEntry(name, Shape.of(extents));
        var target = scope.empty(DType.F64, extents);
        weights.read(name, target);
        assertThat(target.toDoubles()).as(name).containsExactly(values);
      }
    }
  }

  @Test
  void aFileFromBeforeTheZipArchiveIsRefusedByName() {
    assertThatThrownBy(() -> StoredWeights.open(RESOURCES.resolve("old.bin")))
        .isInstanceOf(InvalidWeightsException.class).hasMessageContaining("PyTorch before 1.6");
  }

  @Test
  void aPickledModuleIsRefusedByTheClassThatItNames() {
    assertThatThrownBy(() -> StoredWeights.open(RESOURCES.resolve("whole_module.bin")))
        .isInstanceOf(InvalidWeightsException.class).hasMessageContaining("torch.nn.modules.container.Sequential");
  }

  /** An archive whose pickle is a program, Latin-1, and which has 8 bytes of numbers. */
  private Path archive(String program) throws IOException {
    return archive(Map.of("data.pkl", program.getBytes(StandardCharsets.ISO_8859_1), "data/0", new byte[8]));
  }

  private Path archive(Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve("weights.bin");
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (var content : new LinkedHashMap<>(entries).entrySet()) {
        var entry = new ZipEntry("archive/" + content.getKey());
        var crc = new CRC32();
        crc.update(content.getValue());
        entry.setCrc(crc.getValue());
        entry.setSize(content.getValue().length);
        zip.putNextEntry(entry);
        zip.write(content.getValue());
      }
    }
    Files.write(file, bytes.toByteArray());
    return file;
  }

  /** A pickle of {"x": a tensor}, with the arguments that a test chooses, divided by spaces. */
  private static String tensor(int offset, String size, String strides) {
    return "\u0080\u0002}X\u0001\0\0\0xctorch._utils\n_rebuild_tensor_v2\n(("
        + "X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\0" + "0X\u0003\0\0\0cpuK\u0002tQ" + number(offset)
        + tuple(size) + tuple(strides) + "\u0089NtRs.";
  }

  private static String number(int value) {
    return "J" + new String(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array(),
        StandardCharsets.ISO_8859_1);
  }

  private static String tuple(String numbers) {
    return "(" + Arrays.stream(numbers.split(" ")).map(text -> number(Integer.parseInt(text)))
        .collect(Collectors.joining()) + "t";
  }

  @Test
  void theTestsTensorIsReadWhenItFits() throws IOException {
    try (var weights = StoredWeights.open(archive(tensor(0, "2", "1")))) {
      assertThat(weights.shapes()).isEqualTo(Map.of("x", Shape.of(2)));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 1, beyond", "0, 2, 2, beyond", "3, 0, 1, starts at number 3",
      "0, 4, 0, more elements than are stored", "-1, 1, 1, starts at number -1", "0, -1, 1, negative extent",
      "0, 2, -1, negative stride", "0, 2 2, 1, 2 dimensions and 1 strides",
      "0, 2147483647 2147483647 2147483647, 0 0 0, more than 2^63"})
  void aTensorThatReachesBeyondItsNumbersIsAnError(int offset, String size, String strides, String message)
      throws IOException {
    Path file = archive(tensor(offset, size, strides));
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("tensor x").hasMessageContaining(message).hasMessageStartingWith(file.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cposix\nsystem\n(X\u0004\0\0\0evil\u0085R.", "c__builtin__\neval\n.",
      "\u0080\u0004X\u0005\0\0\0posixX\u0006\0\0\0system\u0093.", "cbuiltins\ngetattr\n.", "ctorch\nload\n.",
      "ctorch._utils\n_rebuild_tensor_v3\n.", "ctorch.hub.evil\nFloatStorage\n."})
  void aPickleThatWantsToRunCodeIsAnErrorThatNamesTheFunction(String program) throws IOException {
    Path file = archive(program);
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("might run code");
  }

  @ParameterizedTest
  @ValueSource(strings = {"i", "o", "\u0081", "\u0092", "P", "\u0082", "U", "S", "I", "0", "2", "\u008f", "\u0097"})
  void anInstructionThatNoStateDictNeedsIsAnErrorThatNamesIt(String program) throws IOException {
    Path file = archive(program + "\n".repeat(4) + ".");
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("instruction 0x" + Integer.toHexString(program.charAt(0)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "(", "t.", "h\0.", "}K\1s.", "K\1K\1s.", "a.", "R.", "Q.", "b.", "K\1b.", "u.",
      "}K\1\u0085b.", "]K\1u.", "X\u00ff\u00ff\u00ff\u00ff.", "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.",
      "\u008a\u0009aaaaaaaaa.", "r\u00ff\u00ff\u00ff\u00ff.", "\u0080\u0006.", "K\1.", "}.", "ccollections",
      "j\0\0\0\0."})
  void aDamagedPickleIsAnError(String program) throws IOException {
    Path file = archive(program);
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
        .extracting(Throwable::getMessage).asString().doesNotContain("\n");
  }

  @Test
  void listsOfListsThatMultiplyAndListsThatContainThemselvesTakeNoMemory() throws IOException {
    var program = new StringBuilder("]q\0h\0a");
    for (int i = 1; i < 200; i++) {
      program.append("](").append("h").append((char) (i - 1)).append(("h" + (char) (i - 1)).repeat(9)).append("eq")
          .append((char) i);
    }
    Path file = archive(program.append("0").toString());
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class);
    Path endless = archive("}".repeat(5_000_000));
    assertThatThrownBy(() -> StoredWeights.open(endless)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("instructions");
  }

  @Test
  void aDictionaryThatContainsItselfIsReadOnce() throws IOException {
    Path file = archive("}q\0X\5\0\0\0modelh\0s.");
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("no tensors");
  }

  @Test
  void numbersOfAMachineWithTheOtherByteOrderAreTurned() throws IOException {
    byte[] numbers = {0x3f, (byte) 0xc0, 0, 0, (byte) 0xc0, 0, 0, 0};
    Path file = archive(Map.of("data.pkl",
        tensor(0, "2", "1").getBytes(StandardCharsets.ISO_8859_1), "data/0", numbers,
        "byteorder", "big".getBytes(StandardCharsets.US_ASCII)));
    try (var weights = StoredWeights.open(file); var scope = new Scope(BACKEND)) {
      var target = scope.empty(DType.F64, 2);
      weights.read("x", target);
      assertThat(target.toDoubles()).containsExactly(1.5, -2);
    }
  }

  @Test
  void aHalfDownloadedArchiveIsAnError() throws IOException {
    byte[] whole = Files.readAllBytes(RESOURCES.resolve("views.bin"));
    for (int length = 70; length < whole.length; length += 97) {
      Path file = folder.resolve("half.bin");
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
          .hasMessageContaining("downloaded whole");
    }
  }
}
