package crema.cli;

import crema.base.AtomicFile;
import crema.base.Keyed;
import crema.base.UserError;
import crema.base.json.ObjectNode;
import crema.classify.ComputeOptions;
import crema.cli.console.Terminal;
import crema.data.Columns;
import crema.data.FileRows;
import crema.data.PictureColumn;
import crema.data.image.PictureCache;
import crema.data.image.PictureCounts;
import crema.data.image.PictureLimits;
import crema.data.image.PictureLoader;
import crema.data.image.PicturePreparation;
import crema.run.DataSettings;
import crema.run.PictureSettings;
import crema.settings.Settings;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks the pictures of a table and prepares them. */
@Command(
    name = "pictures",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Checks the pictures that a column of tables names, by paths or addresses on the web, and keeps them prepared.",
        "Says how many there are of each format, how large they are, and which cannot be used. A training that prepares",
        "pictures in the same way finds them in the cache; stopped at any point, the next call goes on from there.",
        "Exit code 3 if some cannot be used."
    },
    footer = {
        "",
        "Examples:",
        "  crema pictures products.csv --image photo",
        "  crema pictures products.jsonl --image photo --image-root photos --size 224 --faults faults.jsonl",
        "  crema pictures products.csv --image photo_url --time-limit 5 --strict"
    })
final class PicturesCommand implements Callable<Integer>, Crema.Resumable {
  /** How many pictures that cannot be used are shown. */
  private static final int SHOWN = 5;

  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", arity = "1..*",
      description = "Tables: CSV, TSV, JSONL, Parquet or Excel (also .gz, .zst, in zip archives, and at addresses).")
  private List<String> tables = new ArrayList<>();

  @Option(names = "--image", paramLabel = "COLUMN", required = true,
      description = "The column with the pictures of rows.")
  private String image = "";

  @Option(names = "--image-root", paramLabel = "DIR",
      description = "Where relative paths begin (default: the folder of the table).")
  private @Nullable Path root;

  @Mixin
  private FileFlags files = new FileFlags();

  @Option(names = "--size", paramLabel = "PIXELS", defaultValue = "224",
      description = "The side of the squares that pictures become, as in training (default: ${DEFAULT-VALUE}).")
  private int size;

  @Option(names = "--picture-cache", paramLabel = "DIR",
      description = "Where prepared pictures are kept (default: in the user's folder for caches).")
  private @Nullable Path cache;

  @Option(names = "--time-limit", paramLabel = "SECONDS", defaultValue = "20",
      description = "How long a server may take for a picture (default: ${DEFAULT-VALUE}).")
  private double timeLimit;

  @Option(names = "--strict",
      description = "Stop at the first picture that cannot be used, or row that cannot be read.")
  private boolean strict;

  @Option(names = "--faults", paramLabel = "FILE",
      description = "Write all pictures that cannot be used to a file, an object a line: file, line, picture, fault, message.")
  private @Nullable Path faults;

  @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text",
      description = "text, or json: one object with all counts (default: ${DEFAULT-VALUE}).")
  private Format format = Format.TEXT;

  @Option(names = "--threads", paramLabel = "N",
      description = "How many pictures are decoded at a time (default: all processors). The result does not depend on it.")
  private int threads = ComputeOptions.DEFAULT.threads();

  /** How counts are printed. */
  enum Format implements Keyed {
    /** Lines for people. */
    TEXT,
    /** One object. */
    JSON
  }

  PicturesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public String kept() {
    return "pictures that are prepared are kept";
  }

  @Override
  public Integer call() throws IOException {
    if (size < 1 || size > PicturePreparation.MAX_SIZE) {
      throw new UserError("--size must be from 1 to " + PicturePreparation.MAX_SIZE + ", not " + size);
    }
    if (threads < 1) {
      throw new UserError("--threads must be at least 1, not " + threads);
    }
    if (!(timeLimit > 0 && timeLimit <= 3600)) {
      throw new UserError("--time-limit must be above 0 and at most 3600 seconds");
    }
    Columns columns = Columns.text(image).withPicture(new PictureColumn(image, root))
        .withMissing(DataSettings.missing(files.missing()));
    List<FileRows> rows = FileRows.all(RowFiles.of(tables, terminal), List.of(), columns, files.options());
    if (faults == null) {
      return check(rows, Writer.nullWriter());
    }
    var code = new int[1];
    AtomicFile.write(faults, channel -> {
      var lines = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
      code[0] = check(rows, lines);
      lines.flush();
    });
    return code[0];
  }

  private int check(List<FileRows> rows, Writer lines) throws IOException {
    Settings pictures = Settings.of(PictureSettings.SECTION);
    Path folder = PictureSettings.cache(
        cache == null ? pictures : pictures.with(PictureSettings.PICTURE_CACHE, cache.toString()));
    var limits = PictureLimits.DEFAULT.withTime(Duration.ofMillis(Math.max(1, (long) (timeLimit * 1000))));
    var bar = new CountBar(terminal, "Preparing pictures", CountBar.Unit.ONE);
    var survey = new PictureSurvey(new PictureSurvey.Output(terminal.err(), lines, SHOWN, bar), strict);
    try (bar;
        var loader = new PictureLoader(limits, PicturePreparation.ofSize(size));
        var filling = new PictureCache(folder).fill(loader, threads, survey)) {
      survey.read(rows, filling);
      PictureCounts counts;
      try (var prepared = filling.finish()) {
        counts = prepared.counts();
      }
      bar.close();
      survey.report();
      print(counts, folder);
      return counts.rejected() > 0 ? Crema.UNANSWERED : 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError("interrupted; " + kept(), e);
    }
  }

  private void print(PictureCounts counts, Path folder) {
    if (format == Format.JSON) {
      var object = new ObjectNode().put("rows", counts.rows()).put("without", counts.without())
          .put("usable", counts.usable()).put("rejected", counts.rejected()).put("known", counts.known());
      putAll(object.putObject("formats"), counts.formats());
      putAll(object.putObject("faults"), counts.faults());
      object.putObject("width").put("least", counts.narrowest()).put("most", counts.widest());
      object.putObject("height").put("least", counts.lowest()).put("most", counts.highest());
      terminal.out().println(object.put("cache", folder.toString()));
      return;
    }
    var out = new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8);
    out.printf(Locale.ROOT, "%,d rows, %,d with a picture that can be used%n", counts.rows(), counts.usable());
    if (counts.usable() > 0) {
      var formats = new StringJoiner(", ");
      counts.formats().forEach((name, count) -> formats.add(String.format(Locale.ROOT, "%s %,d", name.key(), count)));
      out.printf(Locale.ROOT, "  formats   %s%n", formats);
      out.printf(Locale.ROOT, "  pixels    %,d to %,d wide, %,d to %,d high%n", counts.narrowest(), counts.widest(),
          counts.lowest(), counts.highest());
      out.printf(Locale.ROOT, "  prepared  %,d × %,d pixels, in %s; %,d were there before%n", size, size, folder,
          counts.known());
    }
    if (counts.without() > 0) {
      out.printf(Locale.ROOT, "  without   %,d rows name no picture%n", counts.without());
    }
    if (counts.rejected() > 0) {
      var words = new StringJoiner(", ");
      counts.faults()
          .forEach((fault, count) -> words.add(String.format(Locale.ROOT, "%,d %s", count, fault.words())));
      out.printf(Locale.ROOT, "  faults    %s%n", words);
    }
  }

  private static void putAll(ObjectNode object, Map<? extends Keyed, Long> counts) {
    counts.forEach((name, count) -> object.put(name.key(), count));
  }
}
