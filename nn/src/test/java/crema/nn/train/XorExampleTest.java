package crema.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example: a module of one's own, trained in a few lines. */
class XorExampleTest {
  @TempDir
  Path folder;

  // @start region="xor"
  static final class Xor extends Module {
    private final Linear hidden;
    private final Linear output;

    Xor(ParameterSource source) {
      hidden = module("hidden", new Linear(source, 2, 8));
      output = module("output", new Linear(source, 8, 2));
    }

    Variable forward(Tape tape, Variable x) {
      return output.forward(tape, hidden.forward(tape, x, Activation.TANH));
    }
  }

  static TrainingLoop.Outcome train(Xor model, Path run, LoopListener listener, StopSignal stop) throws IOException {
    float[] inputs = {0, 0, 0, 1, 1, 0, 1, 1};
    var loss = new SoftmaxCrossEntropy();
    return TrainingLoop.of(model, BatchSource.sequential(4, 4), (tape, batch) -> {
      var x = Variable.constant(tape.scope().floats(inputs, 4, 2));
      return loss.apply(tape, model.forward(tape, x), Targets.Indices.of(0, 1, 1, 0));
    })
        .learningRate(0.05).epochs(300).seed(42)
        .folder(run).listener(listener).stop(stop)
        .run();
  }
  // @end

  @Test
  void xorIsLearntAndAStoppedRunIsResumedToTheSameBits() throws IOException {
    Path straight = folder.resolve("straight");
    float[] expected = trained(straight, new ProgressBar(System.err), new StopSignal());
    StepRecord last = (StepRecord) StepLog.read(straight.resolve("log.jsonl")).getLast();
    assertThat(last.step()).isEqualTo(300);
    assertThat(last.loss()).isLessThan(0.01);

    Path run = folder.resolve("run");
    var stop = new StopSignal();
    assertThat(trained(run, new LoopListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() == 100) {
          stop.request();
        }
      }
    }, stop)).isNotEqualTo(expected);
    assertThat(trained(run, LoopListener.NONE, new StopSignal())).isEqualTo(expected);
  }

  private static float[] trained(Path run, LoopListener listener, StopSignal stop) throws IOException {
    try (var backend = Backend.open(Device.CPU); var model = new Xor(ParameterSource.random(backend, 42))) {
      train(model, run, listener, stop);
      return model.stateDict().get("hidden.weight").toFloats();
    }
  }
}
