package crema.bench;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OrtException;
import crema.embed.NpyFile;
import crema.tensor.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tokens of texts from Hugging Face's own library, and their vectors from ONNX Runtime: what
 * {@link VectorComparison} compares with, made by a process in which nothing of the engine runs.
 *
 * <p>Arguments: {@code FOLDER mean|first TEXTS IDS VECTORS.npy}. The folder holds {@code model.onnx} and {@code
 * tokenizer.json}; each line of {@code TEXTS} is a text, of which the first 512 tokens are taken. Written are the ids,
 * a line a text, and the vectors. {@code THREADS} in the environment sets the number of threads.
 */
public final class ReferenceVectors {
  /** The positions that BERT has. */
  static final int MAX_TOKENS = 512;

  private static final int BATCH = 32;

  private ReferenceVectors() {}

  /** Makes both files. */
  public static void main(String[] args) throws IOException, OrtException {
    Path folder = Path.of(args[0]);
    List<int[]> ids = tokens(folder.resolve("tokenizer.json"), Files.readAllLines(Path.of(args[2])));
    Files.write(Path.of(args[3]),
        ids.stream().map(text -> Arrays.stream(text).mapToObj(Integer::toString).collect(Collectors.joining(" ")))
            .toList());
    var vectors = new float[ids.size()][];
    try (var onnx = OnnxEncoder.open(folder.resolve("model.onnx").toString(), EncoderBench.threads())) {
      // Texts of like lengths go together: there is less padding to compute.
      int[] order = IntStream.range(0, ids.size()).boxed().sorted((a, b) -> ids.get(a).length - ids.get(b).length)
          .mapToInt(Integer::intValue).toArray();
      for (int start = 0; start < order.length; start += BATCH) {
        int[] some = Arrays.copyOfRange(order, start, Math.min(order.length, start + BATCH));
        float[] rows = onnx.embed(Arrays.stream(some).mapToObj(ids::get).toList(), pooling(args[1]));
        int size = rows.length / some.length;
        for (int i = 0; i < some.length; i++) {
          vectors[some[i]] = Arrays.copyOfRange(rows, i * size, (i + 1) * size);
        }
      }
    }
    int size = vectors[0].length;
    NpyFile.write(Path.of(args[4]), size, rows -> {
      for (float[] vector : vectors) {
        rows.write(vector);
      }
    });
  }

  static Pooling pooling(String name) {
    return name.equals("first") ? Pooling.FIRST : Pooling.MEAN;
  }

  private static List<int[]> tokens(Path file, List<String> texts) throws IOException {
    try (var library = HuggingFaceTokenizer.builder().optTokenizerPath(file).optTruncation(true)
        .optMaxLength(MAX_TOKENS).optPadding(false).build()) {
      return texts.stream().map(library::encode).map(Encoding::getIds)
          .map(ids -> Arrays.stream(ids).mapToInt(Math::toIntExact).toArray()).toList();
    }
  }
}
