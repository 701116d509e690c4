package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
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
    Path model = folder.resolve("two.ftz");
    var run = CommandRun.of("langid-train", "--data", sentences().toString(), "--output", model.toString(), "--rows", "300",
        "--test-fraction", "0.2", "--common", "de");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines()).containsExactly(
        "Accuracy over 2 languages: 1.0000 on 16 sentences",
        "Accuracy over the 1 common languages: 1.0000 on 8 sentences",
        "Accuracy over the 1 common languages, among these: 1.0000 on 8 sentences");
    assertThat(CommandRun.of("langid", "--model", model.toString(), "DER ZUG NACH LONDON", "THE TRAIN").out())
        .matches("de .*\\Ren .*\\R");
    Path compressed = folder.resolve("two.ftz.gz");
    assertThat(CommandRun.of("langid-train", "--data", sentences().toString(), "--output", compressed.toString(), "--rows",
        "300", "--test-fraction", "0.2", "--threads", "1").code()).isZero();
    try (var in = new GZIPInputStream(Files.newInputStream(compressed))) {
      assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(model));
    }
    assertThat(CommandRun.of("langid", "--model", compressed.toString(), "der Zug").out()).startsWith("de ");
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    String data = sentences().toString();
    assertThat(CommandRun.of("langid-train", "--data", data, "--output", "x", "--rows", "1").lastError()).contains("--rows");
    assertThat(CommandRun.of("langid-train", "--data", data, "--output", "x", "--test-fraction", "1").lastError())
        .contains("--test-fraction");
    Path other = Files.write(folder.resolve("other.tsv"), List.of("code\ttext", "de\tZug"));
    assertThat(CommandRun.of("langid-train", "--data", other.toString(), "--output", "x").lastError())
        .contains("no column 'language'");
  }
}
