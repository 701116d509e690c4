package crema.cli;

import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.cli.console.Terminal;
import crema.nn.train.StopSignal;
import crema.nn.train.StoppedException;
import crema.report.TerminalReport;
import crema.report.TestReport;
import crema.run.ChosenRun;
import crema.run.NamedTests;
import crema.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A training run with somebody watching: progress, Ctrl-C, and the report at the end. */
final class TrainingSession {
  /** Exit code of a run that was interrupted and saved: that of a process that Ctrl-C ended. */
  static final int INTERRUPTED = 130;

  /** What is said of a step that takes longer than a person waits. */
  static final String SAVING = "finishing a step and saving";

  private static final int SHOWN_LABELS = 25;
  private static final long SECONDS_TO_SAVE = 120;
  /** Within two seconds a person has an answer, and the process has something to end with. */
  static final long MILLIS_TO_STOP = 1500;

  private final Terminal terminal;
  private final boolean quiet;
  /** How somebody goes on with what was stopped in a directory, in words. */
  private final Function<ModelDirectory, String> goingOn;

  /** A session of {@code crema train}. */
  TrainingSession(Terminal terminal, boolean quiet) {
    this(terminal, quiet, resuming("train"));
  }

  private TrainingSession(Terminal terminal, boolean quiet, Function<ModelDirectory, String> goingOn) {
    this.terminal = terminal;
    this.quiet = quiet;
    this.goingOn = goingOn;
  }

  /** A session of {@code crema pretrain}. */
  static TrainingSession ofPretraining(Terminal terminal, boolean quiet) {
    return new TrainingSession(terminal, quiet, resuming("pretrain"));
  }

  /** A session of a command that finds what it has done when it is given again. */
  static TrainingSession ofRepeatable(Terminal terminal, boolean quiet) {
    return new TrainingSession(terminal, quiet, _ -> "give the same command again to go on");
  }

  private static Function<ModelDirectory, String> resuming(String command) {
    return directory -> "continue with: crema " + command + " --resume --output " + directory.path();
  }

  /** What is done while somebody watches. */
  @FunctionalInterface
  interface Work {
    /**
     * Trains.
     *
     * @param context where to write, with a listener and a way to be stopped
     * @return the exit code
     */
    int run(RunContext context, ProgressView view) throws IOException;
  }

  /** Keeps the settings of a run before it begins. */
  @FunctionalInterface
  interface Record {
    /** Keeps them. */
    void keep(Settings settings) throws IOException;
  }

  /**
   * Trains in a directory with settings that suit the training rows where nobody gave any.
   *
   * @param family of the settings
   * @param record keeps the settings with what was chosen
   * @return the exit code
   */
  int begin(ModelFamily family, Settings given, RunContext watched, Record record) throws IOException {
    long began = System.nanoTime();
    return run(watched, (context, view) -> {
      ChosenRun chosen = ChosenRun.of(family, given, context);
      record.keep(chosen.settings());
      return train(family, chosen.settings(), chosen.context(), view, began);
    });
  }

  /**
   * Trains in a directory, with these settings or what is left of a run with them.
   *
   * @param family of the settings
   * @return the exit code
   */
  int run(ModelFamily family, Settings settings, RunContext watched) throws IOException {
    long began = System.nanoTime();
    return run(watched, (context, view) -> train(family, settings, context, view, began));
  }

  private int train(ModelFamily family, Settings settings, RunContext context, ProgressView view, long began)
      throws IOException {
    ModelDirectory directory = context.directory();
    TrainingResult result;
    Map<String, TestReport> sets;
    try {
      result = family.newRun(settings, context).run();
      sets = result.isInterrupted() ? Map.of() : NamedTests.run(settings, context);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      if (directory.holdsModel() && !directory.isFinished() && !directory.holdsState()) {
        view.close();
        terminal.err().println("crema: the model is trained and kept; only its test is left to: crema train --resume "
            + "--output " + directory.path());
      }
      throw e;
    }
    view.close();
    if (result.isInterrupted()) {
      return interrupted(result.steps(), directory);
    }
    if (result.report() != null) {
      terminal.out().print(TerminalReport.render(result.report(), terminal.outStyle(), SHOWN_LABELS));
    }
    result.tasks().forEach((task, report) -> {
      terminal.out().print(TerminalReport.render(report, terminal.outStyle(), SHOWN_LABELS));
      terminal.out().println();
    });
    if (!result.tasks().isEmpty()) {
      terminal.out().print(TerminalReport.renderSets(result.tasks(), terminal.outStyle()));
    }
    if (!sets.isEmpty()) {
      terminal.out().println();
      terminal.out().print(TerminalReport.renderSets(sets, terminal.outStyle()));
    }
    terminal.out().println();
    terminal.out().println("Model: " + directory.path() + "   Report: "
        + (result.tasks().isEmpty() ? directory.report() : directory.path() + "/tasks/NAME/report.html") + "   Time: "
        + timeSince(began));
    return 0;
  }

  /** Says how a run that was stopped after so many steps goes on; returns the exit code. */
  int interrupted(long steps, ModelDirectory directory) {
    terminal.err().println("crema: interrupted and saved at step " + steps + "; " + goingOn.apply(directory));
    return INTERRUPTED;
  }

  /** Says how something that was stopped before the training goes on; returns the exit code. */
  int interrupted(ModelDirectory directory) {
    terminal.err().println("crema: interrupted; " + goingOn.apply(directory));
    return INTERRUPTED;
  }

  /** The time since an instant of {@link System#nanoTime}, in words. */
  static String timeSince(long nanos) {
    return ProgressView.words(Duration.ofNanos(System.nanoTime() - nanos));
  }

  /**
   * Does something that takes long and can be stopped.
   *
   * @return the exit code
   */
  int run(RunContext context, Work work) throws IOException {
    var stop = new StopSignal();
    var saved = new CountDownLatch(1);
    try (var view = new ProgressView(terminal, quiet)) {
      // The JVM ends when its shutdown hooks have: this one waits for the step and the checkpoint, but not for anything
      // that is done again when the run is resumed.
      var hook = new Thread(() -> end(stop, saved, view, context.directory()), "crema-save-on-exit");
      if (!addHook(hook)) {
        return interrupted(context.directory());
      }
      try {
        return work.run(context.withListener(view).withStop(stop), view);
      } catch (StoppedException e) {
        view.close();
        return interrupted(0, context.directory());
      } finally {
        terminal.out().flush();
        saved.countDown();
        removeHook(hook);
      }
    }
  }

  /** Ends a run when the process does. */
  private void end(StopSignal stop, CountDownLatch saved, ProgressView view, ModelDirectory directory) {
    stop.request();
    try {
      if (saved.await(MILLIS_TO_STOP, TimeUnit.MILLISECONDS)) {
        return;
      }
      if (!view.isInSteps()) {
        terminal.err().println();
        terminal.err().println("crema: interrupted; what was done is kept; " + goingOn.apply(directory));
        return;
      }
      terminal.err().println();
      terminal.err().println("crema: " + SAVING);
      if (!saved.await(SECONDS_TO_SAVE, TimeUnit.SECONDS)) {
        terminal.err().println("crema: the checkpoint took too long; the one before it is intact");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Adds what is to be done when the process ends.
   *
   * @return false if it is ending already, and nothing more is to begin
   */
  static boolean addHook(Thread hook) {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      return true;
    } catch (IllegalStateException e) {
      return false;
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
