package crema.cli;

import crema.classify.TrainingListener;
import crema.cli.console.Terminal;
import crema.nn.train.StepRecord;
import crema.nn.train.ValidationRecord;
import crema.settings.Choice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Shows the progress of a run: a bar with the time that is left on a terminal, a line for each stage and validation
 * elsewhere, and nothing but warnings when quiet.
 */
final class ProgressView implements TrainingListener, AutoCloseable {
  private static final int SMOOTHED_STEPS = 50;

  private final Terminal terminal;
  private final boolean quiet;
  private String stage = "";
  /** How many columns the name of the stage takes where the bar will be; 0 where it is not shown. */
  private int stageWidth;
  private volatile boolean isInSteps;
  private @Nullable CountBar bar;
  private double meanLoss = Double.NaN;

  ProgressView(Terminal terminal, boolean quiet) {
    this.terminal = terminal;
    this.quiet = quiet;
  }

  @Override
  public void model(String description) {
    if (!quiet) {
      line("Training " + description);
    }
  }

  @Override
  public void chosen(Choice<?> choice) {
    if (!quiet) {
      line("Chosen: " + choice);
    }
  }

  @Override
  public void stage(String description) {
    close();
    stage = description;
    isInSteps = false;
    if (quiet) {
      return;
    }
    if (terminal.errIsTerminal()) {
      showStage();
    } else {
      terminal.err().println(description + " ...");
    }
  }

  @Override
  public void warning(String message) {
    line("crema: " + message);
  }

  private void line(String text) {
    close();
    terminal.err().println(text);
    if (!quiet && terminal.errIsTerminal()) {
      showStage();
    }
  }

  /** Says on a terminal what goes on until there is something to count. */
  private void showStage() {
    if (!stage.isEmpty()) {
      String text = stage + " ...";
      text = text.substring(0, Math.min(text.length(), terminal.columns() - 1));
      terminal.err().print(text);
      terminal.err().flush();
      stageWidth = text.length();
    }
  }

  @Override
  public void progress(long done, long total) {
    if (quiet) {
      return;
    }
    if (bar == null) {
      close();
      bar = new CountBar(terminal, stage, CountBar.Unit.ONE);
    }
    bar.to(done, total);
    if (total >= 0 && done >= total) {
      close();
    }
  }

  @Override
  public void step(StepRecord step, long totalSteps) {
    isInSteps = true;
    double weight = Math.min(step.step(), SMOOTHED_STEPS);
    meanLoss = Double.isNaN(meanLoss) ? step.loss() : meanLoss + (step.loss() - meanLoss) / weight;
    if (bar != null) {
      bar.message(String.format(Locale.ROOT, " loss %.3f, %,.0f tokens/s", meanLoss, step.tokensPerSecond()));
    }
    progress(step.step(), totalSteps);
  }

  @Override
  public void validated(ValidationRecord validation, boolean best) {
    if (quiet) {
      return;
    }
    // A model that is solved for, as the linear ones are, has no steps.
    var line = new StringBuilder(validation.step() == 0 ? "Validation:"
        : String.format(Locale.ROOT, "epoch %.2f, step %,d: validation", validation.epoch(), validation.step()));
    if (!Double.isNaN(validation.loss())) {
      line.append(String.format(Locale.ROOT, " loss %.4f,", validation.loss()));
    }
    var metrics = new StringJoiner(",");
    validation.metrics()
        .forEach((name, value) -> metrics.add(String.format(Locale.ROOT, " %s %.4f", name.replace('_', ' '), value)));
    line(line.append(metrics).append(best ? " (best)" : "").toString());
  }

  @Override
  public void checkpointed(long step, Path file) {}

  /** Whether steps are being made, which a run saves when it is stopped. */
  boolean isInSteps() {
    return isInSteps;
  }

  /** Ends what is shown of the current stage. */
  @Override
  public void close() {
    if (stageWidth > 0) {
      terminal.err().print("\r" + " ".repeat(stageWidth) + "\r");
      terminal.err().flush();
      stageWidth = 0;
    }
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  /** Time in words: {@code 1 min 12 s}. */
  static String words(Duration time) {
    long seconds = Math.max(1, Math.round(time.toMillis() / 1000.0));
    return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}
