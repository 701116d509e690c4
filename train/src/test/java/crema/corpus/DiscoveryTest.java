package crema.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.report.TerminalStyle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveryTest {
  private static final Discovery.Options ALL = new Discovery.Options(null, 0, 1);

  @TempDir
  Path folder;

  private static Discovery discover(Path file) throws IOException {
    return Discovery.of(file, ALL, (_, _) -> {});
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  @Test
  void fieldsOfJsonLinesHaveTypesFillRatesAndExamples() throws IOException {
    Discovery found = discover(file("offers.jsonl", """
        {"id": 1, "title": "Red shoes", "price": 1.5, "tags": ["a", "b"], "shop": {"name": "X", "new": true}}
        {"id": 2, "title": " ", "price": null, "tags": [], "shop": {"name": "Y"}}
        {"id": "3", "title": "Blue boots"}
        {"id": 4, "title": "cut off
        """));
    SchemaCounts schema = found.schemas().getFirst();
    assertThat(schema.rows()).isEqualTo(3);
    assertThat(schema.bad()).isEqualTo(1);
    assertThat(schema.fields().keySet()).containsExactly("id", "title", "price", "tags", "tags[]", "shop", "shop.name",
        "shop.new");
    assertThat(schema.fields().get("id").types())
        .isEqualTo(Map.of(FieldCounts.Type.WHOLE_NUMBER, 2L, FieldCounts.Type.TEXT, 1L));
    assertThat(schema.fields().get("title").filled()).isEqualTo(2);
    assertThat(schema.fields().get("title").examples()).containsExactly("Red shoes", "Blue boots");
    assertThat(schema.fields().get("price").types().get(FieldCounts.Type.NULL)).isEqualTo(1);
    assertThat(schema.fields().get("tags[]").values().distinct()).isEqualTo(2);
    assertThat(new DiscoveryReport(found).terminal(TerminalStyle.PLAIN, 20)).contains("whole number 66.7%, text 33.3%");
  }

  @Test
  void tablesAreReadWithAndWithoutNames() throws IOException {
    SchemaCounts csv = discover(file("a.csv", "title;label\n\"a;b\";Shoes\nc;Books\nd;Books\n")).schemas().getFirst();
    assertThat(csv.fields().get("title").examples()).containsExactly("a;b", "c", "d");
    assertThat(csv.fields().get("label").values().top(1).getFirst()).isEqualTo(new TopCounts.Entry("Books", 2));
    Discovery tsv = discover(file("map.tsv", "17\tShoes\r\n18\tBooks\r\n"));
    assertThat(tsv.schemas().getFirst().fields().get("column 2").examples()).containsExactly("Shoes", "Books");
    assertThat(discover(file("a.json", "[{\"a\":1},\n{\"a\":2}]")).schemas().getFirst().rows()).isEqualTo(2);
  }

  @Test
  void rowsOfAnArchiveAreCountedByTheClassOfTheirClusterAndByLanguage() throws IOException {
    Path zip = TestArchives.zip(folder.resolve("lspc.zip"), TestArchives.members("a.json.gz", TestArchives.gzip(
        "{\"cluster_id\":5,\"title\":\"This is a book about the history of the town\"}",
        "{\"cluster_id\":5,\"title\":\"Das ist ein schönes Buch über die Geschichte der Stadt\"}",
        "{\"cluster_id\":6,\"title\":\"This is a garden hose for the whole family\"}"),
        "readme.pdf", new byte[10], "map.tsv", TestArchives.table("5\tBooks", "6\tGarden")));
    Discovery found = discover(zip);
    assertThat(found.labels().top(5)).containsExactly(new TopCounts.Entry("Books", 2),
        new TopCounts.Entry("Garden", 1));
    assertThat(found.languages().top(5)).containsExactly(new TopCounts.Entry("en", 2), new TopCounts.Entry("de", 1));
    assertThat(found.languagesByLabel().get("Books").top(5)).hasSize(2);
    assertThat(found.members()).extracting(Discovery.Member::rows).containsExactly(2L, 3L, 0L);
    new DiscoveryReport(found).write(folder);
    assertThat(folder.resolve(DiscoveryReport.PAGE)).content().contains("map.tsv", "Garden", "not read: no JSON");
  }

  @Test
  void everNewNamesAndValuesAreCountedTogetherFromABoundOn() throws IOException {
    var text = new StringBuilder();
    for (int row = 0; row < 2000; row++) {
      text.append("{\"name\":\"value %d\",\"key %d\":1}\n".formatted(row, row));
    }
    SchemaCounts schema = discover(file("many.jsonl", text.toString())).schemas().getFirst();
    assertThat(schema.fields()).hasSize(SchemaCounts.MOST_FIELDS);
    assertThat(schema.others()).isEqualTo(2000 - (SchemaCounts.MOST_FIELDS - 1));
    assertThat(schema.fields().get("name").values().distinct()).isEqualTo(TopCounts.MOST);
    assertThat(schema.fields().get("name").values().others()).isEqualTo(1000);
  }

  @Test
  void whatAPageShowsOfAFileIsTextAndNotMarkup() throws IOException {
    Discovery found =
        discover(file("evil.jsonl", "{\"<script>alert(1)</script>\":\"<img src=x onerror=alert(1)>\"}\n"));
    new DiscoveryReport(found).write(folder);
    assertThat(folder.resolve(DiscoveryReport.PAGE)).content().contains("&lt;img src=x").doesNotContain("<img src=x",
        "<script>alert");
  }

  @Test
  void whatCannotBeReadIsToldInOneLine() throws IOException {
    assertThatThrownBy(() -> discover(folder.resolve("none.zip"))).isInstanceOf(UserError.class)
        .hasMessageContaining("does not exist");
    SchemaCounts deep =
        discover(file("deep.jsonl", "{\"a\":" + "[".repeat(10_000) + "\n{\"a\":1}\n")).schemas().getFirst();
    assertThat(deep.bad()).isEqualTo(1);
    assertThat(deep.rows()).isEqualTo(1);
  }
}
