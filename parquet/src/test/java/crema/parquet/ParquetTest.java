package crema.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.data.Columns;
import crema.data.DataException;
import crema.data.DataFile;
import crema.data.FileFormat;
import crema.data.FileRows;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowFault;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTest {
  @TempDir
  private Path folder;

  /** The texts of the columns that make.py writes. */
  private static final Map<String, List<String>> TEXTS = texts();

  private static Map<String, List<String>> texts() {
    var texts = new LinkedHashMap<String, List<String>>();
    texts.put("text", List.of("Чайник & kettle", "two\nlines", "", "", "日本"));
    texts.put("large", List.of("a", "", "c", "d", "e"));
    texts.put("word", List.of("red", "red", "", "blue", "red"));
    texts.put("binary", List.of("abc", "", "é", "", "x"));
    texts.put("i8", List.of("-1", "2", "", "127", "-128"));
    texts.put("i16", List.of("-1", "2", "", "32767", "4"));
    texts.put("i32", List.of("-1", "2", "", "2147483647", "4"));
    texts.put("i64", List.of("-1", "2", "", "9223372036854775807", "4"));
    texts.put("u8", List.of("0", "2", "", "255", "4"));
    texts.put("u16", List.of("0", "2", "", "65535", "4"));
    texts.put("u32", List.of("0", "2", "", "4294967295", "4"));
    texts.put("u64", List.of("0", "2", "", "18446744073709551615", "4"));
    texts.put("f16", List.of("0.5", "2", "", "-1.5", "4"));
    texts.put("f32", List.of("0.1", "42", "", "", "Infinity"));
    texts.put("f64", List.of("0.1", "42", "", "", "10000000000000000000000"));
    texts.put("bool", List.of("true", "false", "", "true", "false"));
    texts.put("date", List.of("2026-11-27", "1899-01-01", "", "1970-01-01", "9999-12-31"));
    texts.put("time", List.of("08:05:00", "00:00:00", "", "23:59:59.999", "01:00:00"));
    List<String> moments = List.of("2026-11-27T10:15:30.5", "1960-01-01T00:00:00", "", "2026-11-27T10:15:30.5",
        "2026-11-27T10:15:30.5");
    texts.put("ms", moments);
    texts.put("us", moments);
    texts.put("ns", moments);
    texts.put("utc", List.of("2026-11-27T10:15:30.5Z", "2026-11-27T10:15:30.5Z", "", "2026-11-27T10:15:30.5Z",
        "2026-11-27T10:15:30.5Z"));
    texts.put("dec", List.of("12.5", "-0.01", "", "100", "0"));
    texts.put("bigdec", List.of("12345678901234567890123456789.01", "1", "", "-3.2", "0"));
    texts.put("list", List.of("[\"a\",\"b\"]", "[]", "", "[null,\"c\\\"d\"]", "[\"e\"]"));
    texts.put("unsigned", List.of("[4294967295]", "[]", "", "[1]", "[null]"));
    texts.put("struct", List.of("{\"n\":\"x\",\"v\":1.0}", "{\"n\":null,\"v\":2.5}", "", "{\"n\":\"y\",\"v\":null}",
        "{\"n\":\"\",\"v\":3.0}"));
    texts.put("map", List.of("{\"k\":1,\"l\":2}", "{}", "", "{\"m\":null}", "{\"n\":5}"));
    texts.put("deep", List.of("[{\"a\":[1,2],\"d\":\"2026-01-02\"}]", "[]", "", "[{\"a\":[],\"d\":null}]", "[null]"));
    return texts;
  }

  private static Path golden(String name) {
    try {
      return Path.of(Objects.requireNonNull(ParquetTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Row> rows(Path file, Columns columns) {
    var rows = new ArrayList<Row>();
    FileRows.of(file, columns).forEach(ProblemListener.STRICT, rows::add);
    return rows;
  }

  /** Rows without any text are kept, as they have a value of their own. */
  private static List<Row> rows(Path file, String... columns) {
    return rows(file, Columns.text(columns).withKept(List.of(columns[0])));
  }

  @Test
  void everyTypeOfEveryCompressionHasTheTextOfTheRule() {
    for (String file : List.of("types.parquet", "zstd.parquet", "gzip.parquet")) {
      Path path = golden(file);
      assertThat(FileFormat.detect(DataFile.of(path)).columns(DataFile.of(path)))
          .containsExactlyElementsOf(TEXTS.keySet());
      List<Row> rows = rows(path, TEXTS.keySet().toArray(String[]::new));
      assertThat(rows).hasSize(5);
      List<String> names = List.copyOf(TEXTS.keySet());
      for (int i = 0; i < names.size(); i++) {
        int column = i;
        assertThat(rows).as(file + ": " + names.get(i)).extracting(row -> row.fields().get(column))
            .isEqualTo(TEXTS.get(names.get(i)));
      }
      assertThat(rows).extracting(row -> row.meta().line()).containsExactly(1L, 2L, 3L, 4L, 5L);
    }
  }

  @Test
  void filesOfOldAndPlainWritersAreRead() {
    assertThat(rows(golden("plain.parquet"), "text", "i32", "list").stream().map(Row::fields).toList().getFirst())
        .containsExactly("Чайник & kettle", "-1", "[\"a\",\"b\"]");
    assertThat(rows(golden("int96.parquet"), "us")).extracting(Row::text).element(0).asString()
        .startsWith("2026-11-27T10:15:30.5");
    assertThat(rows(golden("empty.parquet"), "text")).isEmpty();
  }

  @Test
  void aFileIsToldByItsFirstBytesAndMayBeCompressedAsAWhole() throws IOException {
    Path unnamed = Files.copy(golden("types.parquet"), folder.resolve("part-00000"));
    assertThat(rows(unnamed, "text")).hasSize(5);
    Path gz = folder.resolve("rows.parquet.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      Files.copy(golden("types.parquet"), out);
    }
    assertThat(rows(gz, "text")).hasSize(5);
    Path csv = Files.copy(golden("types.parquet"), folder.resolve("rows.csv"));
    assertThatThrownBy(() -> rows(csv, "text")).isInstanceOf(UserError.class)
        .hasMessageEndingWith("rows.csv is a Parquet file: give its name the extension .parquet, or say --input-format "
            + "parquet");
  }

  @Test
  void aMissingColumnAndACodecThatIsNotThereAreSaidInALine() {
    assertThatThrownBy(() -> rows(golden("types.parquet"), "texd")).isInstanceOf(DataException.class)
        .hasMessageContaining("has no column 'texd'").hasMessageContaining("did you mean 'text'?")
        .hasMessageContaining("It has: text, large, word");
    assertThatThrownBy(() -> rows(golden("lz4.parquet"), "text")).isInstanceOf(DataException.class)
        .hasMessageContaining("lz4.parquet").hasMessageContaining("LZ4").hasMessageNotContaining("\n");
  }

  @Test
  void bytesThatAreNoTextSpoilTheirRowAlone() throws IOException {
    byte[] bytes = Files.readAllBytes(golden("plain.parquet"));
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("two\nlines");
    bytes[at] = (byte) 0xff;
    Path file = Files.write(folder.resolve("bad.parquet"), bytes);
    var problems = new ProblemLog();
    var rows = new ArrayList<Row>();
    FileRows.of(file, Columns.text("text", "i32")).forEach(problems, rows::add);
    assertThat(rows.size() + problems.total()).isEqualTo(5);
    assertThat(problems.counts().keySet()).isSubsetOf(RowFault.INVALID_UTF8, RowFault.EMPTY_TEXT);
  }

  @Test
  void damagedFilesEndInALineOrInRowsAndNeverOtherwise() throws IOException {
    byte[] whole = Files.readAllBytes(golden("types.parquet"));
    var random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      byte[] bytes = i < 20 ? Arrays.copyOf(whole, whole.length * i / 20) : whole.clone();
      for (int n = i < 20 ? 0 : 1 + i % 4; n > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Path file = Files.write(folder.resolve("damaged.parquet"), bytes);
      try {
        FileRows.of(file, Columns.text("text", "list")).forEach(new ProblemLog(), _ -> {});
      } catch (UserError e) {
        refused++;
        assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
      }
    }
    assertThat(refused).isGreaterThan(20);
  }
}
