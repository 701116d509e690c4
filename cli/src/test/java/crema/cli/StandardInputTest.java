package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.cli.console.Terminal;
import crema.report.TerminalStyle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts on standard input: tables are read as files of them are, and lines are answered as they come. */
class StandardInputTest {
  private static final List<String> KINDS = List.of("Fruit", "Tools", "Toys");
  private static final List<String> WORDS = List.of("apple pear", "hammer saw", "doll ball");

  @TempDir
  private static Path folder;
  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    var lines = new ArrayList<>(List.of("title,label"));
    IntStream.range(0, 90).forEach(i -> lines.add(WORDS.get(i % 3) + " " + i + "," + KINDS.get(i % 3)));
    Path rows = Files.write(folder.resolve("rows.csv"), lines);
    model = folder.resolve("model");
    CommandRun run = CommandRun.of("train", "--model", "linear", "--train", rows.toString(), "--text", "title",
        "--label", "label", "--output", model.toString(), "--quiet", "--threads", "1");
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static CommandRun predict(InputStream in, String... more) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var arguments = new ArrayList<>(List.of("predict", model.toString()));
    arguments.addAll(List.of(more));
    int code = Crema.run(new Terminal(in, new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8), TerminalStyle.PLAIN, false, 100),
        arguments.toArray(String[]::new));
    return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static CommandRun predict(String in, Charset charset, String... more) {
    return predict(new ByteArrayInputStream(in.getBytes(charset)), more);
  }

  private static List<String> labels(CommandRun run) {
    return run.out().lines().map(line -> line.replaceFirst(" \\d.*", "")).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"id,title,price\n1,red saw,3\n2,\"big\n pear\",4\n", "price;title\n3;red saw\n4;big pear\n",
      "title\tid\r\nred saw\t1\r\nbig pear\t2\r\n", "sep=;\ntitle;id\nred saw;1\nbig pear;2\n",
      "\uFEFFtitle,id\nred saw,1\nbig pear,2\n", "title\nred saw\nbig pear\n",
      "{\"id\": 1, \"title\": \"red saw\"}\n{\"title\": \"big pear\"}\n",
      "[\n  {\n    \"title\": \"red saw\"\n  },\n  {\n    \"title\": \"big pear\"\n  }\n]\n",
      "[{\"title\": \"red saw\"}, {\"title\": \"big pear\"}]",
      "{\n\"title\": \"red saw\"\n}\n{\n\"title\": \"big pear\"\n}"})
  void aTableIsReadByTheColumnsOfTheTraining(String table) {
    for (String[] more : new String[][] {{}, {"--file", "-"}}) {
      CommandRun run = predict(table, StandardCharsets.UTF_8, more);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(labels(run)).containsExactly("Tools", "Fruit");
    }
  }

  @Test
  void whatIsSaidOfAFileHoldsForStandardInput() throws IOException {
    String table = "id,name,title\n1,red saw,pear\n2,big pear,saw\n";
    assertThat(labels(predict(table, StandardCharsets.UTF_8, "--text", "name"))).containsExactly("Tools", "Fruit");
    assertThat(predict(table, StandardCharsets.UTF_8, "--keep", "id").out()).matches("1\tFruit .*\\R2\tTools .*\\R");
    assertThat(labels(predict("red saw\nbig pear\n", StandardCharsets.UTF_16))).containsExactly("Tools", "Fruit");
    assertThat(predict("pear \u00E9t\u00E9\n", StandardCharsets.ISO_8859_1, "--encoding", "latin1", "--format", "tsv")
        .out()).startsWith("pear \u00E9t\u00E9\tFruit");
    var bytes = new ByteArrayOutputStream();
    try (var zipped = new GZIPOutputStream(bytes)) {
      zipped.write(table.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(labels(predict(new ByteArrayInputStream(bytes.toByteArray())))).containsExactly("Fruit", "Tools");
    CommandRun none = predict("red saw\n", StandardCharsets.UTF_8, "--keep", "id");
    assertThat(none.code()).isEqualTo(Crema.MISTAKE);
    assertThat(none.lastError()).contains("need a --file with columns");
    assertThat(CommandRun.reading("{\"name\": \"apple\"}\n", "langid").lastError())
        .isEqualTo("crema: standard input has columns: name those of the text with --text. It has: name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uFEFFred saw\nbig pear\n", "{NEW} red saw\nbig pear", "[saw] red\n[pear\n",
      "saw title\npear label\n", "BZhammer saw\nPK pear\n", "red saw\r\nbig pear\r\n", "red saw\rbig pear\r"})
  void linesAreTextsThoughTheyLookLikeSomethingElse(String lines) throws IOException {
    assertThat(labels(predict(lines, StandardCharsets.UTF_8))).containsExactly("Tools", "Fruit");
    Path file = Files.writeString(folder.resolve("lines"), lines);
    assertThat(predict("", StandardCharsets.UTF_8, "--file", file.toString()).out())
        .isEqualTo(predict(lines, StandardCharsets.UTF_8).out());
  }

  @Test
  void everyLineIsAnsweredBeforeTheNextIsThere() {
    var out = new ByteArrayOutputStream();
    var texts = List.of("red saw", "", "{big} pear", "title of a doll");
    var typed = new InputStream() {
      private int line;
      private int at;

      @Override
      public int read() {
        if (line < texts.size() && at > texts.get(line).length()) {
          line++;
          at = 0;
          // Whoever types waits for this answer.
          assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(line);
        }
        if (line == texts.size()) {
          return -1;
        }
        String text = texts.get(line);
        return at == text.length() ? newLine() : text.charAt(at++);
      }

      private int newLine() {
        at++;
        return '\n';
      }

      @Override
      public int read(byte[] bytes, int from, int count) {
        int next = count == 0 ? -1 : read();
        int length = 0;
        for (; next >= 0; next = length < available() + length && length < count ? read() : -1) {
          bytes[from + length++] = (byte) next;
        }
        return length == 0 && count > 0 ? -1 : length;
      }

      @Override
      public int available() {
        return line < texts.size() ? texts.get(line).length() + 1 - at : 0;
      }
    };
    int code = Crema.run(new Terminal(typed, new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(new ByteArrayOutputStream()), TerminalStyle.PLAIN, false, 100), "predict", model.toString());
    assertThat(code).isEqualTo(Crema.UNANSWERED);
    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceFirst(" \\d.*", "")))
        .containsExactly("Tools", "(empty text)", "Fruit", "Toys");
  }

  @Test
  void nothingInIsNothingOut() {
    CommandRun run = predict("", StandardCharsets.UTF_8);
    assertThat(run.code()).isZero();
    assertThat(run.out() + run.err()).isEmpty();
  }
}
