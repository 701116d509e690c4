package crema.cli;

import crema.base.AtomicFile;
import crema.base.Keyed;
import crema.base.UserError;
import crema.base.json.ObjectNode;
import crema.cli.console.Terminal;
import crema.embed.CachedEmbedder;
import crema.embed.NpyFile;
import crema.embed.Vectors;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes vectors of texts. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Makes vectors of texts with a pretrained encoder.",
        "The texts are those given as arguments, the lines or columns of a file, or the lines of standard input; one "
            + "vector for each, in order; a row that cannot be read has none (zeros, in tsv and npy), and the exit code "
            + "is 3. Vectors are kept on disk: a text that the same model embedded before is not computed again."
    },
    footer = {
        "",
        "Examples:",
        "  crema embed --encoder models/bge-small \"bosch serie 6 washing machine 9kg\"",
        "  crema embed --encoder BAAI/bge-small-en-v1.5 --file offers.csv --text title --format npy --output titles.npy",
        "  crema embed --encoder models/bge-small --file offers.csv --text title --keep id > vectors.jsonl"
    })
final class EmbedCommand implements Callable<Integer> {
  /** Keys of an object of JSON. */
  private static final Set<String> OWN_KEYS = Set.of("text", "vector", "error");

  private final Terminal terminal;

  @Parameters(paramLabel = "TEXT", description = "Texts; none to read a file or standard input.")
  private List<String> texts = new ArrayList<>();

  @Mixin
  private EmbedderFlags encoder = new EmbedderFlags();

  @Mixin
  private TextInput input = new TextInput();

  @Mixin
  private KeepFlags keep = new KeepFlags();

  @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "jsonl",
      description = "jsonl: an object a line with text and vector; tsv: the numbers, with tabs between; npy: a file of "
          + "NumPy's, [texts, features], which needs --output (default: ${DEFAULT-VALUE}).")
  private Format format = Format.JSONL;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE",
      description = "The file to write (default: standard output).")
  private @Nullable Path output;

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  /** How vectors are written. */
  enum Format implements Keyed {
    /** An object a line. */
    JSONL,
    /** Numbers with tabs between. */
    TSV,
    /** NumPy's. */
    NPY
  }

  EmbedCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (format == Format.NPY && output == null) {
      throw new UserError("--format npy needs --output FILE: its length stands at its beginning");
    }
    if (format == Format.NPY && keep.any()) {
      throw new UserError("--format npy has numbers alone, and no place for what --keep and --keep-all repeat");
    }
    input.keep(keep);
    try (CachedEmbedder embedder = encoder.open(terminal, compute.announced(terminal));
        var bar = new CountBar(terminal, "Embedding", CountBar.Unit.ONE)) {
      if (output == null) {
        input.forEachBatch(texts, terminal, batch -> {
          print(batch, embed(embedder, batch, bar), terminal.out());
          return !terminal.out().checkError();
        });
      } else {
        // All texts at once: the bar knows how many there are.
        List<InputText> all = input.all(texts, terminal);
        Vectors vectors = embed(embedder, all, bar);
        bar.close();
        write(all, vectors, output);
      }
      EmbedderFlags.report(embedder, terminal);
    }
    return input.report(terminal);
  }

  /** Vectors of texts; zeros for a row that cannot be read. */
  private static Vectors embed(CachedEmbedder embedder, List<InputText> texts, CountBar bar) {
    try {
      Vectors vectors = embedder.embed(InputText.texts(texts), bar::to);
      if (texts.stream().allMatch(text -> text.problem() == null)) {
        return vectors;
      }
      float[] values = vectors.rows(IntStream.range(0, texts.size()).toArray());
      for (int i = 0; i < texts.size(); i++) {
        if (texts.get(i).problem() != null) {
          Arrays.fill(values, i * vectors.size(), (i + 1) * vectors.size(), 0);
        }
      }
      return new Vectors(vectors.size(), values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(List<InputText> all, Vectors vectors, Path file) throws IOException {
    if (format == Format.NPY) {
      NpyFile.write(file, vectors);
    } else {
      AtomicFile.write(file, channel -> {
        var out = new PrintStream(
            new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), false,
            StandardCharsets.UTF_8);
        print(all, vectors, out);
        if (out.checkError()) {
          throw new IOException("the disk may be full");
        }
      });
    }
  }

  private void print(List<InputText> batch, Vectors vectors, PrintStream out) {
    for (int i = 0; i < batch.size(); i++) {
      InputText text = batch.get(i);
      out.print((format == Format.JSONL ? json(text, vectors.row(i))
          : PredictionWriter.kept(text) + tabbed(vectors.row(i))) + "\n");
    }
  }

  private static String json(InputText text, float[] vector) {
    var object = new ObjectNode();
    PredictionWriter.putKept(object, text, OWN_KEYS);
    object.put("text", text.text());
    var numbers = object.putArray("vector");
    if (text.problem() != null) {
      return object.put("error", text.problem()).toString();
    }
    for (float number : vector) {
      numbers.add(number);
    }
    return object.toString();
  }

  private static String tabbed(float[] vector) {
    var line = new StringBuilder();
    for (float number : vector) {
      line.append(line.isEmpty() ? "" : "\t").append(number);
    }
    return line.toString();
  }
}
