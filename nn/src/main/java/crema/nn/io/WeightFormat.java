package crema.nn.io;

import crema.base.ByteSource;
import crema.base.Keyed;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The formats of weights that {@link StoredWeights#open} reads: adding one is adding a row. */
public enum WeightFormat implements Keyed {
  /** Hugging Face's safetensors. */
  SAFETENSORS(List.of("model.safetensors"), Head::isSafetensors, SafetensorsReader::open),
  /** A model that was exported to ONNX; its weights are under the names of the state dict that was exported. */
  ONNX(List.of("model.onnx", "onnx/model.onnx"), Head::isOnnx, OnnxReader::open);

  /** Opens a file that is known to be of the format. */
  @FunctionalInterface
  private interface Opener {
    StoredWeights open(Path file) throws IOException;
  }

  private final List<String> names;
  private final Predicate<Head> recognizer;
  private final Opener opener;

  WeightFormat(List<String> names, Predicate<Head> recognizer, Opener opener) {
    this.names = names;
    this.recognizer = recognizer;
    this.opener = opener;
  }

  /** Where a model's folder has weights of this format, from the folder; the first that exists counts. */
  public List<String> names() {
    return names;
  }

  /**
   * The file of weights in a folder; a file is itself.
   *
   * @throws InvalidWeightsException when there is none; the message lists those that were looked for
   */
  public static Path locate(Path fileOrFolder) {
    if (!Files.isDirectory(fileOrFolder)) {
      return fileOrFolder;
    }
    return Arrays.stream(values()).flatMap(format -> format.names.stream()).map(fileOrFolder::resolve)
        .filter(Files::isRegularFile).findFirst()
        .orElseThrow(() -> new InvalidWeightsException(fileOrFolder + " has no weights: it should have one of "
            + Arrays.stream(values()).flatMap(format -> format.names.stream()).collect(Collectors.joining(", "))));
  }

  /**
   * The format of a file, by its first bytes.
   *
   * @throws IOException when it cannot be read
   * @throws InvalidWeightsException when it is of no format; the message lists those there are
   */
  public static WeightFormat detect(Path file) throws IOException {
    Head head = Head.of(file);
    return Arrays.stream(values()).filter(format -> format.recognizer.test(head)).findFirst()
        .orElseThrow(() -> new InvalidWeightsException(file + " is not a file of weights: none of "
            + String.join(", ", Keyed.keys(WeightFormat.class))));
  }

  static StoredWeights open(Path fileOrFolder) throws IOException {
    Path file = locate(fileOrFolder);
    return detect(file).opener.open(file);
  }

  /** The start of a file. */
  private record Head(long size, byte[] bytes) {
    static Head of(Path file) throws IOException {
      try (var in = ByteSource.of(file).open()) {
        return new Head(Files.size(file), in.readNBytes(64));
      }
    }

    /** A protobuf message whose first field is the version of the representation, a small number. */
    boolean isOnnx() {
      return bytes.length > 2 && bytes[0] == 0x08 && bytes[1] > 0 && bytes[1] < 32;
    }

    boolean isSafetensors() {
      return bytes.length > Long.BYTES && bytes[Long.BYTES] == '{' && bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0;
    }
  }
}
