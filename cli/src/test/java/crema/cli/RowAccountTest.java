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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every row that was read is used, or left out for a reason that is told and counted. */
class RowAccountTest {
  @TempDir
  Path folder;
  private Path train;

  /** 60 rows to train on, and four that cannot be used. */
  @BeforeEach
  void write() throws IOException {
    var lines = new ArrayList<>(List.of("title,label,weight"));
    for (int i = 0; i < 60; i++) {
      String word = List.of("apple", "saw", "doll").get(i % 3);
      lines.add(word + " " + i % 11 + "," + word + "s,1");
    }
    lines.addAll(List.of("no label,,1", ",apples,1", "apple too much,apples,1,2", "apple of no weight,apples,0"));
    train = Files.write(folder.resolve("train.csv"), lines);
  }

  private JsonNode rows(Path report) {
    return new JsonMapper().readTree(report.resolve("metrics.json").toFile()).path("rows");
  }

  private CommandRun train(String model, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--train", train.toString(), "--text", "title", "--label", "label",
        "--row-weight", "weight", "--output", folder.resolve("model").toString(), "--quiet", "--threads", "1",
        "--overwrite", "--model"));
    arguments.addAll(List.of(model.split(" ")));
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "fasttext --epochs 1 --dim 4 --buckets 50", "neighbours --dimensions 4",
      "encoder --epochs 1 --layers 1 --hidden-size 8 --heads 2 --kv-heads 1 --vocabulary-size 270",
      "fasttext --epochs 1 --dim 4 --two-stage dolls", "linear --refit split"})
  void trainingAccountsForEachRow(String model) throws IOException {
    Path test = Files.writeString(folder.resolve("test.csv"),
        "title,label,weight\napple 1,apples,1\nsaw 2,saws,1\npear 1,pears,1\nbroken\n,saws,1\ndoll 3,dolls,2\n");
    CommandRun run = train(model, "--test", test.toString());
    assertThat(run.err()).contains("1 row: unknown label", "2 rows: wrong number of fields", "2 rows: empty text",
        "1 row: missing label");
    JsonNode rows = rows(folder.resolve("model"));
    assertThat(rows.path("read").intValue()).isEqualTo(60 + 4 + 6);
    JsonNode used = rows.path("used");
    assertThat(used.path("train").intValue() + used.path("validation").intValue()).isEqualTo(60);
    assertThat(used.path("test").intValue()).isEqualTo(3);
    assertThat(rows.path("left_out")).hasToString("{\"field_count\":2,\"missing_label\":1,\"unknown_label\":1,"
        + "\"empty_text\":2,\"left_out\":1}");
    assertThat(run.out()).contains("63 of 70 used; left out: 2 wrong number of fields, 1 missing label");
  }

  @Test
  void correctionsDropRowsAndAddThem() throws IOException {
    Path corrections = Files.writeString(folder.resolve("corrections.csv"),
        "text,label\napple 0,\nnew thing,apples\nsaw 1,dolls\n,apples\n");
    CommandRun run = train("linear", "--corrections", corrections.toString());
    long dropped = Files.readAllLines(train).stream().filter(line -> line.startsWith("apple 0,")).count();
    assertThat(dropped).isPositive();
    assertThat(run.err()).contains("%d are dropped, 1 are added".formatted(dropped), "1 row: empty text");
    JsonNode rows = rows(folder.resolve("model"));
    assertThat(rows.path("read").intValue()).isEqualTo(60 + 4 + 1);
    assertThat(rows.path("left_out").path("left_out").longValue()).isEqualTo(1 + dropped);
    assertThat(sum(rows.path("used"))).isEqualTo(60 - dropped + 1);
  }

  @Test
  void aStrictRunHasAnAccountToo() throws IOException {
    train = Files.write(folder.resolve("sound.csv"), Files.readAllLines(train).subList(0, 61));
    train("linear", "--strict");
    JsonNode rows = rows(folder.resolve("model"));
    assertThat(rows.path("read").intValue()).isEqualTo(60);
    assertThat(sum(rows.path("used"))).isEqualTo(60);
    assertThat(rows.path("left_out").isEmpty()).isTrue();
  }

  /** A row of several labels of which one is unknown is used without it, and told once. */
  @Test
  void evaluationAccountsForEachRow() throws IOException {
    train("linear", "--target", "multi");
    Path test =
        Files.writeString(folder.resolve("test.csv"), "title,label\napple 1,apples\napple saw,\"apples,pears,plums\"\n"
            + "pear,\"pears,plums\"\n,saws\nbroken\n");
    Path report = folder.resolve("report");
    CommandRun run =
        CommandRun.of("evaluate", folder.resolve("model").toString(), "--data", test.toString(), "--output",
            report.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("1 row: unknown label beside known ones",
        "'pears' and 1 more are not among the 3 labels");
    assertThat(run.out())
        .contains("Rows: 2 of 5 used; left out: 1 wrong number of fields, 1 unknown label, 1 empty text");
    assertThat(rows(report)).hasToString("{\"read\":5,\"used\":{\"test\":2},\"left_out\":{\"field_count\":1,"
        + "\"unknown_label\":1,\"empty_text\":1}}");
  }

  private static long sum(JsonNode counts) {
    return counts.valueStream().mapToLong(JsonNode::longValue).sum();
  }
}
