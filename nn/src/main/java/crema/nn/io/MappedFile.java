package crema.nn.io;

import crema.base.ByteSource;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Maps a file, and unmaps it again if it cannot be read. */
final class MappedFile {
  private MappedFile() {}

  /** Reads what is mapped. What it returns closes the arena. */
  @FunctionalInterface
  interface Reader {
    StoredWeights read(Arena arena, MemorySegment bytes) throws IOException;
  }

  /**
   * Opens a file.
   *
   * @param kind the format, for messages
   * @throws InvalidWeightsException when it is malformed; the message names the file and what is wrong
   */
  static StoredWeights open(Path file, String kind, Reader reader) throws IOException {
    return open(ByteSource.of(file), kind, reader);
  }

  /** Opens a file, or a part of one. */
  static StoredWeights open(ByteSource file, String kind, Reader reader) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return reader.read(arena, file.map(arena));
    } catch (InvalidWeightsException e) {
      arena.close();
      throw new InvalidWeightsException(file + " is not a valid " + kind + " file: " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }
}
