package crema.cli;

import crema.base.AtomicFile;
import crema.base.json.ObjectNode;
import crema.cli.console.Terminal;
import crema.pretrain.TextLikelihood;
import crema.pretrain.TextScorer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says how likely texts are. */
@Command(
    name = "perplexity",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Says how likely texts are by a pretrained encoder that has its head for masked-language modelling.",
        "Each token of a text is hidden by itself, and guessed: the pseudo-perplexity is e to the mean of what is lost. It "
            + "is 1 where every token is certain, and the size of the vocabulary where all are alike. "
            + "One line of output for each text, in order; a text that is empty or cannot be read has no value, and the exit "
            + "code is 3."
    },
    footer = {
        "",
        "Examples:",
        "  crema perplexity --encoder models/bert \"Paris is the capital of France.\"",
        "  crema perplexity --encoder models/bert --file offers.csv --text title --format tsv --output titles.tsv"
    })
final class PerplexityCommand implements Callable<Integer> {
  /** Keys of an object of JSON. */
  private static final Set<String> OWN_KEYS =
      Set.of("text", "tokens", "log_likelihood", "pseudo_perplexity", "error");

  private final Terminal terminal;

  @Parameters(paramLabel = "TEXT", description = "Texts; none to read a file or standard input.")
  private List<String> texts = new ArrayList<>();

  @Option(names = "--encoder", paramLabel = "MODEL", required = true,
      description = "The encoder: a folder of Hugging Face's layout, such as 'crema pretrain' writes, or a name on the hub.")
  private String encoder = "";

  @Option(names = "--max-length", paramLabel = "N",
      description = "The most tokens of a text; longer ones are cut (default: as the model says).")
  private @Nullable Integer maxLength;

  @Mixin
  private TextInput input = new TextInput();

  @Mixin
  private KeepFlags keep = new KeepFlags();

  @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text",
      description = "text: the pseudo-perplexity and the text; tsv: text, tokens, log-likelihood and pseudo-perplexity; "
          + "jsonl: an object a line (default: ${DEFAULT-VALUE}).")
  private PredictionFormat format = PredictionFormat.TEXT;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE",
      description = "The file to write (default: standard output).")
  private @Nullable Path output;

  @Mixin
  private HubFlags hub = new HubFlags();

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  PerplexityCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Path model = hub.open(terminal).locate(encoder);
    var all = new ArrayList<TextLikelihood>();
    var empty = new LongAdder();
    input.keep(keep);
    try (TextScorer scorer = TextScorer.load(model,
        maxLength == null ? OptionalInt.empty() : OptionalInt.of(maxLength), compute.announced(terminal));
        var bar = new CountBar(terminal, "Guessing", CountBar.Unit.ONE)) {
      if (output == null) {
        input.forEachBatch(texts, terminal, batch -> {
          List<TextLikelihood> scored = scorer.score(InputText.texts(batch), _ -> {});
          all.addAll(scored);
          empty.add(empty(batch));
          print(batch, scored, terminal.out());
          return !terminal.out().checkError();
        });
      } else {
        List<InputText> rows = input.all(texts, terminal);
        empty.add(empty(rows));
        all.addAll(scorer.score(InputText.texts(rows), done -> bar.to(done, rows.size())));
        bar.close();
        write(rows, all, output);
      }
    }
    report(all);
    return Math.max(input.report(terminal), PredictionWriter.reportEmpty(empty.sum(), terminal.err()));
  }

  private static long empty(List<InputText> texts) {
    return texts.stream().filter(text -> text.isBlank() && text.problem() == null).count();
  }

  private void write(List<InputText> rows, List<TextLikelihood> all, Path file) throws IOException {
    AtomicFile.write(file, channel -> {
      var out = new PrintStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), false,
          StandardCharsets.UTF_8);
      print(rows, all, out);
      if (out.checkError()) {
        throw new IOException("the disk may be full");
      }
    });
  }

  private void print(List<InputText> batch, List<TextLikelihood> scored, PrintStream out) {
    for (int i = 0; i < batch.size(); i++) {
      out.print(line(batch.get(i), scored.get(i)) + "\n");
    }
  }

  private String line(InputText text, TextLikelihood likelihood) {
    return switch (format) {
      case TEXT -> PredictionWriter.kept(text) + (text.isBlank() ? PredictionWriter.unanswered(text, "")
          : String.format(Locale.ROOT, "%10.2f  %s", likelihood.perplexity(), text.text()));
      case TSV -> PredictionWriter.kept(text) + (text.isBlank() ? ""
          : String.format(Locale.ROOT, "%s\t%d\t%.6f\t%.6f", PredictionWriter.escape(text.text()), likelihood.tokens(),
              likelihood.logLikelihood(), likelihood.perplexity()));
      case JSONL -> json(text, likelihood);
    };
  }

  private static String json(InputText text, TextLikelihood likelihood) {
    var object = new ObjectNode();
    PredictionWriter.putKept(object, text, OWN_KEYS);
    object.put("text", text.text()).put("tokens", likelihood.tokens())
        .put("log_likelihood", likelihood.logLikelihood());
    if (likelihood.tokens() == 0) {
      object.putNull("pseudo_perplexity");
    } else {
      object.put("pseudo_perplexity", likelihood.perplexity());
    }
    if (text.problem() != null) {
      object.put("error", text.problem());
    }
    return object.toString();
  }

  /** The total goes beside the rows, of which each has a line. */
  private void report(List<TextLikelihood> all) {
    terminal.out().flush();
    long tokens = all.stream().mapToLong(TextLikelihood::tokens).sum();
    if (tokens == 0) {
      terminal.err().println("crema: there is no text with a token to guess");
    } else {
      terminal.err().printf(Locale.ROOT, "Pseudo-perplexity of %,d texts of %,d tokens: %.2f%n", all.size(), tokens,
          TextLikelihood.perplexity(all));
    }
    long cut = all.stream().filter(TextLikelihood::isCut).count();
    if (cut > 0) {
      terminal.err().printf(Locale.ROOT, "crema: %,d texts are longer than the model takes and were cut%n", cut);
    }
  }
}
