package crema.bench;

import crema.classify.ComputeOptions;
import crema.embed.EmbedOptions;
import crema.embed.Embedder;
import crema.embed.NpyFile;
import crema.embed.PoolingKind;
import crema.embed.Vectors;
import crema.tensor.Device;
import crema.tensor.Pooling;
import crema.tokenizer.Tokenizer;
import crema.tokenizer.Truncation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Whether texts get the tokens of Hugging Face's library and the vectors of ONNX Runtime, as {@link ReferenceVectors}
 * wrote them, and the same bits alone, in other batches, and from another number of threads.
 *
 * <p>Arguments: {@code FOLDER mean|first TEXTS IDS VECTORS.npy}. Prints a line of JSON: how many texts have other
 * tokens; the largest difference of an element, of vectors of length 1; and how many texts have other bits on one
 * thread in another order than on two, or alone, for which every tenth text is taken. Exits with 1 if texts differ in
 * tokens or bits, or an element by more than 1e-5.
 */
public final class VectorComparison {
  private static final double TOLERANCE = 1e-5;
  private static final int ALONE_EVERY = 10;

  private VectorComparison() {}

  /** Runs the comparison. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    List<String> texts = Files.readAllLines(Path.of(args[2]));
    long otherTokens = otherTokens(folder.resolve("tokenizer.json"), texts, Files.readAllLines(Path.of(args[3])));
    boolean isFirst = ReferenceVectors.pooling(args[1]) == Pooling.FIRST;
    EmbedOptions options = EmbedOptions.DEFAULT.withPooling(isFirst ? PoolingKind.CLS : PoolingKind.MEAN)
        .withNormalize(true).withMaxLength(ReferenceVectors.MAX_TOKENS);
    float[][] ours;
    try (var embedder = Embedder.load(folder, options, new ComputeOptions(Device.CPU, 2))) {
      ours = embedder.embed(texts);
    }
    double difference = difference(ours, NpyFile.read(Path.of(args[4])));
    long otherBits = otherBits(folder, options, texts, ours);
    EncoderBench.print("{\"model\": \"%s\", \"texts\": %d, \"texts_with_other_tokens\": %d, "
        + "\"largest_difference\": %.1e, \"texts_with_other_bits\": %d}", folder.getFileName(), texts.size(),
        otherTokens, difference, otherBits);
    if (otherTokens + otherBits > 0 || !(difference <= TOLERANCE)) {
      System.exit(1);
    }
  }

  private static long otherTokens(Path file, List<String> texts, List<String> expected) throws IOException {
    var tokenizer = Tokenizer.load(file).withTruncation(Truncation.to(ReferenceVectors.MAX_TOKENS));
    if (expected.size() != texts.size()) {
      throw new IllegalArgumentException(texts.size() + " texts, but the tokens of " + expected.size());
    }
    return IntStream.range(0, texts.size())
        .filter(i -> !Arrays.equals(tokenizer.encode(texts.get(i)),
            Arrays.stream(expected.get(i).split(" ")).mapToInt(Integer::parseInt).toArray()))
        .count();
  }

  /** The largest difference of an element. */
  private static double difference(float[][] ours, Vectors theirs) {
    double difference = 0;
    for (int i = 0; i < ours.length; i++) {
      double squares = 0;
      for (int j = 0; j < theirs.size(); j++) {
        double value = theirs.value(i, j);
        squares += value * value;
      }
      for (int j = 0; j < theirs.size(); j++) {
        difference = Math.max(difference,
            Math.abs(ours[i][j] - theirs.value(i, j) / Math.sqrt(squares)));
      }
    }
    return difference;
  }

  /** How many texts have other bits on one thread, in another order, and alone. */
  private static long otherBits(Path folder, EmbedOptions options, List<String> texts, float[][] expected) {
    List<Integer> order = IntStream.range(0, texts.size()).boxed().collect(Collectors.toList());
    Collections.shuffle(order, new Random(3));
    long others = 0;
    try (var embedder = Embedder.load(folder, options, new ComputeOptions(Device.CPU, 1))) {
      float[][] shuffled = embedder.embed(order.stream().map(texts::get).toList());
      for (int i = 0; i < shuffled.length; i++) {
        others += Arrays.equals(shuffled[i], expected[order.get(i)]) ? 0 : 1;
      }
      for (int i = 0; i < texts.size(); i += ALONE_EVERY) {
        others += Arrays.equals(embedder.embed(texts.get(i)), expected[i]) ? 0 : 1;
      }
    }
    return others;
  }
}
