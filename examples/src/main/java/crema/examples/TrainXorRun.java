package crema.examples;

import crema.autograd.Variable;
import crema.nn.ParameterSource;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.train.BatchSource;
import crema.nn.train.ProgressBar;
import crema.nn.train.TrainingLoop;
import crema.tensor.Backend;
import crema.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Trains {@link Xor} as a run: {@code java … crema.examples.TrainXorRun FOLDER}. The loop adds a schedule, a progress bar, a
 * log and checkpoints; stopped and started again, it goes on from the folder and ends with the same bits.
 */
public final class TrainXorRun {
  private static final float[] INPUTS = {0, 0, 0, 1, 1, 0, 1, 1};

  private TrainXorRun() {}

  /** Trains, and says how many steps were done. */
  public static void main(String[] arguments) throws IOException {
    System.out.println(train(Path.of(arguments[0])));
  }

  /** Trains from where the run in the folder was left. */
  static TrainingLoop.Outcome train(Path folder) throws IOException {
    var loss = new SoftmaxCrossEntropy();
    try (var backend = Backend.open(Device.CPU); var model = new Xor(ParameterSource.random(backend, 42))) {
      return TrainingLoop.of(model, BatchSource.sequential(4, 4), (tape, batch) -> {
        var x = Variable.constant(tape.scope().floats(INPUTS, 4, 2));
        return loss.apply(tape, model.forward(tape, x), Targets.Indices.of(0, 1, 1, 0));
      })
          .learningRate(0.05).epochs(300).seed(42)
          .folder(folder).listener(new ProgressBar(System.err))
          .run();
    }
  }
}
