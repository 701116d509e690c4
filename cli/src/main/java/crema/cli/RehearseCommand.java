package crema.cli;

import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.family.encoder.SamplingConfig;
import crema.family.encoder.TrainingConfig;
import crema.run.DataSettings;
import crema.task.DecisionConfig;
import crema.task.LabelConfig;
import crema.task.LossConfig;
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
      TrainingConfig config = config(rows);
      new TrainingSession(terminal, true).run(ModelFamily.named(config.model()), config, RunContext.in(model)
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

  private static TrainingConfig config(Path rows) {
    return new TrainingConfig(
        new DataSettings(List.of(rows.toString()), List.of(), List.of(), List.of("title"),
            LabelConfig.single("category"), null, 0.2, 0.2, true, false),
        new TrainingConfig.Tokens(null, 300, true, 32),
        new TrainingConfig.Encoder(16, 2, 2, 1, 32, "mlp", 0, 0, 0, 0.1, 0.1, 0.1),
        LossConfig.of("cross-entropy"),
        SamplingConfig.SHUFFLED,
        new TrainingConfig.Optimization(1, 0, 128, 0, 1, 1e-3, 0.01, 0.9, 0.999, 1e-8, 0, "cosine", 0.1, 1),
        DecisionConfig.DEFAULT,
        new TrainingConfig.Validation(0, "macro_f1", 0, 1),
        1);
  }
}
