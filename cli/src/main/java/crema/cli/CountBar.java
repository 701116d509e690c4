package crema.cli;

import crema.cli.console.Terminal;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on a terminal, with the time that is left, of work that is counted. Where nobody watches there is none. */
final class CountBar implements AutoCloseable {
  private final Terminal terminal;
  private final String task;
  private final Unit unit;
  private @Nullable ProgressBar bar;

  /** What is counted. */
  enum Unit {
    /** Things. */
    ONE("", 1),
    /** Bytes, shown in millions. */
    BYTES(" MB", 1_000_000);

    private final String name;
    private final long size;

    Unit(String name, long size) {
      this.name = name;
      this.size = size;
    }
  }

  /**
   * A bar that appears once there is something to count.
   *
   * @param task what is being done
   */
  CountBar(Terminal terminal, String task, Unit unit) {
    this.terminal = terminal;
    this.task = task;
    this.unit = unit;
  }

  /**
   * Moves the bar.
   *
   * @param total what it ends at; -1 if that is not known
   */
  void to(long done, long total) {
    if (!terminal.errIsTerminal()) {
      return;
    }
    if (bar == null) {
      bar = new ProgressBarBuilder()
          .setTaskName(task)
          .setInitialMax(total)
          .setUnit(unit.name, unit.size)
          .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
          .setMaxRenderedLength(terminal.columns())
          .setUpdateIntervalMillis(200)
          .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), terminal.columns()))
          .build();
    }
    bar.maxHint(total);
    bar.stepTo(done);
  }

  /** Says more beside the numbers. */
  void message(String text) {
    if (bar != null) {
      bar.setExtraMessage(text);
    }
  }

  /** Ends the bar; its last state stays on the terminal. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
