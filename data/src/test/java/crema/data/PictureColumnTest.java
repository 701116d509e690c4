package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureColumnTest {
  private static final Columns TITLE_AND_PHOTO =
      Columns.text("title").withLabel("category").withPicture(new PictureColumn("photo"));

  @TempDir
  private Path folder;
  private final ProblemLog problems = new ProblemLog();

  @Test
  void relativePathsBeginAtTheFolderOfTheTableOrAtTheRoot() {
    var column = new PictureColumn("photo");
    assertThat(column.locate(" a/1.jpg ", "shop/rows.csv")).isEqualTo(Path.of("shop/a/1.jpg").toString());
    assertThat(column.locate("../a.jpg", "shop/rows.csv")).isEqualTo("a.jpg");
    assertThat(column.locate("a.jpg", "rows.csv")).isEqualTo("a.jpg");
    assertThat(column.locate("a.jpg", "shop/all.zip!/rows/1.csv")).isEqualTo(Path.of("shop/a.jpg").toString());
    assertThat(column.locate("a.jpg", "https://example.com/rows.csv")).isEqualTo("a.jpg");
    assertThat(new PictureColumn("photo", Path.of("photos")).locate("1.jpg", "shop/rows.csv"))
        .isEqualTo(Path.of("photos/1.jpg").toString());
  }

  @Test
  void addressesAbsolutePathsAndWhatIsNoPathStayAsTheyAre() {
    var column = new PictureColumn("photo", Path.of("photos"));
    assertThat(column.locate("https://example.com/a b.jpg", "rows.csv")).isEqualTo("https://example.com/a b.jpg");
    String absolute = folder.resolve("a.jpg").toAbsolutePath().toString();
    assertThat(column.locate(absolute, "rows.csv")).isEqualTo(absolute);
    assertThat(column.locate(folder.resolve("a.jpg").toUri().toString(), "rows.csv")).isEqualTo(absolute);
    assertThat(column.locate("a\u0000b", "rows.csv")).isEqualTo("a\u0000b");
    assertThat(column.locate("file:relative", "rows.csv")).isEqualTo("file:relative");
  }

  @Test
  void rowsOfTablesAndOfJsonCarryWhereTheirPictureIs() throws IOException {
    List<Row> table =
        rows("a.csv", "title,category,photo\nred,x,1.jpg\nblue,y,\n,z,https://example.com/3.png\n,x,NaN\n");
    assertThat(table).extracting(row -> row.meta().picture()).containsExactly(folder.resolve("1.jpg").toString(), null,
        "https://example.com/3.png");
    assertThat(table).extracting(Row::text).containsExactly("red", "blue", "");
    assertThat(table.getLast().content()).isEqualTo("https://example.com/3.png");
    assertThat(problems.examples(RowFault.EMPTY_TEXT)).singleElement().extracting(RowProblem::detail)
        .isEqualTo("nothing in title, photo");
    assertThat(rows("b.jsonl", """
        {"title": "red", "category": "x", "photo": ["1.jpg", "2.jpg"]}
        {"title": "blue", "category": "x", "photo": []}
        {"title": null, "category": "y", "photo": "3.jpg"}
        """)).extracting(row -> row.meta().picture()).containsExactly(folder.resolve("1.jpg").toString(), null,
        folder.resolve("3.jpg").toString());
  }

  @Test
  void picturesAloneAreRowsWhereNoTextColumnIsNamed() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "photo,category\n1.jpg,x\n,y\n");
    Columns columns = Columns.picture(new PictureColumn("photo")).withLabel("category");
    var rows = new ArrayList<Row>();
    FileRows.of(folder.resolve("a.csv"), columns).forEach(problems, rows::add);
    assertThat(rows).singleElement().extracting(Row::text, Row::labels).containsExactly("", List.of("x"));
    assertThatThrownBy(() -> columns.withPicture(null))
        .isInstanceOf(DataException.class).hasMessage("at least one text column is needed");
  }

  @Test
  void aFileWithoutTheColumnSaysWhichItHas() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "title,category,foto\nred,x,1.jpg\n");
    assertThatThrownBy(() -> FileRows.of(folder.resolve("a.csv"), TITLE_AND_PHOTO).open(ProblemListener.STRICT))
        .isInstanceOf(DataException.class).hasMessageContaining("has no column 'photo'").hasMessageContaining("foto");
    Files.writeString(folder.resolve("a.txt"), "__label__x red\n");
    assertThatThrownBy(() -> FileRows.of(folder.resolve("a.txt"), TITLE_AND_PHOTO).open(ProblemListener.STRICT))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no columns for a group, a language, a weight, a picture");
  }

  @Test
  void rowsWithOtherPicturesHaveOtherFingerprintsAndThoseWithoutKeepTheirs() {
    Row row = Row.of("red", "x");
    assertThat(RowSource.of(List.of(row.withMeta(RowMeta.MEMORY.withPicture("1.jpg")))).fingerprint())
        .isNotEqualTo(RowSource.of(List.of(row)).fingerprint());
    Columns without = TITLE_AND_PHOTO.withPicture(null);
    assertThat(without.toString()).doesNotContain("picture");
    assertThat(TITLE_AND_PHOTO.withMissing(Set.of("-")).toString()).contains("picture=photo");
  }

  @Test
  void rowsWithoutTextAreTheSameOnlyIfTheirPicturesAre() {
    Row one = new Row("", List.of(""), List.of("x"), RowMeta.MEMORY.withPicture("1.jpg"));
    Row other = one.withMeta(RowMeta.MEMORY.withPicture("2.jpg"));
    var parts = new LinkedHashMap<String, RowSource>();
    parts.put("training", RowSource.of(List.of(one)));
    parts.put("test", RowSource.of(List.of(other, one)));
    assertThat(Duplicates.between(parts)).singleElement().extracting(Duplicates::rows).isEqualTo(1L);
  }

  private List<Row> rows(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
    var rows = new ArrayList<Row>();
    FileRows.of(folder.resolve(name), TITLE_AND_PHOTO.withMissing(Set.of("NaN"))).forEach(problems, rows::add);
    return rows;
  }
}
