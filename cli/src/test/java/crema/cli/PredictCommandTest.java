package crema.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PredictCommandTest {
  private static final List<String> TEXTS = List.of("washing machine 99", "", "digital camera with\ttab",
      "Größe 日本語 🙂");

  @TempDir
  static Path folder;
  static Path model;

  @BeforeAll
  static void train() throws IOException {
    var lines = new ArrayList<>(List.of("title,category"));
    for (int i = 0; i < 40; i++) {
      lines.add(i % 2 == 0 ? "washing machine " + i + ",appliances" : "digital camera " + i + ",cameras");
    }
    Path rows = Files.write(folder.resolve("rows.csv"), lines);
    model = folder.resolve("model");
    var run = CommandRun.of("train", "--train", rows.toString(), "--text", "title", "--label", "category", "--output",
        model.toString(), "--quiet", "--hidden-size", "16", "--heads", "2", "--kv-heads", "1", "--layers", "1",
        "--ffn-size", "16", "--vocabulary-size", "300", "--epochs", "12", "--learning-rate", "1e-2", "--warmup", "5",
        "--batch-tokens", "64");
    assertThat(run.code()).as(run.err()).isZero();
  }

  @Test
  void textGivesALineForEachTitle() {
    var run = CommandRun.of("predict", model.toString(), "washing machine 7", "digital camera 8");
    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).hasSize(2).allMatch(line -> line.matches("(appliances|cameras) \\d+\\.\\d%"));
    assertThat(run.out().lines().toList().getFirst()).startsWith("appliances");
    assertThat(run.out().lines().toList().getLast()).startsWith("cameras");
  }

  @Test
  void jsonLinesKeepTheTextsAndTheirOrder() throws IOException {
    Path file = Files.write(folder.resolve("texts.txt"), TEXTS);
    var run = CommandRun.of("predict", model.toString(), "--file", file.toString(), "--format", "jsonl", "--top", "2");
    assertThat(run.code()).as(run.err()).isEqualTo(Crema.UNANSWERED);
    assertThat(run.lastError()).isEqualTo("crema: 1 text is empty, and has no answer");
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(TEXTS.size());
    for (int i = 0; i < TEXTS.size(); i++) {
      var json = JsonMapper.shared().readTree(lines.get(i));
      assertThat(json.path("text").asString()).isEqualTo(TEXTS.get(i));
      assertThat(json.path("labels").size()).isEqualTo(TEXTS.get(i).isEmpty() ? 0 : 2);
    }
  }

  @Test
  void tabSeparatedValuesEscapeTabs() throws IOException {
    Path file = Files.write(folder.resolve("tabs.txt"), List.of("digital camera with\ttab"));
    var run = CommandRun.of("predict", model.toString(), "--file", file.toString(), "--format", "tsv");
    assertThat(run.out().strip().split("\t")).hasSize(3).startsWith("digital camera with\\ttab");
  }

  @Test
  void aColumnOfAFileIsPredicted() {
    var run = CommandRun.of("predict", model.toString(), "--file", folder.resolve("rows.csv").toString(),
        "--text", "title");
    assertThat(run.out().lines()).hasSize(40);
  }

  @Test
  void aFileWithColumnsIsReadByThoseOfTheTraining() throws IOException {
    Path file =
        Files.write(folder.resolve("new.csv"), List.of("id,title", "7,digital camera 3", "8,washing machine 1"));
    var run = CommandRun.of("predict", model.toString(), "--file", file.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines().map(line -> line.split(" ")[0])).containsExactly("cameras", "appliances");
    Path other = Files.write(folder.resolve("other.tsv"), List.of("sku\tname", "7\tdigital camera 3"));
    run = CommandRun.of("predict", model.toString(), "--file", other.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("crema: " + other + " has no column 'title'. It has: sku, name\n");
  }

  @Test
  void rowsThatCannotBeReadKeepTheirPlaceAndTheirReason() throws IOException {
    Path file = folder.resolve("faulty.csv");
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("id,title\n1,washing machine 1\n2,digital camera,one more\n3,\n4,digital camera ".getBytes(UTF_8));
    bytes.write(0xE9);
    bytes.writeBytes("\n5,digital camera 5\n".getBytes(UTF_8));
    Files.write(file, bytes.toByteArray());
    for (List<String> command : List.of(List.of("predict", model.toString()), List.of("langid"))) {
      var arguments = new ArrayList<>(command);
      arguments.addAll(List.of("--file", file.toString(), "--text", "title", "--format", "jsonl", "--keep", "id"));
      var run = CommandRun.of(arguments.toArray(String[]::new));
      assertThat(run.code()).isEqualTo(Crema.UNANSWERED);
      List<JsonNode> lines = run.out().lines().map(JsonMapper.shared()::readTree).toList();
      assertThat(lines).extracting(line -> line.path("id").asString("?")).containsExactly("1", "?", "3", "?", "5");
      assertThat(lines).extracting(line -> line.path("error").asString("").replaceFirst("(UTF-8).*", "$1"))
          .containsExactly("", file + ", line 3: wrong number of fields: 3 fields, but the header has 2", "",
              file + ", line 5: invalid UTF-8", "");
      assertThat(lines).extracting(line -> line.path("labels").size()).startsWith(1, 0, 0, 0);
      assertThat(run.err()).contains("crema: 2 rows could not be read, and have no answer\n", "line 3",
          "crema: 1 text is empty, and has no answer\n");
    }
    var text = CommandRun.of("predict", model.toString(), "--file", file.toString(), "--keep-all");
    assertThat(text.out().lines()).hasSize(5);
    assertThat(text.out().lines().toList().get(1)).startsWith("\t\t(not read: " + file + ", line 3: ");
    assertThat(text.out().lines().toList().get(2)).isEqualTo("3\t\t(empty text)");
    assertThat(text.out().lines().toList().get(4)).startsWith("5\tdigital camera 5\tcameras ");
  }

  @Test
  void keptValuesOfJsonStayWhatTheyAre() throws IOException {
    Path file = Files.write(folder.resolve("kept.jsonl"), List.of(
        "{\"sku\": 17, \"title\": \"washing machine 1\", \"labels\": [\"a\", {\"b\": null}]}",
        "{\"title\": null, \"sku\": \"x\\ty\"}", "[1]"));
    var run = CommandRun.of("predict", model.toString(), "--file", file.toString(), "--format", "jsonl", "--keep-all");
    List<String> lines = run.out().lines().toList();
    assertThat(lines.getFirst())
        .startsWith("{\"sku\":17,\"title\":\"washing machine 1\",\"row.labels\":[\"a\",{\"b\":null}]"
            + ",\"text\":\"washing machine 1\",\"labels\":[{\"label\":\"appliances\"");
    assertThat(lines.get(1))
        .isEqualTo("{\"sku\":\"x\\ty\",\"title\":null,\"row.labels\":null,\"text\":\"\",\"labels\":[]}");
    assertThat(lines.get(2)).contains("\"error\":").contains("not an object");
    run = CommandRun.of("predict", model.toString(), "--file", file.toString(), "--format", "tsv", "--keep", "sku");
    assertThat(run.out().lines().map(line -> line.split("\t", -1)[0])).containsExactly("17", "x\\ty", "");
  }

  @Test
  void valuesCanBeKeptOfFilesWithColumnsOnly() throws IOException {
    Path lines = Files.write(folder.resolve("lines.txt"), List.of("washing machine"));
    for (String[] arguments : List.of(new String[] {"--file", lines.toString(), "--keep", "id"},
        new String[] {"--keep-all", "washing machine"})) {
      var command = new ArrayList<>(List.of("predict", model.toString()));
      command.addAll(List.of(arguments));
      var run = CommandRun.of(command.toArray(String[]::new));
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err())
          .isEqualTo("crema: --keep and --keep-all need a --file with columns, such as CSV or JSONL\n");
    }
    var run = CommandRun.of("langid", "--file", folder.resolve("rows.csv").toString());
    assertThat(run.err()).isEqualTo("crema: " + folder.resolve("rows.csv")
        + " has columns: name those of the text with --text. It has: title, category\n");
  }

  @Test
  void predictionsDoNotDependOnWhatElseIsInTheBatch() {
    var texts = new ArrayList<String>();
    for (int i = 0; i < 300; i++) {
      texts.add("camera ".repeat(1 + i % 9) + i);
    }
    try (Classifier classifier = Classifier.load(model, ComputeOptions.threads(2))) {
      float[][] together = classifier.probabilities(texts);
      float[][] embedded = classifier.embed(texts);
      for (int i = 0; i < texts.size(); i += 7) {
        assertThat(classifier.probabilities(List.of(texts.get(i)))[0]).containsExactly(together[i]);
        assertThat(classifier.embed(texts.get(i))).containsExactly(embedded[i]);
      }
    }
  }

  @Test
  void manyThreadsPredictAtOnce() throws InterruptedException {
    try (Classifier classifier = Classifier.load(model, ComputeOptions.threads(2))) {
      var expected = classifier.predict("washing machine 3");
      var failures = new ConcurrentLinkedQueue<Throwable>();
      var threads = new ArrayList<Thread>();
      for (int t = 0; t < 8; t++) {
        threads.add(Thread.startVirtualThread(() -> {
          for (int i = 0; i < 50; i++) {
            if (!classifier.predict("washing machine 3").equals(expected)) {
              failures.add(new AssertionError("another prediction"));
            }
          }
        }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
    }
  }

  @Test
  void evaluateReportsTheTestRowsAndWritesFiles() {
    Path reports = folder.resolve("reports");
    var run = CommandRun.of("evaluate", model.toString(), "--data", folder.resolve("rows.csv").toString(), "--output",
        reports.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("appliances", "cameras", "Macro F1");
    assertThat(reports.resolve("metrics.json")).exists();
    assertThat(reports.resolve("report.html")).exists();
  }

  @Test
  void fastTextHasTheSameCommands() {
    String fast = folder.resolve("fast").toString();
    String rows = folder.resolve("rows.csv").toString();
    var trained = CommandRun.of("train", "--model", "fasttext", "--train", rows, "--text", "title",
        "--label", "category",
        "--output", fast, "--quiet", "--dim", "8", "--buckets", "500", "--epochs", "40");
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("appliances", "cameras", "Macro F1");
    assertThat(CommandRun.of("predict", fast, "washing machine 99").out()).startsWith("appliances ");
    assertThat(CommandRun.of("evaluate", fast, "--data", rows, "--quiet").out()).contains("appliances", "Macro F1");
    assertThat(CommandRun.of("info", fast).out()).contains("fastText", "2: appliances, cameras", "--model fasttext");
  }

  @Test
  void infoTellsWhereTheModelComesFrom() {
    var run = CommandRun.of("info", model.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("2: appliances, cameras", "crema train --train",
        "transformer encoder, 1 layers of 16");
  }
}
