package crema.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.nn.InvalidWeightsException;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is no file of weights, or cannot be one, is refused with what is wrong. Files damaged at random are fuzzed in cli. */
class DamagedWeightsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/nn/io");

  @TempDir
  Path folder;

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
    Path file = WeightFiles.write(format, folder);
    assertThat(WeightFormat.detect(file)).isEqualTo(format);
    readAll(file);
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
    WeightFiles.safetensors(folder.resolve("a.safetensors"));
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
