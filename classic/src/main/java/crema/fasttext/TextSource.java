package crema.fasttext;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Text that can be read several times: a line an example, labels marked by their prefix, words between white space. */
@FunctionalInterface
public interface TextSource {

  /** Starts reading from the beginning; the caller closes it. */
  InputStream open() throws IOException;

  /** A file; decompressed if its name ends in {@code .gz}. */
  static TextSource of(Path file) {
    if (!file.toString().endsWith(".gz")) {
      return () -> Files.newInputStream(file);
    }
    return () -> {
      InputStream compressed = Files.newInputStream(file);
      try {
        return new GZIPInputStream(compressed, 1 << 16);
      } catch (IOException e) {
        compressed.close();
        throw new IOException(file + " is not a valid gz file: " + e.getMessage(), e);
      }
    };
  }

  /** Lines in memory; line breaks inside one are taken for spaces. */
  static TextSource of(List<String> lines) {
    var text = new StringBuilder();
    for (String line : lines) {
      text.append(line.replace('\n', ' ')).append('\n');
    }
    byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
    return () -> new ByteArrayInputStream(utf8);
  }
}
