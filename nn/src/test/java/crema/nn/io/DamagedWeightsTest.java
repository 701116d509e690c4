package crema.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import crema.nn.InvalidWeightsException;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a damaged file of any format holds: it is read or refused in one line, and takes little memory. */
class DamagedWeightsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/nn/io");
  private static final int DAMAGES = 1500;
  private static final long MOST_BYTES = 200L << 20;

  @TempDir
  Path folder;

  /** A small file of a format, whole, in the folder. */
  private Path whole(WeightFormat format) throws IOException {
    return switch (format) {
      case SAFETENSORS -> safetensors("weights.safetensors");
      case SHARDED -> {
        safetensors("a.safetensors");
        yield Files.writeString(folder.resolve("model.safetensors.index.json"),
            "{\"metadata\":{\"total_size\":24},\"weight_map\":{\"a.weight\":\"a.safetensors\",\"a.bias\":\"a.safetensors\"}}");
      }
      case PYTORCH -> Files.copy(RESOURCES.resolve("module.bin"), folder.resolve("module.bin"));
      case ONNX -> onnx();
      case TENSORFLOW -> {
        Path index = folder.resolve("bert.index");
        BundleWriter.write(index, new TreeMap<>(Map.of("a/kernel", BundleWriter.entry(0, 16, 2, 2),
            "a/bias", BundleWriter.entry(16, 8, 2))), ProtobufWriter.floats(1, 2, 3, 4, 5, 6));
        yield index;
      }
    };
  }

  private Path safetensors(String name) throws IOException {
    Path file = folder.resolve(name);
    try (var backend = Backend.open(Device.CPU); var scope = new Scope(backend)) {
      var tensors = new TreeMap<String, Tensor>();
      tensors.put("a.weight", scope.floats(new float[] {1, 2, 3, 4}, 2, 2));
      tensors.put("a.bias", scope.floats(new float[] {5, 6}, 2));
      SafetensorsWriter.write(file, tensors, Map.of());
    }
    return file;
  }

  private Path onnx() throws IOException {
    var graph = new ProtobufWriter()
        .message(1, new ProtobufWriter().text(1, "x").text(1, "w_quantized").text(2, "y").text(3, "/a/b/MatMul")
            .text(4, "MatMulInteger"))
        .message(1, new ProtobufWriter().text(1, "y").text(1, "a.b.bias").text(2, "z").text(4, "Add"))
        .message(1, new ProtobufWriter().text(2, "c").text(4, "Constant").message(5, new ProtobufWriter()
            .text(1, "value").message(5, new ProtobufWriter().number(1, 1).number(2, 7).number(7, 12))))
        .message(5, new ProtobufWriter().number(1, 2).number(1, 2).number(2, 3).text(8, "w_quantized")
            .bytes(9, new byte[] {1, 2, 3, 4}))
        .message(5, new ProtobufWriter().number(1, 2).number(2, 1).text(8, "w_scale")
            .bytes(4, ProtobufWriter.floats(1, 2)))
        .message(5, new ProtobufWriter().number(1, 2).number(2, 3).text(8, "w_zero_point").bytes(5, new byte[] {0, 0}))
        .message(5, new ProtobufWriter().number(1, 2).number(2, 1).text(8, "a.b.bias")
            .bytes(9, ProtobufWriter.floats(1, 2)));
    return Files.write(folder.resolve("model.onnx"),
        new ProtobufWriter().number(1, 8).message(7, graph).toBytes());
  }

  private static void readAll(Path file) throws IOException {
    try (var weights = StoredWeights.open(file); var backend = Backend.open(Device.REFERENCE)) {
      weights.shapes().forEach((name, shape) -> {
        try (var scope = new Scope(backend)) {
          weights.read(name, scope.empty(DType.F64, shape));
        }
      });
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWholeFileIsRead(WeightFormat format) throws IOException {
    Path file = whole(format);
    assertThat(WeightFormat.detect(file)).isEqualTo(format);
    readAll(file);
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedFileIsReadOrRefusedInOneLineAndLittleMemory(WeightFormat format) throws IOException {
    Path file = whole(format);
    byte[] bytes = Files.readAllBytes(file);
    var random = new Random(7);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int refused = 0;
    for (int i = 0; i < DAMAGES; i++) {
      Files.write(file, damage(bytes, random));
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        readAll(file);
      } catch (InvalidWeightsException e) {
        refused++;
        assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
    }
    assertThat(refused).isGreaterThan(DAMAGES / 4);
  }

  /** Flips, cuts, repeats or overwrites some bytes with those that lengths are made of. */
  private static byte[] damage(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(5)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(10)), (byte) 0xff);
      case 3 -> {
        return Arrays.copyOf(bytes, at);
      }
      default -> {
        int length = 1 + random.nextInt(Math.min(16, bytes.length - at));
        byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
        return longer;
      }
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"GGUF, GGUF", "\u0089HDF, HDF5", "version https://git-lfs.github.com/spec/v1, Git LFS",
      "<!DOCTYPE html>, HTML", "nothing, none of safetensors"})
  void aFileOfAnotherKindIsRefusedWithAdvice(String content, String message) throws IOException {
    Path file = Files.write(folder.resolve("x"), content.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aFolderWithoutWeightsIsToldWhatItShouldHave() {
    assertThatThrownBy(() -> StoredWeights.open(folder)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("model.safetensors, model.safetensors.index.json, pytorch_model.bin.index.json");
  }

  @ParameterizedTest
  @CsvSource({"../a.safetensors, not a file beside it", "/a.safetensors, not a file beside it",
      "b.safetensors, not there", "a.safetensors, tensor b.weight is not in a.safetensors"})
  void anIndexThatNamesWhatIsNotThereIsAnError(String shard, String message) throws IOException {
    safetensors("a.safetensors");
    Path index = Files.writeString(folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"b.weight\":\"" + shard + "\"}}");
    assertThatThrownBy(() -> StoredWeights.open(index)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining(message);
  }

  @Test
  void entriesOfAnArchiveThatOverlapAreAnError() throws IOException {
    byte[] bytes = Files.readAllBytes(RESOURCES.resolve("module.bin"));
    // All entries of the directory point to the first one.
    for (int i = 0; i + 46 < bytes.length; i++) {
      if (bytes[i] == 'P' && bytes[i + 1] == 'K' && bytes[i + 2] == 1 && bytes[i + 3] == 2) {
        Arrays.fill(bytes, i + 42, i + 46, (byte) 0);
      }
    }
    Path file = Files.write(folder.resolve("overlap.bin"), bytes);
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("overlap");
  }

  @Test
  void aNumberOfTwentyBytesIsAnError() throws IOException {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) 0xff);
    bytes[0] = 8;
    bytes[1] = 8;
    bytes[2] = 0x3a;
    Path file = Files.write(folder.resolve("model.onnx"), bytes);
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("more than 10 bytes");
  }

  @Test
  void messagesInMessagesAreNotFollowed() throws IOException {
    byte[] message = {};
    for (int i = 0; i < 2000; i++) {
      message = new ProtobufWriter().bytes(6, message).toBytes();
    }
    var attribute = new ProtobufWriter().text(1, "then_branch").bytes(6, message);
    var graph = new ProtobufWriter().message(1, new ProtobufWriter().text(4, "If").message(5, attribute));
    Path file = Files.write(folder.resolve("model.onnx"),
        new ProtobufWriter().number(1, 8).message(7, graph).toBytes());
    assertThatThrownBy(() -> StoredWeights.open(file)).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("no weights");
  }
}
