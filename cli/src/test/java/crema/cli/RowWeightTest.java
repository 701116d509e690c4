package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that count more or less than others, in every family. */
class RowWeightTest {
  private static final String ENCODER = "encoder --epochs 12 --hidden-size 16 --heads 2 --ffn-size 16 --layers 1 "
      + "--vocabulary-size 300 --learning-rate 0.01";

  @TempDir
  Path folder;

  /** The same texts are of two labels; what weighs more decides. */
  private Path rows(String name, double ofA, double ofB) throws IOException {
    var lines = new ArrayList<>(List.of("title,label,w"));
    for (int i = 0; i < 60; i++) {
      lines.add("same words,a," + ofA);
      lines.add("same words,b," + ofB);
      lines.add("other thing,c,1");
    }
    return Files.write(folder.resolve(name), lines);
  }

  private CommandRun train(Path rows, String output, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--train", rows.toString(), "--text", "title", "--label", "label",
        "--threads", "1", "--output", folder.resolve(output).toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static String[] family(String family, String... more) {
    var arguments = new ArrayList<>(List.of("--model"));
    arguments.addAll(List.of(family.split(" ")));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private String answer(String model) {
    return CommandRun.of("predict", folder.resolve(model).toString(), "same words", "-k", "1").out();
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear --C 1", "fasttext --dim 8 --epochs 10", ENCODER})
  void whatWeighsMoreDecidesInEveryFamily(String family) throws IOException {
    for (String heavy : List.of("a", "b")) {
      Path rows = rows(heavy + ".csv", heavy.equals("a") ? 3 : 1, heavy.equals("a") ? 1 : 3);
      var run = train(rows, heavy, family(family, "--row-weight", "w"));
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(answer(heavy)).contains(heavy).doesNotContain(heavy.equals("a") ? "b" : "a");
      // Of 7 parts of same words and other thing, 4 of 5 right by weight: (3 + 1) / 5; by rows 2 of 3.
      assertThat(run.out()).contains("Row weights: ").containsPattern("Accuracy +0\\.8");
    }
  }

  @Test
  void weightOneIsNoWeight() throws IOException {
    Path rows = rows("ones.csv", 1, 1);
    assertThat(train(rows, "plain", family("linear")).code()).isZero();
    assertThat(train(rows, "ones", family("linear", "--row-weight", "w")).code()).isZero();
    assertThat(folder.resolve("ones/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("plain/model.safetensors"));
  }

  @Test
  void aRowOfWeightZeroIsAsIfAbsent() throws IOException {
    var lines = new ArrayList<>(Files.readAllLines(rows("some.csv", 2, 1)));
    Path without = Files.write(folder.resolve("without.csv"), lines);
    lines.addAll(List.of("same words,d,0", "further words,d,0"));
    Path with = Files.write(folder.resolve("with.csv"), lines);
    assertThat(train(without, "without", family("linear", "--row-weight", "w")).code()).isZero();
    var run = train(with, "with", family("linear", "--row-weight", "w", "--strict"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(train(with, "told", family("linear", "--row-weight", "w")).err())
        .contains("2 rows: left out", "with.csv, line 182: the weight in 'w' is 0");
    assertThat(folder.resolve("with/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("without/model.safetensors"));
  }

  @Test
  void badWeightsAreToldWithFileAndLine() throws IOException {
    var lines = new ArrayList<>(Files.readAllLines(rows("bad.csv", 2, 1)));
    lines.addAll(List.of("same words,a,-2", "same words,a,nan", "same words,a,heavy"));
    Path bad = Files.write(folder.resolve("bad.csv"), lines);
    var run = train(bad, "bad", family("linear", "--row-weight", "w"));
    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("3 rows: bad weight",
        "bad.csv, line 182: 'w' must be a number from 0 to 1e9, not '-2'",
        "line 183: nothing in 'w'", "not 'heavy'");
    assertThat(train(bad, "strict", family("linear", "--row-weight", "w", "--strict")).code()).isEqualTo(2);
    assertThat(train(bad, "none", family("linear", "--row-weight", "weight")).lastError())
        .contains("has no column 'weight'");
    assertThat(train(bad, "text", family("linear", "--row-weight", "title")).lastError())
        .contains("row-weight 'title' is a text column too");
  }

  @Test
  void evaluateWeighsRowsWhereTheFileHasTheColumn() throws IOException {
    Path rows = rows("rows.csv", 3, 1);
    assertThat(train(rows, "model", family("linear", "--row-weight", "w")).code()).isZero();
    String model = folder.resolve("model").toString();
    assertThat(CommandRun.of("evaluate", model, "--data", rows.toString()).out()).containsPattern("Accuracy +0\\.80");
    Path plain = folder.resolve("plain.csv");
    Files.write(plain,
        Files.readAllLines(rows).stream().map(line -> line.substring(0, line.lastIndexOf(','))).toList());
    var unweighted = CommandRun.of("evaluate", model, "--data", plain.toString());
    assertThat(unweighted.code()).as(unweighted.err()).isZero();
    assertThat(unweighted.out()).containsPattern("Accuracy +0\\.66");
    assertThat(CommandRun.of("evaluate", model, "--data", plain.toString(), "--row-weight", "w").code()).isEqualTo(2);
  }
}
