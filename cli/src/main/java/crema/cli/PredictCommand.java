package crema.cli;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.Prediction;
import crema.classify.WatchedItems;
import crema.cli.console.Terminal;
import crema.data.FieldText;
import crema.task.Guarantee;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives texts their labels. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Predicts the labels of texts: those given as arguments, the lines of a file, or the lines of standard input.",
        "One line of output for each text, in order; an empty text, or a row that cannot be read, gets no label, and the "
            + "exit code is 3. A row whose picture cannot be read is answered from its text, if the model reads texts."
    },
    footer = {
        "",
        "Examples:",
        "  crema predict models/titles \"bosch serie 6 washing machine 9kg\"",
        "  crema predict models/titles --top 3 --format jsonl --file titles.txt",
        "  crema predict models/titles --file titles.txt --min-precision 0.98",
        "  crema predict models/titles --file titles.txt --coverage 0.95",
        "  crema predict models/titles --file offers.csv.gz --keep id --format tsv",
        "  crema predict models/titles --file shop.csv --text name --keep-all --format jsonl",
        "  crema predict models/titles --file offers.parquet --keep-all --format parquet --output answers.parquet",
        "  cat titles.txt | crema predict models/titles"
    })
final class PredictCommand implements Callable<Integer> {
  /** What predictions are written as: lines, or a table. */
  private enum Form {
    TEXT,
    TSV,
    JSONL,
    PARQUET;

    PredictionFormat lines() {
      return switch (this) {
        case TEXT -> PredictionFormat.TEXT;
        case TSV -> PredictionFormat.TSV;
        case JSONL -> PredictionFormat.JSONL;
        case PARQUET -> throw new UserError("--format parquet makes a table in a file: name it with --output FILE");
      };
    }
  }

  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model: a directory or an archive.")
  private Path model = Path.of("");

  @Parameters(index = "1..*", paramLabel = "TEXT", description = "Texts; none to read a file or standard input.")
  private List<String> texts = new ArrayList<>();

  @Mixin
  private TextInput input = new TextInput();

  @Mixin
  private KeepFlags keep = new KeepFlags();

  @Mixin
  private PictureFlags pictures = new PictureFlags();

  @Option(names = {"-k", "--top"}, paramLabel = "K",
      description = "The K most probable labels of each text (default: those that the model decides on; one, where a text "
          + "has one).")
  private @Nullable Integer top;

  @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text",
      description = "text: label and probability; tsv: text, then labels and probabilities; jsonl: an object a line; "
          + "parquet: a table, with --output (default: ${DEFAULT-VALUE}).")
  private Form format = Form.TEXT;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE",
      description = "Write to a file, which is there once it is whole (default: standard output).")
  private @Nullable Path file;

  @Option(names = "--strict",
      description = "End with the first row that cannot be read, or whose picture cannot (default: report them).")
  private boolean strict;

  @Option(names = "--task", paramLabel = "NAME", description = "Which task of a model that has several.")
  private @Nullable String task;

  @Mixin
  private GuaranteeFlags guarantees = new GuaranteeFlags();

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  PredictCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (top != null && top < 1) {
      throw new UserError("--top must be at least 1");
    }
    Optional<Guarantee> asked = guarantees.guarantee();
    if (top != null && asked.isPresent()) {
      throw new UserError("--top asks for the most probable labels, sure or not: leave it out, or the other flag");
    }
    try (Classifier classifier = ComputeFlags.load(model, task, compute.announced(model, terminal))) {
      Optional<Guarantee> guarantee = top != null ? Optional.empty() : asked.or(classifier.target().trust()::guarantee);
      if (file == null) {
        return predict(classifier, guarantee, terminal.out());
      }
      var codes = new ArrayList<Integer>();
      AtomicFile.write(file, channel -> {
        // Closing it would close the channel, which is forced to the disk first.
        var out = new PrintStream(new BufferedOutputStream(Channels.newOutputStream(channel)), false,
            StandardCharsets.UTF_8);
        codes.add(predict(classifier, guarantee, out));
        if (out.checkError()) {
          throw new IOException("what was written did not arrive; the disk may be full");
        }
      });
      return codes.getFirst();
    }
  }

  /** Answers all texts, and returns the exit code. */
  private int predict(Classifier classifier, Optional<Guarantee> guarantee, PrintStream out) throws IOException {
    try (PredictionOutput output = format == Form.PARQUET && file != null
        ? new PredictionTable(PredictionTable.format("parquet"), out)
        : new PredictionWriter(out, format.lines(),
            guarantee.isPresent() ? "(no label is sure enough)" : "(no label)")) {
      input.readAs(classifier, model, task, keep, pictures);
      if (strict) {
        input.beStrict();
      }
      input.forEachBatch(texts, terminal, batch -> {
        var asked = new WatchedItems(InputText.items(batch));
        List<List<Prediction>> answers = top != null ? classifier.predict(asked.items(), top)
            : guarantee.map(each -> classifier.answer(asked.items(), each))
                .orElseGet(() -> classifier.answer(asked.items()));
        output.write(input.checked(batch, asked).stream().map(text -> text.withText(FieldText.joined(text.text())))
            .toList(), answers);
        return !output.isClosed();
      });
      return Math.max(input.report(terminal), output.report(terminal.err()));
    }
  }
}
