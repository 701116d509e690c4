package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
  @TempDir
  Path folder;

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void aSampleArchiveBecomesACorpusThatAModelLearnsFrom() {
    assertThat(CommandRun.of("data", "lspc-sample", "--size", "400KB", "-o", path("lspc.zip")).code()).isZero();
    CommandRun built =
        CommandRun.of("data", "lspc", "--zip", path("lspc.zip"), "-o", path("lspc"), "--full-split", "full");
    assertThat(built.code()).as(built.err()).isZero();
    assertThat(built.out()).contains("Automotive", "Shoes", "dropped", "Other classes of the table, left out: ",
        "full");
    assertThat(
        CommandRun.of("data", "lspc", "--zip", path("lspc.zip"), "-o", path("lspc"), "--full-split", "full").out())
        .contains("holds this corpus already");
    CommandRun trained =
        CommandRun.of("train", "--model", "linear", "--train", path("lspc/train.jsonl.zst"), "--validation",
            path("lspc/validation.jsonl.zst"), "--test", path("lspc/test.jsonl.zst"), "--text", "title,description",
            "--label",
            "label", "--output", path("model"));
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.out()).containsPattern("(?i)macro.?f1\\s+0\\.[6789]");
  }

  @Test
  void discoverTellsOfAnArchiveAndWritesAPage() {
    CommandRun.of("data", "lspc-sample", "--size", "50KB", "-o", path("lspc.zip"));
    CommandRun found = CommandRun.of("data", "discover", path("lspc.zip"), "-o", path("report"));
    assertThat(found.code()).as(found.err()).isZero();
    assertThat(found.out()).contains("PDC2020_map.tsv", "specTableContent", "Rows by label", "Rows by language");
    assertThat(folder.resolve("report/discover.html")).isRegularFile();
  }

  @Test
  void mistakesAreOneLineAndLeaveNothingBehind() throws IOException {
    Files.writeString(folder.resolve("no.zip"), "this is no archive");
    for (String[] mistake : new String[][] {
        {"lspc", "--zip", path("no.zip"), "-o", path("out")},
        {"lspc", "--zip", path("none.zip"), "-o", path("out")},
        {"lspc", "--zip", path("no.zip"), "-o", path("out"), "--test", "1.5"},
        {"lspc", "--zip", path("no.zip"), "-o", path("out"), "--full-split", "../x"},
        {"lspc-sample", "--size", "many", "-o", path("out")},
        {"lspc-sample", "--size", "1KB", "-o", path("out")},
        {"discover", path("none"), "-o", path("out")}}) {
      String[] arguments = new String[mistake.length + 1];
      arguments[0] = "data";
      System.arraycopy(mistake, 0, arguments, 1, mistake.length);
      CommandRun run = CommandRun.of(arguments);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err().lines()).hasSize(1);
      assertThat(folder.resolve("out")).doesNotExist();
    }
  }
}
