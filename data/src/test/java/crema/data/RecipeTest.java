package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes make text of raw rows, whatever format those are in. */
final class RecipeTest {
  private static final Map<String, Map<String, List<String>>> PRODUCT = new LinkedHashMap<>();

  static {
    PRODUCT.put("title", Map.of("from", List.of("shop_title", "text_fields.title"), "between", List.of(": ")));
    PRODUCT.put("description", Map.of("from", List.of("text_fields.description")));
    PRODUCT.put("attributes", Map.of("from", List.of("text_fields.attributes")));
    PRODUCT.put("custom", Map.of("from", List.of("text_fields.custom_characteristics")));
    PRODUCT.put("defined", Map.of("from", List.of("text_fields.defined_characteristics")));
    PRODUCT.put("filters", Map.of("from", List.of("text_fields.filters")));
    PRODUCT.put("sale", Map.of("from", List.of("sale"), "word", List.of("Распродажа")));
  }

  @TempDir
  private Path folder;

  private static String resource(String name) throws IOException {
    try (InputStream in = RecipeTest.class.getResourceAsStream("marketplace/" + name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Columns columns(Map<String, Map<String, List<String>>> fields, String... dropped) {
    return Columns.text(fields.keySet().toArray(String[]::new)).withJoiner(". ")
        .withRecipe(Recipe.of(fields, List.of(dropped)));
  }

  private List<String> texts(String name, String content, Columns columns, ProblemListener listener)
      throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    var texts = new ArrayList<String>();
    FileRows.of(file, columns).forEach(listener, row -> texts.add(row.text()));
    return texts;
  }

  private String text(String json, Map<String, Map<String, List<String>>> fields, String... dropped)
      throws IOException {
    return texts("row.jsonl", json, columns(fields, dropped), ProblemListener.STRICT).getFirst();
  }

  private static Map<String, Map<String, List<String>>> field(String... settings) {
    var field = new LinkedHashMap<String, List<String>>();
    for (int i = 0; i < settings.length; i += 2) {
      field.computeIfAbsent(settings[i], _ -> new ArrayList<>()).add(settings[i + 1]);
    }
    return Map.of("text", field);
  }

  @Test
  void theProductOfAMarketplaceBecomesItsText() throws IOException {
    String product = resource("product.json");
    String expected = resource("text.txt").strip();

    assertThat(texts("product.json", product, columns(PRODUCT, "rating"), ProblemListener.STRICT))
        .containsExactly(expected);
    assertThat(texts("sale.json", product.replace("\"sale\": false", "\"sale\": true"), columns(PRODUCT),
        ProblemListener.STRICT)).containsExactly(expected + " Распродажа.");
  }

  @Test
  void theSameRowsInCsvAndTsvAndJsonHaveTheSameText() throws IOException {
    JsonNode product = Json.parse(resource("product.json"));
    String fields = product.path("text_fields").stringValue();
    String expected = resource("text.txt").strip();
    String csv = "shop_title,sale,text_fields\nAksik,False,\"" + fields.replace("\"", "\"\"") + "\"\n";
    String tsv = "shop_title\tsale\ttext_fields\nAksik\t0\t" + fields + "\n";
    String nested = "{\"shop_title\": \"Aksik\", \"sale\": null, \"text_fields\": " + fields + "}";

    assertThat(texts("a.csv", csv, columns(PRODUCT), ProblemListener.STRICT)).containsExactly(expected);
    assertThat(texts("a.tsv", tsv, columns(PRODUCT), ProblemListener.STRICT)).containsExactly(expected);
    assertThat(texts("a.jsonl", nested, columns(PRODUCT), ProblemListener.STRICT)).containsExactly(expected);
  }

  @Test
  void columnsWithDotsInTheirNamesAreFoundByTheirWholeName() throws IOException {
    assertThat(texts("flat.csv", "id;a.b\n1;flat\n", columns(field("from", "a.b")), ProblemListener.STRICT))
        .containsExactly("flat.");
    assertThat(text("{\"a.b\": {\"c.d\": \"flat\"}}", field("from", "a.b.c.d"))).isEqualTo("flat.");
  }

  @Test
  void listsOfNamesAndValuesAreAttributes() throws IOException {
    String list = "[{\"name\": \"Colour\", \"value\": \"Red\"}, {\"name\": \"Size\", \"value\": 40.0}, "
        + "{\"name\": \"Colour\", \"value\": \"Blue\"}, {\"name\": \"Gone\", \"value\": null}]";
    assertThat(text("{\"a\": " + list + "}", field("from", "a"))).isEqualTo("Colour: Red, Blue. Size: 40.");
    assertThat(text("{\"a\": " + list + "}", field("from", "a"), "a.Size")).isEqualTo("Colour: Red, Blue.");
    assertThat(text("{\"a\": " + list + "}", field("from", "a.Size"))).isEqualTo("40.");
    assertThat(text("{\"a\": " + list + "}", field("from", "a.name"))).isEqualTo("Colour, Size, Colour, Gone.");
    assertThat(text("{\"a\": [{\"key\": \"Fit\", \"values\": [\"slim\", \"long\"]}]}", field("from", "a")))
        .isEqualTo("Fit: slim, long.");
    // Of objects with more than these, none is left out.
    assertThat(text("{\"a\": [{\"name\": \"Colour\", \"value\": \"Red\", \"unit\": \"\"}]}", field("from", "a")))
        .isEqualTo("name: Colour, value: Red.");
  }

  @Test
  void listsAndMapsAreJoinedAndEmptyValuesAreLeftOut() throws IOException {
    assertThat(text("{\"a\": {\"Colour\": [\"Black\", \"\", null], \"Size\": {}, \"Weight\": 2.0, \"New\": true}}",
        field("from", "a"))).isEqualTo("Colour: Black. Weight: 2. New: true.");
    assertThat(text("{\"a\": {\"Colour\": [\"Black\", \"White\"], \"Size\": {\"EU\": 40, \"UK\": 6.5}}}",
        field("from", "a", "join", " / ", "entries", "; ", "prefix", "Has ")))
        .isEqualTo("Has Colour: Black / White; Size: EU: 40 / UK: 6.5.");
    assertThat(text("{\"offers\": [{\"name\": \"one\"}, {\"price\": 1}, {\"name\": \"two\"}]}",
        field("from", "offers.name"))).isEqualTo("one, two.");
  }

  @Test
  void listsOfPythonAndOfJsonInStringsAreRead() throws IOException {
    assertThat(texts("a.csv", "a;b\n['x', 'y'];\"[\"\"u\"\", \"\"v\"\"]\"\n[New] phone;1.0\n",
        columns(field("from", "a", "from", "b")), ProblemListener.STRICT)).containsExactly("x, y u, v.",
            "[New] phone 1.0.");
  }

  @Test
  void aColumnThatIsAlwaysEmptyIsNoPathThatLeadsNowhere() throws IOException {
    var problems = new ProblemLog();

    assertThat(texts("a.csv", "a,b\nx,\ny,\n", columns(field("from", "a", "from", "b")), problems))
        .containsExactly("x.", "y.");
    assertThat(problems.report()).isEmpty();
  }

  @Test
  void droppedKeysAreInNoText() throws IOException {
    assertThat(text("{\"a\": {\"Category\": \"Shoes\", \"Colour\": \"Red\", \"in\": {\"x\": 1, \"y\": 2}}}",
        field("from", "a"), "a.Category", "a.in.y")).isEqualTo("Colour: Red. in: x: 1.");
    assertThatThrownBy(() -> columns(field("from", "a"), "a")).hasMessageContaining("dropped");
  }

  @Test
  void aColumnThatIsNoJsonLeavesItsRowOutWithOneLine() throws IOException {
    var problems = new ProblemLog();

    assertThat(texts("a.csv", "id,raw\n1,{broken\n2,\"{\"\"t\"\": \"\"fine\"\"}\"\n3,NaN\n4,plain\n",
        columns(field("from", "raw.t", "from", "id")).withMissing(Set.of("NaN")), problems))
        .containsExactly("fine 2.", "3.");
    assertThat(problems.counts()).containsExactly(Map.entry(RowFault.BAD_JSON, 2L));
    assertThat(problems.examples(RowFault.BAD_JSON).getFirst().detail()).startsWith("'raw' should hold JSON");
  }

  @Test
  void jsonOfTenThousandLevelsLeavesItsRowOut() throws IOException {
    var problems = new ProblemLog();
    String deep = "[".repeat(10_000) + "]".repeat(10_000);
    String inString = Json.quote("{\"t\": " + deep + "}");

    assertThat(texts("a.jsonl", "{\"raw\": {\"t\": " + deep + "}}\n{\"raw\": " + inString + "}\n"
        + "{\"raw\": {\"t\": \"fine\"}}\n{\"raw\": {\"t\": " + "[".repeat(100) + "1" + "]".repeat(100) + "}}\n",
        columns(field("from", "raw.t")), problems)).containsExactly("fine.");
    assertThat(problems.counts()).containsExactly(Map.entry(RowFault.BAD_JSON, 3L));
  }

  @Test
  void aKeyThatOccursTwiceIsToldAndItsLastValueCounts() throws IOException {
    var problems = new ProblemLog();

    assertThat(texts("a.jsonl", "{\"raw\": \"{\\\"t\\\": 1, \\\"t\\\": 2}\"}\n{\"raw\": {\"t\": 3, \"t\": 4}}\n",
        columns(field("from", "raw.t")), problems)).containsExactly("2.", "4.");
    assertThat(problems.report()).hasSize(2).allMatch(line -> line.contains("'t' occurs twice"))
        .anyMatch(line -> line.contains("in 'raw', first in line 1"));
  }

  @Test
  void aPathThatNoRowHasIsToldWithTheNearestKey() throws IOException {
    var problems = new ProblemLog();
    texts("a.jsonl", "{\"raw\": {\"title\": \"x\"}}\n", columns(Map.of("a", Map.of("from", List.of("raw.title")),
        "b", Map.of("from", List.of("raw.titel")))), problems);

    assertThat(problems.report()).singleElement().asString()
        .endsWith("a.jsonl: no row has 'raw.titel', which the recipe names; did you mean 'title'?");
    problems.requireFields(2);
    assertThatThrownBy(() -> problems.requireFields(1)).isInstanceOf(DataException.class)
        .hasMessageContaining("no row has 'raw.titel'");
    assertThatThrownBy(() -> texts("b.jsonl", "{\"x\": 1}", columns(field("from", "raw.title")), problems))
        .hasMessageContaining("none of the fields that the recipe names: raw.title");
    assertThatThrownBy(() -> texts("a.csv", "id,raw\n1,x\n", columns(field("from", "rwa.title")), problems))
        .hasMessageContaining("no column 'rwa'");
  }

  @Test
  void whatIsNoRecipeIsRefused() {
    assertThatThrownBy(() -> columns(field("form", "a"))).isInstanceOf(DataException.class)
        .hasMessageContaining("did you mean 'from'?");
    assertThatThrownBy(() -> columns(field("join", ", "))).hasMessageContaining("say where its values stand");
    assertThatThrownBy(() -> columns(field("from", "a..b"))).hasMessageContaining("no path");
    assertThatThrownBy(() -> columns(field("from", "a", "join", "x", "join", "y")))
        .hasMessageContaining("takes one value");
  }

  @Test
  void anotherRecipeIsAnotherFingerprint() throws IOException {
    Path file = Files.writeString(folder.resolve("a.jsonl"), "{\"a\": \"x\"}\n");
    String first = FileRows.of(file, columns(field("from", "a"))).fingerprint();

    assertThat(FileRows.of(file, columns(field("from", "a"))).fingerprint()).isEqualTo(first);
    assertThat(FileRows.of(file, columns(field("from", "a", "prefix", "A "))).fingerprint()).isNotEqualTo(first);
    assertThat(FileRows.of(file, columns(field("from", "a"), "b")).fingerprint()).isNotEqualTo(first);
  }
}
