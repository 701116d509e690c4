package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Raw records are trained on by a recipe, which is kept with the model and read by all commands. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RawRecordsTest {
  private static final Path EXAMPLE = Path.of("..", "examples", "products");
  private static final String CONFIG = EXAMPLE.resolve("products.yaml").toString();
  private static final String ROWS = EXAMPLE.resolve("products.jsonl").toString();

  private Path folder = Path.of("");
  private String model = "";
  private CommandRun trained = new CommandRun(0, "", "");

  @BeforeAll
  void train(@TempDir Path temporary) {
    folder = temporary;
    model = folder.resolve("model").toString();
    trained = ok("train", "--config", CONFIG, "--C", "1", "--quiet", "--output", model);
  }

  private static CommandRun ok(String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.code()).describedAs(String.join(" ", arguments) + "\n" + run.err()).isZero();
    return run;
  }

  private static List<JsonNode> lines(CommandRun run) {
    return run.out().lines().map(Json::parse).toList();
  }

  /** The example with some lines of its config replaced. */
  private String changed(String line, String by) throws IOException {
    Files.copy(EXAMPLE.resolve("products.jsonl"), folder.resolve("products.jsonl"),
        StandardCopyOption.REPLACE_EXISTING);
    String config = Files.readString(Path.of(CONFIG));
    assertThat(config).contains(line);
    return Files.writeString(folder.resolve("changed.yaml"), config.replace(line, by)).toString();
  }

  @Test
  void aRawProductHasTheSameTextAndLabelAsInTraining() throws IOException {
    List<JsonNode> rows = lines(ok("data", "preview", "--config", CONFIG, "--rows", "1000", "--format", "jsonl"));
    List<JsonNode> predicted = lines(ok("predict", model, "--input-format", "jsonl", "--file", ROWS, "--format",
        "jsonl"));
    List<JsonNode> read = lines(CommandRun.reading(Files.readString(Path.of(ROWS)), "predict", model, "--input-format",
        "jsonl", "--format", "jsonl"));
    String[] texts = rows.stream().map(row -> row.path("text").stringValue()).toArray(String[]::new);
    var asTexts = new ArrayList<>(List.of("predict", model, "--format", "jsonl"));
    asTexts.addAll(Arrays.asList(texts));

    assertThat(predicted).hasSize(80).isEqualTo(read).isEqualTo(lines(ok(asTexts.toArray(String[]::new))));
    assertThat(predicted).extracting(row -> row.path("text").stringValue()).containsExactly(texts);
    assertThat(texts[1]).isEqualTo("shop 3: Norda leather boots 79. Size: 42, Material: mesh. Colour: White, Red. On "
        + "sale. A leather boots by Norda. New this year.");
  }

  @Test
  void allCommandsReadRawRows() {
    assertThat(ok("evaluate", model, "--data", ROWS, "--quiet").out()).contains("Cables");
    ok("errors", model, "--data", ROWS, "--quiet", "--output", folder.resolve("errors").toString());
    assertThat(ok("explain", model, "--input-format", "jsonl", "--file", ROWS).out()).contains("boots");
    ok("audit", ROWS, "--text", "title", "--label", "category", "--recipe", "title.from=text_fields.title", "--quiet",
        "--output", folder.resolve("audit").toString());
  }

  @Test
  void fieldsThatGiveLabelsAwayAreReportedUnlessTheyAreDropped() throws IOException {
    assertThat(trained.err()).doesNotContain("alone tells the label");
    assertThat(ok("data", "preview", "--config", CONFIG).out()).doesNotContain("alone tells the label");
    String leaking = changed("[shop, text_fields.title]", "[shop_id, text_fields.title]")
        .replace("products.yaml", "");
    Files.writeString(Path.of(leaking), Files.readString(Path.of(leaking)).replace("shop_id, rating]", "rating]"));

    assertThat(ok("data", "preview", "--config", leaking).out())
        .contains("the field 'shop_id' alone tells the label in 80 of 80 rows: each of its 4 values goes with one of 4 "
            + "labels");
    assertThat(ok("train", "--config", leaking, "--C", "1", "--quiet", "--output", folder.resolve("leak").toString())
        .err())
        .contains("the field 'shop_id' alone tells the label in 80 of 80 rows");
  }

  @Test
  void thePreviewShowsRowsBeforeAndAfterAndWhatIsCut() {
    String out = ok("data", "preview", "--config", CONFIG, "--rows", "1", "--max-length", "5").out();

    assertThat(out).contains("line 1: Cables", "  < sale: false", "  > attributes: Length: 3 m, Connector: USB-C",
        "  = shop 1: Osk usb cable", "  cut: 57. Length: 3 m", "80 rows: ", "80 are cut behind 5 words");
  }

  @Test
  void mistakesInRecipesAreOneLine() throws IOException {
    assertMistake("train", "there is no row", changed("text_fields.characteristics\n", "text_fields.charcteristics\n"),
        "no row has 'text_fields.charcteristics', which the recipe names; did you mean 'characteristics'?");
    assertMistake("data", "preview", changed("    word:", "    words:"), "changed.yaml, line 8: recipe: sale: a field "
        + "has no 'words'; did you mean 'word'?");
    assertMistake("data", "preview", changed("drop: [product_id", "drop: [shop"),
        "is made of 'shop', which is dropped");
    assertMistake("data", "preview", changed("[shop, text", "[category, text"), "makes text of the label 'category'");
  }

  private void assertMistake(String command, String sub, String config, String message) {
    CommandRun run = command.equals("train")
        ? CommandRun.of("train", "--config", config, "--quiet", "--output", folder.resolve("none").toString())
        : CommandRun.of(command, sub, "--config", config);
    assertThat(run.code()).describedAs(run.err()).isEqualTo(2);
    assertThat(run.lastError()).contains(message);
    assertThat(run.err()).doesNotContain("\tat ");
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
