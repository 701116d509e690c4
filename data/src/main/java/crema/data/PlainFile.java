package crema.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file on disk that is neither compressed nor in an archive, to be closed when it is read.
 *
 * @param path where it is
 * @param isTemporary whether it was made to be read, and is deleted when it is closed
 */
public record PlainFile(Path path, boolean isTemporary) implements AutoCloseable {
  @Override
  public void close() {
    if (isTemporary) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
