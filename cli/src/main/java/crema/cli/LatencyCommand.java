package crema.cli;

import crema.base.Keyed;
import crema.base.UserError;
import crema.base.json.ArrayNode;
import crema.base.json.Json;
import crema.base.json.ObjectNode;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.cli.console.Terminal;
import crema.embed.EmbedOptions;
import crema.embed.Embedder;
import crema.nn.adapter.LoraConfig;
import crema.report.Latency;
import crema.report.TextTable;
import crema.report.TextsOfLength;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how long a model takes. */
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Measures how long a model takes for texts of several lengths, alone and in batches: the milliseconds that 50, 95 "
            + "and 99 of 100 calls do not exceed, and texts a second. From text to answer, tokenizing included.",
        "A model with an adapter is measured with the adapter beside its weights and with the adapter merged into them. "
            + "Texts are of words from product titles; nothing else should run meanwhile."
    },
    footer = {
        "",
        "Examples:",
        "  crema latency models/titles --threads 1",
        "  crema latency sentence-transformers/all-MiniLM-L6-v2 --lengths 16,128 --batches 1,32 --format json",
        "  crema latency Qwen/Qwen3-Embedding-0.6B --adapter adapters/titles"
    })
final class LatencyCommand implements Callable<Integer> {
  /** Calls of a cell that are timed at least, however long they take. */
  private static final int LEAST_CALLS = 20;

  /** Calls that are not timed, at least: the first ones are compiled while they run. */
  private static final int LEAST_WARM_UP = 10;

  private static final String ALONE = "model";
  private static final String BESIDE = "adapter beside the weights";
  private static final String MERGED = "adapter merged";
  private static final double NANOS_A_SECOND = 1e9;

  private final Terminal terminal;

  @Parameters(paramLabel = "MODEL",
      description = "A model of Crema's, or a pretrained encoder: a folder, a file of weights, "
          + "or a name on the hub.")
  private String model = "";

  @Option(names = "--adapter", paramLabel = "DIR", description = "An adapter of PEFT's beside a pretrained encoder.")
  private @Nullable Path adapter;

  @Option(names = "--task", paramLabel = "NAME", description = "Which task of a model that has several.")
  private @Nullable String task;

  @Option(names = "--lengths", paramLabel = "N", split = ",", defaultValue = "16,32,128",
      description = "Tokens of a text, special ones included; words of a model without tokens "
          + "(default: ${DEFAULT-VALUE}).")
  private List<Integer> lengths = new ArrayList<>();

  @Option(names = "--batches", paramLabel = "N", split = ",", defaultValue = "1,8,32",
      description = "Texts of a call (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches = new ArrayList<>();

  @Option(names = "--seconds", paramLabel = "S", defaultValue = "2",
      description = "How long each cell is measured, after half of that to warm up; at least " + LEAST_CALLS
          + " calls (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "table",
      description = "table, or json: an object with all cells (default: ${DEFAULT-VALUE}).")
  private Format format = Format.TABLE;

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  @Mixin
  private HubFlags hub = new HubFlags();

  /** How results are written. */
  enum Format implements Keyed {
    /** For people. */
    TABLE,
    /** For programs. */
    JSON
  }

  LatencyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Something that answers texts, once it is opened. */
  private record Subject(ToIntFunction<String> length, Consumer<List<String>> answer, AutoCloseable model) {
    static Subject of(Classifier classifier) {
      return new Subject(classifier::length, classifier::answer, classifier);
    }

    static Subject of(Embedder embedder) {
      return new Subject(embedder::tokens, embedder::embed, embedder);
    }
  }

  /** Opens a model. */
  @FunctionalInterface
  private interface Opening {
    Subject open() throws IOException;
  }

  @Override
  public Integer call() throws Exception {
    requirePositive("--lengths", lengths);
    requirePositive("--batches", batches);
    if (!(seconds > 0) || seconds > 3600) {
      throw new UserError("--seconds must be above 0 and at most 3600, not " + seconds);
    }
    Path given = hub.open(terminal).locate(model);
    Map<String, Opening> subjects = subjects(given);
    var results = new LinkedHashMap<String, List<Latency>>();
    try (var bar = new CountBar(terminal, "Measuring", CountBar.Unit.ONE)) {
      int cells = subjects.size() * lengths.size() * batches.size();
      for (var subject : subjects.entrySet()) {
        Subject opened = subject.getValue().open();
        try (AutoCloseable _ = opened.model) {
          int done = results.size() * lengths.size() * batches.size();
          results.put(subject.getKey(), measure(opened, measured -> bar.to(done + measured, cells)));
        }
      }
    }
    write(given, results);
    return 0;
  }

  private static void requirePositive(String flag, List<Integer> numbers) {
    numbers.stream().filter(number -> number < 1).findFirst().ifPresent(number -> {
      throw new UserError(flag + " must be at least 1, not " + number);
    });
  }

  private Map<String, Opening> subjects(Path given) throws IOException {
    var subjects = new LinkedHashMap<String, Opening>();
    boolean isTrained = Files.isRegularFile(given) && given.toString().endsWith(".zip")
        || new ModelDirectory(given).holds(ModelSource.LABELS) || task != null;
    if (isTrained) {
      if (adapter != null) {
        throw new UserError(
            "--adapter is for pretrained encoders; " + given + " is a model of Crema's, which keeps its own");
      }
      ComputeOptions options = compute.announced(given, terminal);
      boolean isMerged = task == null && LoraConfig.isIn(new ModelDirectory(given).adapter());
      if (isMerged) {
        subjects.put(BESIDE, () -> Subject.of(ModelSource
            .read(given, source -> ModelFamily.of(source).openUnmerged(source, options)).orElseThrow()));
      }
      subjects.put(isMerged ? MERGED : ALONE, () -> Subject.of(ComputeFlags.load(given, task, options)));
      return subjects;
    }
    ComputeOptions options = compute.announced(terminal);
    if (adapter == null) {
      subjects.put(ALONE, () -> Subject.of(Embedder.load(given, EmbedOptions.DEFAULT, options)));
      return subjects;
    }
    Path beside = adapter;
    subjects.put(BESIDE, () -> {
      Embedder base = Embedder.load(given, EmbedOptions.DEFAULT, options);
      try {
        Embedder adapted = base.adapted(beside);
        return new Subject(adapted::tokens, adapted::embed, base);
      } catch (RuntimeException e) {
        base.close();
        throw e;
      }
    });
    subjects.put(MERGED,
        () -> Subject.of(Embedder.loadMerged(given, beside, EmbedOptions.DEFAULT, options)));
    return subjects;
  }

  private List<Latency> measure(Subject subject, Consumer<Integer> progress) {
    var texts = new TextsOfLength(subject.length);
    var results = new ArrayList<Latency>();
    for (int length : lengths) {
      for (int batch : batches) {
        results.add(measure(subject, texts.of(length, batch), length));
        progress.accept(results.size());
      }
    }
    return results;
  }

  private Latency measure(Subject subject, List<String> texts, int length) {
    time(subject, texts, seconds / 2, LEAST_WARM_UP);
    return Latency.of(length, texts.size(), time(subject, texts, seconds, LEAST_CALLS));
  }

  /** The nanoseconds of each call, for some seconds and at least some calls. */
  private static long[] time(Subject subject, List<String> texts, double seconds, int leastCalls) {
    var times = new long[1024];
    int calls = 0;
    long began = System.nanoTime();
    while (calls < leastCalls || System.nanoTime() - began < seconds * NANOS_A_SECOND) {
      long start = System.nanoTime();
      subject.answer.accept(texts);
      if (calls == times.length) {
        times = Arrays.copyOf(times, 2 * calls);
      }
      times[calls++] = System.nanoTime() - start;
    }
    return Arrays.copyOf(times, calls);
  }

  private void write(Path given, Map<String, List<Latency>> results) {
    if (format == Format.JSON) {
      terminal.out().println(Json.pretty(json(given, results)));
      return;
    }
    results.forEach((subject, cells) -> {
      int threads = compute.options().threads();
      terminal.out().println(subject + ", " + threads + (threads == 1 ? " thread" : " threads"));
      var table = new TextTable(Stream.of("tokens", "batch", "p50 ms", "p95 ms", "p99 ms", "texts/s", "calls")
          .map(TextTable.Number::new).toArray(TextTable.Column[]::new));
      cells.forEach(cell -> table.row(Integer.toString(cell.length()), Integer.toString(cell.batch()),
          millis(cell.p50()), millis(cell.p95()), millis(cell.p99()),
          String.format(Locale.ROOT, "%,.0f", cell.textsPerSecond()), Integer.toString(cell.calls())));
      terminal.out().print(table.render(terminal.outStyle()));
      terminal.out().println();
    });
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private ObjectNode json(Path given, Map<String, List<Latency>> results) {
    ComputeOptions options = compute.options().resolved();
    var json = new ObjectNode().put("model", given.toString()).put("device", options.device().toString())
        .put("threads", options.threads());
    ArrayNode cells = json.putArray("cells");
    results.forEach((subject, all) -> all.forEach(cell -> cells.addObject().put("subject", subject)
        .put("length", cell.length()).put("batch", cell.batch()).put("calls", cell.calls()).put("p50_ms", cell.p50())
        .put("p95_ms", cell.p95()).put("p99_ms", cell.p99()).put("texts_per_second", cell.textsPerSecond())));
    return json;
  }
}
