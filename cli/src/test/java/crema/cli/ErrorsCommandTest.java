package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ErrorsCommandTest {
  @TempDir
  static Path folder;
  static Path rows;
  static Path test;

  @BeforeAll
  static void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title,shop,category"));
    for (int i = 0; i < 60; i++) {
      lines.add(switch (i % 3) {
        case 0 -> "washing machine " + i + ",north,house > wash";
        case 1 -> "tumble dryer " + i + ",south,house > dry";
        default -> "digital camera " + i + ",south,photo > cam";
      });
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
    lines.add("washing machine <i>,north,photo > cam");
    lines.add("tumble dryer,south,house > wash");
    test = Files.write(folder.resolve("test.csv"), lines);
  }

  private static Path trained(String name, String... flags) {
    Path output = folder.resolve(name);
    var arguments = new ArrayList<>(List.of("train", "--model", "linear", "--train", rows.toString(), "--label",
        "category", "--output", output.toString(), "--quiet", "--C", "1", "--overwrite"));
    arguments.addAll(List.of(flags));
    var run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return output;
  }

  @ParameterizedTest
  @CsvSource({"single,--text title", "multi,--text title --target multi --label-separator ;",
      "taxonomy,--text title --target taxonomy", "apart,'--text title,shop --columns apart'"})
  void wrongAnswersAreListedWithWhatIsNear(String name, String flags) throws IOException {
    Path model = trained(name, flags.split(" "));
    Path report = folder.resolve(name + "-errors");
    var run =
        CommandRun.of("errors", model.toString(), "--data", test.toString(), "--train", rows.toString(), "--nearest",
            "2", "--output", report.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("2 of 62 rows are answered wrongly (3.2%)");
    List<JsonNode> wrong = Files.readAllLines(report.resolve("errors.jsonl")).stream()
        .map(JsonMapper.shared()::readTree).toList();
    assertThat(wrong).extracting(row -> row.path("row").asInt()).containsExactlyInAnyOrder(61, 62);
    JsonNode gross = wrong.stream().filter(row -> row.path("row").asInt() == 61).findFirst().orElseThrow();
    assertThat(gross.path("answered").toString()).isEqualTo("[\"house > wash\"]");
    assertThat(gross.path("nearest").size()).isEqualTo(2);
    assertThat(gross.path("nearest").path(0).path("labels").toString()).isEqualTo("[\"house > wash\"]");
    assertThat(gross.path("group").asString()).isEqualTo("mislabelled");
    assertThat(Files.readAllLines(report.resolve("corrections.csv"))).startsWith("text,label");
    String page = Files.readString(report.resolve("errors.html"));
    assertThat(page).contains("<mark class=p", "&lt;i&gt;", "Probably mislabelled rows").doesNotContain("<i>,");
    assertThat(page.length()).isLessThan(60_000);
  }

  @Test
  void rowsThatAreAllRightGiveAnEmptyList() throws IOException {
    Path model = trained("right", "--text", "title");
    Path report = folder.resolve("right-errors");
    var run =
        CommandRun.of("errors", model.toString(), "--data", rows.toString(), "--output", report.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("0 of 60 rows are answered wrongly (0.0%)");
    assertThat(report.resolve("errors.jsonl")).isEmptyFile();
  }

  @Test
  void mistakesAreOneLineAndWriteNothing() throws IOException {
    Path model = trained("mistakes", "--text", "title");
    Path report = folder.resolve("mistakes-errors");
    for (List<String> more : List.of(List.of("--nearest", "0"),
        List.of("--train", folder.resolve("nowhere").toString()),
        List.of("--data", folder.resolve("nowhere.csv").toString()), List.of("--text", "nothing"),
        List.of("--output", test.toString()), List.of("--output", model.toString()))) {
      var arguments = new ArrayList<>(List.of("errors", model.toString(), "--quiet"));
      if (!more.contains("--data")) {
        arguments.addAll(List.of("--data", test.toString()));
      }
      if (!more.contains("--output")) {
        arguments.addAll(List.of("--output", report.toString()));
      }
      arguments.addAll(more);
      var run = CommandRun.of(arguments.toArray(String[]::new));
      assertThat(run.code()).as("%s: %s", more, run.err()).isEqualTo(2);
      assertThat(run.err().strip().lines()).as(run.err()).hasSize(1);
      assertThat(report).doesNotExist();
    }
  }
}
