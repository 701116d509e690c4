package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRowsTest {
  private static final Columns TITLE = Columns.text("title").withLabel("category");

  @TempDir
  private Path folder;
  private final ProblemLog problems = new ProblemLog();

  @Test
  void csvFieldsMayHoldSeparatorsQuotesAndLineBreaks() {
    var rows = rows("a.csv", "title,category\n\"a, \"\"b\"\"\r\nc\",x\nd,y\n", TITLE);
    assertThat(texts(rows)).containsExactly("a, \"b\"\r\nc", "d");
    assertThat(rows).extracting(row -> row.meta().line()).containsExactly(2L, 4L);
    assertThat(problems.total()).isZero();
  }

  @Test
  void csvGoesOnAfterARecordWithBadQuotes() {
    var rows = rows("a.csv", "title,category\n\"a\"b,x\n\nc,x\n\"d\"e,x\n\"f\ng\",x\nh,x\n", TITLE);
    assertThat(texts(rows)).containsExactly("c", "f\ng", "h");
    assertThat(rows).extracting(row -> row.meta().line()).containsExactly(4L, 6L, 8L);
    assertThat(problems.examples(RowFault.BAD_QUOTING)).extracting(RowProblem::line).containsExactly(2L, 5L);
  }

  @Test
  void csvWithAQuoteThatNeverClosesNamesWhereItOpens() {
    assertThatThrownBy(() -> rows("a.csv", "title,category\na,x\n\"b,x\nc,x\nd,x\n", TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.csv, line 3: a quote that is opened in this record is never closed");
  }

  @Test
  void invalidUtf8InCsvIsReportedWithItsRecordOnly() {
    var rows = rows("a.csv", bytesWithBadHash("title,category\n\"a\nb#c\",x\nd,x\n"), TITLE);
    assertThat(texts(rows)).containsExactly("d");
    assertThat(problems.examples(RowFault.INVALID_UTF8)).singleElement().satisfies(problem -> {
      assertThat(problem.line()).isEqualTo(3);
      assertThat(problem.detail()).isEqualTo("the byte 0xE9, number 2 of the line");
    });
  }

  @Test
  void invalidUtf8InEveryLineFormatIsSkippedAndLocated() {
    for (var name : List.of("a.tsv", "a.jsonl", "a.ft")) {
      var text = switch (name) {
        case "a.tsv" -> "title\tcategory\nok\tx\n#\tx\nok\tx\n";
        case "a.jsonl" -> """
            {"title":"ok","category":"x"}

            {"title":"#"}
            {"title":"ok","category":1}
            """;
        default -> "__label__x ok\n\n__label__x #\n__label__x ok\n";
      };
      var log = new ProblemLog();
      var rows = new ArrayList<Row>();
      FileRows.of(write(name, bytesWithBadHash(text)), TITLE).forEach(log, rows::add);
      assertThat(texts(rows)).as(name).containsExactly("ok", "ok");
      assertThat(log.examples(RowFault.INVALID_UTF8)).as(name).extracting(RowProblem::line).containsExactly(3L);
    }
  }

  @Test
  void aReplacementCharacterThatStandsInTheFileIsText() {
    assertThat(texts(rows("a.tsv", "title\tcategory\n23\uFFFD monitor\tx\n", TITLE)))
        .containsExactly("23\uFFFD monitor");
    assertThat(problems.total()).isZero();
  }

  @Test
  void tsvKeepsQuotesAsTheyStand() {
    var rows = rows("a.tsv", "title\tcategory\n\"5\" pipe\tx\n\" \tx\n", TITLE);
    assertThat(texts(rows)).containsExactly("\"5\" pipe", "\" ");
  }

  @Test
  void rowsWithTooFewOrTooManyFieldsAreCountedAndShown() {
    for (var name : List.of("a.csv", "a.tsv")) {
      var log = new ProblemLog();
      var rows = new ArrayList<Row>();
      var text = "title,category\na,x\nb\nc,x,y\nd,x\n";
      FileRows.of(write(name, bytes(name.endsWith("csv") ? text : text.replace(',', '\t'))), TITLE)
          .forEach(log, rows::add);
      assertThat(texts(rows)).containsExactly("a", "d");
      assertThat(log.report()).containsExactly(
          "2 rows: wrong number of fields",
          "  " + folder.resolve(name) + ", line 3: 1 fields, but the header has 2",
          "  " + folder.resolve(name) + ", line 4: 3 fields, but the header has 2");
    }
  }

  /** FastCSV takes a carriage return for the end of a line; editors, and the other formats here, do not. */
  @Test
  void theLineOfARowIsThatOfItsLineFeedsWhateverCarriageReturnsStandBeforeIt() {
    var log = new ProblemLog();
    var lines = new ArrayList<Long>();
    var text = "title,category\na,x\n\"b\r\r\rb\",x\n\"c\nc\",x\r\n\nd,x\ne\n\n\n\"f\r\",x\ng,x\n\nh,x\n";
    FileRows.of(write("a.csv", bytes(text)), TITLE).forEach(log, row -> lines.add(row.meta().line()));
    assertThat(lines).containsExactly(2L, 3L, 4L, 7L, 11L, 12L, 14L);
    assertThat(log.examples(RowFault.FIELD_COUNT)).singleElement()
        .satisfies(problem -> assertThat(problem.line()).isEqualTo(8));
  }

  @Test
  void everyRowIsReadAndUsedOrLeftOut() {
    for (var name : List.of("a.csv", "a.tsv")) {
      var text = "title,category\na,x\nb\n,x\nc,\nd,y\n";
      var log = new ProblemLog();
      var used = new ArrayList<Row>();
      FileRows.of(write(name, bytes(name.endsWith("csv") ? text : text.replace(',', '\t'))), TITLE)
          .forEach(log, used::add);
      var account = log.account(Map.of("all", (long) used.size()));
      assertThat(account.read()).isEqualTo(5);
      assertThat(account.used() + account.notUsed()).isEqualTo(account.read());
      assertThat(account).hasToString(
          "2 of 5 used; left out: 1 wrong number of fields, 1 missing label, 1 empty text");
    }
  }

  @Test
  void strictListenerStopsWithFileAndLine() {
    var source = FileRows.of(write("a.tsv", bytes("title\tcategory\na\tx\nb\n")), TITLE);
    assertThatThrownBy(() -> source.forEach(ProblemListener.STRICT, row -> {}))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.tsv, line 3: wrong number of fields: 1 fields, but the header has 2");
  }

  @Test
  void emptyTextAndMissingLabelsAreSkipped() {
    var rows = rows("a.csv", "title,category\n  ,x\na,\nb, x \n", TITLE);
    assertThat(rows).singleElement().satisfies(row -> assertThat(row.labels()).containsExactly("x"));
    assertThat(problems.counts()).containsOnlyKeys(RowFault.EMPTY_TEXT, RowFault.MISSING_LABEL);
  }

  @Test
  void textColumnsAreJoinedInTheOrderAskedForWithoutBlankOnes() {
    var columns = Columns.text("b", "a", "c").withJoiner(" | ");
    assertThat(rows("a.csv", "a,b,c\n1,2,3\n1,,3\n,2,\n", columns)).extracting(Row::text)
        .containsExactly("2 | 1 | 3", "1 | 3", "2");
    assertThat(rows("b.jsonl", "{\"a\":1,\"b\":null,\"c\":[\"x\",\"y\"]}\n{\"b\":true}", columns))
        .extracting(Row::fields)
        .containsExactly(List.of("", "1", "x y"), List.of("true", "", ""));
  }

  @Test
  void missingColumnSuggestsTheNearestAndListsTheOthers() {
    assertThatThrownBy(() -> rows("a.csv", "titel,category\na,x\n", TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("a.csv has no column 'title'; did you mean 'titel'? It has: titel, category");
    assertThatThrownBy(() -> rows("a.jsonl", "{\"title\":\"a\",\"Category\":\"x\"}\n", TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("a.jsonl has no column 'category'; did you mean 'Category'? It has: title, Category");
  }

  @Test
  void jsonlReportsWhatIsNotAnObject() {
    var rows = rows("a.jsonl", """
        {"title": "a", "category": "x"}
        {"title": "b", "category":
        ["title"]
        {"title": {"en": "c"}, "category": "x"}
        {"title": "d", "category": "x"} trailing
        {"title": "e", "category": ["x", "y"]}
        {"title": "f", "category": null}
        """, TITLE);
    assertThat(texts(rows)).containsExactly("a");
    assertThat(problems.counts()).isEqualTo(Map.of(
        RowFault.BAD_JSON, 4L, RowFault.BAD_LABEL, 1L, RowFault.MISSING_LABEL, 1L));
  }

  @Test
  void byteOrderMarkAndCarriageReturnsAreNoText() {
    for (var name : List.of("a.csv", "a.tsv")) {
      var text = "\uFEFFtitle,category\r\na,x\r\n";
      assertThat(rows(name, name.endsWith("csv") ? text : text.replace(',', '\t'), TITLE))
          .singleElement().extracting(Row::labels).isEqualTo(List.of("x"));
    }
    assertThat(texts(rows("a.jsonl", "\uFEFF{\"title\":\"a\",\"category\":\"x\"}\r\n", TITLE))).containsExactly("a");
  }

  @Test
  void compressionIsToldByTheFirstBytesWhateverTheName() {
    var text = bytes("title,category\na,x\n");
    for (var name : List.of("a.csv", "b.csv.gz")) {
      assertThat(texts(rows(name, gzip(text), TITLE))).containsExactly("a");
    }
    for (var name : List.of("c.csv", "d.csv.zst")) {
      assertThat(texts(rows(name, Zstd.compress(text), TITLE))).containsExactly("a");
    }
    assertThatThrownBy(() -> rows("e.csv.gz", text, TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("e.csv.gz is not compressed as its name says: it starts with the bytes 74 69 74 6c");
  }

  @Test
  void truncatedGzAndZstNameTheFileAndLine() {
    var text = new StringBuilder("title,category\n");
    for (int i = 0; i < 100_000; i++) {
      text.append(Integer.toHexString(i * 0x9e3779b9)).append(",x\n");
    }
    var plain = bytes(text.toString());
    for (var name : List.of("a.csv.gz", "a.csv.zst")) {
      var compressed = name.endsWith("gz") ? gzip(plain) : Zstd.compress(plain);
      var half = Arrays.copyOf(compressed, compressed.length / 2);
      assertThatThrownBy(() -> rows(name, half, TITLE))
          .isInstanceOf(DataException.class)
          .hasMessageMatching(".*" + name + ", after line [1-9]\\d+: the compressed file ends too early;.*");
    }
    assertThatThrownBy(() -> rows("b.csv.gz", Arrays.copyOf(gzip(plain), 5), TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("b.csv.gz: the compressed file ends too early");
  }

  @Test
  void csvWithAQuoteThatNeverClosesWithinTheLimitIsRefusedToo() {
    var line = "c".repeat(1 << 16) + ",x\n";
    var text = "title,category\na,x\n\"b,x\n" + line.repeat(LineReader.MAX_LINE_BYTES >> 16) + "d,x\"\n";
    assertThatThrownBy(() -> rows("a.csv", text, TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.csv, line 3: a quote that is opened in this record is never closed");
  }

  @Test
  void badQuotesInTheLastLineAreARowLikeAnyOther() {
    assertThat(texts(rows("a.csv", "title,category\na,x\n\"b\"c,x", TITLE))).containsExactly("a");
    assertThat(problems.examples(RowFault.BAD_QUOTING)).extracting(RowProblem::line).containsExactly(3L);
  }

  @Test
  void fieldsMayBeSeparatedBySeveralCharacters() {
    for (Character quote : new Character[] {null, Csv.UNQUOTED}) {
      var rows = new ArrayList<Row>();
      FileRows.of(write("a.dat", bytes("id::title::category\n1::a:b::x\n2::c|d::y\n")), TITLE,
          new FileOptions(null, "::", quote, true, null)).forEach(ProblemListener.STRICT, rows::add);
      assertThat(texts(rows)).containsExactly("a:b", "c|d");
    }
    var rows = new ArrayList<Row>();
    FileRows.of(write("a.csv", bytes("title||category\n\"a||b\"||x\nc|d||y\n")), TITLE,
        new FileOptions(null, "||", null, true, null)).forEach(ProblemListener.STRICT, rows::add);
    assertThat(texts(rows)).containsExactly("a||b", "c|d");
  }

  @Test
  void aHeaderWithoutTheColumnsSuggestsAnotherSeparator() {
    assertThatThrownBy(() -> rows("a.csv", "title category\na x\n", TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("a.csv has a single column, 'title category', and not 'title'; are its fields separated "
            + "as its name says? If not, say how with --separator");
    var rows = new ArrayList<Row>();
    FileRows.of(write("a.csv", bytes("title~category\na~x\n")), TITLE, new FileOptions(null, "~", null, true, null))
        .forEach(problems, rows::add);
    assertThat(texts(rows)).containsExactly("a");
    assertThat(problems.report()).isEmpty();
  }

  @Test
  void theSeparatorIsTheOneByWhichTheHeaderHasTheColumns() {
    for (var file : Map.of("a.csv", "title;category\n\"a;b\";x\n", "b.csv", "title\tcategory\na;b\tx\n", "c.txt",
        "id|title|category\n1|a;b|x\n", "d.tsv", "title,category\na;b,x\n").entrySet()) {
      assertThat(texts(rows(file.getKey(), file.getValue(), TITLE))).as(file.getKey()).containsExactly("a;b");
    }
    assertThat(problems.report()).containsExactlyInAnyOrder(folder.resolve("a.csv") + ": fields separated by ';'",
        folder.resolve("b.csv") + ": fields separated by tabs", folder.resolve("c.txt") + ": fields separated by '|'",
        folder.resolve("d.tsv") + ": fields separated by ','");
  }

  @Test
  void aSeparatorThatNobodyElseHasIsFoundIfAllRecordsAreWholeByIt() {
    assertThat(texts(rows("a.csv", "title~category\na,b~x\n", TITLE))).containsExactly("a,b");
    assertThat(texts(rows("b.csv", "title::category\na,b::x\n", TITLE))).containsExactly("a,b");
    assertThat(problems.report()).containsExactly(folder.resolve("a.csv") + ": fields separated by '~'",
        folder.resolve("b.csv") + ": fields separated by ':'");
    assertThatThrownBy(() -> rows("c.csv", "title~category\na~b~x\n", TITLE)).hasMessageContaining("a single column");
  }

  @Test
  void aHeaderMayStandBehindOtherLines() {
    assertThat(texts(rows("a.csv", "# exported 2024\n\n# by x, y\ntitle,category\n\"a,\nb\",x\n", TITLE)))
        .containsExactly("a,\nb");
    assertThat(texts(rows("b.tsv", "Our goods\ntitle\tcategory\na\tx\n", TITLE))).containsExactly("a");
    assertThat(problems.report()).containsExactly(folder.resolve("a.csv") + ": header in line 4",
        folder.resolve("b.tsv") + ": header in line 2");
  }

  @Test
  void whatStandsAroundFieldsIsFoundWhereRecordsAreWholeByItAlone() {
    assertThat(texts(rows("a.csv", "'title','category'\n'a, ''b''','x'\n", TITLE))).containsExactly("a, 'b'");
    assertThat(texts(rows("b.csv", "title,category\n'a, b',x\n", TITLE))).containsExactly("a, b");
    assertThat(texts(rows("c.csv", "title,category\n\"5\\\" a, b\\\\\",x\n", TITLE))).containsExactly("5\" a, b\\");
    assertThat(texts(rows("d.csv", "title,category\n'tis a,x\nc:\\\"d,y\n", TITLE)))
        .containsExactly("'tis a", "c:\\\"d");
    assertThat(problems.report()).containsExactly(folder.resolve("a.csv") + ": fields quoted by \"'\"",
        folder.resolve("b.csv") + ": fields quoted by \"'\"",
        folder.resolve("c.csv") + ": quotes within fields written \\\"");
  }

  @Test
  void blanksAroundQuotesAreNoPartOfAField() {
    assertThat(rows("a.csv", "\" title \" , \"category\"\n\"a\" , \"x\"\n b, y\n", TITLE))
        .extracting(Row::text, Row::labels).containsExactly(tuple("a", List.of("x")), tuple(" b", List.of("y")));
  }

  @Test
  void aHeaderThatComesOnceMoreIsNoRow() {
    assertThat(texts(rows("a.csv", "title,category\na,x\ntitle,category\nb,y\n   \n", TITLE)))
        .containsExactly("a", "b");
    assertThat(problems.report()).containsExactly("1 row: left out",
        "  " + folder.resolve("a.csv") + ", line 3: the header once more");
  }

  @Test
  void rowsOfJsonAreReadAsProgramsWriteThem() {
    String rows = "{\"title\": \"a\", \"category\": \"x\"}##{\"title\": \"b, {c}\", \"category\": \"y\"}##"
        + "{\"title\": NaN, \"category\": \"y\"}";
    for (String between : List.of("\n", ",\n", "", " ", ", ")) {
      assertThat(texts(rows("a.jsonl", rows.replace("##", between), TITLE))).as(between)
          .containsExactly("a", "b, {c}");
    }
    assertThat(problems.counts()).containsOnlyKeys(RowFault.EMPTY_TEXT).containsEntry(RowFault.EMPTY_TEXT, 5L);
    var others = new ProblemLog();
    FileRows.of(write("b.json", bytes("{'title': 'a', 'category': 'x'}\n{\"title\": {\"0\": \"a\"}}\n"
        + "{\"title\": \"a\", \"category\": \"NULL\"}\n")), TITLE.withMissing(Set.of("NULL")))
        .forEach(others, row -> {});
    assertThat(String.join("\n", others.report())).contains("json.dumps", "orient='records'",
        "'NULL' in column 'category' is taken for no value", "missing label");
  }

  @Test
  void everyMarkOfAnEncodingIsKnown() {
    for (String name : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-8")) {
      Charset charset = Charset.forName(name);
      assertThat(texts(rows("a.csv", "\uFEFFtitle,category\n\u00C5,x\n".getBytes(charset), TITLE))).as(name)
          .containsExactly("\u00C5");
      if (!name.equals("UTF-8")) {
        assertThatThrownBy(() -> rows("b.csv", "title,category\n\u00C5,x\n".getBytes(charset), TITLE))
            .hasMessageEndingWith("without a byte order mark: read it with --encoding " + name);
      }
    }
    assertThat(texts(rows("a.csv", "\uFEFF\uFEFFtitle,category\na,x\n", TITLE))).containsExactly("a");
  }

  @Test
  void whatIsWrongInColumnsThatNobodyWantsSpoilsNoRow() {
    byte[] bytes = bytesWithBadHash("title,category,note\na,x,#\nb,y,\n");
    assertThat(texts(rows("a.csv", bytes, TITLE))).containsExactly("a", "b");
    assertThat(texts(rows("a.tsv", new String(bytes, StandardCharsets.ISO_8859_1).replace(',', '\t')
        .getBytes(StandardCharsets.ISO_8859_1), TITLE))).containsExactly("a", "b");
    assertThat(problems.total()).isZero();
    rows("b.csv", bytes, TITLE.withKept(List.of("note")));
    rows("c.csv", bytes, Columns.text("title", "note"));
    assertThat(problems.counts()).containsOnlyKeys(RowFault.INVALID_UTF8).containsEntry(RowFault.INVALID_UTF8, 2L);
    assertThat(problems.report()).contains(
        "  a file in another encoding is read when that is said, for instance with --encoding windows-1252");
  }

  @Test
  void aRowInPlaceOfAHeaderIsToldFromOne() {
    assertThatThrownBy(() -> rows("a.csv", "red apple pear,Fruit\nblue doll,Toys\n", TITLE))
        .hasMessageEndingWith(
            "a.csv has no column 'title'. It has: red apple pear, Fruit. If that is a row and no header, "
                + "--no-header calls columns by their numbers");
    assertThatThrownBy(() -> rows("b.csv", "title\na\n", TITLE))
        .hasMessageEndingWith("b.csv has no column 'category'. It has: title");
  }

  @Test
  void tabSeparatedValuesWhoseQuotesAreDoubledAreQuoted() {
    assertThat(texts(rows("a.tsv", "title\tcategory\n\"5\"\" pipe\"\tx\npipe\ty\n", TITLE)))
        .containsExactly("5\" pipe", "pipe");
    assertThat(texts(rows("b.tsv", "\"title\"\t\"category\"\n\"pipe\"\t\"x\"\n", TITLE))).containsExactly("pipe");
    assertThat(texts(rows("c.tsv", "title\tcategory\n\"5\"\" pipe\"\tx\n\"6\" pipe\ty\n", TITLE)))
        .containsExactly("\"5\"\" pipe\"", "\"6\" pipe");
    assertThat(problems.report()).containsExactly(
        folder.resolve("a.tsv") + ": fields separated by tabs and quoted as in CSV",
        folder.resolve("b.tsv") + ": fields separated by tabs and quoted as in CSV");
  }

  @Test
  void aSeparatorBehindTheHeaderAloneAddsNoColumn() {
    assertThat(texts(rows("a.csv", "title,category,\na,x\nb,y,\nc\n", TITLE))).containsExactly("a", "b");
    assertThat(problems.counts()).containsOnlyKeys(RowFault.FIELD_COUNT).containsEntry(RowFault.FIELD_COUNT, 1L);
  }

  @Test
  void badQuotesAreToldWithWhatToDo() {
    assertThat(texts(rows("a.csv", "title,category\n\"5\" pipe,x\nb,y\n", TITLE))).containsExactly("b");
    assertThat(problems.report()).containsExactly("1 row: bad quoting",
        "  " + folder.resolve("a.csv") + ", line 2: Unexpected character after closing quote: 'p'",
        "  where quotes are characters like others, say so with --quote none");
  }

  @Test
  void aFirstLineThatNamesTheSeparatorIsNoHeader() {
    var rows = rows("a.csv", "sep=;\r\ntitle;category\r\na,b;x\r\n", TITLE);
    assertThat(texts(rows)).containsExactly("a,b");
    assertThat(rows.getFirst().meta().line()).isEqualTo(3);
    assertThat(problems.report()).containsExactly(
        folder.resolve("a.csv") + ": fields separated by ';', header in line 2 after 'sep=;'");
  }

  @Test
  void tabSeparatedValuesThatOnlyMakeSenseWithQuotesAreReadWithThem() {
    var rows = rows("a.tsv", "title\tcategory\n\"5\"\" pipe\nof steel\"\tx\nplain\ty\n", TITLE);
    assertThat(texts(rows)).containsExactly("5\" pipe\nof steel", "plain");
    assertThat(problems.report()).containsExactly(
        folder.resolve("a.tsv") + ": fields separated by tabs and quoted as in CSV");
  }

  @Test
  void columnsOfATableWithoutHeaderAreCalledByTheirNumbers() {
    var columns = Columns.text("2").withLabel("1");
    for (var name : List.of("a.csv", "a.tsv", "a.csv.gz")) {
      byte[] content = bytes("x#a\ny#\"b c\"\n#d\n".replace('#', name.contains("tsv") ? '\t' : ','));
      var log = new ProblemLog();
      var rows = new ArrayList<Row>();
      FileRows.of(write(name, name.endsWith("gz") ? gzip(content) : content), columns,
          new FileOptions(null, null, null, false, null)).forEach(log, rows::add);
      assertThat(rows).as(name).hasSize(2);
      assertThat(rows.getFirst()).isEqualTo(new Row("a", List.of("a"), List.of("x"),
          new RowMeta(null, null, folder.resolve(name).toString(), 1)));
      assertThat(log.counts()).containsOnlyKeys(RowFault.MISSING_LABEL);
    }
    assertThatThrownBy(() -> rows("b.csv", "Fruit,cherry\nToys,ball\n", columns)).hasMessageEndingWith(
        "b.csv has no column '2'; to call columns by their numbers, in a file without header, add --no-header. It has: "
            + "Fruit, cherry");
    assertThatThrownBy(
        () -> FileRows.of(write("c.txt", bytes("x|a\n")), columns, new FileOptions(null, null, null, false, null)))
        .hasMessageContaining("say it with --separator");
  }

  @Test
  void anEmptyFieldBehindTheLastColumnIsLeftOut() {
    assertThat(texts(rows("a.csv", "title,category\na,x,\nb,y,\nc,z,more\n", TITLE))).containsExactly("a", "b");
    assertThat(problems.report()).startsWith(
        folder.resolve("a.csv") + ": rows end with empty fields that the header does not have, which are left out",
        "1 row: wrong number of fields");
  }

  @Test
  void textsAreReadInTheirEncoding() {
    String text = "title,category\n\u00C5ngstr\u00F6m \uD83D\uDE42,x\n";
    for (Charset marked : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_8)) {
      assertThat(
          texts(rows("a.csv", ("\uFEFF".repeat(marked == StandardCharsets.UTF_8 ? 1 : 0) + text).getBytes(marked),
              TITLE)))
          .containsExactly("\u00C5ngstr\u00F6m \uD83D\uDE42");
    }
    for (Charset unmarked : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      Path file = write("b.csv", text.getBytes(unmarked));
      assertThatThrownBy(() -> FileRows.of(file, TITLE).open(problems)).isInstanceOf(DataException.class)
          .hasMessageEndingWith(
              "b.csv is UTF-16 without a byte order mark: read it with --encoding " + unmarked.name());
      var rows = new ArrayList<Row>();
      FileRows.of(file, TITLE, new FileOptions(null, null, null, true, unmarked)).forEach(problems, rows::add);
      assertThat(texts(rows)).containsExactly("\u00C5ngstr\u00F6m \uD83D\uDE42");
    }
    // Longer than the buffers, so that a pair of surrogates lies across their border.
    String longText = "title,category\n" + ("\uD83D\uDE42a".repeat(20_001) + ",x\n").repeat(3);
    var rows = new ArrayList<Row>();
    FileRows.of(write("c.csv", longText.getBytes(StandardCharsets.UTF_16)), TITLE).forEach(problems, rows::add);
    assertThat(texts(rows)).hasSize(3).containsOnly("\uD83D\uDE42a".repeat(20_001));
    assertThat(problems.total()).isZero();
  }

  @Test
  void labelsMayBeAListAsPythonWritesIt() {
    var columns = Columns.text("title").withLabels(LabelFormat.many(","), "category");
    var rows = rows("a.csv", """
        title,category
        a,"['Fruit', 'all']"
        b,"[""it's"", 'a\\'b\\xe9\\u20ac\\U0001F642', ]"
        c,[]
        d,"['open"
        e,"[1, 2]"
        f,"['a' 'b']"
        g,"('Fruit', ""all"")"
        h,"{'Fruit'}"
        i,"array(['Fruit', 'all'], dtype=object)"
        j,"[0 9]"
        k,"['Fruit', None, nan]"
        l,"[Fruit, Hand tools]"
        m,(new) fruit
        n,"[['Fruit'], ['all']]"
        """, columns);
    assertThat(rows).extracting(Row::labels).containsExactly(List.of("Fruit", "all"),
        List.of("it's", "a'b\u00E9\u20AC\uD83D\uDE42"), List.of(), List.of("1", "2"), List.of("a", "b"),
        List.of("Fruit", "all"), List.of("Fruit"), List.of("Fruit", "all"), List.of("0", "9"), List.of("Fruit"),
        List.of("Fruit", "Hand tools"), List.of("(new) fruit"));
    assertThat(problems.examples(RowFault.BAD_LABEL)).extracting(RowProblem::line).containsExactly(5L, 15L);
  }

  @Test
  void aPathMayBeAListOfItsSegmentsInACellToo() {
    var path = Columns.text("title").withLabels(LabelFormat.path(" > "), "category");
    assertThat(rows("a.csv", """
        title,category
        a,"['Food', 'Fruit, fresh']"
        b,"[""Food"", ""Drinks""]"
        c,"('Food',)"
        d,Food > Fruit
        e,"[SALE] > Shoes"
        f,[]
        g,"['Food', '']"
        h,"['Food', '', 'Apples']"
        i,"['Food > Fruit', 'Apples']"
        """, path)).extracting(Row::labels).containsExactly(List.of("Food > Fruit, fresh"), List.of("Food > Drinks"),
        List.of("Food"), List.of("Food > Fruit"), List.of("[SALE] > Shoes"), List.of("Food"));
    assertThat(problems.examples(RowFault.MISSING_LABEL)).extracting(RowProblem::line).containsExactly(7L);
    assertThat(problems.examples(RowFault.BAD_LABEL)).extracting(RowProblem::line).containsExactly(9L, 10L);
    var paths = Columns.text("title").withLabels(new LabelFormat("|", " > "), "category");
    String both = "[[\"Food\",\"Fruit\"],[\"Toys\"],\"Food > Drinks\"]";
    var expected = List.of("Food > Fruit", "Toys", "Food > Drinks");
    assertThat(rows("b.csv", "title,category\na,\"" + both.replace("\"", "\"\"") + "\"\nb,Toys|Food > Fruit\n", paths))
        .extracting(Row::labels).containsExactly(expected, List.of("Toys", "Food > Fruit"));
    assertThat(rows("b.jsonl", "{\"title\":\"a\",\"category\":" + both + "}\n", paths)).extracting(Row::labels)
        .containsExactly(expected);
  }

  @Test
  void aFileThatSaysNothingIsATableIfItsHeaderHasOneOfTheColumns() {
    var columns = Columns.text("title", "brand");
    FileOptions bars = new FileOptions(null, "||", null, true, null);
    FileOptions headerless = new FileOptions(null, ";", null, false, null);
    record Case(String text, FileOptions options, boolean isTable) {}
    for (Case each : List.of(new Case("title;brand\na;b\n", FileOptions.UNKNOWN, true),
        new Case("id\ttitle\n1\ta\n", FileOptions.UNKNOWN, true),
        new Case("a title; by brand\n", FileOptions.UNKNOWN, false),
        new Case("id||brand\n", bars, true), new Case("title|brand\n", bars, false), new Case("\n", bars, false),
        new Case("{\"title\": 1}\n", FileOptions.UNKNOWN, false), new Case("title;brand\n", headerless, false))) {
      assertThat(FileRows.isTable(DataFile.of("it", each.text.getBytes(StandardCharsets.UTF_8)), columns, each.options))
          .as(each.text).isEqualTo(each.isTable);
    }
    assertThat(FileRows.isTable(DataFile.of("it", "d\u00E9j\u00E0 vu\n".getBytes(StandardCharsets.ISO_8859_1)), columns,
        bars)).isFalse();
    assertThat(FileRows.isTable(DataFile.of("it", "a;b\n".getBytes(StandardCharsets.UTF_8)), Columns.text("2"),
        headerless)).isTrue();
  }

  @Test
  void anArrayOfOneLabelIsThatLabel() {
    assertThat(rows("a.jsonl", "{\"title\":\"a\",\"category\":[\"x\"]}\n{\"title\":\"b\",\"category\":[\"x\",\"y\"]}\n",
        TITLE)).extracting(Row::labels).containsExactly(List.of("x"));
    assertThat(problems.examples(RowFault.BAD_LABEL)).extracting(RowProblem::line).containsExactly(2L);
  }

  @Test
  void valuesWithinValuesAreNamedWithDots() {
    assertThat(texts(rows("a.jsonl", "{\"product\":{\"name\":{\"de\":\"a\"}},\"category\":\"x\"}\n",
        Columns.text("product.name.de").withLabel("category")))).containsExactly("a");
    assertThat(texts(rows("b.jsonl", "{\"product.name\":\"a\",\"category\":\"x\"}\n",
        Columns.text("product.name").withLabel("category")))).containsExactly("a");
    assertThatThrownBy(() -> rows("c.json", "{\"version\": 1, \"data\": [{\"title\": \"a\"}]}", TITLE))
        .hasMessageEndingWith("c.json is one object, whose rows seem to be the array 'data': write that array alone");
  }

  @Test
  void anArrayInAnArrayIsOneElement() {
    var rows =
        rows("lists.json", "[[\"a, b\", \"x\"], [], {\"title\":\"c\",\"category\":\"x\"},\n[1, [2, \"]\"], {\"k\": 3}],"
            + " \"q\\\" ,\", {\"title\":\"d\",\"category\":\"y\"}, [\"open", TITLE);
    assertThat(texts(rows)).containsExactly("c", "d");
    assertThat(problems.total()).isEqualTo(5);
    assertThat(problems.examples(RowFault.BAD_JSON)).extracting(RowProblem::line).startsWith(1L, 1L, 2L);
    assertThat(
        texts(rows("nested.json", "[[{\"title\":\"a\",\"category\":\"x\"}],\n[ {\"title\":\"b\",\"category\":\"x\"}]]",
            TITLE)))
        .containsExactly("a", "b");
  }

  @Test
  void aTableInOneObjectIsNamed() {
    for (String table : List.of("{\"title\":{\"0\":\"a\",\"1\":\"b\"},\"category\":{\"0\":\"x\",\"1\":\"y\"}}",
        "{\"0\":{\"title\":\"a\",\"category\":\"x\"},\"1\":{\"title\":\"b\",\"category\":\"y\"}}",
        "{\"columns\":[\"title\",\"category\"],\"index\":[0,1],\"data\":[[\"a\",\"x\"],[\"b\",\"y\"]]}")) {
      assertThatThrownBy(() -> rows("frame.json", table, TITLE)).isInstanceOf(DataException.class)
          .hasMessageContaining("orient='records', lines=True");
    }
    assertThat(texts(rows("one.jsonl", "{\"title\":\"a\",\"category\":\"x\",\"columns\":[\"a\"]}\n", TITLE)))
        .containsExactly("a");
    assertThat(texts(rows("nested.jsonl", "{\"product\":{\"title\":\"a\"},\"label\":{\"name\":\"x\"}}\n",
        Columns.text("product.title").withLabel("label.name")))).containsExactly("a");
  }

  @Test
  void whatIsNoTableIsNamed() throws IOException {
    assertThatThrownBy(() -> rows("a.csv", "<!DOCTYPE html><html>\n", TITLE)).hasMessageContaining("a web page");
    assertThatThrownBy(() -> rows("b.csv", "version https://git-lfs.github.com/spec/v1\noid x\n", TITLE))
        .hasMessageContaining("git lfs pull");
    Path inside = Files.createDirectory(folder.resolve("parts")).resolve("1.csv");
    Files.writeString(inside, "title,category\n");
    assertThatThrownBy(() -> FileRows.of(folder.resolve("parts"), TITLE))
        .hasMessageEndingWith("parts is a directory, not a file: name its files, with commas between them, such as "
            + inside);
    assertThatThrownBy(() -> FileRows.of(Path.of("https://example.com/a.csv"), TITLE))
        .hasMessageEndingWith("is an address, not a file: download it first");
    assertThatThrownBy(() -> FileRows.of(Path.of("-"), TITLE)).hasMessageContaining("standard input");
  }

  @Test
  void aColumnNamedTwiceIsRefusedOnlyIfItIsWanted() {
    assertThatThrownBy(() -> rows("a.csv", "title,title,category\na,b,x\n", TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("a.csv has more than one column 'title': rename the one that is meant");
    assertThat(texts(rows("a.csv", "title,other,other,category\na,b,c,x\n", TITLE))).containsExactly("a");
  }

  @Test
  void corruptGzIsOneClearLine() {
    var compressed = gzip(bytes("title,category\naaaa,x\nbbbb,y\n"));
    compressed[compressed.length - 6] ^= 1;
    assertThatThrownBy(() -> rows("a.csv.gz", compressed, TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.csv.gz").hasMessageContaining("cannot be read: Corrupt GZIP trailer");
  }

  @Test
  void missingFilesFoldersAndEmptyFilesAreRefused() throws IOException {
    assertThatThrownBy(() -> FileRows.of(folder.resolve("no.csv"), TITLE).open(problems))
        .isInstanceOf(DataException.class).hasMessageEndingWith("no.csv does not exist");
    Files.createDirectory(folder.resolve("d.csv"));
    assertThatThrownBy(() -> FileRows.of(folder.resolve("d.csv"), TITLE).open(problems))
        .isInstanceOf(DataException.class).hasMessageEndingWith("d.csv is a directory, not a file");
    assertThatThrownBy(() -> rows("e.csv", "", TITLE))
        .isInstanceOf(DataException.class).hasMessageEndingWith("e.csv is empty");
    assertThatThrownBy(() -> rows("e.csv.gz", gzip(new byte[0]), TITLE))
        .isInstanceOf(DataException.class).hasMessageEndingWith("e.csv.gz is empty");
    assertThatThrownBy(() -> rows("a.data", "title category\n", TITLE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.data does not say by its name or its first line what format it has");
  }

  @Test
  void aLineBeyondTheLimitIsSkippedNotHeld() {
    var text = "title\tcategory\na\tx\n" + "b".repeat(LineReader.MAX_LINE_BYTES + 1) + "\tx\nc\tx\n";
    assertThat(texts(rows("a.tsv", text, TITLE))).containsExactly("a", "c");
    assertThat(problems.examples(RowFault.TOO_LONG)).extracting(RowProblem::line).containsExactly(3L);
  }

  @Test
  void fastTextLabelsMayStandAnywhere() {
    var many = TITLE.withLabels(LabelFormat.many(","), "category");
    var rows = rows("cooking.train", "__label__a,b __label__c how\t to  fry\n x __label__d y\nno label\n", many);
    assertThat(rows).extracting(Row::labels).containsExactly(List.of("a,b", "c"), List.of("d"));
    assertThat(texts(rows)).containsExactly("how to fry", "x y");
    assertThat(problems.examples(RowFault.MISSING_LABEL)).extracting(RowProblem::line).containsExactly(3L);
  }

  @Test
  void severalLabelsComeFromSeparatorsOrJsonArrays() {
    var many = TITLE.withLabels(LabelFormat.many(","), "category");
    assertThat(rows("a.tsv", "title\tcategory\na\tx, y,,x\nb\t[\"p, q\",\"r\"]\nc\t[]\nd\t\n", many))
        .extracting(Row::labels).containsExactly(List.of("x", "y"), List.of("p, q", "r"), List.of());
    assertThat(problems.counts()).containsOnlyKeys(RowFault.MISSING_LABEL);
    assertThat(rows("a.jsonl", """
        {"title":"a","category":["x",7]}
        {"title":"a","category":"x,y"}
        """, many))
        .extracting(Row::labels).containsExactly(List.of("x", "7"), List.of("x", "y"));
  }

  @Test
  void pathsAreSpeltOneWayAndEmptySegmentsAreLocated() {
    var path = TITLE.withLabels(LabelFormat.path(" > "), "category");
    assertThat(rows("a.csv", "title,category\na,Food>Fruit\nb, Food > Fruit \nc,Food\nd,Food > > Apples\n", path))
        .extracting(row -> row.labels().getFirst()).containsExactly("Food > Fruit", "Food > Fruit", "Food");
    assertThat(problems.examples(RowFault.BAD_LABEL)).singleElement().extracting(RowProblem::message).asString()
        .endsWith("a.csv, line 5: bad label: the path 'Food >  > Apples' has an empty segment, number 2");
  }

  @Test
  void severalLabelColumnsMakeAPath() {
    var path = TITLE.withLabels(LabelFormat.path("/"), "l1", "l2", "l3");
    assertThat(rows("a.csv", "title,l1,l2,l3\na,x,y,z\nb,x,,\nc,x,,z\nd,,,\n", path))
        .extracting(Row::labels).containsExactly(List.of("x/y/z"), List.of("x"));
    assertThat(problems.counts()).containsOnlyKeys(RowFault.BAD_LABEL, RowFault.MISSING_LABEL);
  }

  @Test
  void groupAndLanguageComeAlong() {
    var columns = TITLE.withGroup("g").withLanguage("l");
    assertThat(rows("a.csv", "title,category,g,l\na,x,1,de\nb,x,,\n", columns))
        .extracting(row -> row.meta().group(), row -> row.meta().language())
        .containsExactly(tuple("1", "de"), tuple(null, null));
  }

  @Test
  void ofSeveralFilesAColumnThatSomeLackIsEmptyInThose() {
    Columns columns = new Columns(List.of("title", "brand"), " ", List.of("category"), LabelFormat.SINGLE, "id", "l")
        .withWeight("w");
    List<Path> paths = List.of(write("a.csv", bytes("title,brand,category,id,w\na,B,x,1,2\n")),
        write("b.csv", bytes("category;l;title\ny;de;b\n")),
        write("c.jsonl", bytes("{\"title\":\"c\",\"category\":\"x\"}\n")));
    var rows = new ArrayList<Row>();
    RowSource.concat(FileRows.all(paths, List.of(), columns, FileOptions.UNKNOWN)).forEach(problems, rows::add);
    assertThat(rows).extracting(Row::text, row -> row.meta().group(), row -> row.meta().language(),
        row -> row.meta().weight()).containsExactly(tuple("a B", "1", null, 2.0), tuple("b", null, "de", 1.0),
            tuple("c", null, null, 1.0));
    assertThat(problems.report()).containsExactly(paths.get(0) + ": no column 'l', which is empty in its rows",
        paths.get(1) + ": fields separated by ';'",
        paths.get(1) + ": no columns 'brand', 'id', 'w', which are empty in its rows",
        paths.get(2) + ": no columns 'brand', 'id', 'l', 'w', which are empty in its rows");
    // Other rows than those of the file alone.
    assertThat(FileRows.all(paths, List.of(), columns, FileOptions.UNKNOWN).getFirst().fingerprint())
        .isNotEqualTo(FileRows.of(paths.getFirst(), columns).fingerprint());
    // Files that are not read have columns too.
    assertThat(FileRows.all(paths.subList(1, 2), paths.subList(0, 1), columns, FileOptions.UNKNOWN)).hasSize(1)
        .allSatisfy(file -> file.forEach(problems, row -> {}));
  }

  @Test
  void aColumnThatNoFileHasIsRefusedAndSoIsAFileWithoutTextsOrLabels() {
    Path both = write("a.csv", bytes("title,brand,category\na,B,x\n"));
    Path noLabels = write("b.csv", bytes("title,brand,x\nb,B,1\n"));
    Path noTexts = write("c.csv", bytes("name,category,x\nb,y,1\n"));
    Path noHeader = write("d.csv", bytes("b,B,y\n"));
    var columns = Columns.text("title", "brand").withLabel("category");
    assertThatThrownBy(() -> all(columns, both, noLabels)).hasMessageStartingWith(
        noLabels + " has no column 'category'");
    assertThatThrownBy(() -> all(columns, both, noTexts)).hasMessageStartingWith(noTexts + " has no column 'title'");
    assertThatThrownBy(() -> all(Columns.text("title", "price"), both, noLabels))
        .hasMessageStartingWith(both + " has no column 'price'");
    assertThatThrownBy(() -> all(columns, both, noHeader))
        .hasMessage(noHeader + " has none of the columns title, brand, "
            + "category, which " + both
            + " has. If it goes on where that one ends, without a header, put them together: cat "
            + both + " " + noHeader + " > rows.csv");
  }

  private void all(Columns columns, Path... paths) {
    FileRows.all(List.of(paths), List.of(), columns, FileOptions.UNKNOWN)
        .forEach(file -> file.forEach(problems, row -> {}));
  }

  @Test
  void whatStandsAroundFieldsCanBeSaid() {
    record Quoted(char quote, String text) {}
    for (var quoted : List.of(new Quoted('\'', "title,category\n'a, b',x\n'it''s',y\n"),
        new Quoted('~', "title;category\n~a, b~;x\n~it's~;y\n"),
        new Quoted(Csv.UNQUOTED, "title\tcategory\na, b\tx\nit's\ty\n"))) {
      var rows = new ArrayList<Row>();
      FileRows.of(write("q.csv", bytes(quoted.text())), TITLE, new FileOptions(null, null, quoted.quote(), true, null))
          .forEach(problems, rows::add);
      assertThat(texts(rows)).containsExactly("a, b", "it's");
    }
    var rows = new ArrayList<Row>();
    Path inches = write("inches.csv", bytes("title,category\n\"5\" pipe,x\n6\" \"pipe\",y\n"));
    FileRows.of(inches, TITLE, new FileOptions("csv", ",", Csv.UNQUOTED, true, null)).forEach(problems, rows::add);
    assertThat(texts(rows)).containsExactly("\"5\" pipe", "6\" \"pipe\"");
    assertThatThrownBy(() -> FileRows.of(inches, TITLE, new FileOptions(null, ",", ',', true, null)))
        .hasMessage("fields cannot be quoted by ',', which separates them");
    Path json = write("a.jsonl", bytes("{}"));
    assertThatThrownBy(() -> FileRows.of(json, TITLE, new FileOptions(null, null, '\'', true, null)))
        .hasMessage(json + " is read as jsonl, in which nothing stands around fields: leave out --quote, or say "
            + "--input-format csv");
  }

  @Test
  void fingerprintFollowsContentFormatAndColumns() {
    var one = write("a.csv", bytes("title,category\na,x\n"));
    var same = write("b.csv", bytes("title,category\na,x\n"));
    var other = write("c.csv", bytes("title,category\nb,x\n"));
    assertThat(FileRows.of(one, TITLE).fingerprint()).isEqualTo(FileRows.of(same, TITLE).fingerprint());
    assertThat(FileRows.of(one, TITLE).fingerprint()).isNotEqualTo(FileRows.of(other, TITLE).fingerprint());
    assertThat(FileRows.of(one, TITLE).fingerprint())
        .isNotEqualTo(FileRows.of(one, TITLE.withGroup("category")).fingerprint());
    assertThat(DataFile.of(one).sha256())
        .isEqualTo("96c779721d218b59e6a527066bd78f575c5a0d668bab481282cec7e06ace6130");
  }

  private List<Row> rows(String name, String text, Columns columns) {
    return rows(name, bytes(text), columns);
  }

  private List<Row> rows(String name, byte[] content, Columns columns) {
    var rows = new ArrayList<Row>();
    FileRows.of(write(name, content), columns).forEach(problems, rows::add);
    return rows;
  }

  private Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> texts(List<Row> rows) {
    return rows.stream().map(Row::text).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The text with a byte that is not UTF-8 in place of its first {@code #}. */
  private static byte[] bytesWithBadHash(String text) {
    var bytes = bytes(text);
    bytes[bytes(text.substring(0, text.indexOf('#'))).length] = (byte) 0xe9;
    return bytes;
  }

  private static byte[] gzip(byte[] plain) {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Test
  void aColumnOfWeightsSaysAsHowManyRowsARowCounts() throws IOException {
    Path csv = folder.resolve("weights.csv");
    Files.writeString(csv, "text,label,w\na,x,2\nb,y,0\nc,x,0.5\nd,y,-1\ne,y,NaN\nf,x,much\ng,x,\nh,y,Infinity\n");
    Path json = folder.resolve("weights.jsonl");
    Files.writeString(json, "{'text':'a','label':'x','w':2}\n{'text':'b','label':'y','w':0}\n"
        .replace('\'', '"') + "{'text':'c','label':'x','w':'0.5'}\n{'text':'d','label':'y'}\n".replace('\'', '"'));
    Columns columns = Columns.text("text").withLabel("label").withWeight("w");
    var problems = new ProblemLog();
    var rows = new ArrayList<Row>();
    FileRows.of(csv, columns).forEach(problems, rows::add);
    FileRows.of(json, columns).forEach(problems, rows::add);
    assertThat(rows).extracting(row -> row.text() + row.meta().weight()).containsExactly("a2.0", "c0.5", "a2.0",
        "c0.5");
    assertThat(problems.counts()).containsEntry(RowFault.BAD_WEIGHT, 6L).containsEntry(RowFault.LEFT_OUT, 2L);
    assertThat(problems.examples(RowFault.BAD_WEIGHT).getFirst().message())
        .isEqualTo(csv + ", line 5: bad weight: 'w' must be a number from 0 to 1e9, not '-1'");
    // A row of weight 0 is no mistake; one that is below is.
    assertThatThrownBy(() -> FileRows.of(csv, columns).forEach(ProblemListener.STRICT, row -> {}))
        .isInstanceOf(DataException.class).hasMessageContaining("line 5");
    assertThat(FileRows.of(csv, columns).fingerprint())
        .isNotEqualTo(FileRows.of(csv, columns.withWeight(null)).fingerprint());
  }
}
