package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.testmodels.DrawnPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        .contains("1 row could not be read");
    var kept = run("predict", model.toString(), "--file", table.toString(), "--keep", "id");
    assertThat(kept.out().lines().map(line -> line.split("\t")[0])).containsExactly("1", "2", "3");
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
        .contains("<img alt=\"\" src=\"data:image/jpeg;base64,");
    var errors = run("errors", model.toString(), "--data", wrong.toString(), "--output",
        folder.resolve("errors").toString(), "--quiet");
    assertThat(errors.code()).as(errors.err()).isZero();
    var explained = run("explain", model.toString(), folder.resolve("drawn/photos/1.png").toString());
    assertThat(explained.code()).as(explained.err()).isZero();
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
    try (Stream<Path> left = Files.list(stack)) {
      assertThat(left.map(path -> path.getFileName().toString())).doesNotContain("checkpoints");
    }
  }
}
