package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutoCommandTest {
  @TempDir
  static Path folder;
  static Path rows;

  @TempDir
  Path own;

  @BeforeAll
  static void write() throws IOException {
    var lines = new ArrayList<>(List.of("name,kind"));
    for (int i = 0; i < 90; i++) {
      lines.add(List.of("red apple ", "green pear ", "blue plum ").get(i % 3) + i + "," + i % 3);
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
  }

  private CommandRun train(String name, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--output", own.resolve(name).toString(), "--quiet"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private CommandRun auto(String name, String... more) {
    var arguments = new ArrayList<>(List.of("--model", "auto", "--train", rows.toString(), "--text", "name", "--label",
        "kind"));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--folds")) {
      arguments.addAll(List.of("--folds", "2"));
    }
    return train(name, arguments.toArray(String[]::new));
  }

  @Test
  void configOfARunTrainsTheSameModel() throws IOException {
    var run = auto("first", "--members", "words,fasttext", "--time-budget", "1h");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("Member +Score +Training +Answer +Operations +Size +Weight\n")
        .containsPattern("\nwords +[01]\\.\\d{4} ± ").contains("Second level: ").contains("Fits: 4: words/1, words/2");
    Path config = own.resolve("first/train.yaml");
    assertThat(config).content().contains("model: auto").contains("fits:\n- words/1\n- words/2\n- fasttext/1\n");
    var again = train("second", "--config", config.toString(), "--threads", "1");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(own.resolve("second/config.json")).hasSameTextualContentAs(own.resolve("first/config.json"));
    assertThat(own.resolve("second/test.jsonl")).hasSameTextualContentAs(own.resolve("first/test.jsonl"));
    var prediction = CommandRun.of("predict", own.resolve("first").toString(), "a red apple");
    assertThat(prediction.out()).as(prediction.err()).startsWith("0");
    assertThat(CommandRun.of("info", own.resolve("first").toString()).code()).isZero();
  }

  @Test
  void mistakesAreOneLine() {
    Map<String, String[]> mistakes = Map.of(
        "is too small for one model", new String[] {"--time-budget", "0.001s"},
        "is no time: write 90s, 10m or 2h", new String[] {"--time-budget", "soon"},
        "give at least 2, words/1 to words/2", new String[] {"--fits", "1"},
        "neither a number nor a fit such as words/1", new String[] {"--fits", "words"},
        "there is no member 'all'", new String[] {"--members", "all"},
        "frozen needs a pretrained encoder", new String[] {"--members", "frozen"},
        "fewer rows than there are labels", new String[] {"--folds", "60"});
    mistakes.forEach((message, more) -> {
      var run = auto("mistake-" + more[1], more);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err().lines()).as(run.err()).hasSize(1);
      assertThat(run.err()).contains(message);
    });
  }
}
