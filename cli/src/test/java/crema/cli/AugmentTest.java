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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training texts that are written anew in each epoch. */
class AugmentTest {
  private static final String ENCODER = "encoder --epochs 3 --hidden-size 8 --heads 2 --ffn-size 8 --layers 1 "
      + "--vocabulary-size 300 --learning-rate 0.01";

  @TempDir
  Path folder;

  @BeforeEach
  void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title,category"));
    for (int i = 0; i < 90; i++) {
      lines.add(List.of("стиральная машина", "цифровая камера", "золотые часы").get(i % 3) + " " + i + ",c" + i % 3);
    }
    Files.write(folder.resolve("rows.csv"), lines);
  }

  private CommandRun train(String output, String family, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--train", folder.resolve("rows.csv").toString(), "--text",
        "title", "--label", "category", "--validation-fraction", "0.2", "--test-fraction", "0.2",
        "--output", folder.resolve(output).toString(), "--model"));
    arguments.addAll(List.of(family.split(" ")));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private Path weights(String output) {
    Path fastText = folder.resolve(output).resolve("model.bin");
    return Files.exists(fastText) ? fastText : folder.resolve(output).resolve("model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear --augment-copies 2", "fasttext --dim 8 --epochs 5", ENCODER})
  void everyFamilyTrainsOnTextsThatAreWrittenAnewAndToTheSameBits(String family) throws IOException {
    String augment = "drop:0.2,swap:0.1,keyboard:0.05,mix:0.2,numbers:0.5";
    assertThat(train("plain", family.replace(" --augment-copies 2", "")).code()).isZero();
    var run = train("one", family, "--augment", augment, "--threads", "1");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(train("two", family, "--augment", augment, "--threads", "2").code()).isZero();
    assertThat(weights("two")).hasSameBinaryContentAs(weights("one"));
    assertThat(Files.mismatch(weights("one"), weights("plain"))).isNotEqualTo(-1);
    assertThat(run.out()).contains("18 validation, 18 test");
    assertThat(Files.readString(folder.resolve("one/train.yaml"))).contains("augment:", "- drop:0.2");
  }

  /** A model that has only seen Latin letters knows nothing of Cyrillic rows: they are as they were, in folds too. */
  @ParameterizedTest
  @ValueSource(strings = {"fasttext --dim 8 --epochs 20 --refit none", ENCODER})
  void validationTestAndHeldOutRowsStayAsTheyAre(String family) {
    var run = train("model", family, "--augment", "transliterate:1,numbers:1", "--folds", "2");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("Accuracy, 2 folds: 0\\.[0-6]").containsPattern("Accuracy +0\\.[0-6]");
  }

  @Test
  void mistakesAreNamed() {
    assertThat(train("model", "linear", "--augment", "drop").lastError()).contains("write NAME:P");
    assertThat(train("model", "linear", "--augment", "drip:0.1").lastError()).contains("drop");
    assertThat(train("model", "linear", "--augment", "drop:2").lastError()).contains("above 0 and at most 1");
    assertThat(train("model", "linear", "--augment-copies", "2").lastError()).contains("no effect without --augment");
    assertThat(train("model", "fasttext", "--augment", "drop:0.1", "--autotune-duration", "5").lastError())
        .contains("leave out --augment");
    assertThat(folder.resolve("model")).doesNotExist();
  }
}
