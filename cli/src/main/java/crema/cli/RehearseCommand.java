package crema.cli;

import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.cli.console.Terminal;
import crema.family.encoder.EncoderFamily;
import crema.family.encoder.EncoderSettings;
import crema.family.encoder.OptimizationSettings;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Trains a tiny model in a temporary folder and runs the commands that are over soon on it, so that the build can
 * record which classes to keep ready for a fast start (JEP 514) and what is worth compiling first (JEP 515).
 */
@Command(name = "rehearse", hidden = true, description = "Used by the build to make the cache for a fast start.")
final class RehearseCommand implements Callable<Integer> {
  private static final int ROWS = 48;

  private final Terminal terminal;

  RehearseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("crema-rehearsal");
    try {
      Path rows = folder.resolve("rows.csv");
      var text = new StringBuilder("title,category\n");
      for (int i = 0; i < ROWS; i++) {
        text.append(i % 2 == 0 ? "washing machine " : "digital camera ").append(i).append(i % 2 == 0 ? ",a\n" : ",b\n");
      }
      Files.writeString(rows, text);
      var model = new ModelDirectory(folder.resolve("model"));
      model.prepareForRun(false);
      new TrainingSession(terminal, true).run(new EncoderFamily(), settings(rows), RunContext.in(model)
          .withCompute(ComputeOptions.threads(1)).withCommandLine(List.of("crema", "rehearse")));
      for (var format : PredictionFormat.values()) {
        Crema.run(terminal, "predict", "--format=" + format, model.path().toString(), "bosch serie 6 washing machine",
            "Größe 42");
      }
      Crema.run(terminal, "langid", "Was für ein schöner Tag");
      Crema.run(terminal, "info", model.path().toString());
      Crema.run(terminal, "--help");
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return 0;
  }

  private static Settings settings(Path rows) {
    return new EncoderFamily().settings()
        .with(DataSettings.TRAIN, rows.toString()).with(DataSettings.TEXT, "title")
        .with(LabelSettings.LABEL, "category").with(DataSettings.LOWERCASE, true)
        .with(DataSettings.VALIDATION_FRACTION, 0.2).with(DataSettings.TEST_FRACTION, 0.2)
        .with(EncoderSettings.VOCABULARY_SIZE, 300).with(EncoderSettings.MAX_LENGTH, 32)
        .with(EncoderSettings.HIDDEN_SIZE, 16).with(EncoderSettings.LAYERS, 2).with(EncoderSettings.HEADS, 2)
        .with(EncoderSettings.KV_HEADS, 1).with(EncoderSettings.FFN_SIZE, 32)
        .with(EncoderSettings.DROPOUT, 0.1)
        .with(TrainingSettings.EPOCHS, 1).with(TrainingSettings.LEARNING_RATE, 1e-3)
        .with(OptimizationSettings.BATCH_TOKENS, 128)
        .with(OptimizationSettings.WARMUP, 0);
  }
}
