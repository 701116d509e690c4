package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.Sha256;
import crema.base.json.Json;
import crema.cli.console.Terminal;
import crema.report.TerminalStyle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people do with a program besides calling it: other countries, pipes, config files, labels of any characters. */
class EverydayUseTest {
  @TempDir
  static Path shared;
  private static Path model;

  @TempDir
  Path folder;

  private static List<String> rows(String fruit, String tool) {
    var lines = new ArrayList<>(List.of("title,label"));
    for (int i = 0; i < 40; i++) {
      lines.add(i % 2 == 0 ? "red apple " + i + "," + fruit : "iron hammer " + i + "," + tool);
    }
    return lines;
  }

  @BeforeAll
  static void train() throws IOException {
    Path rows = Files.write(shared.resolve("rows.csv"), rows("fruit", "tools"));
    model = shared.resolve("model");
    assertThat(train(rows, model).code()).isZero();
  }

  private static CommandRun train(Path rows, Path output, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--model", "linear", "--train", rows.toString(), "--text", "title",
        "--label", "label", "--output", output.toString(), "--quiet", "--threads", "1"));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static String withoutTime(String out) {
    return out.replaceAll("Time: .*", "").replaceAll("\\S*(model|other)\\b", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr-TR", "de-DE", "ar-EG-u-nu-arab"})
  void answersTablesAndModelsAreTheSameInEveryCountry(String tag) throws IOException {
    Locale before = Locale.getDefault();
    CommandRun here =
        CommandRun.of("evaluate", model.toString(), "--data", shared.resolve("rows.csv").toString(), "-q");
    CommandRun answers = CommandRun.of("predict", model.toString(), "TITLE IN APPLE", "--format", "jsonl");
    Locale.setDefault(Locale.forLanguageTag(tag));
    try {
      Path other = folder.resolve("other");
      assertThat(train(shared.resolve("rows.csv"), other).code()).isZero();
      for (String file : List.of("model.safetensors", "labels.json", "target.json")) {
        assertThat(Sha256.ofFile(other.resolve(file))).as(file).isEqualTo(Sha256.ofFile(model.resolve(file)));
      }
      assertThat(withoutTime(CommandRun.of("evaluate", other.toString(), "--data",
          shared.resolve("rows.csv").toString(), "-q").out())).isEqualTo(withoutTime(here.out()));
      assertThat(CommandRun.of("predict", other.toString(), "TITLE IN APPLE", "--format", "jsonl").out())
          .isEqualTo(answers.out());
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void textsMayBeginWithAnyCharacter() throws IOException {
    Path file = Files.writeString(folder.resolve("words"), "red apple\n");
    List<String> texts = List.of("@" + file, "@@home", "@", "#1 apple", "$HOME", "'apple", "\"saw\"", "", "a=b", "~");
    var arguments = new ArrayList<>(List.of("langid", "--format", "jsonl"));
    arguments.addAll(texts);
    List<String> lines = CommandRun.of(arguments.toArray(String[]::new)).out().lines().toList();
    assertThat(lines).hasSameSizeAs(texts);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(Json.parse(lines.get(i)).path("text").stringValue()).isEqualTo(texts.get(i));
    }
  }

  @Test
  void numbersThatAreNoneAreToldByTheirFlags() throws IOException {
    assertThat(CommandRun.of("predict", model.toString(), "--threads", "0", "apple").lastError())
        .isEqualTo("crema: --threads must be at least 1, not 0");
    for (String[] command : new String[][] {{"predict", model.toString(), "--file", ""},
        {"evaluate", model.toString(), "--data", ""}, {"langid", "--file", ""}}) {
      assertThat(CommandRun.of(command).lastError()).startsWith("crema: ").contains("name").doesNotContain("directory");
    }
    Path rows = Files.writeString(folder.resolve("two.csv"), "title,label\na,x\nb,y\n");
    assertThat(CommandRun.of("train", "--model", "fasttext", "--train", rows.toString(), "--text", "title", "--label",
        "label", "--output", folder.resolve("wide").toString(), "--dim", "2147483647").lastError())
        .isEqualTo("crema: --dim must be from 1 to 65536, not 2147483647");
  }

  @Test
  void aReaderThatGoesAwayEndsThePredictionsQuietly() throws IOException {
    var taken = new ByteArrayOutputStream();
    OutputStream head = new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        if (taken.size() > 20) {
          throw new IOException("Broken pipe");
        }
        taken.write(b);
      }
    };
    var err = new ByteArrayOutputStream();
    Path many = Files.write(folder.resolve("many.txt"), Collections.nCopies(20_000, "red apple"));
    var terminal = new Terminal(new ByteArrayInputStream(new byte[0]), new PrintStream(head, true,
        StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), TerminalStyle.PLAIN, false, 100);
    assertThat(Crema.run(terminal, "predict", model.toString(), "--file", many.toString())).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  /** YAML's old words for yes and no, numbers with an exponent, JSON. */
  @ParameterizedTest
  @ValueSource(strings = {"model: linear\ntrain: rows.csv\ntext: title\nlabel: no\nC: 1e-1\n",
      "{\"model\": \"linear\", \"train\": [\"rows.csv\"], \"text\": [\"title\"], \"label\": \"no\", \"C\": [0.1]}",
      "defaults: ignored\n"})
  void configsSayWhatTheirTextSays(String yaml) throws IOException {
    Path rows = folder.resolve("rows.csv");
    Files.write(rows, rows("on", "off").stream().map(line -> line.replace("title,label", "title,no")).toList());
    Path config = Files.writeString(folder.resolve("config.yaml"), yaml);
    CommandRun run = CommandRun.of("train", "--config", config.toString(), "--output",
        folder.resolve("yaml").toString(), "--quiet", "--threads", "1");
    if (yaml.startsWith("defaults")) {
      assertThat(run.code()).isEqualTo(Crema.MISTAKE);
      assertThat(run.lastError()).contains("config.yaml, line 1", "defaults");
      return;
    }
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Files.readString(folder.resolve("yaml/train.yaml"))).containsPattern("C:[^a-z]*0\\.1\\b");
    assertThat(CommandRun.of("predict", folder.resolve("yaml").toString(), "red apple").out()).contains("on");
  }

  @Test
  void labelsMayBeEmojiAndMarkup() throws IOException {
    Path rows = Files.write(folder.resolve("rows.csv"), rows("\uD83C\uDF4E", "<script>alert(1)</script>"));
    assertThat(train(rows, folder.resolve("odd")).code()).isZero();
    assertThat(CommandRun.of("predict", folder.resolve("odd").toString(), "red apple").out()).contains("\uD83C\uDF4E");
    assertThat(Files.readString(folder.resolve("odd/report.html"))).contains("\uD83C\uDF4E", "&lt;script&gt;alert(1)")
        .doesNotContain("<script>alert(1)");
  }

  /** As programs append to a log, and tapes pad a file. */
  @Test
  void gzipOfSeveralMembersIsReadAndWhatFollowsItIsNoRow() throws IOException {
    List<String> lines = rows("fruit", "tools");
    var bytes = new ByteArrayOutputStream();
    for (List<String> part : List.of(lines.subList(0, 20), lines.subList(20, lines.size()))) {
      try (var gzip = new GZIPOutputStream(bytes)) {
        gzip.write((String.join("\n", part) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    bytes.write(new byte[512]);
    Path rows = Files.write(folder.resolve("rows.csv.gz"), bytes.toByteArray());
    CommandRun run = train(rows, folder.resolve("members"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Files.readString(folder.resolve("members/labels.json"))).isEqualTo(
        Files.readString(model.resolve("labels.json")));
    bytes.write("garbage".getBytes(StandardCharsets.UTF_8));
    Files.write(rows, bytes.toByteArray());
    CommandRun other = train(rows, folder.resolve("garbage"));
    assertThat(other.code()).isIn(0, Crema.MISTAKE);
    assertThat(other.err()).doesNotContain("\tat ", "Exception");
    if (other.code() == Crema.MISTAKE) {
      assertThat(other.lastError()).contains("rows.csv.gz");
    }
  }
}
