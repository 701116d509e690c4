package crema.bench;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.optim.AdamW;
import crema.tensor.Scope;

/**
 * A training step of the default encoder: forward, backward, clipping, AdamW; the same work and the same line of JSON
 * as {@code encoder_torch.py step}, to be run in turns with it.
 *
 * <p>Arguments: {@code BATCH LENGTH [STEPS]}. {@code THREADS} in the environment sets the number of threads.
 */
public final class EncoderStep {
  private static final int WARM_UP_STEPS = 2;
  private static final double LEARNING_RATE = 2e-4;

  private EncoderStep() {}

  /** Runs the benchmark. */
  public static void main(String[] args) {
    int batch = Integer.parseInt(args[0]);
    int length = Integer.parseInt(args[1]);
    int steps = args.length > 2 ? Integer.parseInt(args[2]) : 6;
    var nanos = new long[steps];
    try (var backend = EncoderBench.openBackend();
        var model = EncoderBench.model(backend, EncoderBench.LABELS, 0.1);
        var optimizer = new AdamW(model, 0.01)) {
      for (int step = 0; step < steps + WARM_UP_STEPS; step++) {
        var ids = EncoderBench.randomIds(step, batch * length);
        int[] labels = EncoderBench.randomLabels(step, batch);
        long start = System.nanoTime();
        try (var scope = new Scope(backend)) {
          Tape tape = Tape.training(scope, new Rng(1, step));
          Variable logits = model.forward(tape, scope.ints(ids, ids.length),
              EncoderBench.equalSequences(scope, batch, length));
          Variable loss = new SoftmaxCrossEntropy().apply(tape, logits, new Targets.Indices(labels));
          optimizer.step(tape.backward(loss), LEARNING_RATE, 1);
        }
        if (step >= WARM_UP_STEPS) {
          nanos[step - WARM_UP_STEPS] = System.nanoTime() - start;
        }
      }
    }
    double seconds = EncoderBench.quantile(nanos, 0.5) * 1e-9;
    EncoderBench.print("{\"batch\": %d, \"length\": %d, \"threads\": %d, \"step_ms\": %.1f, "
        + "\"tokens_per_second\": %.1f, \"peak_rss_mib\": %d}", batch, length, EncoderBench.threads(), seconds * 1e3,
        batch * length / seconds, EncoderBench.peakMemoryMib());
  }
}
