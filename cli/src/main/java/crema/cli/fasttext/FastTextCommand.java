package crema.cli.fasttext;

import crema.cli.console.CommandTable;
import crema.cli.console.Terminal;
import crema.fasttext.FastTextConfig;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The command line of the original fastText: its verbs, its flags, its output. A script that calls {@code fasttext}
 * works with {@code crema fasttext}.
 *
 * <p>Only {@code test-label} prints other numbers: version 0.9.2 never counts how often a label occurs, so that it
 * shows no recall and an F1 of up to 2.
 */
@Command(
    name = "fasttext",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = {
        "fastText with the verbs, flags and output of the original program, and its files, .bin, .ftz and .vec.",
        "The result of training depends on the seed alone, not on the number of threads."
    },
    footer = {
        "",
        "Examples:",
        "  crema fasttext supervised -input train.txt -output model -lr 0.5 -epoch 25 -wordNgrams 2",
        "  crema fasttext test model.bin valid.txt",
        "  crema fasttext predict-prob model.bin - 3",
        "  crema fasttext quantize -input train.txt -output model -qnorm -retrain -cutoff 100000",
        "",
        "'crema fasttext VERB --help' explains a verb."
    })
public final class FastTextCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  private FastTextCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * The command, parsing arguments as the original does.
   *
   * @param verb what is called; all verbs are there if it is none of them
   */
  public static CommandLine line(Terminal terminal, @Nullable String verb) {
    var line = new CommandLine(new FastTextCommand(terminal));
    verbs(terminal).addTo(line, verb);
    // -thread is a flag of its own, not -t with a value; -1 is a number; and a flag given twice counts the last time.
    line.setPosixClusteredShortOptionsAllowed(false);
    line.setOverwrittenOptionsAllowed(true);
    line.getSubcommands().values().stream()
        .filter(command -> !command.getCommandSpec().positionalParameters().isEmpty())
        .forEach(command -> command.setUnmatchedOptionsArePositionalParams(true));
    return line;
  }

  private static CommandTable verbs(Terminal terminal) {
    return new CommandTable()
        .add("supervised",
            () -> training(terminal, FastTextConfig.supervised(), "Trains a classifier of lines with labels."))
        .add("test", () -> new TestVerb(terminal))
        .add("test-label", () -> new TestLabelVerb(terminal))
        .add("predict", () -> new PredictVerb(terminal))
        .add("predict-prob", () -> new PredictProbVerb(terminal))
        .add("quantize", () -> new QuantizeVerb(terminal))
        .add("skipgram",
            () -> training(terminal, FastTextConfig.skipgram(),
                "Trains word vectors that predict a word's neighbours."))
        .add("cbow",
            () -> training(terminal, FastTextConfig.cbow(),
                "Trains word vectors that predict a word from its neighbours."))
        .add("print-word-vectors", () -> new PrintWordVectorsVerb(terminal))
        .add("print-sentence-vectors", () -> new PrintSentenceVectorsVerb(terminal))
        .add("print-ngrams", () -> new PrintNgramsVerb(terminal))
        .add("nn", () -> new NearestNeighboursVerb(terminal))
        .add("analogies", () -> new AnalogiesVerb(terminal))
        .add("dump", () -> new DumpVerb(terminal));
  }

  private static CommandLine training(Terminal terminal, FastTextConfig.Builder defaults, String description) {
    var line = new CommandLine(new TrainVerb(terminal, defaults));
    line.getCommandSpec().usageMessage().description(description);
    return line;
  }

  /** Without a verb: the help. */
  @Override
  public void run() {
    Objects.requireNonNull(spec).commandLine().usage(terminal.out());
  }
}
