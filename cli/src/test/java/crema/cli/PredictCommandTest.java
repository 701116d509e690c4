package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    assertThat(run.code()).as(run.err()).isZero();
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
