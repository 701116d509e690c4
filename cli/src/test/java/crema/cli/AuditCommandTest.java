package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditCommandTest {
  @TempDir
  Path folder;
  private Path rows;

  @BeforeEach
  void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title,category"));
    for (int i = 0; i < 60; i++) {
      lines.add(i % 2 == 0 ? "washing machine " + i + ",appliances" : "digital camera " + i + ",cameras");
    }
    lines.set(5, "\"washing machine, <b> 4\",cameras");
    lines.add("washing camera,");
    rows = Files.write(folder.resolve("rows.csv"), lines);
  }

  private CommandRun audit(String... more) {
    var arguments =
        new ArrayList<>(List.of("audit", rows.toString(), "--text", "title", "--label", "category", "--output",
            folder.resolve("report").toString(), "--quiet"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private List<JsonNode> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve("report").resolve(file)).stream().map(JsonMapper.shared()::readTree)
        .toList();
  }

  @Test
  void theWrongRowIsFirstEverywhere() throws IOException {
    var run = audit();
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("60 rows with labels, 2 labels, 1 rows without labels")
        .contains("Probably mislabelled: 1 rows");
    List<JsonNode> ranked = lines("rows.jsonl");
    assertThat(ranked).hasSize(60);
    assertThat(ranked.getFirst().path("row").asInt()).isEqualTo(5);
    assertThat(ranked.getFirst().path("line").asInt()).isEqualTo(6);
    assertThat(ranked.getFirst().path("doubtful").asBoolean()).isTrue();
    assertThat(ranked.getFirst().path("suggested").toString()).isEqualTo("[\"appliances\"]");
    assertThat(Files.readAllLines(folder.resolve("report/corrections.csv")))
        .containsExactly("text,label", "\"washing machine, <b> 4\",\"appliances\"");
    assertThat(lines("next.jsonl")).singleElement()
        .satisfies(row -> assertThat(row.path("row").asInt()).isEqualTo(61));
    String page = Files.readString(folder.resolve("report/audit.html"));
    assertThat(page).contains("washing machine, &lt;b&gt; 4").doesNotContain("<b>");
  }

  @Test
  void mistakesAreOneLineAndWriteNothing() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    for (List<String> more : List.of(List.of("--folds", "1"), List.of("--similarity", "2"), List.of("--next", "-1"),
        List.of("--threads", "0"), List.of("--output", file.toString()), List.of("--label", "nowhere"),
        List.of("--target", "tree"), List.of("--folds", "80"))) {
      var run = audit(more.toArray(String[]::new));
      assertThat(run.code()).as("%s: %s", more, run.err()).isEqualTo(2);
      assertThat(run.err().strip().lines()).as(run.err()).hasSize(1);
      assertThat(folder.resolve("report")).doesNotExist();
    }
    var run = CommandRun.of("audit", rows.toString(), "--label", "category");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--text COLUMN");
  }

  @Test
  void aConfigOfATrainingSaysHowRowsAreRead() throws IOException {
    var run = audit();
    assertThat(run.code()).as(run.err()).isZero();
    Path config = Files.writeString(folder.resolve("products.yaml"), "model: encoder\nepochs: 3\ntrain: rows.csv\n"
        + "text: [words]\nlabel: category\nrecipe:\n  words:\n    from: title\n");
    var configured = CommandRun.of("audit", "--config", config.toString(), "--output",
        folder.resolve("configured").toString(), "--quiet");
    assertThat(configured.code()).as(configured.err()).isZero();
    assertThat(configured.out()).contains("Probably mislabelled: 1 rows");
    assertThat(Files.readString(folder.resolve("configured/corrections.csv"))).contains("washing machine,");

    var nothing = CommandRun.of("audit", "--text", "title", "--label", "category", "--output",
        folder.resolve("none").toString());
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).isEqualTo("crema: give files with rows, or a --config that trains on some\n");
  }
}
