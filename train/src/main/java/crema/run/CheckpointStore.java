package crema.run;

import crema.base.UserError;
import crema.base.json.JsonException;
import crema.classify.TrainingListener;
import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.settings.RecordJson;
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
public final class CheckpointStore {
  private static final String STATE = "crema.state";
  private static final String CHECKSUM = "crema.crc32c";
  private static final Pattern NAME = Pattern.compile("step-(\\d{9,18})\\.safetensors");
  private static final int KEPT = 2;
  private static final int CHUNK = 1 << 16;

  private final Path folder;

  public CheckpointStore(Path folder) {
    this.folder = folder;
  }

  /** Writes a checkpoint and deletes all but the newest two. */
  public Path save(TrainingState state, Map<String, Tensor> tensors) throws IOException {
    Files.createDirectories(folder);
    String text = RecordJson.toText(state);
    var checksum = new CRC32C();
    update(checksum, text);
    tensors.forEach((name, tensor) -> {
      update(checksum, name + tensor.shape());
      update(checksum, tensor);
    });
    Path file = folder.resolve("step-%09d.safetensors".formatted(state.step()));
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
   * @param listener is told of damaged ones
   * @return empty if there is no checkpoint
   * @throws UserError when there are checkpoints and all are damaged, or one is of a newer version
   */
  public Optional<Checkpoint> newest(TrainingListener listener) throws IOException {
    List<Path> files = newestFirst();
    for (Path file : files) {
      try {
        return Optional.of(open(file));
      } catch (InvalidWeightsException e) {
        listener.warning(file + " is damaged and is not used (" + e.getMessage() + ")");
      }
    }
    if (!files.isEmpty()) {
      throw new UserError("every checkpoint in " + folder + " is damaged; start over with --overwrite");
    }
    return Optional.empty();
  }

  private static Checkpoint open(Path file) throws IOException {
    SafetensorsReader reader = SafetensorsReader.open(file);
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
      TrainingState state = RecordJson.read(text, TrainingState.class);
      if (state.version() > TrainingState.VERSION) {
        throw new UserError(file + " was written by a newer version of Crema; resume with that one");
      }
      return new Checkpoint(file, state, reader);
    } catch (JsonException e) {
      reader.close();
      throw new InvalidWeightsException("its state cannot be read");
    } catch (RuntimeException e) {
      reader.close();
      throw e;
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
