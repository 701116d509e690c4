package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.testmodels.DrawnPictures;
import crema.testmodels.OddPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pictures on the command line: a model of pictures, and models of texts that know nothing of them. */
class ImageCommandTest {
  @TempDir
  static Path folder;
  static Path rows;
  static Path model;

  @BeforeAll
  static void train() throws IOException {
    rows = DrawnPictures.write(folder.resolve("drawn"), 60);
    model = folder.resolve("model");
    var run = run("train", "--model", "image", "--train", rows.toString(), "--image", "photo", "--label", "category",
        "--picture-cache", folder.resolve("cache").toString(), "--image-size", "16", "--epochs", "6", "--threads", "2",
        "--output", model.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("Accuracy").contains("Network", "a bottleneck of 32");
  }

  private static CommandRun run(String... arguments) {
    return CommandRun.of(arguments);
  }

  @Test
  void picturesAreAnsweredFromArgumentsLinesAndTheColumnOfTheTraining() throws IOException {
    Path photo = folder.resolve("drawn/photos/3.png");
    var alone = run("predict", model.toString(), photo.toString(), "--top", "3", "--format", "jsonl");
    assertThat(alone.code()).as(alone.err()).isZero();
    JsonNode answer = JsonMapper.shared().readTree(alone.out());
    assertThat(answer.path("image").asString()).isEqualTo(photo.toString());
    assertThat(answer.path("labels").size()).isEqualTo(3);
    Path lines = Files.writeString(folder.resolve("photos.txt"), photo + "\n");
    assertThat(run("predict", model.toString(), "--file", lines.toString(), "--top", "3", "--format", "jsonl").out())
        .isEqualTo(alone.out());
    var table = run("predict", model.toString(), "--file", rows.toString(), "--keep", "title", "--top", "3", "--format",
        "jsonl");
    assertThat(table.code()).as(table.err()).isZero();
    List<JsonNode> all = table.out().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(all).hasSize(60);
    assertThat(all.get(3).path("title").asString()).isEqualTo("picture 3");
    assertThat(all.get(3).path("labels")).isEqualTo(answer.path("labels"));
    // The same rows as JSON lines, with the path from another folder.
    Path json = Files.writeString(folder.resolve("rows.jsonl"), "{\"photo\": [\"photos/3.png\"], \"id\": 7}\n");
    var elsewhere = run("predict", model.toString(), "--file", json.toString(), "--image-root",
        folder.resolve("drawn").toString(), "--keep", "id", "--top", "3", "--format", "jsonl");
    assertThat(JsonMapper.shared().readTree(elsewhere.out()).path("labels")).isEqualTo(answer.path("labels"));
  }

  @Test
  void rowsWhosePictureIsNotThereAreToldAndHaveNoAnswer() throws IOException {
    Path table = folder.resolve("drawn/some.csv");
    Files.writeString(table, "photo,id\nphotos/0.png,1\nphotos/none.png,2\n,3\n");
    var run = run("predict", model.toString(), "--file", table.toString(), "--format", "tsv");
    assertThat(run.code()).isEqualTo(Crema.UNANSWERED);
    assertThat(run.out().lines()).hasSize(3);
    assertThat(run.err()).contains("none.png does not exist").contains("some.csv, line 3")
        .contains("no picture", "some.csv, line 4: the model reads nothing else", "2 rows could not be read");
    var kept = run("predict", model.toString(), "--file", table.toString(), "--keep", "id");
    assertThat(kept.out().lines().map(line -> line.split("\t")[0])).containsExactly("1", "2", "3");
  }

  /** A table of pictures, most of which are none: with the category that the good ones have. */
  private static Path odd(String name, String heading, String row) throws IOException {
    Path photos = folder.resolve("drawn/photos");
    Files.writeString(photos.resolve("page.jpg"), "<!DOCTYPE html><html><body>Not found</body></html>");
    OddPictures.animated(photos.resolve("moving.gif"), DrawnPictures.draw("level", 5),
        DrawnPictures.draw("upright", 6));
    Files.write(photos.resolve("huge.png"), OddPictures.pngHeader(60_000, 60_000));
    byte[] whole = Files.readAllBytes(photos.resolve("0.png"));
    Files.write(photos.resolve("cut.png"), Arrays.copyOf(whole, whole.length / 2));
    var lines = new ArrayList<>(List.of(heading));
    for (String photo : List.of("0.png", "page.jpg", "moving.gif", "huge.png", "none.png", "cut.png", "3.png")) {
      lines.add("photos/" + photo + row);
    }
    lines.add("http://127.0.0.1:1/none.png" + row);
    return Files.write(folder.resolve("drawn").resolve(name), lines);
  }

  @Test
  void picturesThatCannotBeReadAreReportedInTheirPlacesAndTheOthersAnswered() throws IOException {
    Path table = odd("odd.csv", "photo,n", ",x");
    var run = run("predict", model.toString(), "--file", table.toString(), "--keep", "n", "--format", "jsonl");
    assertThat(run.code()).as(run.err()).isEqualTo(Crema.UNANSWERED);
    List<JsonNode> rows = run.out().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(rows.stream().map(row -> row.path("labels").size())).containsExactly(1, 0, 1, 0, 0, 0, 1, 0);
    assertThat(rows.stream().map(row -> row.has("error"))).containsExactly(false, true, false, true, true, true, false,
        true);
    assertThat(rows.get(2).path("labels").path(0).path("label").asString()).isEqualTo("level");
    assertThat(rows.get(1).path("error").asString()).contains("odd.csv, line 3", "page.jpg is a web page");
    assertThat(rows.get(3).path("error").asString()).contains("60,000 × 60,000 pixels");
    assertThat(run.err()).contains("5 rows: picture that cannot be read", "line 3: ", "is a web page",
        "5 rows could not be read, and have no answer").doesNotContain("\tat ");
    // The same of arguments and lines, which have no columns.
    Path page = folder.resolve("drawn/photos/page.jpg");
    Path good = folder.resolve("drawn/photos/0.png");
    var arguments = run("predict", model.toString(), page.toString(), good.toString());
    assertThat(arguments.code()).isEqualTo(Crema.UNANSWERED);
    assertThat(arguments.err()).contains("picture 1: " + page + " is a web page");
    assertThat(arguments.out().lines().toList().get(0)).contains("not read", "is a web page");
    assertThat(arguments.out().lines().toList().get(1)).contains("%");
    Path lines = Files.writeString(folder.resolve("odd.txt"), good + "\n" + page + "\n");
    assertThat(run("predict", model.toString(), "--file", lines.toString()).err()).contains("odd.txt, line 2: " + page);
    var explained = run("explain", model.toString(), page.toString());
    assertThat(explained.code()).isEqualTo(Crema.UNANSWERED);
    assertThat(explained.err()).contains("is a web page");
  }

  @Test
  void theFirstPictureThatCannotBeReadEndsAStrictCommand() throws IOException {
    Path table = odd("strict.csv", "photo,category", ",level");
    Path answers = folder.resolve("answers.txt");
    var predicted = run("predict", model.toString(), "--file", table.toString(), "--strict", "--output",
        answers.toString());
    assertThat(predicted.code()).isEqualTo(2);
    // That a file is not there is known before any picture is opened.
    assertThat(predicted.err()).contains("strict.csv, line ").hasLineCount(1);
    assertThat(answers).doesNotExist();
    Path two = Files.writeString(folder.resolve("drawn/two.csv"),
        "photo,category\nphotos/0.png,level\nphotos/page.jpg,level\n");
    for (var run : List.of(run("predict", model.toString(), "--file", two.toString(), "--strict"),
        run("evaluate", model.toString(), "--data", two.toString(), "--strict", "--quiet"),
        run("errors", model.toString(), "--data", two.toString(), "--strict", "--quiet", "--output",
            folder.resolve("strict").toString()))) {
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.err()).contains("two.csv, line 3", "is a web page").hasLineCount(1);
    }
  }

  @Test
  void rowsWithoutAPictureThatCanBeReadCountInNoMetric() throws IOException {
    Path table = odd("measured.csv", "photo,category", ",level");
    Path report = folder.resolve("measured");
    var run = run("evaluate", model.toString(), "--data", table.toString(), "--output", report.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("5 rows: picture that cannot be read", "measured.csv, line 3: ", "is a web page");
    JsonNode rows = JsonMapper.shared().readTree(Files.readString(report.resolve("metrics.json"))).path("rows");
    assertThat(rows.path("used").path("test").asInt()).as(rows.toString()).isEqualTo(3);
    assertThat(rows.path("left_out").path("bad_picture").asInt()).as(rows.toString()).isEqualTo(5);
    Path none = Files.writeString(folder.resolve("drawn/nothing.csv"), "photo,category\nphotos/page.jpg,level\n");
    var nothing = run("evaluate", model.toString(), "--data", none.toString(), "--quiet");
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("could read none");
  }

  @Test
  void thePageOfErrorsShowsThePicturesAndLeavesOutThoseThatCannotBeRead() throws IOException {
    Path table = odd("errors.csv", "photo,category", ",upright");
    Path pages = folder.resolve("pages");
    var run = run("errors", model.toString(), "--data", table.toString(), "--output", pages.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("is a web page");
    String page = Files.readString(pages.resolve("errors.html"));
    long wrong = Files.readAllLines(pages.resolve("errors.jsonl")).size();
    assertThat(wrong).isBetween(1L, 3L);
    assertThat(page.split("<img alt=\"\" src=\"data:image/jpeg;base64,", -1)).hasSize((int) wrong + 1);
    assertThat(Files.readString(pages.resolve("errors.jsonl"))).contains("\"image\":");
    assertThat(page).doesNotContain("Words in green");
    assertThat(Files.readAllLines(pages.resolve("corrections.csv"))).as("nothing is corrected by an empty text")
        .hasSize(1);
  }

  @Test
  void modelsOfPicturesAreEvaluatedExplainedAndTheirErrorsListed() throws IOException {
    var evaluated = run("evaluate", model.toString(), "--data", rows.toString(), "--output",
        folder.resolve("report").toString(), "--quiet");
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    assertThat(evaluated.out()).contains("Accuracy");
    // What is wrong in a table with wrong labels is shown with its picture.
    var lines = new ArrayList<>(Files.readAllLines(rows));
    lines.replaceAll(line -> line.replaceAll(",level$", ",upright"));
    Path wrong = Files.write(folder.resolve("drawn/wrong.csv"), lines);
    run("evaluate", model.toString(), "--data", wrong.toString(), "--output", folder.resolve("wrong").toString(),
        "--quiet");
    assertThat(Files.readString(folder.resolve("wrong/report.html")))
        .contains("<img alt=\"\" src=\"data:image/jpeg;base64,").doesNotContain("Words in green");
    var errors = run("errors", model.toString(), "--data", wrong.toString(), "--output",
        folder.resolve("errors").toString(), "--quiet");
    assertThat(errors.code()).as(errors.err()).isZero();
    var explained = run("explain", model.toString(), folder.resolve("drawn/photos/1.png").toString());
    assertThat(explained.code()).as(explained.err()).isZero();
  }

  @Test
  void studentsOfPicturesAndOfTextsLearnFromATeacherOfPictures() throws IOException {
    // The titles say what stripes there are, the photos are in another folder, and one is missing.
    var lines = new ArrayList<>(List.of("title,photo"));
    for (int i = 0; i < 60; i++) {
      lines.add(DrawnPictures.CATEGORIES.get(i % 3) + " stripes " + i + ",drawn/photos/" + (i == 7 ? "none" : i)
          + ".png");
    }
    Path unlabelled = Files.write(folder.resolve("unlabelled.csv"), lines);
    var taught = run("predict", model.toString(), "--file", rows.toString(), "--format", "tsv");
    Path photos = folder.resolve("student-of-photos");
    var ofPhotos = run("distill", model.toString(), "--student", "image", "--data", unlabelled.toString(),
        "--image-size", "16", "--epochs", "12", "--picture-cache", folder.resolve("cache").toString(), "--output",
        photos.toString(), "--quiet");
    assertThat(ofPhotos.code()).as(ofPhotos.err()).isZero();
    assertThat(ofPhotos.err()).contains("unlabelled.csv, line 9: ", "none.png does not exist");
    var learned = run("predict", photos.toString(), "--file", rows.toString(), "--format", "tsv");
    assertThat(agreements(taught, learned)).isGreaterThan(40);
    assertThat(Files.readString(photos.resolve("teacher/train-00000.jsonl")))
        .contains("\"photo\":\"" + folder.resolve("drawn/photos/1.png"));
    // A student that reads texts alone: the teacher is asked for the pictures beside them.
    Path titles = folder.resolve("student-of-titles");
    var ofTitles = run("distill", model.toString(), "--student", "linear", "--data", unlabelled.toString(), "--text",
        "title", "--output", titles.toString(), "--quiet");
    assertThat(ofTitles.code()).as(ofTitles.err()).isZero();
    assertThat(Files.readString(titles.resolve("teacher/train-00000.jsonl"))).doesNotContain("photo");
    Path words = Files.write(folder.resolve("titles.txt"),
        lines.stream().skip(1).map(line -> line.substring(0, line.indexOf(','))).toList());
    assertThat(agreements(taught, run("predict", titles.toString(), "--file", words.toString(), "--format", "tsv")))
        .isGreaterThan(40);
  }

  /** How many rows have the same label in two outputs of TSV. */
  private static long agreements(CommandRun one, CommandRun other) {
    List<String> first = one.out().lines().map(line -> line.split("\t")[1]).toList();
    List<String> second = other.out().lines().map(line -> line.split("\t")[1]).toList();
    assertThat(second).hasSameSizeAs(first);
    return IntStream.range(0, first.size()).filter(i -> first.get(i).equals(second.get(i))).count();
  }

  @Test
  void whatAPictureTeacherOrStudentLacksIsNamedBeforeAnythingIsAsked() throws IOException {
    Path texts = Files.writeString(folder.resolve("texts.txt"), "level stripes\n");
    var lines = run("distill", model.toString(), "--student", "image", "--data", texts.toString(), "--output",
        folder.resolve("no-student").toString());
    assertThat(lines.code()).isEqualTo(2);
    assertThat(lines.lastError()).contains("has a text a line, but the student reads pictures");
    Path text = folder.resolve("text-teacher");
    var trained = run("train", "--model", "linear", "--train", rows.toString(), "--text", "title", "--label",
        "category", "--C", "1", "--quiet", "--output", text.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
    var neither = run("distill", text.toString(), "--data", rows.toString(), "--image", "photo", "--output",
        folder.resolve("no-student").toString());
    assertThat(neither.code()).isEqualTo(2);
    assertThat(neither.lastError()).contains("neither the teacher nor the student reads pictures");
    var unnamed = run("distill", text.toString(), "--student", "image", "--data", rows.toString(), "--output",
        folder.resolve("no-student").toString());
    assertThat(unnamed.code()).isEqualTo(2);
    assertThat(unnamed.lastError()).contains("--image");
    assertThat(folder.resolve("no-student/config.json")).doesNotExist();
  }

  @Test
  void modelsOfTextsRefuseTheFlagsOfPictures() throws IOException {
    Path text = folder.resolve("text");
    var trained =
        run("train", "--model", "linear", "--train", rows.toString(), "--text", "title", "--label", "category",
            "--C", "1", "--quiet", "--output", text.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
    for (var run : List.of(run("predict", text.toString(), "--image", "photo", "--file", rows.toString()),
        run("evaluate", text.toString(), "--image", "photo", "--data", rows.toString()))) {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("reads no pictures").hasLineCount(1);
    }
    var training = run("train", "--model", "linear", "--train", rows.toString(), "--text", "title", "--image", "photo",
        "--label", "category", "--output", folder.resolve("none").toString());
    assertThat(training.code()).isEqualTo(2);
    assertThat(training.err()).contains("image");
  }

  @Test
  void picturesAndTextsAreStacked() throws IOException {
    Path stack = folder.resolve("auto");
    // Rows without a title, of which only the picture tells the category, and rows without a picture.
    Path table = folder.resolve("drawn/both.csv");
    var lines = new ArrayList<>(List.of("title,photo,category"));
    List<String> all = Files.readAllLines(rows);
    for (int i = 1; i < all.size(); i++) {
      String[] cells = all.get(i).split(",");
      String word = i % 2 == 0 ? "" : cells[2] + " " + cells[0];
      lines.add(word + "," + (i % 22 == 1 ? "" : cells[1]) + "," + cells[2]);
    }
    Files.write(table, lines);
    var run = run("train", "--train", table.toString(), "--text", "title", "--image", "photo", "--label", "category",
        "--members", "words,image", "--fits", "4", "--folds", "2", "--level", "average", "--image-size", "16",
        "--picture-cache",
        folder.resolve("cache").toString(), "--output", stack.toString());
    assertThat(run.code()).as(run.err() + run.out()).isZero();
    assertThat(run.out() + run.err()).contains("words").contains("image");
    var predicted = run("predict", stack.toString(), "--file", table.toString());
    assertThat(predicted.code()).as(predicted.err()).isZero();
    assertThat(predicted.out().lines()).hasSize(60).noneMatch(String::isBlank);
    var both = run("predict", stack.toString(), "level picture", "--image",
        folder.resolve("drawn/photos/0.png").toString());
    assertThat(both.code()).as(both.err()).isZero();
    // A picture that is none is told of, and the text is answered.
    Path page = Files.writeString(folder.resolve("drawn/photos/none.jpg"), "<html><body>Gone</body></html>");
    var without = run("predict", stack.toString(), "level picture", "--image", page.toString());
    assertThat(without.code()).as(without.err()).isZero();
    assertThat(without.err()).contains("of a row with a text", "text 1: " + page + " is a web page");
    assertThat(without.out()).isEqualTo(run("predict", stack.toString(), "level picture").out());
    // A student of pictures learns what texts and pictures together say.
    Path small = folder.resolve("small");
    var student = run("distill", stack.toString(), "--student", "image", "--data", table.toString(), "--image-size",
        "16", "--epochs", "1", "--picture-cache", folder.resolve("cache").toString(), "--output", small.toString(),
        "--quiet");
    assertThat(student.code()).as(student.err()).isZero();
    assertThat(student.err()).contains("rows have no picture, which is all that the student reads");
    assertThat(run("predict", small.toString(), folder.resolve("drawn/photos/0.png").toString()).code()).isZero();
    try (Stream<Path> left = Files.list(stack)) {
      assertThat(left.map(path -> path.getFileName().toString())).doesNotContain("checkpoints");
    }
  }
}
