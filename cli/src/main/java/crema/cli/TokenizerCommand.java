package crema.cli;

import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.data.Columns;
import crema.data.FileOptions;
import crema.data.FileRows;
import crema.data.LabelFormat;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowSource;
import crema.run.DataSettings;
import crema.tokenizer.TokenizerTrainer;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Commands about tokenizers. */
@Command(name = "tokenizer", mixinStandardHelpOptions = true, description = "Trains tokenizers.",
    synopsisSubcommandLabel = "COMMAND")
final class TokenizerCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  TokenizerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Without a command: the help. */
  @Override
  public void run() {
    Objects.requireNonNull(spec).commandLine().usage(terminal.out());
  }

  /** Trains a tokenizer. */
  @Command(
      name = "train",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      abbreviateSynopsis = true,
      description = {
          "Trains a tokenizer and writes a tokenizer.json that Hugging Face's library reads too.",
          "bpe: byte-level BPE, which can spell every text; wordpiece: as BERT has it; unigram: as SentencePiece trains it."
      },
      footer = {
          "",
          "Examples:",
          "  crema tokenizer train --data offers.csv.gz --text title --vocabulary-size 16000 --output tokenizer.json",
          "  crema tokenizer train --kind wordpiece --lowercase --data offers.csv.gz --text title --output tokenizer.json"
      })
  static final class Train implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = {"-d", "--data"}, paramLabel = "FILE", required = true, parameterConsumer = CommaSeparated.class,
        description = "Files with texts.")
    private List<String> files = List.of();

    @Option(names = "--text", paramLabel = "COLUMN", required = true, parameterConsumer = CommaSeparated.class,
        description = "The text columns.")
    private List<String> text = List.of();

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", required = true,
        description = "The tokenizer.json to write.")
    private Path output = Path.of("");

    @Option(names = "--kind", paramLabel = "KIND", defaultValue = "bpe",
        description = "bpe, wordpiece or unigram (default: ${DEFAULT-VALUE}).")
    private TokenizerTrainer.Kind kind = TokenizerTrainer.Kind.BPE;

    @Option(names = "--special-tokens", paramLabel = "TOKEN", parameterConsumer = CommaSeparated.class,
        description = "Control tokens, found verbatim in texts (default: none for bpe; [PAD],[UNK],[CLS],[SEP],[MASK] for "
            + "wordpiece, of which [CLS] and [SEP] are put around texts; <unk> for unigram).")
    private List<String> specialTokens = new ArrayList<>();

    @Option(names = "--vocabulary-size", paramLabel = "N", defaultValue = "32000",
        description = "Tokens in all, at most (default: ${DEFAULT-VALUE}).")
    private int vocabularySize;

    @Option(names = "--minimum-frequency", paramLabel = "N", defaultValue = "2",
        description = "How often something must occur to become a token (default: ${DEFAULT-VALUE}).")
    private int minimumFrequency;

    @Option(names = "--lowercase", description = "The tokenizer ignores case.")
    private boolean lowercase;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to work with (default: all processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private FileFlags fileFlags = new FileFlags();

    @Option(names = {"-q", "--quiet"}, description = "No progress.")
    private boolean quiet;

    Train(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      TokenizerTrainer trainer = trainer();
      var columns = new Columns(text, " ", List.of(), LabelFormat.SINGLE, null, null)
          .withMissing(DataSettings.missing(fileFlags.missing()));
      FileOptions options = fileFlags.options();
      RowSource rows =
          RowSource.concat(FileRows.all(RowFiles.of(files, terminal), List.of(), columns, options));
      var problems = new ProblemLog();
      var texts = new long[1];
      Tokenizer tokenizer;
      try (var view = new ProgressView(terminal, quiet); RowCursor cursor = rows.open(problems)) {
        view.stage("Training the tokenizer");
        tokenizer = trainer.withProgress((_, done, total) -> view.progress(done, total))
            .train(Stream.iterate(cursor.next(), Objects::nonNull, _ -> cursor.next()).map(Row::text)
                .peek(_ -> texts[0]++));
        problems.report().forEach(view::warning);
      }
      if (texts[0] == 0) {
        throw new UserError("there is no text to train on");
      }
      tokenizer.save(output);
      terminal.out().println("Wrote " + output + " with " + tokenizer.vocabularySize() + " tokens");
      return 0;
    }

    private TokenizerTrainer trainer() {
      try {
        TokenizerTrainer defaults = TokenizerTrainer.of(kind);
        return (specialTokens.isEmpty() ? defaults : defaults.withSpecialTokens(specialTokens))
            .withVocabularySize(vocabularySize).withMinimumFrequency(minimumFrequency).withLowercase(lowercase)
            .withThreads(threads);
      } catch (IllegalArgumentException e) {
        throw new UserError("the tokenizer cannot be trained: " + e.getMessage(), e);
      }
    }
  }
}
