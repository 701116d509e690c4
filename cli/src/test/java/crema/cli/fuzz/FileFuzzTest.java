package crema.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.FileTree;
import crema.cli.CommandRun;
import crema.data.RowFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * file are tried with every build; {@code -Dcrema.mutations=200} tries as many, {@code -Dcrema.seed=N} others, and
 * {@code -Dcrema.minutes} is what a command may take.
 */
class FileFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("crema.mutations", 1);
  private static final int SEED = Integer.getInteger("crema.seed", 1);
  private static final Duration LIMIT = Duration.ofMinutes(Integer.getInteger("crema.minutes", 5));
  @TempDir
  static Path folder;
  private static Map<String, Path> files;

  /** The files that people have: those of the corpus that are of rows. */
  static Stream<Arguments> files() {
    return Stream.of(Format.CSV, Format.TSV, Format.JSONL, Format.JSON_ARRAY, Format.FASTTEXT_TEXT)
        .flatMap(format -> format.corpus().entrySet().stream().filter(file -> !Format.isFound(file.getKey()))
            .map(file -> Arguments.of(file.getKey(), file.getValue())));
  }

  @BeforeAll
  static void prepare() throws IOException {
    files = FuzzedCommand.prepare(folder);
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
    OptionalLong rows = RowCount.of(file);
    Map<String, Path> with = FuzzedCommand.withRows(files, folder, file);
    for (FuzzedCommand command : FuzzedCommand.values()) {
      if (command.readsRows()) {
        tried(command, with, rows, file, why);
      }
    }
  }

  private static void tried(FuzzedCommand command, Map<String, Path> with, OptionalLong rows, Path file, String why)
      throws IOException {
    String what = command.key() + " " + why;
    FileTree.delete(command.output(with));
    CommandRun run = run(what, command.arguments(with).toArray(String[]::new));
    switch (command) {
      case TRAIN_LINEAR, TRAIN_FASTTEXT, TRAIN_ENCODER, TRAIN_NEIGHBOURS, TRAIN_AUTO, TRAIN_IMAGE, TRAIN_FUSION,
          EVALUATE ->
          requireAccount(run, command.output(with), rows, what);
      case PREDICT, LANGID -> requireLines(run, file, rows, what);
      default -> {}
    }
  }

  /** Tables of pictures, beside these. */
  @Test
  void commandsOfPicturesEndWithAnAnswerOrALine() throws IOException {
    byte[] table = Files.readAllBytes(FuzzedCommand.file(files, "PHOTOS"));
    tryMutations(List.of(FuzzedCommand.TRAIN_IMAGE, FuzzedCommand.TRAIN_FUSION, FuzzedCommand.PICTURES), "PHOTOS",
        table, "drawn/mutated.csv");
  }

  /** Archives: what is in them, and corpora of them. */
  @Test
  void commandsOfArchivesEndWithAnAnswerOrALine() throws IOException {
    byte[] archive = Files.readAllBytes(FuzzedCommand.file(files, "OFFERS"));
    tryMutations(List.of(FuzzedCommand.DATA_LSPC), "OFFERS", archive, "mutated.zip");
    tryMutations(List.of(FuzzedCommand.DATA_DISCOVER), FuzzedCommand.ROWS, archive, "mutated.zip");
  }

  private static void tryMutations(List<FuzzedCommand> commands, String word, byte[] bytes, String name)
      throws IOException {
    var soft = new SoftAssertions();
    for (int i = 0; i < MUTATIONS; i++) {
      Path file = Files.write(folder.resolve(name), Mutation.of(bytes, new Random(31L * SEED + 1000L * word.hashCode()
          + i)));
      var with = new LinkedHashMap<>(files);
      with.put(word, file);
      String why = name + " seed " + SEED + " mutation " + i;
      for (FuzzedCommand command : commands) {
        soft.check(() -> tried(command, with, OptionalLong.empty(), file, why));
      }
    }
    soft.assertAll();
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
      for (List<String> command : List.of(List.of("predict", FuzzedCommand.file(files, "MODEL").toString()),
          List.of("langid"))) {
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
