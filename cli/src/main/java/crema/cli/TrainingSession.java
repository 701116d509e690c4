package crema.cli;

import crema.classify.ModelDirectory;
import crema.family.encoder.EncoderRun;
import crema.family.encoder.TrainingConfig;
import crema.family.fasttext.FastTextRun;
import crema.family.fasttext.FastTextTrainingConfig;
import crema.family.linear.LinearRun;
import crema.family.linear.LinearTrainingConfig;
import crema.family.staged.StagedRun;
import crema.family.staged.StagesConfig;
import crema.report.TerminalReport;
import crema.run.CheckpointPolicy;
import crema.run.StopSignal;
import crema.run.TrainingResult;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A training run with somebody watching: progress, Ctrl-C, and the report at the end. */
final class TrainingSession {
  /** Exit code of a run that was interrupted and saved: that of a process that Ctrl-C ended. */
  static final int INTERRUPTED = 130;

  private static final int SHOWN_LABELS = 25;
  private static final long SECONDS_TO_SAVE = 120;

  private final Terminal terminal;
  private final boolean quiet;

  TrainingSession(Terminal terminal, boolean quiet) {
    this.terminal = terminal;
    this.quiet = quiet;
  }

  /** A run that tells its progress and can be asked to stop. */
  private interface Run {
    TrainingResult run(ProgressView view, StopSignal stop) throws IOException;
  }

  int run(TrainingConfig config, ModelDirectory directory, CheckpointPolicy policy, int threads,
      List<String> commandLine) throws IOException {
    return watch(directory, (view, stop) -> {
      try (var backend = Backend.open(Device.CPU, new BackendOptions(threads));
          var trainer = new EncoderRun(config, directory, policy, backend, threads, view, stop)) {
        if (!quiet) {
          terminal.err().println(String.format(Locale.ROOT, "Training %,d parameters for %,d steps on %d threads",
              trainer.parameterCount(), trainer.totalSteps(), threads));
        }
        return trainer.run(commandLine);
      }
    });
  }

  int run(FastTextTrainingConfig config, ModelDirectory directory, CheckpointPolicy policy, int threads,
      List<String> commandLine) throws IOException {
    return watch(directory, (view, stop) ->
        new FastTextRun(config, directory, policy, threads, view, stop).run(commandLine));
  }

  int run(LinearTrainingConfig config, ModelDirectory directory, int threads, List<String> commandLine)
      throws IOException {
    return watch(directory, (view, stop) -> new LinearRun(config, directory, threads, view, stop).run(commandLine));
  }

  int run(StagesConfig stages, FastTextTrainingConfig config, ModelDirectory directory, CheckpointPolicy policy,
      int threads, List<String> commandLine) throws IOException {
    return watch(directory, (view, stop) ->
        new StagedRun(stages, config, directory, policy, threads, view, stop).run(commandLine));
  }

  int run(StagesConfig stages, LinearTrainingConfig config, ModelDirectory directory, int threads,
      List<String> commandLine) throws IOException {
    return watch(directory, (view, stop) ->
        new StagedRun(stages, config, directory, threads, view, stop).run(commandLine));
  }

  private int watch(ModelDirectory directory, Run run) throws IOException {
    var stop = new StopSignal();
    var saved = new CountDownLatch(1);
    // The JVM ends when its shutdown hooks have: this one waits for the step and the checkpoint.
    var hook = new Thread(() -> {
      stop.request();
      try {
        if (!saved.await(SECONDS_TO_SAVE, TimeUnit.SECONDS)) {
          terminal.err().println("crema: the checkpoint took too long; the one before it is intact");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }, "crema-save-on-exit");
    Runtime.getRuntime().addShutdownHook(hook);
    long began = System.nanoTime();
    try (var view = new ProgressView(terminal, quiet)) {
      TrainingResult result = run.run(view, stop);
      view.close();
      if (result.isInterrupted()) {
        terminal.err().println("crema: interrupted and saved at step " + result.steps()
            + "; continue with: crema train --resume --output " + directory.path());
        return INTERRUPTED;
      }
      if (result.report() != null) {
        terminal.out().print(TerminalReport.render(result.report(), terminal.outStyle(), SHOWN_LABELS));
      }
      terminal.out().println();
      terminal.out().println("Model: " + directory.path() + "   Report: " + directory.report() + "   Time: "
          + ProgressView.words(Duration.ofNanos(System.nanoTime() - began)));
      return 0;
    } finally {
      terminal.out().flush();
      saved.countDown();
      removeHook(hook);
    }
  }

  static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is shutting down already: the hook is what runs, and it is about to end.
    }
  }
}
