package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.classify.ModelDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes that are killed at random moments and resumed end with the files of one that was not. How often each is killed
 * is {@code -Dcrema.kills}, and the moments differ with {@code -Dcrema.kills.seed}.
 */
class KilledRunTest {
  private static final int KILLS = Integer.getInteger("crema.kills", 2);
  private static final long SEED = Long.getLong("crema.kills.seed", 1);
  private static final int ROWS = 240;
  private static final int MINUTES = 5;
  /** Before that nothing has begun. */
  private static final double EARLIEST = 0.3;
  private static final String SMALL =
      "--hidden-size 16 --heads 2 --kv-heads 1 --ffn-size 16 --layers 1 --vocabulary-size 300 --batch-size 16 "
          + "--checkpoint-steps 3";

  @TempDir
  Path folder;

  private Path rows() throws IOException {
    List<String> names = List.of("washing machine", "digital camera", "pocket watch", "garden hose");
    List<String> words = List.of("black", "large", "deluxe", "mini", "silver", "pro", "classic", "sport");
    var random = new Random(7);
    var lines = new ArrayList<>(List.of("title,category"));
    for (int row = 0; row < ROWS; row++) {
      int category = random.nextInt(names.size());
      lines.add(words.get(random.nextInt(words.size())) + " " + names.get(category) + " "
          + words.get(random.nextInt(words.size())) + " " + row + ",c" + category);
    }
    return Files.write(folder.resolve("rows.csv"), lines);
  }

  /** Starts a command. */
  private Process start(Path log, List<String> arguments) throws IOException {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m", "-XX:TieredStopAtLevel=1", "--add-modules", "jdk.incubator.vector", "-cp",
        System.getProperty("java.class.path"), "crema.cli.Crema"));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** Waits for a process to end, or kills it when it has run so long; returns whether it ended. */
  private static boolean ended(Process process, double seconds) throws InterruptedException {
    try {
      return process.waitFor(Math.round(seconds * 1000), TimeUnit.MILLISECONDS);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "train --model linear --C 0.3,1,3 --folds 2",
      "train --model linear --target multi --shift --linear-loss logistic",
      "train --model linear --two-stage c0",
      "train --model fasttext --dim 16 --epochs 60 --checkpoint-minutes 0.002",
      "train --model encoder --epochs 3 " + SMALL,
      "train --model neighbours --dimensions 32 --index hnsw",
      "train --model auto --fits 5",
      "pretrain --epochs 2 " + SMALL})
  void whatWasKilledEndsWithTheSameFiles(String command) throws IOException, InterruptedException {
    var given = new ArrayList<>(List.of(command.split(" ")));
    given.addAll(List.of("--train", rows().toString(), "--text", "title"));
    if (given.getFirst().equals("train")) {
      given.addAll(List.of("--label", "category"));
    }
    Path log = folder.resolve("log");
    Path whole = folder.resolve("whole");
    long began = System.nanoTime();
    Process unbroken = start(log, with(given, whole));
    assertThat(ended(unbroken, MINUTES * 60)).isTrue();
    assertThat(unbroken.exitValue()).as(() -> text(log)).isZero();
    double seconds = (System.nanoTime() - began) * 1e-9;
    var random = new Random(SEED + command.hashCode());
    Path killed = folder.resolve("killed");
    boolean isOver = false;
    for (int kill = 0; kill < KILLS && !isOver; kill++) {
      isOver = ended(start(log, leg(given, killed)), seconds * (EARLIEST + (1 - EARLIEST) * random.nextDouble()))
          || new ModelDirectory(killed).isFinished();
    }
    if (!isOver) {
      Process last = start(log, leg(given, killed));
      assertThat(ended(last, MINUTES * 60)).isTrue();
      assertThat(last.exitValue()).as(() -> text(log)).isZero();
    }
    assertThat(files(killed)).isEqualTo(files(whole));
  }

  /** The command that goes on, or begins where nothing was written yet. */
  private static List<String> leg(List<String> given, Path output) {
    boolean isBegun = Files.exists(output.resolve("train.yaml")) || Files.exists(output.resolve("training.json"));
    return with(isBegun ? List.of(given.getFirst(), "--resume") : given, output);
  }

  private static List<String> with(List<String> arguments, Path output) {
    var all = new ArrayList<>(arguments);
    all.addAll(List.of("--output", output.toString(), "--threads", "1"));
    return all;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The content of each file, without what tells the time and the place. */
  private static Map<String, String> files(Path model) throws IOException {
    var contents = new TreeMap<String, String>();
    try (Stream<Path> files = Files.walk(model)) {
      // What a kill leaves of a file that was being written is deleted by a write an hour later.
      for (Path file : files.filter(Files::isRegularFile).filter(file -> !file.toString().endsWith(".crema-tmp"))
          .toList()) {
        contents.put(model.relativize(file).toString(), content(file, model));
      }
    }
    return contents;
  }

  private static String content(Path file, Path model) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1).replace(model.toString(), "MODEL");
    return switch (file.getFileName().toString()) {
      // The report shows the speed, and what the other files hold.
      case "report.html", "provenance.json" -> "";
      case "log.jsonl", "thresholds.jsonl" -> text.replaceAll("\"(seconds|tokens_per_second)\":[^,}]+", "");
      case "metrics.json" -> text.replaceAll("training [^;]+; answer [^;]+;", "");
      case "training.json" -> settings(text);
      default -> file.toString().contains("state/step-") ? "" : text;
    };
  }

  /** A run that was killed before it began may have as given what was chosen for it. */
  private static String settings(String text) {
    JsonNode json = Json.parse(text);
    return json.path("model").toString() + json.path("settings");
  }
}
