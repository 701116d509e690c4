package crema.cli;

import crema.cli.console.Terminal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

/**
 * Ctrl-C while a command runs that trains nothing: the work is interrupted, so that it deletes what it has half written, and
 * a line says that it did not come to its end. {@link TrainingSession} is for what trains.
 */
final class Interruption {
  private final Terminal terminal;
  private final String kept;
  private final Thread worker = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean isAsked = new AtomicBoolean();
  private final AtomicBoolean isDone = new AtomicBoolean();

  private Interruption(Terminal terminal, String kept) {
    this.terminal = terminal;
    this.kept = kept;
  }

  /**
   * Runs a command in the calling thread.
   *
   * @param kept what is said of what was done; empty if nothing is kept
   * @return the exit code of the command, or that of a process that Ctrl-C ended
   */
  static int watch(Terminal terminal, String kept, IntSupplier command) {
    return new Interruption(terminal, kept).run(command);
  }

  private int run(IntSupplier command) {
    var hook = new Thread(this::end, "crema-interrupt-on-exit");
    if (!TrainingSession.addHook(hook)) {
      return TrainingSession.INTERRUPTED;
    }
    try {
      int code = command.getAsInt();
      isDone.set(true);
      return code;
    } catch (RuntimeException e) {
      // What an interrupted read or write says is of no use to who interrupted it.
      if (isAsked.get()) {
        return TrainingSession.INTERRUPTED;
      }
      throw e;
    } finally {
      ended.countDown();
      TrainingSession.removeHook(hook);
    }
  }

  private void end() {
    isAsked.set(true);
    worker.interrupt();
    try {
      ended.await(TrainingSession.MILLIS_TO_STOP, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!isDone.get()) {
      if (terminal.errIsTerminal()) {
        terminal.err().println();
      }
      terminal.err().println("crema: interrupted" + (kept.isEmpty() ? "" : "; " + kept));
    }
  }
}
