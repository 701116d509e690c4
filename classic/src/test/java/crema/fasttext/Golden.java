package crema.fasttext;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Files that the original program made; {@code make-golden.sh} beside them says how. */
final class Golden {
  private Golden() {}

  static byte[] bytes(String name) {
    try (var in = Golden.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  static TextSource source(String name) {
    byte[] bytes = bytes(name);
    return () -> new ByteArrayInputStream(bytes);
  }

  static FastText model(String name) throws IOException {
    return FastText.read(bytes(name), name);
  }

  /** What the program's {@code predict-prob} prints for {@code lines.txt}. */
  static String predictions(FastText model, int k) throws IOException {
    var out = new StringBuilder();
    try (var in = source("lines.txt").open()) {
      model.newPredictor().predictLines(in, k, 0f, line -> out.append(print(line)).append('\n'));
    }
    return out.toString();
  }

  private static String print(List<Prediction> line) {
    return line.stream()
        .map(p -> p.label() + " " + VectorText.format(p.probability(), 6))
        .collect(Collectors.joining(" "));
  }
}
