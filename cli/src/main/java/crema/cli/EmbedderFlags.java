package crema.cli;

import crema.classify.ComputeOptions;
import crema.cli.console.Terminal;
import crema.embed.CachedEmbedder;
import crema.embed.EmbedOptions;
import crema.embed.PoolingKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which encoder makes vectors of texts, and how. */
final class EmbedderFlags {
  @Option(names = "--encoder", paramLabel = "MODEL", required = true,
      description = "The encoder: a folder of sentence-transformers or of Hugging Face's, an ONNX file with its tokenizer "
          + "beside it, or a name on the hub.")
  private String encoder = "";

  @Option(names = "--prompt", paramLabel = "TEXT",
      description = "A text in front of every text, such as \"query: \".")
  private @Nullable String prompt;

  @Option(names = "--prompt-name", paramLabel = "NAME", description = "One of the model's own prompts.")
  private @Nullable String promptName;

  @Option(names = "--pooling", paramLabel = "KIND", parameterConsumer = CommaSeparated.class,
      description = "How tokens become one vector: first, mean, max, mean-sqrt-len, weighted-mean or last, or several, "
          + "joined; the names of sentence-transformers (cls, lasttoken) do too (default: as the model says).")
  private List<String> pooling = new ArrayList<>();

  @Option(names = "--normalize", negatable = true, arity = "0",
      description = "Scale vectors to length 1 (default: as the model says).")
  private @Nullable Boolean normalize;

  @Option(names = "--max-length", paramLabel = "N",
      description = "The most tokens of a text; longer ones are cut (default: as the model says).")
  private @Nullable Integer maxLength;

  @Option(names = "--dimensions", paramLabel = "N",
      description = "Only the first features of each vector, for models that were trained for that.")
  private @Nullable Integer dimensions;

  @Option(names = "--vector-cache", paramLabel = "DIR",
      description = "The folder of vectors that were computed before (default: ~/.cache/crema/vectors).")
  private @Nullable Path vectorCache;

  @Option(names = "--no-vector-cache", description = "Neither read nor write vectors that were computed before.")
  private boolean withoutCache;

  @Mixin
  private HubFlags hub = new HubFlags();

  /** Finds the encoder, and prepares it. */
  CachedEmbedder open(Terminal terminal, ComputeOptions compute) throws IOException {
    Path model = hub.open(terminal).locate(encoder);
    var options = new EmbedOptions(Optional.ofNullable(prompt), Optional.ofNullable(promptName),
        pooling.stream().map(kind -> PoolingKind.named(kind, "--pooling")).toList(),
        Optional.ofNullable(normalize), maxLength == null ? OptionalInt.empty() : OptionalInt.of(maxLength),
        dimensions == null ? OptionalInt.empty() : OptionalInt.of(dimensions));
    Path cache = vectorCache == null ? CachedEmbedder.defaultCache() : vectorCache;
    return new CachedEmbedder(model, options, compute, withoutCache ? Optional.empty() : Optional.of(cache));
  }

  /** Says once, if so, that texts were cut, and that the tokenizer's file was not read as it stands. */
  static void report(CachedEmbedder embedder, Terminal terminal) {
    embedder.notes().forEach(note -> terminal.err().println("crema: " + note));
    if (embedder.cut() > 0) {
      terminal.err().printf(Locale.ROOT, "crema: %,d texts are longer than the model takes and were cut%n",
          embedder.cut());
    }
  }
}
