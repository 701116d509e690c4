package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels that were put right are learned by any later training. */
class CorrectionsTest {
  @TempDir
  Path folder;

  @BeforeEach
  void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title,brand,category"));
    for (int i = 0; i < 40; i++) {
      lines.add(i % 2 == 0 ? "washing machine " + i + ",miele,appliances" : "digital camera " + i + ",,cameras");
    }
    lines.add("odd thing,acme,cameras");
    lines.add("odd  thing,acme,cameras");
    lines.add("no offer,,cameras");
    Files.write(folder.resolve("rows.csv"), lines);
  }

  private CommandRun train(String corrections, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("corrections.csv"), corrections);
    var arguments =
        new ArrayList<>(List.of("train", "--model", "linear", "--train", folder.resolve("rows.csv").toString(),
            "--text", "title,brand", "--label", "category", "--threads", "1", "--corrections", file.toString(),
            "--no-test", "--validation-fraction", "0", "--overwrite", "--output", folder.resolve("model").toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private String answer(String text) {
    return CommandRun.of("predict", folder.resolve("model").toString(), text, "-k", "1").out();
  }

  @Test
  void rowsOfTheSameTextGetTheLabelAndOthersAreAdded() throws IOException {
    var run = train("""
        text,label
        odd thing acme,cameras
        odd thing  acme,gadgets
        digital camera 1,cameras
        no offer,
        pocket watch,watches
        never seen,
        """);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("corrections.csv: 2 rows get another label, 1 have the right one already, "
        + "1 are dropped, 1 are added");
    assertThat(run.out()).contains("Rows: 43 training");
    assertThat(answer("odd thing acme")).contains("gadgets");
    assertThat(answer("pocket watch")).contains("watches");
  }

  @Test
  void theColumnsOfTheRowsWillDo() throws IOException {
    var run = train("category;brand;title\ngadgets;acme;odd thing\n");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("2 rows get another label, 0 have");
  }

  @Test
  void aFileOfAnotherShapeIsRefused() throws IOException {
    var run = train("words,class\nodd thing,gadgets\n");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lastError()).contains("corrections.csv has no column 'title'");
    assertThat(train("text,label\n", "--corrections", folder.resolve("none.csv").toString()).code()).isEqualTo(2);
  }

  @Test
  void whatCannotBeReadIsTold() throws IOException {
    var run = train("text,label\n,gadgets\nodd thing acme,a > > b\n", "--target", "taxonomy");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("corrections.csv, line 2: nothing in text", "has an empty segment",
        "0 rows get another label");
  }

  @Test
  void severalLabelsAreReadAsThoseOfTheRows() throws IOException {
    var run = train("text,label\nodd thing acme,\"gadgets|cameras\"\n", "--target", "multi", "--label-separator", "|");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Files.readString(folder.resolve("model/labels.json"))).contains("gadgets");
  }
}
