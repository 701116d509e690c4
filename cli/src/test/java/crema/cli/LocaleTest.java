package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An application that embeds Crema may run in any locale: what is trained, written and told there has the same bytes. The
 * command line sets a locale of its own in {@code main}, which is left out here.
 */
class LocaleTest {
  private static final int MINUTES = 3;
  private static final String PRINTED = "printed";
  private static final String PRINTED_FILE = "printed.txt";
  @TempDir
  static Path folder;
  private static Map<String, String> expected;

  /** Commands, one a line of a file, in a process of another locale. */
  static final class Program {
    private Program() {}

    /** Runs the commands of a file, and writes what each printed beside it. */
    public static void main(String[] arguments) throws IOException {
      Path commands = Path.of(arguments[0]);
      var printed = new StringBuilder(String.format("%,.1f%n", 1234.5));
      for (String command : Files.readAllLines(commands)) {
        CommandRun run = CommandRun.of(command.split(" +"));
        printed.append(run.code()).append('\n').append(run.out()).append(run.err());
      }
      Files.writeString(commands.resolveSibling(PRINTED_FILE), printed);
    }
  }

  @BeforeAll
  static void write() throws IOException, InterruptedException {
    var lines = new ArrayList<>(List.of("title,category"));
    for (int i = 0; i < 1200; i++) {
      lines.add(List.of("TITANIUM digital camera ", "ILIKE washing machine ", "pocket watch ").get(i % 3) + i % 97 + ","
          + List.of("CAMERAS", "INDOOR", "watches").get(i % 17 == 0 ? 1 : i % 3));
    }
    Files.write(folder.resolve("rows.csv"), lines);
    expected = run(Locale.US);
  }

  /** The files of the runs, and what was printed but for its first line, which shows that the locale is another. */
  private static Map<String, String> run(Locale locale) throws IOException, InterruptedException {
    Path place = Files.createDirectories(folder.resolve(locale.toLanguageTag()));
    String rows = " " + folder.resolve("rows.csv") + " ";
    String columns = " --text title --label category --threads 1 --output " + place;
    Path commands = Files.write(place.resolve("commands.txt"), List.of(
        "train --model linear --C 0.3,1 --folds 2 --min-precision 0.9 --train" + rows + columns + "/linear",
        "train --model fasttext --epochs 3 --dim 4 --buckets 1000 --train" + rows + columns + "/fasttext",
        "evaluate " + place + "/linear --data" + rows + "--output " + place + "/report",
        "predict " + place + "/linear --file" + rows + "--format jsonl",
        "predict " + place + "/linear --top 2 TITANIUM",
        "explain " + place + "/linear INDOOR",
        "info " + place + "/fasttext",
        "langid INDOOR ILIKE",
        "train --model linear --C 1e300 --folds 1000 --train" + rows + columns + "/wrong",
        "audit" + rows + columns + "/audit --folds 2"));
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.language=" + locale.getLanguage(),
        "-Duser.country=" + locale.getCountry(), "-cp",
        System.getProperty("java.class.path"), Program.class.getName(), commands.toString())
        .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(process.exitValue()).as(LocaleTest::log).isZero();
    Map<String, String> files = RunFiles.contents(place);
    files.remove(PRINTED_FILE);
    String printed = Files.readString(place.resolve(PRINTED_FILE)).replace(place.toString(), "OUTPUT");
    assertThat(printed).startsWith(String.format(locale, "%,.1f%n", 1234.5));
    files.remove("commands.txt");
    // Lines with the time, and how long something took.
    files.put(PRINTED, printed.lines().skip(1).filter(line -> !line.matches("Trained .*|.*( s|seconds|/s)\\b.*"))
        .collect(Collectors.joining("\n")));
    return files;
  }

  private static String log() {
    try {
      return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "de-DE", "tr-TR"})
  void whatIsTrainedAndPrintedHasTheSameBytes(String tag) throws IOException, InterruptedException {
    Map<String, String> found = run(Locale.forLanguageTag(tag));
    assertThat(RunFiles.differing(expected, found)).as(found.get(PRINTED)).isEmpty();
  }

  @Test
  void theCommandsDidTheirWork() {
    assertThat(expected).containsKeys("linear/metrics.json", "fasttext/model.bin", "report/metrics.json",
        "audit/audit.html");
    assertThat(expected.get(PRINTED)).contains("0.", "%");
  }
}
