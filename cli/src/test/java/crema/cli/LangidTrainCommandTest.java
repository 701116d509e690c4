package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LangidTrainCommandTest {
  @TempDir
  Path folder;

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
        "Accuracy over 2 languages: 1.0000 on 20 sentences",
        "Accuracy over the 1 most common languages: 1.0000 on 10 sentences",
        "Accuracy over the 1 most common languages, among these: 1.0000 on 10 sentences",
        "Accuracy over 2 languages, all taken for equally frequent: 1.0000 on 20 sentences",
        "Accuracy over the 1 most common languages, all taken for equally frequent: 1.0000 on 10 sentences");
    assertThat(CommandRun.of("langid", "--model", model.toString(), "DER ZUG NACH LONDON", "THE TRAIN").out())
        .matches("de .*\\Ren .*\\R");
  }

  @Test
  void aTextOfWordsThatNoSentenceHasIsInTheMoreCommonLanguageUnlessThePriorIsOff() throws IOException {
    Path model = folder.resolve("two.lid");
    for (String common : List.of("de", "en")) {
      var run = CommandRun.of("langid-train", "--data", sentences().toString(), "--output", model.toString(),
          "--common", common, "--common-factor", "1000");
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(CommandRun.of("langid", "--model", model.toString(), "駅").out()).startsWith(common + " ");
    }
    assertThat(CommandRun.of("langid", "--model", model.toString(), "--no-prior", "--threshold", "0", "駅").out())
        .matches("(de|en) [3-6][0-9]\\.[0-9]%\\R");
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

  /**
   * How the model that comes along was chosen. Reads the folder {@code langid} of the one that the system property
   * {@code crema.data} names, or else of {@code ../shared/data} next to the repository.
   */
  @Test
  void aTenthOfTheSentencesOfTatoebaIsToldByTheOtherNine() {
    Path data = Path.of(System.getProperty("crema.data", "../../shared/data")).resolve("langid/train.tsv.gz");
    assumeThat(data).as("the sentences of 113 languages are not here").exists();
    Path model = folder.resolve("languages.lid");
    var run = CommandRun.of("langid-train", "--data", data.toString(), "--test-fraction", "0.1", "--output",
        model.toString());
    assertThat(run.code()).as(run.err()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(5);
    assertThat(accuracy(lines.get(0), "113 languages")).isGreaterThan(0.946);
    assertThat(accuracy(lines.get(1), "the 30 most common languages")).isGreaterThan(0.967);
    assertThat(accuracy(lines.get(3), "113 languages, all taken for equally frequent")).isGreaterThan(0.954);
    assertThat(model.toFile().length()).isLessThan(1_500_000);
  }

  private static double accuracy(String line, String name) {
    String start = "Accuracy over " + name + ": ";
    assertThat(line).startsWith(start);
    return Double.parseDouble(line.substring(start.length(), line.indexOf(' ', start.length())));
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    String data = sentences().toString();
    assertThat(CommandRun.of("langid-train", "--data", data, "--output", "x", "--test-fraction", "1").lastError())
        .contains("--test-fraction");
    assertThat(CommandRun.of("langid-train", "--data", data, "--output", "x", "--common-factor", "0.5").lastError())
        .contains("factor", "from 1 to", "0.5");
    Path other = Files.write(folder.resolve("other.tsv"), List.of("code\ttext", "de\tZug"));
    assertThat(CommandRun.of("langid-train", "--data", other.toString(), "--output", "x").lastError())
        .contains("no column 'language'");
    Path single = Files.write(folder.resolve("single.tsv"), List.of("language\ttext", "de\tZug", "de\tZug"));
    assertThat(CommandRun.of("langid-train", "--data", single.toString(), "--output", "x").lastError())
        .contains("of 1 languages");
  }

  @Test
  void sentencesAreReadFromArchivesAndAddressesToo() throws IOException {
    Path plain = folder.resolve("plain.lid");
    Path packed = folder.resolve("packed.lid");
    Path zip = folder.resolve("sentences.zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("de/sentences.tsv"));
      Files.copy(sentences(), out);
      out.putNextEntry(new ZipEntry("readme.txt"));
    }
    for (List<String> run : List.of(List.of(sentences().toString(), plain.toString()),
        List.of(zip + "!/**.tsv", packed.toString()))) {
      var trained = CommandRun.of("langid-train", "--data", run.getFirst(), "--output", run.getLast());
      assertThat(trained.code()).as(trained.err()).isZero();
    }
    assertThat(packed).hasSameBinaryContentAs(plain);
    var address = CommandRun.of("langid-train", "--data", "https://host/a b.tsv", "--output", plain.toString());
    assertThat(address.code()).isEqualTo(2);
    assertThat(address.err()).startsWith("crema: 'https://host/a b.tsv' is no address: ");
  }
}
