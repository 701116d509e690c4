package crema.nn.train;

import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.io.SafetensorsWriter;
import crema.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The checkpoints of a run: safetensors files that carry the {@link TrainingState} and a checksum over everything. Each
 * is written to a temporary file, forced to disk and renamed, and the one before it is kept until then, so there is
 * always one to go on from.
 */
final class CheckpointStore {
  private static final String STATE = "crema.state";
  private static final String CHECKSUM = "crema.crc32c";
  private static final Pattern NAME = Pattern.compile("step-(\\d{9,18})\\.safetensors");
  private static final int KEPT = 2;
  private static final int CHUNK = 1 << 16;

  private final Path folder;
  private final String startOver;

  /**
   * The checkpoints of a folder, which need not be there.
   *
   * @param startOver how a run is begun anew, for messages: "start over in another folder"
   */
  CheckpointStore(Path folder, String startOver) {
    this.folder = folder;
    this.startOver = startOver;
  }

  /** Writes a checkpoint and deletes all but the newest two. */
  Path save(TrainingState state, Map<String, Tensor> tensors) throws IOException {
    Files.createDirectories(folder);
    String text = Json.write(state.toJson());
    var checksum = new CRC32C();
    update(checksum, text);
    tensors.forEach((name, tensor) -> {
      update(checksum, name + tensor.shape());
      update(checksum, tensor);
    });
    Path file = folder.resolve(String.format(Locale.ROOT, "step-%09d.safetensors", state.step()));
    SafetensorsWriter.write(file, tensors, Map.of(STATE, text, CHECKSUM, Long.toHexString(checksum.getValue())));
    List<Path> files = newestFirst();
    for (Path old : files.subList(Math.min(KEPT, files.size()), files.size())) {
      Files.delete(old);
    }
    return file;
  }

  /**
   * Opens the newest checkpoint that is whole.
   *
   * @param listener is warned of damaged ones
   * @return empty if there is no checkpoint
   * @throws UserError when there are checkpoints and all are damaged, or one is of a newer version
   */
  Optional<Checkpoint> newest(LoopListener listener) throws IOException {
    List<Path> files = newestFirst();
    for (Path file : files) {
      try {
        return Optional.of(open(file));
      } catch (InvalidWeightsException e) {
        listener.warning(file + " is damaged and is not used (" + e.getMessage() + ")");
      }
    }
    if (!files.isEmpty()) {
      throw new UserError("every checkpoint in " + folder + " is damaged; " + startOver);
    }
    return Optional.empty();
  }

  private Checkpoint open(Path file) throws IOException {
    StoredWeights reader = SafetensorsReader.open(file);
    try {
      String text = reader.metadata().get(STATE);
      if (text == null) {
        throw new InvalidWeightsException("it is not a checkpoint");
      }
      var checksum = new CRC32C();
      update(checksum, text);
      reader.shapes().forEach((name, shape) -> {
        update(checksum, name + shape);
        update(checksum, reader.bytes(name));
      });
      if (!Long.toHexString(checksum.getValue()).equals(reader.metadata().get(CHECKSUM))) {
        throw new InvalidWeightsException("its checksum is wrong");
      }
      JsonNode json = Json.parse(text);
      requireVersion(file, json.path("version").asInt(0));
      return new Checkpoint(file, TrainingState.ofJson(json), reader);
    } catch (JsonException e) {
      reader.close();
      throw new InvalidWeightsException("its state cannot be read");
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private void requireVersion(Path file, int version) {
    if (version > TrainingState.VERSION) {
      throw new UserError(file + " was written by a newer version of Crema; resume with that one");
    }
    if (version < TrainingState.VERSION) {
      throw new UserError(file + " was written by an earlier version of Crema; resume with that one, or " + startOver);
    }
  }

  private List<Path> newestFirst() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted(Comparator.comparingLong(CheckpointStore::step).reversed())
          .toList());
    }
  }

  private static long step(Path file) {
    Matcher matcher = NAME.matcher(file.getFileName().toString());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  private static void update(CRC32C checksum, String text) {
    checksum.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void update(CRC32C checksum, Tensor tensor) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
    long bytes = tensor.bytes();
    int size = tensor.dtype().bytes();
    for (long at = 0; at < bytes; at += CHUNK) {
      MemorySegment chunk = MemorySegment.ofBuffer(buffer.clear()).asSlice(0, Math.min(CHUNK, bytes - at));
      tensor.storage().read(tensor.offset() + at / size, chunk);
      checksum.update(chunk.asByteBuffer());
    }
  }

  private static void update(CRC32C checksum, MemorySegment bytes) {
    for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
      checksum.update(bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer());
    }
  }
}
