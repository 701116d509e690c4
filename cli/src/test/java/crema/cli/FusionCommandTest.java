package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.Classifier;
import crema.classify.Item;
import crema.classify.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fusion from made-up products to answers. */
class FusionCommandTest {
  @TempDir
  private static Path folder;
  private static Path model;

  @BeforeAll
  static void train() {
    var made = CommandRun.of("data", "marketplace-sample", "--records", "300", "--picture-size", "24", "--output",
        folder.resolve("products").toString());
    assertThat(made.code()).as(made.err()).isZero();
    model = folder.resolve("model");
    var run = CommandRun.of(arguments(model));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("texts and pictures, joined by gate").containsPattern("texts \\d+%, pictures \\d+%");
  }

  private static String[] arguments(Path output, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--model", "fusion", "--fusion", "gate", "--train",
        products("train"), "--validation", products("validation"), "--test", products("test"), "--text", "shop_title",
        "--image", "picture", "--label", "category", "--image-size", "24", "--epochs", "1", "--hidden-size", "16",
        "--heads", "2", "--ffn-size", "16", "--layers", "1", "--fusion-epochs", "2", "--vision-epochs", "2",
        "--picture-first-epochs", "1", "--joint-epochs", "0", "--output", output.toString(), "--quiet"));
    arguments.addAll(Arrays.asList(more));
    return arguments.toArray(String[]::new);
  }

  private static String products(String part) {
    return folder.resolve("products").resolve(part + ".jsonl").toString();
  }

  private static Path picture() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("products/pictures"))) {
      return files.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
    }
  }

  @Test
  void aTextAloneAPictureAloneAndBothHaveAnAnswerAndNothingHasNone() throws IOException {
    try (Classifier classifier = Classifier.load(model)) {
      List<List<Prediction>> answers = classifier.predict(
          List.of(Item.of("Granit"), Item.picture(picture()), Item.of("Granit", picture()), Item.of("")), 1);
      assertThat(answers).extracting(List::size).containsExactly(1, 1, 1, 0);
      float[][] probabilities = classifier.probabilities(
          List.of(Item.of("Granit"), Item.of("Granit", picture()), Item.of("Granit", folder.resolve("none.jpg"))));
      assertThat(probabilities[1]).isNotEqualTo(probabilities[0]);
      assertThat(probabilities[2]).as("a picture that is not there").containsExactly(probabilities[0]);
    }
  }

  @Test
  void theModelIsDescribedByItsParts() {
    var run = CommandRun.of("info", model.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("texts and pictures joined by gate", "Texts: ", "Pictures: ");
  }

  @Test
  void finishedModelsAreJoinedWithoutTrainingThemAgain() throws IOException {
    Path joined = folder.resolve("joined");
    var run = CommandRun.of(arguments(joined, "--text-model", model.resolve("parts/text").toString(),
        "--picture-model", model.resolve("parts/picture").toString()));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Files.readAllBytes(joined.resolve("fusion.safetensors")))
        .isEqualTo(Files.readAllBytes(model.resolve("fusion.safetensors")));
  }

  @Test
  void inTheLastStageBothModelsLearnOnAndTheirCopiesAreKept() throws IOException {
    Path texts = model.resolve("parts/text");
    Path pictures = model.resolve("parts/picture");
    Path joint = folder.resolve("joint");
    // Without validation rows there is nothing by which the last stage could be left out.
    List<String> arguments = new ArrayList<>(List.of(arguments(joint, "--text-model", texts.toString(),
        "--picture-model", pictures.toString(), "--joint-learning-rate", "0.01")));
    int validation = arguments.indexOf("--validation");
    arguments.subList(validation, validation + 2).clear();
    arguments.addAll(List.of("--validation-fraction", "0"));
    arguments.set(arguments.indexOf("--joint-epochs") + 1, "1");
    byte[] before = Files.readAllBytes(texts.resolve("model.safetensors"));
    var run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    for (String part : List.of("text", "picture")) {
      assertThat(Files.readAllBytes(joint.resolve("parts").resolve(part).resolve("model.safetensors"))).as(part)
          .isNotEqualTo(Files.readAllBytes(model.resolve("parts").resolve(part).resolve("model.safetensors")));
    }
    assertThat(Files.readAllBytes(texts.resolve("model.safetensors"))).as("the model that was given").isEqualTo(before);
    assertThat(joint.resolve("cache")).doesNotExist();
    try (Classifier classifier = Classifier.load(joint)) {
      assertThat(classifier.predict(List.of(Item.of("Granit", picture())), 1).getFirst()).hasSize(1);
    }
  }

  @Test
  void theValidationRowsDecideWhetherTheLastStageIsKept() {
    List<String> arguments = new ArrayList<>(List.of(arguments(folder.resolve("decided"), "--text-model",
        model.resolve("parts/text").toString(), "--picture-model", model.resolve("parts/picture").toString())));
    arguments.set(arguments.indexOf("--joint-epochs") + 1, "1");
    var run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("End to end: macro_f1 of the validation rows [\\d.]+, with frozen parts "
        + "[\\d.]+: (kept|left out)");
  }

  @Test
  void aStudentOfTextsLearnsWhatTextsAndPicturesTogetherSay() throws IOException {
    Path student = folder.resolve("student");
    var run = CommandRun.of("distill", model.toString(), "--data", products("train"), "--output", student.toString(),
        "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(CommandRun.of("predict", student.toString(), "Granit").code()).isZero();
    // Without the pictures the teacher says something else.
    Path blind = folder.resolve("blind");
    Path titles = folder.resolve("titles.jsonl");
    Files.write(titles, Files.readAllLines(Path.of(products("train"))).stream()
        .map(row -> row.replaceAll("\"picture\":\"[^\"]*\"", "\"picture\":\"\"")).toList());
    var without = CommandRun.of("distill", model.toString(), "--data", titles.toString(), "--output", blind.toString(),
        "--quiet");
    assertThat(without.code()).as(without.err()).isZero();
    assertThat(Files.readString(blind.resolve("teacher/train-00000.jsonl")))
        .isNotEqualTo(Files.readString(student.resolve("teacher/train-00000.jsonl")));
  }

  @Test
  void withoutAColumnOfPicturesItIsRefusedInOneLine() {
    var run = CommandRun.of("train", "--model", "fusion", "--train", products("train"), "--text", "shop_title",
        "--label", "category", "--output", folder.resolve("none").toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lastError()).contains("--image");
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
