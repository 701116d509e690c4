package crema.nn.io;

import crema.base.ByteSource;
import crema.base.Keyed;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The formats of weights that {@link StoredWeights#open} reads: adding one is adding a row, and its parser. */
public enum WeightFormat implements Keyed {
  /** Hugging Face's safetensors. */
  SAFETENSORS("safetensors file", List.of("model.safetensors"), Head::isSafetensors, SafetensorsReader::parse),
  /** An index of several files, of safetensors or PyTorch's. */
  SHARDED("index of weights", List.of("model.safetensors.index.json", "pytorch_model.bin.index.json"),
      head -> head.startsWith("{"), ShardedReader::parse),
  /** What {@code torch.save} makes of a state dict, since PyTorch 1.6. */
  PYTORCH("PyTorch file", List.of("pytorch_model.bin"), head -> head.startsWith("PK\3\4"), PyTorchReader::parse),
  /** A model that was exported to ONNX; its weights are under the names of the state dict that was exported. */
  ONNX("ONNX file", List.of("model.onnx", "onnx/model.onnx"), Head::isOnnx, OnnxReader::parse),
  /** A checkpoint of TensorFlow; the weights of BERT are under the names that Hugging Face has for them. */
  TENSORFLOW("TensorFlow bundle", List.of("variables/variables.index", "bert_model.ckpt.index"),
      head -> head.endsWith(TensorFlowReader.MAGIC), TensorFlowReader::parse);

  /** Formats that are recognized, so that the message can say what to do. */
  private enum Refused {
    OLD_PYTORCH(head -> head.startsWith("\200\2"),
        "was written by PyTorch before 1.6; load it there and save it again, or as safetensors"),
    GGUF(head -> head.startsWith("GGUF"), "is GGUF, which is not read; take the safetensors of the same model"),
    HDF5(head -> head.startsWith("\211HDF"), "is Keras's HDF5, which is not read; take the safetensors or the "
        + "PyTorch file of the same model"),
    GIT_LFS(head -> head.startsWith("version https://git-lfs"),
        "is a pointer of Git LFS and not the file itself; run git lfs pull"),
    HTML(head -> head.startsWith("<"), "is a page of HTML; the download went wrong");

    private final Predicate<Head> recognizer;
    private final String advice;

    Refused(Predicate<Head> recognizer, String advice) {
      this.recognizer = recognizer;
      this.advice = advice;
    }
  }

  private final String description;
  private final List<String> names;
  private final Predicate<Head> recognizer;
  private final StoredContents.Parser<Path> parser;

  WeightFormat(String description, List<String> names, Predicate<Head> recognizer,
      StoredContents.Parser<Path> parser) {
    this.description = description;
    this.names = names;
    this.recognizer = recognizer;
    this.parser = parser;
  }

  /** The format in words, after an article. */
  public String description() {
    return description;
  }

  /** Where a model's folder has weights of this format, from the folder. */
  public List<String> names() {
    return names;
  }

  /**
   * The file of weights in a folder, the first that exists of all formats' {@link #names}; a file is itself.
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
   * The format of a file, by its bytes.
   *
   * @throws IOException when it cannot be read
   * @throws InvalidWeightsException when it is of no format that is read; the message lists those there are
   */
  public static WeightFormat detect(Path file) throws IOException {
    Head head = Head.of(file);
    for (Refused refused : Refused.values()) {
      if (refused.recognizer.test(head)) {
        throw new InvalidWeightsException(file + " " + refused.advice);
      }
    }
    return Arrays.stream(values()).filter(format -> format.recognizer.test(head)).findFirst()
        .orElseThrow(() -> new InvalidWeightsException(file + " is not a file of weights, or was not downloaded whole: "
            + "it is none of " + String.join(", ", Keyed.keys(WeightFormat.class))));
  }

  static StoredWeights open(Path fileOrFolder) throws IOException {
    Path file = locate(fileOrFolder);
    WeightFormat format = detect(file);
    return StoredContents.open(file, format, format.parser);
  }

  /** Parses one file of several, of a format that is one file. */
  static StoredContents parseShard(Path file, Arena arena) throws IOException {
    WeightFormat format = detect(file);
    if (format != SAFETENSORS && format != PYTORCH) {
      throw new InvalidWeightsException(file + " is a " + format.description + " and should be one of several files");
    }
    return format.parser.parse(file, arena);
  }

  /** The start and the end of a file, as Latin-1. */
  private record Head(String start, String end) {
    private static final int BYTES = 64;

    static Head of(Path file) throws IOException {
      if (!Files.exists(file)) {
        throw new NoSuchFileException(file.toString());
      }
      try (var in = ByteSource.of(file).open()) {
        byte[] start = in.readNBytes(BYTES);
        in.skipNBytes(Math.max(0, Files.size(file) - start.length - BYTES));
        byte[] end = in.readNBytes(BYTES);
        return new Head(new String(start, StandardCharsets.ISO_8859_1), new String(end, StandardCharsets.ISO_8859_1));
      }
    }

    boolean startsWith(String magic) {
      return start.startsWith(magic);
    }

    boolean endsWith(String magic) {
      return end.endsWith(magic);
    }

    /** A length of at most 100 MB, then a JSON object. */
    boolean isSafetensors() {
      return start.length() > Long.BYTES && start.startsWith("\0\0\0", 5) && start.charAt(Long.BYTES) == '{';
    }

    /** A protobuf message whose first field is the version of the representation, a small number. */
    boolean isOnnx() {
      return start.length() > 2 && start.charAt(0) == 0x08 && start.charAt(1) > 0 && start.charAt(1) < 32;
    }
  }
}
