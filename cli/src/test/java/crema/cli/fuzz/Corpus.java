package crema.cli.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The committed files that fuzzing begins with, a folder a format: small sound ones, written by {@link CorpusWriter} or by
 * hand, and in {@code found} those that broke a promise once.
 */
final class Corpus {
  /** The folder of inputs that were found; each is kept as the target was given it. */
  static final String FOUND = "found";

  private Corpus() {}

  /** The folder of a format. */
  static Path folder(String key) {
    return root().resolve(key);
  }

  /** The folder of all formats. */
  static Path root() {
    @Nullable URL url = Corpus.class.getResource("corpus");
    if (url == null) {
      throw new AssertionError("there is no corpus");
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The files below a folder by their names from it, with slashes; in the order of the names. */
  static Map<String, byte[]> files(Path folder) {
    var files = new TreeMap<String, byte[]>();
    if (!Files.isDirectory(folder)) {
      return files;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
