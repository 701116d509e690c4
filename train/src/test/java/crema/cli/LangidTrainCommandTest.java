package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LangidTrainCommandTest {
  @TempDir Path folder;

  private Path sentences() throws IOException {
    var lines = new ArrayList<>(List.of("language\ttext"));
    for (int i = 0; i < 40; i++) {
      lines.add("de\tDas ist der Zug nach Berlin, Gleis " + "eins zwei drei vier".split(" ")[i % 4]);
      lines.add("en\tThis is the train to London, platform " + "one two three four".split(" ")[i % 4]);
    }
    return Files.write(folder.resolve("sentences.tsv"), lines);
  }

  @Test
  void aModelIsTrainedTestedAndUsed() throws IOException {
    Path model = folder.resolve("two.lid");
    var run = CommandRun.of("langid-train", "--data", sentences().toString(), "--output", model.toString(),
        "--test-fraction", "0.2", "--common", "de");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines()).containsExactly(
        "Accuracy over 2 languages: 1.0000 on 16 sentences",
        "Accuracy over the 1 common languages: 1.0000 on 8 sentences",
        "Accuracy over the 1 common languages, among these: 1.0000 on 8 sentences");
    assertThat(CommandRun.of("langid", "--model", model.toString(), "DER ZUG NACH LONDON", "THE TRAIN").out())
        .matches("de .*\\Ren .*\\R");
  }

  @Test
  void theSameSentencesGiveTheSameModel() throws IOException {
    Path one = folder.resolve("one.lid");
    Path other = folder.resolve("other.lid");
    for (Path model : List.of(one, other)) {
      var run = CommandRun.of("langid-train", "--data", sentences().toString(), "--output", model.toString());
      assertThat(run.code()).as(run.err()).isZero();
    }
    assertThat(other).hasSameBinaryContentAs(one);
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    String data = sentences().toString();
    assertThat(CommandRun.of("langid-train", "--data", data, "--output", "x", "--test-fraction", "1").lastError())
        .contains("--test-fraction");
    Path other = Files.write(folder.resolve("other.tsv"), List.of("code\ttext", "de\tZug"));
    assertThat(CommandRun.of("langid-train", "--data", other.toString(), "--output", "x").lastError())
        .contains("no column 'language'");
    Path single = Files.write(folder.resolve("single.tsv"), List.of("language\ttext", "de\tZug", "de\tZug"));
    assertThat(CommandRun.of("langid-train", "--data", single.toString(), "--output", "x").lastError())
        .contains("of 1 languages");
  }
}
