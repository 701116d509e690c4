package crema.cli;

import crema.base.UserError;
import crema.base.json.ObjectNode;
import crema.classify.ComputeOptions;
import crema.cli.console.Terminal;
import crema.embed.CachedEmbedder;
import crema.embed.EmbedListener;
import crema.embed.NpyFile;
import crema.embed.VectorSearch;
import crema.embed.VectorSearch.Hit;
import crema.embed.Vectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds the nearest of many texts. */
@Command(
    name = "similar",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Finds the texts that are most similar to others.",
        "The texts that are searched are the lines or columns of --among; those that are looked for are arguments, the "
            + "lines or columns of --file, or the lines of standard input. The search is exact: each is compared with all."
    },
    footer = {
        "",
        "Examples:",
        "  crema similar --encoder BAAI/bge-small-en-v1.5 --among offers.csv --text title \"washer by bosch\"",
        "  crema similar --encoder models/bge-small --among titles.txt --vectors titles.npy --top 10 --format jsonl "
            + "\"washer by bosch\""
    })
final class SimilarCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "TEXT", description = "What to look for; none to read a file or standard input.")
  private List<String> texts = new ArrayList<>();

  @Mixin
  private EmbedderFlags encoder = new EmbedderFlags();

  @Option(names = "--among", paramLabel = "FILE", required = true,
      description = "The file of the texts that are searched: its lines or, with --text, a column.")
  private Path among = Path.of("");

  @Option(names = "--vectors", paramLabel = "FILE",
      description = "Their vectors, which 'crema embed --format npy' wrote (default: they are computed, or taken from the "
          + "cache).")
  private @Nullable Path vectors;

  @Mixin
  private TextInput input = new TextInput();

  @Option(names = {"-k", "--top"}, paramLabel = "K", defaultValue = "5",
      description = "How many to find for each text (default: ${DEFAULT-VALUE}).")
  private int top = 5;

  @Option(names = "--similarity", paramLabel = "KIND", defaultValue = "cosine",
      description = "cosine, or dot: the product of the vectors (default: ${DEFAULT-VALUE}).")
  private VectorSearch.Similarity similarity = VectorSearch.Similarity.COSINE;

  @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text",
      description = "text: the similarity and the text; tsv: what was looked for, row, similarity and text; jsonl: an "
          + "object a line (default: ${DEFAULT-VALUE}).")
  private PredictionFormat format = PredictionFormat.TEXT;

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  SimilarCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    ComputeOptions options = compute.announced(terminal);
    if (top < 1) {
      throw new UserError("--top must be at least 1");
    }
    try (CachedEmbedder embedder = encoder.open(terminal, options)) {
      List<String> searched = InputText.texts(input.of(among));
      Vectors rows = rows(embedder, searched);
      try (var search = new VectorSearch(rows, similarity, options)) {
        input.forEachBatch(texts, terminal, batch -> {
          List<String> given = InputText.texts(batch);
          List<List<Hit>> hits = search.nearest(embed(embedder, given), top);
          for (int i = 0; i < given.size(); i++) {
            print(given.get(i), hits.get(i), searched);
          }
          return !terminal.out().checkError();
        });
      }
      EmbedderFlags.report(embedder, terminal);
    }
    return input.report(terminal);
  }

  private Vectors rows(CachedEmbedder embedder, List<String> searched) throws IOException {
    if (vectors == null) {
      try (var bar = new CountBar(terminal, "Embedding", CountBar.Unit.ONE)) {
        return embedder.embed(searched, bar::to);
      }
    }
    Vectors saved = NpyFile.read(vectors);
    if (saved.count() != searched.size()) {
      throw new UserError(vectors + " has " + saved.count() + " vectors, and " + among + " " + searched.size()
          + " texts: they do not belong together");
    }
    return saved;
  }

  private static Vectors embed(CachedEmbedder embedder, List<String> batch) {
    try {
      return embedder.embed(batch, EmbedListener.SILENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void print(String text, List<Hit> hits, List<String> searched) {
    if (format == PredictionFormat.JSONL) {
      var object = new ObjectNode().put("text", text);
      var array = object.putArray("similar");
      for (Hit hit : hits) {
        array.addObject().put("row", hit.row()).put("similarity", hit.score()).put("text", searched.get(hit.row()));
      }
      terminal.out().print(object + "\n");
      return;
    }
    for (Hit hit : hits) {
      String score = String.format(Locale.ROOT, "%.4f", hit.score());
      terminal.out().print((format == PredictionFormat.TSV
          ? PredictionWriter.escape(text) + "\t" + hit.row() + "\t" + score + "\t"
              + PredictionWriter.escape(searched.get(hit.row()))
          : score + "  " + searched.get(hit.row())) + "\n");
    }
    if (format == PredictionFormat.TEXT) {
      terminal.out().print("\n");
    }
  }
}
