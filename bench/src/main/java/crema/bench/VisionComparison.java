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
import java.util.Map;
import java.util.Random;

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
  private static final Turns TURNS = new Turns(250_000_000, 500_000_000, 1);

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
    Turns.Times times =
        TURNS.compare(rounds, () -> crema.vectors(pixels, extents), () -> torch.vectors(pixels, extents));
    EncoderBench.print("{\"batch\": %d, \"threads\": %d, \"pytorch_ms\": %.1f, \"crema_ms\": %.1f, \"ratio\": %.2f, "
        + "\"best_ratio\": %.2f, \"difference\": %.1e}", batch, EncoderBench.threads(), times.theirs(), times.ours(),
        times.ratio(), times.bestRatio(), Turns.difference(here, there));
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
