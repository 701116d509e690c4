package crema.data;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import tools.jackson.databind.json.JsonMapper;

/** Whatever the texts, rows come back as they were written. */
class RowRoundTripTest {
  private static final Columns TEXT = Columns.text("text");
  private static Path file;

  @BeforeContainer
  static void makeFile() throws IOException {
    file = Files.createTempFile("rows", ".txt");
  }

  @AfterContainer
  static void deleteFile() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 300)
  void csv(@ForAll("texts") List<String> texts) throws IOException {
    var out = new StringWriter();
    try (var csv = CsvWriter.builder().build(out)) {
      csv.writeRecord("before", "text");
      texts.forEach(text -> csv.writeRecord("x", text));
    }
    assertThat(read(out.toString(), new Csv(','))).isEqualTo(texts);
  }

  @Property(tries = 300)
  void jsonl(@ForAll("texts") List<String> texts) throws IOException {
    var out = new StringBuilder();
    for (var text : texts) {
      out.append(JsonMapper.shared().writeValueAsString(List.of(text)).replaceFirst("\\[", "{\"text\":"));
      out.setCharAt(out.length() - 1, '}');
      out.append("\r\n");
    }
    assertThat(read(out.toString(), new JsonLines())).isEqualTo(texts);
  }

  @Property(tries = 300)
  void tsv(@ForAll("texts") List<String> texts) throws IOException {
    var flat = texts.stream().map(text -> text.replaceAll("[\t\r\n]", "_")).toList();
    var out = new StringBuilder("text\tafter\n");
    flat.forEach(text -> out.append(text).append("\tx\n"));
    assertThat(read(out.toString(), new Tsv())).isEqualTo(flat);
  }

  @Provide
  Arbitrary<List<String>> texts() {
    var awkward = Arbitraries.of("\"", "\"\"", ",", "\t", "\n", "\r\n", "\\", "'", " ", "\u0085", "\u2028", "é", "日本",
        "\uD83D\uDE00", "\uFFFD", "\uFEFF", "{", "]", "a");
    return awkward.list().ofMaxSize(8).map(parts -> String.join("", parts)).filter(text -> !text.isBlank())
        .list().ofMinSize(1).ofMaxSize(10);
  }

  private static List<String> read(String content, FileFormat format) throws IOException {
    Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    var texts = new ArrayList<String>();
    new FileRows(DataFile.of(file), format, TEXT).forEach(ProblemListener.STRICT, row -> texts.add(row.text()));
    return texts;
  }
}
