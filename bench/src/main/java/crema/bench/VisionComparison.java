package crema.bench;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import crema.autograd.Tape;
import crema.nn.ParameterSource;
import crema.nn.io.StoredWeights;
import crema.nn.model.vision.VisionTower;
import crema.nn.model.vision.VitConfig;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Vectors of pictures by ViT-B/32, here and in PyTorch: the same weights, the same pixels, in turns within one
 * process.
 *
 * <p>Arguments: {@code DIR [ROUNDS]}, where DIR has {@code model.safetensors} and the same network as TorchScript,
 * {@code model.pt}: {@code bench/vision.py} writes both. {@code THREADS} in the environment sets the number
 * of threads ({@code OMP_NUM_THREADS} that of PyTorch), and {@code BATCHES} the pictures of a batch, {@code 1,8,32} by
 * default. A line of JSON a batch: medians in ms, how many times as fast, and the largest difference of a vector's element.
 */
public final class VisionComparison {
  /** How long one side rests before the other runs: threads of a pool go on looking for work for a while. */
  private static final long REST_NANOS = 250_000_000;

  private static final long TURN_NANOS = 500_000_000;

  private VisionComparison() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 9;
    String batches = System.getenv().getOrDefault("BATCHES", "1,8,32");
    var folder = Path.of(args[0]);
    try (var backend = Backend.open(Device.CPU, new BackendOptions(EncoderBench.threads()));
        var crema = Crema.open(folder.resolve("model.safetensors"), backend); var torch = Torch.open(folder)) {
      for (String batch : batches.split(",")) {
        compare(Integer.parseInt(batch), crema, torch, rounds);
      }
    }
  }

  private static void compare(int batch, Crema crema, Torch torch, int rounds) {
    int size = crema.tower.config().imageSize();
    var pixels = new float[batch * 3 * size * size];
    var random = new Random(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    long[] extents = {batch, 3, size, size};
    float[] here = crema.vectors(pixels, extents);
    float[] there = torch.vectors(pixels, extents);
    double difference = 0;
    for (int i = 0; i < here.length; i++) {
      difference = Math.max(difference, Math.abs(here[i] - there[i]));
    }
    var ourTimes = new double[rounds];
    var theirTimes = new double[rounds];
    EncoderBench.warmUp(() -> crema.vectors(pixels, extents));
    for (int round = 0; round < rounds; round++) {
      theirTimes[round] = turn(() -> torch.vectors(pixels, extents));
      ourTimes[round] = turn(() -> crema.vectors(pixels, extents));
    }
    Arrays.sort(ourTimes);
    Arrays.sort(theirTimes);
    double ours = ourTimes[rounds / 2];
    double theirs = theirTimes[rounds / 2];
    EncoderBench.print("{\"batch\": %d, \"threads\": %d, \"pytorch_ms\": %.1f, \"crema_ms\": %.1f, \"ratio\": %.2f, "
        + "\"best_ratio\": %.2f, \"difference\": %.1e}", batch, EncoderBench.threads(), theirs, ours, theirs / ours,
        theirTimes[0] / ourTimes[0], difference);
  }

  /** The median of some runs, in ms. */
  private static double turn(Runnable work) {
    LockSupport.parkNanos(REST_NANOS);
    work.run();
    var nanos = new long[1000];
    int runs = 0;
    for (long start = System.nanoTime(); runs < 1 || runs < 1000 && System.nanoTime() - start < TURN_NANOS; runs++) {
      long begin = System.nanoTime();
      work.run();
      nanos[runs] = System.nanoTime() - begin;
    }
    return EncoderBench.quantile(Arrays.copyOf(nanos, runs), 0.5) * 1e-6;
  }

  private record Crema(Backend backend, VisionTower tower) implements AutoCloseable {
    static Crema open(Path file, Backend backend) throws Exception {
      try (var stored = StoredWeights.open(file)) {
        VitConfig config = VitConfig.of(Map.of("patch_size", 32));
        var weights = config.architecture().canonical(stored);
        VisionTower tower = config.create(ParameterSource.loadedFrom(weights, backend));
        tower.load(weights);
        tower.freeze();
        return new Crema(backend, tower);
      }
    }

    float[] vectors(float[] pixels, long... extents) {
      try (var scope = new Scope(backend)) {
        return tower.forward(Tape.inference(scope), scope.floats(pixels, extents)).value().toFloats();
      }
    }

    @Override
    public void close() {
      tower.close();
    }
  }

  private record Torch(Model model, Predictor<NDList, NDList> predictor) implements AutoCloseable {
    static Torch open(Path folder) throws Exception {
      var model = Model.newInstance("model", "PyTorch");
      model.load(folder, "model");
      return new Torch(model, model.newPredictor(new NoopTranslator()));
    }

    float[] vectors(float[] pixels, long... extents) {
      try (NDManager manager = model.getNDManager().newSubManager()) {
        NDArray input = manager.create(pixels, new Shape(extents));
        NDList output = predictor.predict(new NDList(input));
        try (NDArray vectors = output.singletonOrThrow()) {
          return vectors.toFloatArray();
        }
      } catch (TranslateException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      predictor.close();
      model.close();
    }
  }
}
