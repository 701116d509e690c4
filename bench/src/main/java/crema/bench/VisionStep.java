package crema.bench;

import crema.autograd.Tape;
import crema.autograd.op.Sum;
import crema.base.Rng;
import crema.nn.ParameterSource;
import crema.nn.model.vision.ResNetConfig;
import crema.nn.model.vision.ResNetTower;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.Tensor;

/**
 * Training steps of the small ResNet, forward and backward, as {@code bench/vision.py step} does them in PyTorch.
 *
 * <p>Arguments: {@code BATCH SIZE STEPS}. {@code THREADS} in the environment sets the number of threads. Prints a line of
 * JSON with the median in ms.
 */
public final class VisionStep {
  private VisionStep() {}

  /** Runs the benchmark. */
  public static void main(String[] args) {
    int batch = Integer.parseInt(args[0]);
    int size = Integer.parseInt(args[1]);
    var nanos = new long[Integer.parseInt(args[2])];
    try (Backend backend = EncoderBench.openBackend(); var outer = new Scope(backend);
        ResNetTower tower = ResNetConfig.small(size).create(ParameterSource.random(backend, 1))) {
      Tensor pixels = EncoderBench.gaussian(outer, 1, batch, 3, size, size);
      EncoderBench.warmUp(() -> step(backend, tower, pixels));
      for (int i = 0; i < nanos.length; i++) {
        long begin = System.nanoTime();
        step(backend, tower, pixels);
        nanos[i] = System.nanoTime() - begin;
      }
      EncoderBench.print("{\"batch\": %d, \"size\": %d, \"threads\": %d, \"step_ms\": %.1f}", batch, size,
          EncoderBench.threads(), EncoderBench.quantile(nanos, 0.5) * 1e-6);
    }
  }

  private static void step(Backend backend, ResNetTower tower, Tensor pixels) {
    try (var scope = new Scope(backend)) {
      Tape tape = Tape.training(scope, new Rng(1, 0));
      tape.backward(Sum.apply(tape, tower.forward(tape, pixels)));
    }
  }
}
