package crema.nn.train;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows a {@link TrainingLoop} on a terminal, on one line that is written again and again: {@code [=====>    ] 120/300
 * loss 0.214 0:07 left}. Warnings stay.
 */
public final class ProgressBar implements LoopListener {
  private static final int WIDTH = 24;
  private static final long PAUSE_NANOS = 100_000_000;

  private final PrintStream terminal;
  private final long startedNanos = System.nanoTime();
  private long firstStep = -1;
  private long shownNanos;

  /**
   * A progress bar.
   *
   * @param terminal where it is written; usually standard error
   */
  public ProgressBar(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void warning(String message) {
    terminal.println("\r" + message);
  }

  @Override
  public void step(StepRecord step, long totalSteps) {
    firstStep = firstStep < 0 ? step.step() - 1 : firstStep;
    long now = System.nanoTime();
    boolean last = step.step() == totalSteps;
    if (!last && shownNanos > 0 && now - shownNanos < PAUSE_NANOS) {
      return;
    }
    shownNanos = now;
    int filled = (int) (WIDTH * step.step() / totalSteps);
    String bar = filled == WIDTH ? "=".repeat(WIDTH) : "=".repeat(filled) + ">" + " ".repeat(WIDTH - filled - 1);
    double perStep = (double) (now - startedNanos) / (step.step() - firstStep);
    var left = Duration.ofNanos((long) (perStep * (totalSteps - step.step())));
    terminal.printf(Locale.ROOT, "\r[%s] %d/%d loss %.4g %d:%02d left   ", bar, step.step(), totalSteps, step.loss(),
        left.toMinutes(), left.toSecondsPart());
    if (last) {
      terminal.println();
    }
    terminal.flush();
  }
}
