package crema.examples;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.nn.ParameterSource;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.optim.AdamW;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.util.Arrays;

/**
 * Trains {@link Xor} by hand, a step at a time: {@code java … crema.examples.TrainXor}. Prints the logits of the four
 * inputs. The scope of a step owns its memory and gives it back, so nothing waits for the garbage collector.
 */
public final class TrainXor {
  private static final float[] INPUTS = {0, 0, 0, 1, 1, 0, 1, 1};

  private TrainXor() {}

  /** Trains and prints. */
  public static void main(String[] arguments) {
    float[] logits = train(Device.CPU, 300);
    for (int row = 0; row < 4; row++) {
      System.out.println(Arrays.toString(Arrays.copyOfRange(INPUTS, 2 * row, 2 * row + 2)) + " -> "
          + Arrays.toString(Arrays.copyOfRange(logits, 2 * row, 2 * row + 2)));
    }
  }

  /** The logits {@code [4, 2]} after some steps on a device. */
  static float[] train(Device device, int steps) {
    try (var backend = Backend.open(device);
        var model = new Xor(ParameterSource.random(backend, 42));
        var optimizer = new AdamW(model, 0)) {
      for (int step = 0; step < steps; step++) {
        try (var scope = new Scope(backend)) {
          var tape = Tape.training(scope, new Rng(42, step));
          var x = Variable.constant(scope.floats(INPUTS, 4, 2));
          var loss = new SoftmaxCrossEntropy().apply(tape, model.forward(tape, x), Targets.Indices.of(0, 1, 1, 0));
          optimizer.step(tape.backward(loss), 0.05);
        }
      }
      try (var scope = new Scope(backend)) {
        var x = Variable.constant(scope.floats(INPUTS, 4, 2));
        return model.forward(Tape.inference(scope), x).value().toFloats();
      }
    }
  }
}
