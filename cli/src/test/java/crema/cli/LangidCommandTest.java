package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.fasttext.FastTextConfig;
import crema.fasttext.FastTextTrainer;
import crema.fasttext.TextSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class LangidCommandTest {
  private static final String ENGLISH = "Where is the railway station, please?";
  private static final String GERMAN = "Wo ist bitte der nächste Bahnhof?";
  private static final String JAPANESE = "駅はどこですか。";

  @TempDir
  Path folder;

  @Test
  void argumentsGetALineEach() {
    var run = CommandRun.of("langid", ENGLISH, GERMAN, "12 %");
    assertThat(run.code()).as(run.err()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("eng ").endsWith("%");
    assertThat(lines.get(1)).startsWith("deu ").endsWith("%");
    assertThat(lines.get(2)).isEqualTo("und");
  }

  @Test
  void standardInputIsReadByLines() {
    var run = CommandRun.reading(ENGLISH + "\n\n" + JAPANESE + "\n", "langid", "--format", "tsv");
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith(ENGLISH + "\teng\t");
    assertThat(lines.get(1)).isEmpty();
    assertThat(lines.get(2)).startsWith(JAPANESE + "\tjpn\t");
  }

  @Test
  void aColumnOfAFileGivesJsonLinesWithTheTopLanguages() throws IOException {
    Path file = Files.write(folder.resolve("offers.csv"), List.of("id,title", "1,\"" + GERMAN + "\"", "2," + JAPANESE));
    var run = CommandRun.of("langid", "--file", file.toString(), "--text", "title", "-k", "2", "--format", "jsonl");
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(2);
    var json = JsonMapper.shared().readTree(lines.getFirst());
    assertThat(json.path("text").asString()).isEqualTo(GERMAN);
    assertThat(json.path("labels").size()).isEqualTo(2);
    assertThat(json.path("labels").path(0).path("label").asString()).isEqualTo("deu");
  }

  @Test
  void theThresholdLeavesOutImprobableLanguages() {
    var all = CommandRun.of("langid", "-k", "113", ENGLISH);
    var probable = CommandRun.of("langid", "-k", "113", "--threshold", "0.3", ENGLISH);
    assertThat(all.out().split(", ")).hasSizeGreaterThan(100);
    assertThat(probable.out().split(", ")).hasSizeLessThan(4);
    assertThat(probable.out()).startsWith("eng ");
  }

  @Test
  void onlyTheGivenLanguagesAreAnswers() {
    assertThat(CommandRun.of("langid", "--languages", "fra,ita", ENGLISH, "Dove è la stazione?").out())
        .matches("(?s)und\\Rita .*\\R");
    assertThat(CommandRun.of("langid", "--languages", "fra,ita", "--threshold", "0", ENGLISH).out())
        .matches("(fra|ita) .*\\R");
    assertThat(CommandRun.of("langid", "--languages", "fra,germann", ENGLISH).lastError())
        .isEqualTo("crema: the model does not know the language 'germann'; did you mean 'german' (deu)?");
    assertThat(CommandRun.of("langid", "--languages", "en,French", "--codes", "2", ENGLISH).out()).startsWith("en ");
    assertThat(CommandRun.of("langid", "--codes", "name", ENGLISH).out()).startsWith("English ");
    assertThat(CommandRun.of("langid", "--codes", "4", ENGLISH).lastError())
        .isEqualTo("crema: --codes must be model, 2, 3 or name, not '4'");
  }

  @Test
  void everyRowHasItsLineAlsoIfItCannotBeRead() throws IOException {
    Path file = Files.write(folder.resolve("rows.csv"), ("title,note\nWo ist denn mein Hund?,\nto,many,fields\n"
        + "\"\",\nd\u00E9j\u00E0,\n\"two\nlines\",\n" + ENGLISH + ",\n").getBytes(StandardCharsets.ISO_8859_1));
    var run = CommandRun.of("langid", "--file", file.toString(), "--text", "title");
    assertThat(run.code()).isEqualTo(Crema.UNANSWERED);
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(0)).startsWith("deu ");
    assertThat(lines.get(1)).startsWith("(not read: " + file + ", line 3: wrong number of fields");
    assertThat(lines.get(2)).isEqualTo("(empty text)");
    assertThat(lines.get(3)).startsWith("(not read: " + file + ", line 5: invalid UTF-8");
    assertThat(lines.get(5)).startsWith("eng ");
  }

  @Test
  void titlesOfBrandsAndCodesAreUndetermined() throws IOException {
    Path titles = Files.write(folder.resolve("titles.txt"),
        List.of("hello", "ok", "iPhone 14 Pro Max 256GB", "Canon EOS R5", "Bosch WAT28371GB", "WH-1000XM4", ENGLISH));
    String file = titles.toString();
    List<String> lines = CommandRun.of("langid", "--file", file).out().lines().toList();
    assertThat(lines).hasSize(7);
    assertThat(lines.subList(0, 6)).containsOnly("und");
    assertThat(lines.get(6)).startsWith("eng ");
    assertThat(CommandRun.of("langid", "--file", file, "--languages", "en,de").out().lines().limit(6))
        .containsOnly("und");
    assertThat(CommandRun.of("langid", "--file", file, "--format", "tsv").out().lines().limit(6))
        .allMatch(line -> line.endsWith("\tund"));
    assertThat(CommandRun.of("langid", "--file", file, "--threshold", "0").out()).doesNotContain("und");
    // What an unsure answer was chosen among stays in the objects.
    var json = JsonMapper.shared().readTree(CommandRun.of("langid", "--file", file, "--format", "jsonl").out()
        .lines().skip(3).findFirst().orElseThrow());
    assertThat(json.path("language").asString()).isEqualTo("und");
    assertThat(json.path("labels").path(0).path("label").asString()).isEqualTo("lat");
    assertThat(json.path("labels").path(0).path("probability").asDouble()).isGreaterThan(0.5);
  }

  @Test
  void anyFastTextModelOfLanguagesCanTakeItsPlace() throws IOException {
    var model = new FastTextTrainer(FastTextConfig.supervised().dim(8).epoch(30).lr(0.5).threads(1).build())
        .train(TextSource.of(List.of("__label__de das ist gut", "__label__en that is good")));
    Path file = folder.resolve("two.bin");
    model.save(file);
    var run = CommandRun.of("langid", "--model", file.toString(), "das ist", "that is");
    assertThat(run.out()).matches("de [0-9.]+%\\Ren [0-9.]+%\\R");
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    Path vectors = folder.resolve("vectors.bin");
    new FastTextTrainer(FastTextConfig.skipgram().dim(4).minCount(1).epoch(1).threads(1).build())
        .train(TextSource.of(List.of("a b c d"))).save(vectors);
    assertMistake("langid", "--model", vectors.toString(), "x").contains("word vectors");
    assertMistake("langid", "--model", "absent.bin", "x").contains("absent.bin does not exist");
    assertMistake("langid", "--threshold", "2", "x").contains("--threshold");
    assertMistake("langid", "-k", "0", "x").contains("--top");
    assertMistake("langid", "--text", "title").contains("--file");
    assertMistake("langid", "--file", "a.txt", "x").contains("not both");
  }

  private static AbstractStringAssert<?> assertMistake(String... arguments) {
    var run = CommandRun.of(arguments);
    assertThat(run.code()).isEqualTo(Crema.MISTAKE);
    return assertThat(run.err().strip()).doesNotContain("\n");
  }
}
