package crema.family.stack;

import crema.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How large a pretrained encoder is, before it is opened. */
final class EncoderSize {
  /** Weights lie in the folder of a model or in one below it, such as {@code onnx}. */
  private static final int DEPTH = 2;

  private EncoderSize() {}

  /**
   * The bytes of its weights: those of a file, or in a folder those of the kind of files that takes the most, since the
   * same weights may lie there in several formats, each of them in parts.
   *
   * @throws UserError if there is no such file or folder
   */
  static long of(Path encoder) throws IOException {
    if (!Files.exists(encoder)) {
      throw new UserError(encoder + " does not exist: give the folder of a pretrained model or its ONNX file");
    }
    if (Files.isRegularFile(encoder)) {
      return Files.size(encoder);
    }
    try (Stream<Path> files = Files.walk(encoder, DEPTH)) {
      Map<String, Long> kinds = files.filter(Files::isRegularFile).collect(
          Collectors.groupingBy(EncoderSize::kind, Collectors.summingLong(file -> file.toFile().length())));
      return kinds.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }
  }

  private static String kind(Path file) {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(name.lastIndexOf('.') + 1)).toString();
  }
}
