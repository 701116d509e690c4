package crema.bench;

import ai.onnxruntime.OrtException;
import crema.autograd.Tape;
import crema.autograd.op.Pool;
import crema.nn.ParameterSource;
import crema.nn.io.StoredWeights;
import crema.nn.model.Architecture;
import crema.nn.model.TextEncoder;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.Pooling;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Vectors of texts from a pretrained encoder, here and in ONNX Runtime: the same weights, the same tokens, mean pooling
 * included, in turns within one process. ONNX Runtime gets uneven texts padded, as it needs them.
 *
 * <p>Arguments: {@code MODEL.onnx [ROUNDS]}. {@code THREADS} in the environment sets the number of threads, and
 * {@code SHAPES} the cells, {@code 1x16,1x128,32x32,titles} by default. A line of JSON a cell: medians in ms, how many
 * times as fast, and the largest difference of a vector's element.
 */
public final class PretrainedComparison {
  private static final Turns TURNS = new Turns(20_000_000, 200_000_000, 3);

  private PretrainedComparison() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws IOException, OrtException {
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 9;
    String cells = System.getenv().getOrDefault("SHAPES", "1x16,1x128,32x32,titles");
    try (var backend = Backend.open(Device.CPU, new BackendOptions(EncoderBench.threads()));
        var crema = Crema.open(Path.of(args[0]), backend);
        var onnx = OnnxEncoder.open(args[0], EncoderBench.threads())) {
      for (String cell : cells.split(",")) {
        compare(cell, batch(cell), crema, onnx, rounds);
      }
    }
  }

  /** The token ids of some texts. */
  private static List<int[]> batch(String cell) {
    var random = new Random(7);
    if (cell.equals("titles")) {
      // 32 titles of 5 to 40 tokens, most of them short.
      return random.ints(32, 0, 1000).mapToObj(i -> ids(random, 5 + 35 * i / 1000 * i / 1000)).toList();
    }
    String[] shape = cell.split("x");
    int length = Integer.parseInt(shape[1]);
    return random.ints(Integer.parseInt(shape[0])).mapToObj(unused -> ids(random, length)).toList();
  }

  private static int[] ids(Random random, int length) {
    int[] ids = random.ints(length, 1000, 20_000).toArray();
    ids[0] = 101;
    ids[length - 1] = 102;
    return ids;
  }

  private static void compare(String cell, List<int[]> texts, Crema crema, OnnxEncoder onnx, int rounds) {
    float[] here = crema.embed(texts);
    float[] there = onnx.embed(texts, Pooling.MEAN);
    Turns.Times times = TURNS.compare(rounds, () -> crema.embed(texts), () -> onnx.embed(texts, Pooling.MEAN));
    EncoderBench.print("{\"cell\": \"%s\", \"tokens\": %d, \"threads\": %d, \"onnxruntime_ms\": %.3f, "
        + "\"crema_ms\": %.3f, \"ratio\": %.2f, \"best_ratio\": %.2f, \"difference\": %.1e}", cell,
        texts.stream().mapToInt(text -> text.length).sum(), EncoderBench.threads(), times.theirs(), times.ours(),
        times.ratio(), times.bestRatio(), Turns.difference(here, there));
  }

  private record Crema(Backend backend, TextEncoder encoder) implements AutoCloseable {
    static Crema open(Path file, Backend backend) throws IOException {
      try (var stored = StoredWeights.open(file)) {
        Map<String, ?> json = stored.config();
        var architecture = Architecture.ofModel(json);
        var weights = architecture.canonical(stored).under(architecture.prefix());
        TextEncoder encoder = architecture.read(json).create(ParameterSource.loadedFrom(weights, backend));
        encoder.load(weights);
        encoder.freeze();
        return new Crema(backend, encoder);
      }
    }

    float[] embed(List<int[]> texts) {
      var offsets = new int[texts.size() + 1];
      for (int i = 0; i < texts.size(); i++) {
        offsets[i + 1] = offsets[i] + texts.get(i).length;
      }
      int[] ids = texts.stream().flatMapToInt(Arrays::stream).toArray();
      try (var scope = new Scope(backend)) {
        Tape tape = Tape.inference(scope);
        var sequences = Sequences.of(scope, offsets);
        var tokens = encoder.forward(tape, scope.ints(ids, ids.length), sequences);
        return Pool.apply(tape, Pooling.MEAN, tokens, sequences).value().toFloats();
      }
    }

    @Override
    public void close() {
      encoder.close();
    }
  }
}
