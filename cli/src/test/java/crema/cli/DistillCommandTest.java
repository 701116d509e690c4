package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistillCommandTest {
  private static final List<String> FRUIT = List.of("red apple ", "green pear ", "blue plum ");
  private static final List<String> KINDS = List.of("apple", "pear", "plum");

  @TempDir
  static Path folder;
  static Path labelled;
  static Path unlabelled;
  static Path teacher;

  @TempDir
  Path own;

  @BeforeAll
  static void train() throws IOException {
    var rows = new ArrayList<>(List.of("name,kind"));
    var names = new ArrayList<>(List.of("name"));
    for (int i = 0; i < 300; i++) {
      rows.add(FRUIT.get(i % 3) + i + "," + KINDS.get(i % 3));
      names.add(FRUIT.get(i % 3) + "no " + i);
    }
    labelled = Files.write(folder.resolve("rows.csv"), rows);
    names.add(7, " ");
    unlabelled = Files.write(folder.resolve("names.csv"), names);
    teacher = folder.resolve("teacher");
    var run = CommandRun.of("train", "--model", "linear", "--train", labelled.toString(), "--text", "name", "--label",
        "kind", "--output", teacher.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
  }

  private CommandRun distill(String... more) {
    var arguments =
        new ArrayList<>(List.of("distill", teacher.toString(), "--output", own.resolve("student").toString(),
            "--quiet"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private void assertRefused(CommandRun run, String... parts) {
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lastError()).startsWith("crema: ").contains(parts);
    assertThat(own.resolve("student/config.json")).doesNotExist();
  }

  @Test
  void everyStudentLearnsFromRowsWithoutLabels() throws IOException {
    for (List<String> student : List.of(List.of("linear"), List.of("fasttext", "--epochs", "20"))) {
      var arguments = new ArrayList<>(List.of("--data", unlabelled.toString(), "--test", labelled.toString(),
          "--overwrite", "--student"));
      arguments.addAll(student);
      var run = distill(arguments.toArray(String[]::new));
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).contains("Accuracy", "1.000");
      var answer = CommandRun.of("predict", own.resolve("student").toString(), "a green pear");
      assertThat(answer.out()).startsWith("pear ");
      assertThat(CommandRun.of("evaluate", own.resolve("student").toString(), "--data", labelled.toString(), "--quiet")
          .code()).isZero();
    }
    Path rows = own.resolve("student/teacher/train-00000.jsonl");
    assertThat(Files.readString(rows)).contains("\"distilled_weight\":");
    // The blank row and one of ten are not among them.
    assertThat(Files.readAllLines(own.resolve("student/teacher/validation-00000.jsonl"))).hasSize(30);
  }

  @Test
  void theTeacherIsAskedForAlteredCopiesOfTrainingRowsAlone() throws IOException {
    assertThat(distill("--data", unlabelled.toString(), "--altered", "0").code()).isZero();
    Set<String> given = Set.copyOf(texts("train-00000.jsonl"));
    assertThat(given).hasSize(270);
    var run = distill("--data", unlabelled.toString(), "--altered", "2", "--overwrite");
    assertThat(run.code()).as(run.err()).isZero();
    List<String> altered = texts("train-00000.jsonl").stream().filter(text -> !given.contains(text)).toList();
    assertThat(altered).hasSizeGreaterThan(200);
    Set<String> ofValidation = numbers(texts("validation-00000.jsonl"));
    assertThat(ofValidation).hasSize(30);
    assertThat(numbers(altered)).hasSizeGreaterThan(100).doesNotContainAnyElementsOf(ofValidation);
    // The rows of apples have multiples of three: half of one of another kind is behind the first.
    assertThat(altered).anyMatch(
        text -> text.contains("apple")
            && numbers(List.of(text)).stream().anyMatch(of -> Integer.parseInt(of) % 3 != 0));
  }

  private List<String> texts(String file) throws IOException {
    return Files.readAllLines(own.resolve("student/teacher").resolve(file)).stream()
        .map(line -> line.replaceFirst(".*\"name\":\"([^\"]*)\".*", "$1")).toList();
  }

  /** The numbers among the words of texts; each names its row. */
  private static Set<String> numbers(List<String> texts) {
    return texts.stream().flatMap(text -> Arrays.stream(text.split(" "))).filter(word -> word.matches("[0-9]+"))
        .collect(Collectors.toSet());
  }

  private static List<String> small(String student) {
    return switch (student) {
      case "linear" -> List.of();
      case "fasttext" -> List.of("--epochs", "20");
      default -> List.of("--hidden-size", "16", "--heads", "2", "--kv-heads", "2", "--layers", "1", "--ffn-size", "32",
          "--vocabulary-size", "300", "--epochs", "8", "--batch-tokens", "128", "--learning-rate", "1e-2", "--warmup",
          "5");
    };
  }

  /** Of each kind of target, a teacher whose answers a student of each family repeats, files and test included. */
  @ParameterizedTest
  @CsvSource({"single, encoder", "multi, linear", "multi, fasttext", "multi, encoder", "taxonomy, linear",
      "taxonomy, fasttext", "taxonomy, encoder"})
  void everyKindOfTargetIsTaught(String kind, String student) throws IOException {
    var rows = new ArrayList<>(List.of("name,kinds"));
    for (int i = 0; i < 240; i++) {
      rows.add(switch (kind) {
        case "single" -> FRUIT.get(i % 3) + i + "," + KINDS.get(i % 3);
        case "multi" -> FRUIT.get(i % 3) + FRUIT.get((i + 1) % 3) + i + "," + KINDS.get(i % 3) + ";"
            + KINDS.get((i + 1) % 3);
        default -> FRUIT.get(i % 3) + i + "," + (i % 3 == 2 ? "stone > plum" : "core > " + KINDS.get(i % 3));
      });
    }
    Path known = Files.write(own.resolve("known.csv"), rows);
    Path model = own.resolve("model");
    var train = new ArrayList<>(List.of("train", "--model", "linear", "--train", known.toString(), "--text", "name",
        "--label", "kinds", "--target", kind, "--output", model.toString(), "--quiet"));
    if (kind.equals("multi")) {
      train.addAll(List.of("--label-separator", ";"));
    }
    var taught = CommandRun.of(train.toArray(String[]::new));
    assertThat(taught.code()).as(taught.err()).isZero();
    var arguments = new ArrayList<>(List.of("distill", model.toString(), "--data", known.toString(), "--test",
        known.toString(), "--student", student, "--output", own.resolve("student").toString(), "--quiet"));
    arguments.addAll(small(student));
    var run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    String text = kind.equals("multi") ? "green pear blue plum" : "a green pear";
    assertThat(answered(own.resolve("student"), text)).isEqualTo(answered(model, text)).isNotEmpty();
  }

  /** The labels that a model answers with, without their probabilities. */
  private static Set<String> answered(Path model, String text) {
    String labels = CommandRun.of("predict", model.toString(), text).out().replaceAll("[0-9.%]+", "").strip();
    return Set.of(labels.split("\\s*,\\s*"));
  }

  @Test
  void labelsAreMixedInAndPlainFilesAreRead() throws IOException {
    Path plain = Files.write(own.resolve("names.txt"), List.of("red apple x", "blue plum y", "green pear z"));
    var run = distill("--data", plain.toString(), "--train", labelled.toString(), "--label-share", "1");
    assertThat(run.code()).as(run.err()).isZero();
    List<String> rows = Files.readAllLines(own.resolve("student/teacher/train-00000.jsonl"));
    assertThat(rows.getFirst()).isEqualTo("{\"name\":\"red apple 0\",\"kind\":\"apple\",\"distilled_weight\":1.0}");
    assertThat(rows).anyMatch(row -> row.contains("blue plum y"));
  }

  @Test
  void twoDistillationsAreTheSameToTheByte() throws IOException {
    assertThat(distill("--data", unlabelled.toString()).code()).isZero();
    Path weights = own.resolve("student/model.safetensors");
    byte[] first = Files.readAllBytes(weights);
    // The rows of the teacher are there, and one part of them is not: it is asked for again.
    Files.delete(own.resolve("student/teacher/train-00000.jsonl"));
    assertThat(distill("--data", unlabelled.toString(), "--overwrite", "--threads", "2").code()).isZero();
    assertThat(Files.readAllBytes(weights)).isEqualTo(first);
  }

  @Test
  void mistakesAreNamed() throws IOException {
    Path other = Files.writeString(own.resolve("other.csv"), "name,kind\na fig,fig\nan apple,apple\n");
    assertRefused(distill("--data", unlabelled.toString(), "--train", other.toString()),
        "the teacher does not know the label 'fig' of " + other);
    Path blank = Files.writeString(own.resolve("blank.csv"), "name\n\"\"\n\" \"\n");
    assertRefused(distill("--data", blank.toString()), "there is no row to ask the teacher for");
    assertRefused(distill(), "there is no row to ask the teacher for: give --data FILE");
    assertRefused(distill("--data", unlabelled.toString(), "--student", "linear", "--layers", "2"),
        "layers has no effect with --student linear");
    assertRefused(distill("--data", own.resolve("none.csv").toString()), "none.csv does not exist");
    assertRefused(distill("--data", unlabelled.toString(), "--target", "multi"), "the teacher's target is single");
  }

  @Test
  void answersThatMustBeSureAndSetsAreAskedForByFlags() throws IOException {
    var sure = CommandRun.of("predict", teacher.toString(), "--min-precision", "0.8", "a green pear", "nothing of it");
    assertThat(sure.code()).as(sure.err()).isZero();
    assertThat(sure.out()).startsWith("pear ");
    var sets = CommandRun.of("predict", teacher.toString(), "--coverage", "0.9", "--format", "jsonl", "a green pear");
    assertThat(sets.code()).as(sets.err()).isZero();
    assertThat(sets.out()).contains("\"labels\":[");
    var report = CommandRun.of("evaluate", teacher.toString(), "--data", labelled.toString(), "--min-precision", "0.85",
        "--quiet");
    assertThat(report.code()).as(report.err()).isZero();
    assertThat(report.out()).contains("Precision asked for", "0.85", "Coverage asked for", "Labels in a set");
    for (var wrong : List.of(List.of("0.9999", "a precision of 0.9999 cannot be vouched for"), List.of("98",
        "--min-precision must be from 0 to below 1, not 98.0: 98.0% is 0.98"))) {
      var run = CommandRun.of("predict", teacher.toString(), "--min-precision", wrong.getFirst(), "a pear");
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.lastError()).contains(wrong.getLast());
    }
    assertThat(
        CommandRun.of("predict", teacher.toString(), "--min-precision", "0.9", "--coverage", "0.9", "x").lastError())
        .contains("give one of them");
    assertThat(CommandRun.of("predict", teacher.toString(), "--top", "2", "--coverage", "0.9", "x").lastError())
        .contains("--top asks for the most probable labels");
  }
}
