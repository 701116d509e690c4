package crema.cli.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a target is given: bytes, and a file that holds them where a reader wants one.
 *
 * @param bytes of the file
 * @param place where the file is written when it is asked for
 */
record Input(byte[] bytes, Path place) {
  /** The file, written anew. */
  Path file() throws IOException {
    return Files.write(place, bytes);
  }
}
