package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LanguageMetricsTest {
  private static final String HEADER = "title,category,tongue";

  @TempDir
  Path folder;
  private Path train;
  private Path test;

  /**
   * Rows said to be English are what they say, those said to be German are labelled wrongly, and some rows' labels
   * nobody knows.
   */
  @BeforeEach
  void writeRows() throws IOException {
    var rows = new ArrayList<>(List.of(HEADER));
    var tests = new ArrayList<>(List.of(HEADER));
    for (int i = 0; i < 60; i++) {
      boolean machine = i % 2 == 0;
      rows.add(machine ? "the washing machine for you " + i + ",appliances,en" : "the camera for you " + i
          + ",cameras,en");
    }
    for (int i = 0; i < 24; i++) {
      tests.add(i % 2 == 0 ? "the washing machine for you " + i + ",appliances,en" : "the camera for you " + i
          + ",cameras,en");
      if (i % 3 == 0) {
        tests.add("the washing machine for you,furniture,de");
        tests.add("the washing machine for you " + i + ",cameras,de");
      }
    }
    tests.add("camera,cameras,");
    train = Files.write(folder.resolve("train.csv"), rows);
    test = Files.write(folder.resolve("test.csv"), tests);
  }

  private CommandRun train(String kind, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--model", kind, "--train", train.toString(), "--validation",
        train.toString(), "--test", test.toString(), "--text", "title", "--label", "category", "--output",
        folder.resolve(kind).toString(), "--quiet"));
    arguments.addAll(kind.equals("fasttext")
        ? List.of("--dim", "8", "--buckets", "500", "--epochs", "40")
        : List.of("--hidden-size", "16", "--heads", "2", "--kv-heads", "1", "--layers", "1", "--ffn-size", "16",
            "--vocabulary-size", "300", "--epochs", "12", "--learning-rate", "1e-2", "--warmup", "5", "--batch-tokens",
            "128"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static Map<String, JsonNode> languages(Path metrics) throws IOException {
    var groups = new TreeMap<String, JsonNode>();
    for (JsonNode group : JsonMapper.shared().readTree(Files.readString(metrics)).path("groups")) {
      assertThat(group.path("by").asString()).isEqualTo("Language");
      groups.put(group.path("group").asString(), group);
    }
    return groups;
  }

  @ParameterizedTest
  @ValueSource(strings = {"fasttext", "encoder"})
  void everyKindOfModelReportsTheLanguagesOfTheRowsThatCount(String kind) throws IOException {
    var run = train(kind, "--language", "tongue", "--language-min-count", "1");
    assertThat(run.code()).as(run.err()).isZero();
    var languages = languages(folder.resolve(kind).resolve("metrics.json"));
    assertThat(languages).containsOnlyKeys("en", "de", "unknown");
    assertThat(languages.get("en").path("documents").asInt()).isEqualTo(24);
    assertThat(languages.get("en").path("accuracy").asDouble()).isEqualTo(1);
    assertThat(languages.get("en").path("macro").path("f1").asDouble()).isEqualTo(1);
    assertThat(languages.get("de").path("documents").asInt()).isEqualTo(8);
    assertThat(languages.get("de").path("accuracy").asDouble()).isZero();
    assertThat(languages.get("unknown").path("documents").asInt()).isEqualTo(1);
    assertThat(run.out()).contains("Language");
    assertThat(Files.readString(folder.resolve(kind).resolve("report.html"))).contains(">Language<");
  }

  @Test
  void evaluationDetectsLanguagesAndTellsTheLargest() throws IOException {
    assertThat(train("fasttext").code()).isZero();
    Path model = folder.resolve("fasttext");
    var rows = new ArrayList<>(List.of(HEADER));
    for (int i = 0; i < 5; i++) {
      rows.add("the washing machine is not for you,appliances,");
      rows.add("die Kamera ist nicht schön und wir wollen das nicht,cameras,");
    }
    rows.add("the camera that we want is over there,cameras,");
    rows.add("c'est une machine que nous ne voulons pas,appliances,");
    Path texts = Files.write(folder.resolve("texts.csv"), rows);
    assertThat(JsonMapper.shared().readTree(Files.readString(model.resolve("metrics.json"))).has("groups")).isFalse();
    Path reports = folder.resolve("reports");
    var run = CommandRun.of("evaluate", model.toString(), "--data", texts.toString(), "--detect-language",
        "--language-min-count", "2", "--language-top", "2", "--output", reports.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    var languages = languages(reports.resolve("metrics.json"));
    assertThat(languages).containsOnlyKeys("eng", "deu");
    assertThat(languages.get("eng").path("documents").asInt()).isEqualTo(6);
    assertThat(languages.get("deu").path("documents").asInt()).isEqualTo(5);
  }

  @Test
  void evaluationTellsTheLanguagesThatTrainingTold() throws IOException {
    assertThat(train("fasttext", "--language", "tongue").code()).isZero();
    Path reports = folder.resolve("reports");
    var run = CommandRun.of("evaluate", folder.resolve("fasttext").toString(), "--data", test.toString(), "--output",
        reports.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(languages(reports.resolve("metrics.json"))).containsOnlyKeys("en");
  }

  @Test
  void mistakesAreOneLine() {
    assertThat(train("fasttext", "--language", "tongue", "--detect-language").lastError())
        .contains("exclude each other");
    assertThat(train("fasttext", "--language", "tonge").lastError())
        .contains("no column 'tonge'", "did you mean 'tongue'");
    assertThat(train("fasttext", "--language-top", "0", "--detect-language").lastError()).contains("language-top");
  }
}
