package crema.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import crema.cli.CommandRun;
import crema.data.RowFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whatever a file of rows holds, a command ends soon, with an answer or one line that says what is wrong. A few mutations of each
 * file are tried with every build; {@code -Dcrema.mutations=200} tries as many, and {@code -Dcrema.seed=N} others.
 */
class FileFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("crema.mutations", 3);
  private static final int SEED = Integer.getInteger("crema.seed", 1);
  private static final Duration LIMIT = Duration.ofMinutes(1);
  @TempDir
  static Path folder;
  private static Path linear;
  private static Path fastText;

  /** The files that people have: those of the corpus that are of rows. */
  static Stream<Arguments> files() {
    return Stream.of(Format.CSV, Format.TSV, Format.JSONL, Format.JSON_ARRAY, Format.FASTTEXT_TEXT)
        .flatMap(format -> format.corpus().entrySet().stream().filter(file -> !Format.isFound(file.getKey()))
            .map(file -> Arguments.of(file.getKey(), file.getValue())));
  }

  @BeforeAll
  static void train() throws IOException {
    Path file = Corpus.folder(Format.CSV.key()).resolve("plain.csv");
    linear = folder.resolve("linear");
    fastText = folder.resolve("fasttext");
    for (Path model : List.of(linear, fastText)) {
      CommandRun run = CommandRun.of("train", "--model", model.getFileName().toString(), "--train", file.toString(),
          "--text", "title", "--label", "label", "--output", model.toString(), "--quiet", "--threads", "1");
      assertThat(run.code()).as(run.err()).isZero();
    }
  }

  private static CommandRun run(String why, String... arguments) {
    CommandRun run = Assertions.assertTimeoutPreemptively(LIMIT, () -> CommandRun.of(arguments), why);
    assertThat(run.err()).as(why).doesNotContain("\tat ", "this is a bug", "Exception");
    assertThat(run.code()).as(why + "\n" + run.err()).isIn(0, 2, 3);
    if (run.code() == 2) {
      assertThat(run.err().strip().lines().toList().getLast()).as(why).startsWith("crema: ")
          .satisfies(line -> assertThat(line.length()).as(line).isLessThan(2500));
    }
    return run;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void everyCommandEndsWithAnAnswerOrALine(String name, byte[] bytes) throws IOException {
    var soft = new SoftAssertions();
    for (int i = 0; i < MUTATIONS; i++) {
      var random = new Random(31L * SEED + 1000L * name.hashCode() + i);
      Path file = Files.write(folder.resolve("mutated-" + name), Mutation.of(bytes, random));
      String why = name + " seed " + SEED + " mutation " + i + ": " + file;
      soft.check(() -> tryAllCommands(file, why));
    }
    soft.assertAll();
  }

  /**
   * Each row of the file is used, or told with its reason and counted.
   *
   * @param report where metrics.json is
   * @param rows of the file, where there is another way to count them
   */
  private static void requireAccount(CommandRun run, Path report, OptionalLong rows, String why) throws IOException {
    if (run.code() == 2) {
      return;
    }
    JsonNode metrics = new JsonMapper().readTree(report.resolve("metrics.json").toFile());
    JsonNode account = metrics.path("rows");
    long used = sum(account.path("used"));
    assertThat(used).as(why).isPositive();
    assertThat(account.path("used").path("test").asLong(0)).as(why).isEqualTo(metrics.path("documents").asLong(-1));
    assertThat(used + sum(account.path("left_out"))).as(why + " " + account).isEqualTo(account.path("read").asLong(-1));
    rows.ifPresent(count -> assertThat(account.path("read").asLong(-1)).as(why).isEqualTo(count));
    for (RowFault fault : RowFault.values()) {
      long told =
          run.err().lines().map(Pattern.compile("crema: ([0-9,]+) rows?: " + Pattern.quote(fault.toString()))::matcher)
              .filter(Matcher::matches).mapToLong(line -> Long.parseLong(line.group(1).replace(",", ""))).sum();
      if (fault.leavesRowOut()) {
        assertThat(told).as(why + "\n" + fault + "\n" + run.err())
            .isEqualTo(account.path("left_out").path(fault.key()).asLong(0));
      }
    }
  }

  /** As many lines as rows; files without columns are read by lines, of which a blank one is one too. */
  private static void requireLines(CommandRun run, Path file, OptionalLong rows, String why) {
    if (run.code() != 2 && !file.toString().endsWith(".txt")) {
      rows.ifPresent(count -> assertThat(run.out().lines().count()).as(why).isEqualTo(count));
    }
  }

  private static long sum(JsonNode counts) {
    return counts.valueStream().mapToLong(count -> count.asLong(0)).sum();
  }

  private static void tryAllCommands(Path file, String why) throws IOException {
    String name = file.toString();
    Path out = folder.resolve("out");
    OptionalLong rows = RowCount.of(file);
    requireAccount(run(why, "train", "--model", "linear", "--train", name, "--text", "title", "--label", "label",
        "--output", out.toString(), "--overwrite", "--quiet", "--threads", "1"), out, rows, why);
    requireAccount(run(why, "train", "--model", "fasttext", "--epochs", "1", "--dim", "4", "--buckets", "100",
        "--train", name, "--text", "title", "--label", "label", "--output", out.toString(), "--overwrite", "--quiet",
        "--threads", "1"), out, rows, why);
    Path report = folder.resolve("report");
    requireAccount(run(why, "evaluate", linear.toString(), "--data", name, "--output", report.toString(), "--quiet",
        "--threads", "1"), report, rows, why);
    requireLines(run(why, "predict", linear.toString(), "--file", name, "--threads", "1", "--format", "jsonl"), file,
        rows, why);
    run(why, "predict", fastText.toString(), "--file", name, "--threads", "1", "--format", "jsonl");
    requireLines(run(why, "langid", "--file", name, "--text", "title", "--format", "jsonl"), file, rows, why);
    run(why, "tokenizer", "train", "--data", name, "--text", "title", "--vocabulary-size", "280", "--output",
        folder.resolve("t.json").toString(), "--quiet");
    run(why, "fasttext", "supervised", "-input", name, "-output", folder.resolve("ft").toString(), "-dim", "2",
        "-epoch",
        "1", "-bucket", "10", "-thread", "1", "-verbose", "0");
    run(why, "fasttext", "skipgram", "-input", name, "-output", folder.resolve("sg").toString(), "-dim", "2", "-epoch",
        "1", "-bucket", "10", "-minCount", "1", "-thread", "1", "-verbose", "0");
  }

  /** A line of output for each line of input: of a file that has no columns, none can be lost. */
  @Test
  void asManyAnswersAsLines() throws IOException {
    for (int i = 0; i < 2 * MUTATIONS; i++) {
      var random = new Random(77L * SEED + i);
      byte[] bytes = Mutation.of(Files.readAllBytes(Corpus.folder(Format.FASTTEXT_TEXT.key()).resolve("plain.txt")),
          random);
      boolean isOldMac = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('\n') < 0;
      if (isOldMac || bytes.length == 0 || bytes[0] != '_') {
        continue;
      }
      Path file = Files.write(folder.resolve("lines.txt"), bytes);
      int rows = 0;
      for (byte each : bytes) {
        rows += each == '\n' ? 1 : 0;
      }
      rows += bytes[bytes.length - 1] == '\n' ? 0 : 1;
      String why = "seed " + SEED + " mutation " + i + ": " + file;
      for (List<String> command : List.of(List.of("predict", linear.toString()), List.of("langid"))) {
        var arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--file", file.toString(), "--format", "jsonl"));
        CommandRun run = run(why, arguments.toArray(String[]::new));
        if (run.code() != 2) {
          assertThat(run.out().lines()).as(why).hasSize(rows);
        }
      }
    }
  }
}
