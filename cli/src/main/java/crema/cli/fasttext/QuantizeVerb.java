package crema.cli.fasttext;

import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.fasttext.FastText;
import crema.fasttext.FastTextConfig;
import crema.fasttext.QuantizeOptions;
import crema.fasttext.Quantizer;
import crema.fasttext.TextSource;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code quantize}: makes a {@code .bin} model a small {@code .ftz}. */
@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = "Makes PATH.bin smaller and writes PATH.ftz. Of the training flags, -retrain uses -epoch, -lr and -thread.")
final class QuantizeVerb extends Verb {
  @Option(names = "-output", paramLabel = "PATH", required = true, description = "The model's name, without .bin.")
  private Path output = Path.of("");

  @Option(names = "-input", paramLabel = "FILE", description = "The training text, for -retrain.")
  private @Nullable Path input;

  @Option(names = "-verbose", paramLabel = "N", defaultValue = "2",
      description = "0 for nothing, 1 for a line at the end, 2 for progress (default: ${DEFAULT-VALUE}).")
  private int verbosity;

  @Option(names = "-cutoff", paramLabel = "N", defaultValue = "0",
      description = "Words and n-grams to keep (default: all).")
  private int cutoff;

  @Option(names = "-retrain", description = "Train what a cutoff left.")
  private boolean retrain;

  @Option(names = "-qnorm", description = "Quantize the norms of vectors separately.")
  private boolean qnorm;

  @Option(names = "-qout", description = "Quantize the output matrix too.")
  private boolean qout;

  @Option(names = "-dsub", paramLabel = "N", defaultValue = "2",
      description = "Columns that share a byte (default: ${DEFAULT-VALUE}).")
  private int dsub;

  @Mixin
  private TrainingFlags flags = new TrainingFlags();

  QuantizeVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    if (retrain && input == null) {
      throw new UserError("-retrain needs the training text: give -input FILE");
    }
    // The defaults for retraining are those of word vectors, as in the original.
    FastTextConfig.Builder retraining = FastTextConfig.skipgram();
    flags.applyTo(retraining);
    FastTextConfig config = retraining.build();
    var options = new QuantizeOptions(dsub, qnorm, qout, cutoff, retrain ? config : null);
    FastText model = FastText.load(output.resolveSibling(output.getFileName() + ".bin"));
    var progress = new ProgressLine(terminal().err(), verbosity, config.threads());
    FastText small = new Quantizer(options)
        .listener(progress::training)
        .quantize(model, input == null ? null : TextSource.of(requireFile(input)));
    progress.trained();
    small.save(output.resolveSibling(output.getFileName() + ".ftz"));
  }
}
