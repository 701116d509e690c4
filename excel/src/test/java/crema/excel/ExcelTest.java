package crema.excel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.data.Columns;
import crema.data.DataException;
import crema.data.DataFile;
import crema.data.FileFormat;
import crema.data.FileRows;
import crema.data.ProblemLog;
import crema.data.Row;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExcelTest {
  private static final String HEADER =
      "<row r=\"1\"><c t=\"inlineStr\"><is><t>a</t></is></c><c t=\"inlineStr\"><is><t>b</t></is></c></row>";

  @TempDir
  private Path folder;

  private final ProblemLog problems = new ProblemLog();

  private static Path golden() {
    try {
      return Path.of(Objects.requireNonNull(ExcelTest.class.getResource("offers.xlsx")).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private List<Row> rows(Path file, String... columns) {
    var rows = new ArrayList<Row>();
    FileRows.of(file, Columns.text(columns)).forEach(problems, rows::add);
    return rows;
  }

  private List<List<String>> fields(String rows) throws IOException {
    return fields(new WorkbookFile(HEADER + rows));
  }

  private List<List<String>> fields(WorkbookFile workbook) throws IOException {
    return rows(workbook.write(folder.resolve("book.xlsx")), "a", "b").stream().map(Row::fields).toList();
  }

  @Test
  void aWorkbookOfOpenpyxlHasTheTextsOfItsTypes() {
    assertThat(FileFormat.detect(DataFile.of(golden())).columns(DataFile.of(golden())))
        .containsExactly("title", "price", "new", "added", "opened", "at", "category", "total");
    List<Row> rows = rows(golden(), "title", "price", "new", "added", "opened", "at", "total");
    assertThat(rows).extracting(Row::fields).containsExactly(
        List.of("Чайник & kettle", "42", "true", "2026-11-27", "2026-11-27T10:15:30", "08:05:00", ""),
        List.of("two\nlines", "0.1", "false", "", "", "", ""),
        List.of("  spaced  ", "1234567890123", "", "1900-02-28", "", "", ""),
        List.of("_x0041_ is no escape", "-0.5", "", "", "", "", ""));
    assertThat(rows).extracting(row -> row.meta().line()).containsExactly(2L, 3L, 5L, 6L);
    assertThat(problems.total()).isZero();
  }

  @Test
  void aSheetIsNamedBehindTheFileAndATitleAboveItsHeaderIsLeftOut() {
    assertThat(rows(Path.of(golden() + "!/Second one"), "name", "label")).extracting(Row::text)
        .containsExactly("first x");
    assertThat(problems.report()).anyMatch(line -> line.contains("the header is in row 3 of the sheet"));
    assertThatThrownBy(() -> rows(Path.of(golden() + "!/Ofers"), "name")).isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "has no sheet 'Ofers'; did you mean 'Offers'? It has: Offers, Second one, Empty");
    assertThatThrownBy(() -> rows(Path.of(golden() + "!/Empty"), "name")).isInstanceOf(DataException.class)
        .hasMessageEndingWith("offers.xlsx!/Empty has no header: the sheet is empty");
  }

  @Test
  void aWorkbookIsToldByItsFirstBytesAndReadFromWithinAnArchive() throws IOException {
    Path unnamed = Files.copy(golden(), folder.resolve("offers.download"));
    assertThat(rows(unnamed, "title")).hasSize(4);
    Path zip = folder.resolve("offers.zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("books/offers.xlsx"));
      Files.copy(golden(), out);
    }
    assertThat(rows(zip, "title")).hasSize(4);
    assertThat(rows(Path.of(zip + "!/books/offers.xlsx!/Second one"), "name")).extracting(Row::text)
        .containsExactly("first");
  }

  @Test
  void formulasCountAsTheirValuesErrorsAsNone() throws IOException {
    assertThat(fields("<row><c><f>1+1</f><v>2.0</v></c><c t=\"str\"><f>x</f><v>text</v></c></row>"
        + "<row><c t=\"e\"><v>#N/A</v></c><c t=\"b\"><f>y</f><v>1</v></c></row>"))
        .containsExactly(List.of("2", "text"), List.of("", "true"));
  }

  @Test
  void sharedTextsAreJoinedOfTheirRunsWithoutHintsOfPronunciation() throws IOException {
    assertThat(fields(new WorkbookFile(HEADER + "<row><c r=\"B2\" t=\"s\"><v>1</v></c></row>"
        + "<row><c t=\"s\"><v>0</v></c></row>").with("xl/sharedStrings.xml",
            "<sst><si><t>ta_x000D_b</t></si><si><r><t>東</t></r><r><t xml:space=\"preserve\">京 </t></r>"
                + "<rPh><t>トウキョウ</t></rPh></si></sst>")))
        .containsExactly(List.of("", "東京 "), List.of("ta\rb", ""));
  }

  @Test
  void numbersAreDatesWhereTheirFormatSaysSo() throws IOException {
    String styles = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"[Red]0.0&quot;days&quot;\"/>"
        + "<numFmt numFmtId=\"165\" formatCode=\"[$-419]d\\ mmmm\\ yyyy;@\"/><numFmt numFmtId=\"166\" "
        + "formatCode=\"[h]:mm\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>"
        + "<xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"22\"/><xf numFmtId=\"166\"/>"
        + "</cellXfs></styleSheet>";
    String rows = "<row><c s=\"0\"><v>46353</v></c><c s=\"1\"><v>46353</v></c></row>"
        + "<row><c s=\"2\"><v>46353</v></c><c s=\"3\"><v>46353.427430555553</v></c></row>"
        + "<row><c s=\"2\"><v>1</v></c><c s=\"4\"><v>1.5</v></c></row>"
        + "<row><c s=\"4\"><v>0.5</v></c><c s=\"2\"><v>1e99</v></c></row>";
    assertThat(fields(new WorkbookFile(HEADER + rows).with("xl/styles.xml", styles)))
        .containsExactly(List.of("46353", "46353"), List.of("2026-11-27", "2026-11-27T10:15:30"),
            List.of("1900-01-01", "1.5"), List.of("12:00:00", "1e99"));
    assertThat(fields(new WorkbookFile(HEADER + rows).with("xl/styles.xml", styles).with("xl/workbook.xml",
        "<workbook><workbookPr date1904=\"1\"/><sheets><sheet name=\"One\" id=\"r1\"/></sheets></workbook>")).get(1))
        .containsExactly("2030-11-28", "2030-11-28T10:15:30");
  }

  @Test
  void aDocumentTypeIsRefusedWhateverItsEntitiesAre() throws IOException {
    for (String type : List.of("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]>",
        "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>", "<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x\">")) {
      assertThatThrownBy(() -> fields(new WorkbookFile("").with("xl/worksheets/sheet1.xml",
          type + "<worksheet><sheetData><row><c t=\"str\"><v>x</v></c></row></sheetData></worksheet>")))
          .isInstanceOf(DataException.class).hasMessageContaining("book.xlsx: its part xl/worksheets/sheet1.xml")
          .hasMessageContaining("has a document type");
    }
  }

  @Test
  void whatIsWrongWithAWorkbookIsSaidInALine() throws IOException {
    assertThatThrownBy(() -> fields("<row><c t=\"s\"><v>7</v></c></row>"))
        .hasMessageEndingWith("book.xlsx, row 2: a cell names text number 7 of the workbook, which has 0");
    assertThatThrownBy(() -> fields("<row><c r=\"XFE2\"><v>7</v></c></row>"))
        .hasMessageContaining("a cell beyond the 16384 columns");
    assertThatThrownBy(() -> fields("<row><c><v>7</c></row>"))
        .hasMessageContaining("its part xl/worksheets/sheet1.xml cannot be read").hasMessageNotContaining("\n");
    assertThatThrownBy(() -> fields("<row><c x=\"" + "y".repeat(2 << 20) + "\"/></row>"))
        .hasMessageContaining("a tag is longer than");
    Path file = folder.resolve("cut.xlsx");
    byte[] whole = Files.readAllBytes(golden());
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> rows(file, "a")).isInstanceOf(DataException.class)
        .hasMessageContaining("cut.xlsx is no zip archive that can be read: it is truncated or damaged");
    Files.write(file, "PK\3\4 and something else".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> rows(file, "a")).isInstanceOf(DataException.class);
  }

  @Property(tries = 30)
  void textsComeBackAsTheyWereWritten(@ForAll("texts") List<String> texts) throws IOException {
    Path file = Files.createTempFile("book", ".xlsx");
    try {
      var rows = new StringBuilder("<row><c t=\"str\"><v>a</v></c></row>");
      var shared = new StringBuilder("<sst>");
      for (int i = 0; i < texts.size(); i++) {
        String escaped = texts.get(i).replace("&", "&amp;").replace("<", "&lt;").replace("\r", "_x000D_");
        rows.append(i % 2 == 0 ? "<row><c t=\"s\"><v>" + i + "</v></c></row>"
            : "<row><c t=\"inlineStr\"><is><t>" + escaped + "</t></is></c></row>");
        shared.append("<si><t>").append(escaped).append("</t></si>");
      }
      new WorkbookFile(rows.toString()).with("xl/sharedStrings.xml", shared + "</sst>").write(file);
      assertThat(new ExcelTest().rows(file, "a")).extracting(Row::text).containsExactlyElementsOf(texts);
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<List<String>> texts() {
    return Arbitraries
        .of("\"", ",", "\n", "\r", "\\", " ", "é", "日本", "\uD83D\uDE00", "\uFFFD", "<", "&", "a", "_x", "_")
        .list().ofMaxSize(8).map(parts -> String.join("", parts))
        .filter(text -> !text.isBlank() && !text.matches("(?s).*_x[0-9A-Fa-f]{4}_.*")).list().ofMinSize(1)
        .ofMaxSize(10);
  }

  @Test
  void aRowWhoseTextsAreLongTogetherIsLeftOutAndTold() throws IOException {
    String half = "x".repeat(9 << 20);
    String cell = "<c t=\"inlineStr\"><is><t>" + half + "</t></is></c>";
    assertThat(fields("<row><c><v>1</v></c><c><v>2</v></c></row><row>" + cell + cell.repeat(3) + "</row>"
        + "<row><c><v>3</v></c><c><v>4</v></c></row>")).containsExactly(List.of("1", "2"), List.of("3", "4"));
    assertThat(problems.report()).anyMatch(line -> line.contains("texts of more than 16,777,216 characters"));
    String header = "<row>" + cell + cell + "</row>";
    assertThatThrownBy(() -> fields(new WorkbookFile(header))).isInstanceOf(DataException.class)
        .hasMessageEndingWith("row 1, which is the header, has texts of more than 16,777,216 characters");
  }

  @Test
  void whatAParserWouldHoldWithoutEndIsRefused() throws IOException {
    assertThatThrownBy(() -> fields("<a>".repeat(10_000))).isInstanceOf(DataException.class)
        .hasMessageContaining("exceeds the limit");
    var names = new StringBuilder();
    for (int i = 0; i < 70_000; i++) {
      names.append("<a").append(i).append("/>");
    }
    assertThatThrownBy(() -> fields(names.toString())).isInstanceOf(DataException.class)
        .hasMessageContaining("elements of more than 65536 names");
    String styles = "<styleSheet><cellXfs>" + "<xf/>".repeat(150_000) + "</cellXfs></styleSheet>";
    assertThatThrownBy(() -> fields(new WorkbookFile(HEADER).with("xl/styles.xml", styles)))
        .isInstanceOf(DataException.class).hasMessageContaining("more than 131072 formats of cells");
  }

  @Test
  void partsAreUtf8OrUtf16AndNothingElse() throws IOException {
    String sheet =
        "<worksheet><sheetData>" + HEADER + "<row><c t=\"str\"><v>Чайник</v></c><c t=\"str\"><v>é</v></c></row>"
            + "</sheetData></worksheet>";
    for (Charset charset : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_8)) {
      assertThat(fields(new WorkbookFile("").with("xl/worksheets/sheet1.xml", sheet.getBytes(charset))))
          .as(charset.name()).containsExactly(List.of("Чайник", "é"));
    }
    assertThatThrownBy(() -> fields(new WorkbookFile("").with("xl/worksheets/sheet1.xml",
        sheet.getBytes(StandardCharsets.ISO_8859_1)))).isInstanceOf(DataException.class)
        .hasMessageEndingWith("its part xl/worksheets/sheet1.xml cannot be read: it is neither UTF-8 nor UTF-16");
  }
}
