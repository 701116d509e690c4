package crema.bench;

import crema.autograd.Tape;
import crema.nn.model.TextClassifier;
import crema.tensor.Backend;
import crema.tensor.Scope;

/**
 * Latency and throughput of the default encoder, frozen; the same work and the same line of JSON as
 * {@code encoder_torch.py infer}, to be run in turns with it.
 *
 * <p>Arguments: {@code BATCH LENGTH [RUNS]}. {@code THREADS} in the environment sets the number of threads.
 */
public final class EncoderInfer {
  private EncoderInfer() {}

  /** Runs the benchmark. */
  public static void main(String[] args) {
    int batch = Integer.parseInt(args[0]);
    int length = Integer.parseInt(args[1]);
    int runs = args.length > 2 ? Integer.parseInt(args[2]) : 50;
    int[] ids = EncoderBench.randomIds(0, batch * length);
    try (var backend = EncoderBench.openBackend();
        var model = EncoderBench.model(backend, EncoderBench.LABELS, 0)) {
      model.freeze();
      model.releaseWeights();
      EncoderBench.measure(batch, length, runs, () -> predict(backend, model, ids, batch, length));
    }
  }

  private static float[] predict(Backend backend, TextClassifier model, int[] ids, int batch, int length) {
    try (var scope = new Scope(backend)) {
      return model.forward(Tape.inference(scope), scope.ints(ids, ids.length),
          EncoderBench.equalSequences(scope, batch, length)).value().toFloats();
    }
  }
}
