package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever a file holds, a command ends soon, with an answer or one line that says what is wrong. A few mutations of each
 * file are tried with every build; {@code -Dcrema.mutations=200} tries as many, and {@code -Dcrema.seed=N} others.
 */
class HostileFilesTest {
  private static final int MUTATIONS = Integer.getInteger("crema.mutations", 3);
  private static final int SEED = Integer.getInteger("crema.seed", 1);
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final List<String> WORDS =
      List.of("apple", "pear", "hammer", "saw", "doll", "\"kite\"", "ball, red", "Café");
  private static final List<String> KINDS = List.of("Fruit", "Tools", "Toys");

  @TempDir
  static Path folder;
  private static Path linear;
  private static Path fastText;

  /** The files that people have. */
  enum Sample {
    CSV("csv", "title,label\n", i -> quoted(title(i)) + "," + kind(i) + "\n", StandardCharsets.UTF_8),
    SEMICOLONS("csv", "sep=;\nid;title;label\n", i -> i + ";" + quoted(title(i)) + ";" + kind(i) + "\n",
        StandardCharsets.UTF_8),
    TSV("tsv", "title\tlabel\n", i -> title(i) + "\t" + kind(i) + "\n", StandardCharsets.UTF_8),
    UTF16("csv", "\uFEFFtitle,label\r\n", i -> quoted(title(i)) + "," + kind(i) + "\r\n", StandardCharsets.UTF_16LE),
    LATIN("csv", "title,label\n", i -> quoted(title(i)) + "," + kind(i) + "\n", StandardCharsets.ISO_8859_1),
    OLD_MAC("tsv", "title\tlabel\r", i -> title(i) + "\t" + kind(i) + "\r", StandardCharsets.UTF_8),
    JSON_LINES("jsonl", "", i -> "{\"title\": \"" + title(i).replace("\"", "\\\"") + "\", \"label\": \"" + kind(i)
        + "\", \"n\": [1, {\"x\": null}]}\n", StandardCharsets.UTF_8),
    LISTS("csv", "title,label\n", i -> quoted(title(i)) + ",\"['" + kind(i) + "', 'all']\"\n", StandardCharsets.UTF_8),
    FASTTEXT("txt", "", i -> "__label__" + kind(i) + " " + title(i) + "\n", StandardCharsets.UTF_8),
    GZIP("csv.gz", "title,label\n", i -> quoted(title(i)) + "," + kind(i) + "\n", StandardCharsets.UTF_8);

    private final String extension;
    private final byte[] bytes;

    Sample(String extension, String header, IntFunction<String> row, Charset charset) {
      this.extension = extension;
      var text = new StringBuilder(header);
      for (int i = 0; i < 60; i++) {
        text.append(row.apply(i));
      }
      byte[] plain = text.toString().getBytes(charset);
      bytes = extension.endsWith("gz") ? gzipped(plain) : plain;
    }
  }

  private static String title(int i) {
    return WORDS.get(i % WORDS.size()) + " " + WORDS.get(i / 3 % WORDS.size()) + " "
        + KINDS.get(i % 3).toLowerCase(Locale.ROOT) + i % 7;
  }

  private static String kind(int i) {
    return KINDS.get(i % 3);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  private static byte[] gzipped(byte[] plain) {
    var out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  @BeforeAll
  static void train() throws IOException {
    Path file = Files.write(folder.resolve("base.csv"), Sample.CSV.bytes);
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

  @ParameterizedTest
  @EnumSource
  void everyCommandEndsWithAnAnswerOrALine(Sample sample) throws IOException {
    var soft = new SoftAssertions();
    for (int i = 0; i < MUTATIONS; i++) {
      int mutation = i;
      soft.check(() -> tryAllCommands(sample, mutation));
    }
    soft.assertAll();
  }

  private static void tryAllCommands(Sample sample, int i) throws IOException {
    var random = new Random(31L * SEED + 1000L * sample.ordinal() + i);
    byte[] bytes = Mutation.of(sample.bytes, random);
    Path file = Files.write(folder.resolve("mutated-" + sample + "." + sample.extension), bytes);
    String why = sample + " seed " + SEED + " mutation " + i + ": " + file;
    String name = file.toString();
    Path out = folder.resolve("out");
    run(why, "train", "--model", "linear", "--train", name, "--text", "title", "--label", "label", "--output",
        out.toString(), "--overwrite", "--quiet", "--threads", "1");
    run(why, "train", "--model", "fasttext", "--epochs", "1", "--dim", "4", "--buckets", "100", "--train", name,
        "--text", "title", "--label", "label", "--output", out.toString(), "--overwrite", "--quiet", "--threads", "1");
    run(why, "evaluate", linear.toString(), "--data", name, "--quiet", "--threads", "1");
    run(why, "predict", linear.toString(), "--file", name, "--threads", "1");
    run(why, "predict", fastText.toString(), "--file", name, "--threads", "1", "--format", "jsonl");
    run(why, "langid", "--file", name, "--text", "title");
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
      var text = new StringBuilder();
      for (int row = 0; row < 30; row++) {
        text.append(title(row)).append('\n');
      }
      byte[] bytes = Mutation.of(text.toString().getBytes(StandardCharsets.UTF_8), random);
      boolean isOldMac = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('\n') < 0;
      if (isOldMac || bytes.length == 0 || bytes[0] != 'a') {
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
