package crema.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.cli.console.Terminal;
import crema.report.TerminalStyle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExplainCommandTest {
  @TempDir
  static Path folder;
  static Path model;
  static Path paths;
  static Path apart;

  @BeforeAll
  static void train() throws IOException {
    var lines = new ArrayList<>(List.of("title,shop,category"));
    for (int i = 0; i < 40; i++) {
      lines.add(
          i % 2 == 0 ? "washing machine " + i + ",north,house > wash" : "digital camera " + i + ",south,photo > cam");
    }
    Path rows = Files.write(folder.resolve("rows.csv"), lines);
    model = trained(rows, "model", "--text", "title");
    paths = trained(rows, "paths", "--text", "title", "--target", "taxonomy");
    apart = trained(rows, "apart", "--text", "title,shop", "--columns", "apart");
  }

  private static Path trained(Path rows, String name, String... flags) {
    Path output = folder.resolve(name);
    var arguments = new ArrayList<>(List.of("train", "--model", "linear", "--train", rows.toString(), "--label",
        "category", "--output", output.toString(), "--quiet", "--C", "1"));
    arguments.addAll(List.of(flags));
    var run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return output;
  }

  private static CommandRun explain(Path of, String... arguments) {
    var all = new ArrayList<>(List.of("explain", of.toString()));
    all.addAll(List.of(arguments));
    return CommandRun.of(all.toArray(String[]::new));
  }

  @Test
  void textNamesTheWordsThatSpeakForALabel() {
    var run = explain(model, "the washing machine", "digital camera");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).doesNotContain("\u001b");
    List<String> lines = run.out().lines().toList();
    assertThat(lines.get(0)).isEqualTo("the washing machine");
    assertThat(lines.get(1)).matches("house > wash \\d+\\.\\d%  logit .*");
    assertThat(lines.get(2)).matches("  \\+ (washing|machine) \\+\\d\\.\\d{3}, (washing|machine) \\+\\d\\.\\d{3}.*");
    assertThat(lines).filteredOn(line -> line.startsWith("photo > cam")).hasSize(1);
  }

  @Test
  void aTerminalShowsTheTextInColours() {
    var out = new ByteArrayOutputStream();
    var terminal = new Terminal(new ByteArrayInputStream(new byte[0]), new PrintStream(out, true, UTF_8),
        new PrintStream(new ByteArrayOutputStream(), true, UTF_8), new TerminalStyle(100, true), false, 100);
    assertThat(Crema.run(terminal, "explain", model.toString(), "--label", "photo > cam", "--label", "house > wash",
        "the washing")).isZero();
    assertThat(out.toString(UTF_8)).contains("the \u001b[1;31mwashing\u001b[0m", "the \u001b[1;32mwashing\u001b[0m");
  }

  @Test
  void jsonLinesAddUpAndKeepColumns() throws IOException {
    Path file = Files.write(folder.resolve("new.csv"),
        List.of("id,title", "7,washing digital machine washing", "8,\"\"", "9,digital camera"));
    var run = explain(model, "--file", file.toString(), "--keep", "id", "--format", "jsonl", "--top", "2", "--words",
        "1");
    assertThat(run.code()).isEqualTo(Crema.UNANSWERED);
    assertThat(run.lastError()).isEqualTo("crema: 1 text is empty, and has no answer");
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(3);
    JsonNode first = JsonMapper.shared().readTree(lines.getFirst());
    assertThat(first.path("id").asString()).isEqualTo("7");
    assertThat(first.path("exact").asBoolean()).isTrue();
    assertThat(first.path("labels").size()).isEqualTo(2);
    for (JsonNode label : first.path("labels")) {
      assertThat(label.path("for").size()).isEqualTo(1);
      assertThat(label.path("against").size()).isEqualTo(1);
      double sum = label.path("base").asDouble() + label.path("rest").asDouble()
          + label.path("for").path(0).path("evidence").asDouble()
          + label.path("against").path(0).path("evidence").asDouble();
      assertThat(sum).isCloseTo(label.path("logit").asDouble(), within(1e-5));
    }
    JsonNode washing = first.path("labels").path(0).path("for").path(0);
    assertThat(washing.path("word").asString()).isEqualTo("washing");
    assertThat(washing.path("places").toString()).isEqualTo("[0,24]");
    assertThat(JsonMapper.shared().readTree(lines.get(1)).path("labels").size()).isZero();
  }

  @Test
  void tabSeparatedValuesHaveALineAWord() {
    var run = explain(model, "--format", "tsv", "--words", "0", "washing machine");
    assertThat(run.out().lines()).hasSize(2)
        .allMatch(line -> line.matches("washing machine\thouse > wash\t\t(washing|machine)\t\\d\\.\\d+"));
  }

  @Test
  void aColumnIsNamedWithItsWords() {
    var run = explain(apart, "--file", folder.resolve("rows.csv").toString(), "--format", "jsonl");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode first = JsonMapper.shared().readTree(run.out().lines().findFirst().orElseThrow());
    assertThat(first.path("text").asString()).isEqualTo("washing machine 0 north");
    assertThat(first.path("labels").path(0).path("for")).extracting(word -> word.path("column").asString())
        .contains("title", "shop");
    assertThat(first.path("labels").path(0).path("for"))
        .filteredOn(word -> word.path("column").asString().equals("shop"))
        .allMatch(word -> word.path("places").toString().equals("[0]"));
  }

  @Test
  void aTaxonomyIsExplainedByItsNodes() {
    var run = explain(paths, "--top", "1", "washing machine 7");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("house > wash").contains("  + ");
  }

  @Test
  void mistakesAreOneLine() {
    for (List<String> arguments : List.of(List.of("--top", "0", "x"), List.of("--words", "-1", "x"),
        List.of("--top", "1", "--label", "photo > cam", "x"), List.of("--label", "photo > camm", "washing"))) {
      var run = explain(model, arguments.toArray(String[]::new));
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines()).as(run.err()).hasSize(1);
    }
    assertThat(explain(model, "--label", "photo > camm", "washing").err()).contains("did you mean 'photo > cam'?");
  }
}
