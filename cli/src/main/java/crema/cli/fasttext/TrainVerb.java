package crema.cli.fasttext;

import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.fasttext.Autotune;
import crema.fasttext.FastText;
import crema.fasttext.FastTextConfig;
import crema.fasttext.FastTextTrainer;
import crema.fasttext.Task;
import crema.fasttext.TextSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code supervised}, {@code skipgram} and {@code cbow}: they differ in their defaults. */
@Command(mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true)
final class TrainVerb extends Verb {
  private final FastTextConfig.Builder defaults;

  @Spec
  private @Nullable CommandSpec spec;

  @Option(names = "-input", paramLabel = "FILE", required = true, description = "The training text.")
  private Path input = Path.of("");

  @Option(names = "-output", paramLabel = "PATH", required = true,
      description = "The model's name, to which .bin (or .ftz) and .vec are added.")
  private Path output = Path.of("");

  @Option(names = "-verbose", paramLabel = "N", defaultValue = "2",
      description = "0 for nothing, 1 for a line at the end, 2 for progress (default: ${DEFAULT-VALUE}).")
  private int verbosity;

  @Option(names = "-saveOutput", description = "Also write the output vectors, to PATH.output.")
  private boolean saveOutput;

  @Mixin
  private TrainingFlags flags = new TrainingFlags();

  @Mixin
  private AutotuneFlags autotune = new AutotuneFlags();

  TrainVerb(Terminal terminal, FastTextConfig.Builder defaults) {
    super(terminal);
    this.defaults = defaults;
  }

  @Override
  void run() throws IOException {
    flags.applyTo(defaults);
    FastTextConfig config = defaults.build();
    requireFile(input);
    requireFolder(output);
    FastText model = autotune.validation == null ? train(config) : search(config, autotune.validation);
    model.save(withSuffix(autotune.quantizes() ? ".ftz" : ".bin"));
    model.saveVectors(withSuffix(".vec"));
    if (saveOutput) {
      model.saveOutput(withSuffix(".output"));
    }
  }

  private FastText train(FastTextConfig config) throws IOException {
    var progress = new ProgressLine(terminal().err(), verbosity, config.threads());
    FastText model = new FastTextTrainer(config).listener(progress::training).train(TextSource.of(input));
    progress.trained();
    if (verbosity >= ProgressLine.ALL) {
      terminal().err().println("Number of words:  " + model.words().size());
      if (config.task() == Task.SUPERVISED) {
        terminal().err().println("Number of labels: " + model.labels().size());
      }
    }
    return model;
  }

  private FastText search(FastTextConfig config, Path validation) throws IOException {
    requireFile(validation);
    var progress = new ProgressLine(terminal().err(), verbosity, config.threads());
    var options = autotune.options(Objects.requireNonNull(spec).commandLine().getParseResult());
    Autotune.Result result = new Autotune(config, options)
        .listener(progress::search)
        .run(TextSource.of(input), TextSource.of(validation));
    progress.found(result.config());
    return result.model();
  }

  private Path withSuffix(String suffix) {
    return output.resolveSibling(output.getFileName() + suffix);
  }

  /** Refuses an output that cannot be written before the work that would be lost. */
  static void requireFolder(Path output) {
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new UserError("-output " + output + ": the directory " + folder + " does not exist; make it first");
    }
  }
}
