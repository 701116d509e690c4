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
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
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
            + "lines or columns of --file, or the lines of standard input. The search is exact: each is compared with all. "
            + "Nothing is found for a text that is empty or cannot be read, and the exit code is 3; such rows of --among "
            + "are not found."
    },
    footer = {
        "",
        "Examples:",
        "  crema similar --encoder BAAI/bge-small-en-v1.5 --among offers.csv --text title \"washer by bosch\"",
        "  crema similar --encoder models/bge-small --among titles.txt --vectors titles.npy --top 10 --format jsonl "
            + "\"washer by bosch\""
    })
final class SimilarCommand implements Callable<Integer> {
  /** Keys of an object of JSON. */
  private static final Set<String> OWN_KEYS = Set.of("text", "similar", "row", "similarity", "error");

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

  @Mixin
  private KeepFlags keep = new KeepFlags();

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
    input.keep(keep);
    long empty;
    try (CachedEmbedder embedder = encoder.open(terminal, options)) {
      List<InputText> searched = input.of(among);
      Vectors rows = rows(embedder, searched);
      int[] found = IntStream.range(0, searched.size()).filter(row -> !searched.get(row).isBlank()).toArray();
      try (var search = new VectorSearch(new Vectors(rows.size(), rows.rows(found)), similarity, options)) {
        empty = answer(embedder, search, found, searched);
      }
      EmbedderFlags.report(embedder, terminal);
    }
    return Math.max(input.report(terminal), PredictionWriter.reportEmpty(empty, terminal.err()));
  }

  /** Looks for all texts, and returns how many are empty. */
  private long answer(CachedEmbedder embedder, VectorSearch search, int[] found, List<InputText> searched)
      throws IOException {
    var empty = new LongAdder();
    input.forEachBatch(texts, terminal, batch -> {
      List<List<Hit>> hits = search.nearest(embed(embedder, InputText.texts(batch)), top);
      for (int i = 0; i < batch.size(); i++) {
        InputText text = batch.get(i);
        print(text, text.isBlank() ? List.of() : hits.get(i), found, searched);
        if (text.isBlank() && text.problem() == null) {
          empty.increment();
        }
      }
      return !terminal.out().checkError();
    });
    return empty.sum();
  }

  private Vectors rows(CachedEmbedder embedder, List<InputText> searched) throws IOException {
    if (vectors == null) {
      try (var bar = new CountBar(terminal, "Embedding", CountBar.Unit.ONE)) {
        return embedder.embed(InputText.texts(searched), bar::to);
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

  private void print(InputText text, List<Hit> hits, int[] found, List<InputText> searched) {
    if (format == PredictionFormat.JSONL) {
      terminal.out().print(json(text, hits, found, searched) + "\n");
      return;
    }
    String kept = PredictionWriter.kept(text);
    if (hits.isEmpty()) {
      terminal.out().print(kept + (format == PredictionFormat.TSV ? PredictionWriter.escape(text.text())
          : PredictionWriter.unanswered(text, "(nothing to find)")) + "\n");
    }
    for (Hit hit : hits) {
      int row = found[hit.row()];
      InputText other = searched.get(row);
      String score = String.format(Locale.ROOT, "%.4f", hit.score());
      terminal.out().print((format == PredictionFormat.TSV
          ? kept + PredictionWriter.escape(text.text()) + "\t" + row + "\t" + score + "\t"
              + PredictionWriter.kept(other) + PredictionWriter.escape(other.text())
          : kept + score + "  " + PredictionWriter.kept(other) + other.text()) + "\n");
    }
    if (format == PredictionFormat.TEXT) {
      terminal.out().print("\n");
    }
  }

  private static String json(InputText text, List<Hit> hits, int[] found, List<InputText> searched) {
    var object = new ObjectNode();
    PredictionWriter.putKept(object, text, OWN_KEYS);
    object.put("text", text.text());
    var array = object.putArray("similar");
    for (Hit hit : hits) {
      int row = found[hit.row()];
      ObjectNode one = array.addObject();
      PredictionWriter.putKept(one, searched.get(row), OWN_KEYS);
      one.put("row", row).put("similarity", hit.score()).put("text", searched.get(row).text());
    }
    if (text.problem() != null) {
      object.put("error", text.problem());
    }
    return object.toString();
  }
}
