package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.ModelFamily;
import crema.settings.Assignment;
import crema.settings.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which family is trained where none is named. */
class FamilyChoiceTest {
  @TempDir
  Path folder;

  private static FamilyChoice choice(String names) {
    List<ModelFamily> families = ModelFamily.installed().stream().filter(ModelFamily::isTrainable).toList();
    return FamilyChoice.of(families,
        families.stream().filter(family -> family.key().equals("auto")).findFirst().orElseThrow(),
        Arrays.stream(names.split(" ")).map(name -> new Assignment(name, "1", Origin.FLAG)).toList());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "-", value = {
      "train text label output  | auto     | -",
      "encoder                  | auto     | -",
      "metric time-budget       | auto     | -",
      "train layers             | encoder  | --layers",
      "epochs patience          | encoder  | --epochs, --patience",
      "encoder epochs           | encoder  | --encoder, --epochs",
      "dim train                | fasttext | --dim",
      "epochs two-stage         | fasttext | --epochs, --two-stage",
      "C                        | linear   | --C",
      "encoder-pooling C        | linear   | --encoder-pooling, --C",
      "models                   | stack    | --models",
      "image text               | auto     | -",
      "image zero-shot          | image    | --image, --zero-shot",
      "image fusion-epochs      | fusion   | --image, --fusion-epochs",
  })
  void aSettingThatTheAutomaticChoiceDoesNotHaveNamesTheFamily(String names, String family, String by) {
    FamilyChoice choice = choice(names);
    assertThat(choice.family().key()).isEqualTo(family);
    assertThat(choice.by()).isEqualTo(by == null ? List.of() : List.of(by.split(", ")));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "layers C                 | --C is a setting of linear, but --layers is one of encoder: leave one out, or name the family with --model",
      "fits epochs              | --epochs is a setting of encoder and fasttext, but --fits is one of auto: leave one out, or name the family with --model",
      "epochs                   | --epochs is a setting of encoder and fasttext: name the family with --model",
      "image epochs             | --epochs is a setting of fusion and image: name the family with --model",
      "epochs encoder two-stage | --two-stage: no family has this setting and --epochs, --encoder: name the family with --model, and leave out what it does not have",
  })
  void settingsOfTwoFamiliesAreAMistake(String names, String message) {
    assertThatThrownBy(() -> choice(names)).isInstanceOf(UserError.class).hasMessage(message);
  }

  @Test
  void theFamilyIsToldInOneLineAndKept() throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.csv"),
        "title,label\n" + IntStream.range(0, 40)
            .mapToObj(i -> i % 2 == 0 ? "red apple " + i + ",apple\n" : "green pear " + i + ",pear\n")
            .collect(Collectors.joining()));
    Path config = Files.writeString(folder.resolve("config.yaml"),
        "train: rows.csv\ntext: title\nlabel: label\nC: 1\n");
    var run = CommandRun.of("train", "--config", config.toString(), "--output", folder.resolve("a").toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err().lines()).containsOnlyOnce("Model: linear, the family with C");
    assertThat(Files.readAllLines(folder.resolve("a/train.yaml"))).contains("model: linear");
    run = CommandRun.of("train", "--train", rows.toString(), "--text", "title", "--label", "label", "--output",
        folder.resolve("b").toString(), "--members", "words", "--folds", "2");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).doesNotContain("Model: auto");
    assertThat(Files.readAllLines(folder.resolve("b/train.yaml"))).contains("model: auto");
    var mistake = CommandRun.of("train", "--config", config.toString(), "--layers", "2", "--output",
        folder.resolve("c").toString());
    assertThat(mistake.code()).isEqualTo(2);
    assertThat(mistake.lastError())
        .isEqualTo("crema: --layers is a setting of encoder, but C is one of linear: leave one "
            + "out, or name the family with --model");
    assertThat(folder.resolve("c")).doesNotExist();
  }
}
