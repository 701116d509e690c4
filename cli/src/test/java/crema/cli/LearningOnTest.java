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

/** A run that starts from a model, whose labels may have changed since. */
class LearningOnTest {
  private static final String ENCODER = "encoder --epochs 12 --hidden-size 16 --heads 2 --kv-heads 1 --ffn-size 16 "
      + "--layers 1 --vocabulary-size 300 --learning-rate 0.01";

  @TempDir
  Path folder;

  @BeforeEach
  void writeRows() throws IOException {
    rows("old.csv", "appliances", "cameras", "watches", "phones");
  }

  private void rows(String name, String... labels) throws IOException {
    List<String> texts = List.of("washing machine", "digital camera", "pocket watch", "mobile phone", "garden chair");
    var lines = new ArrayList<>(List.of("title,label"));
    for (int i = 0; i < 30 * labels.length; i++) {
      lines.add(texts.get(i % labels.length) + " " + i + "," + labels[i % labels.length]);
    }
    Files.write(folder.resolve(name), lines);
  }

  private CommandRun train(String rows, String output, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--train", folder.resolve(rows).toString(), "--text", "title",
        "--label", "label", "--no-test", "--validation-fraction", "0", "--threads", "1", "--output",
        folder.resolve(output).toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private CommandRun first(String family) {
    var arguments = new ArrayList<>(List.of("--model"));
    arguments.addAll(List.of(family.split(" ")));
    return train("old.csv", "old", arguments.toArray(String[]::new));
  }

  private String answer(String model, String text) {
    return CommandRun.of("predict", folder.resolve(model).toString(), text, "-k", "1").out();
  }

  private String from() {
    return folder.resolve("old").toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "fasttext --dim 8 --epochs 15", ENCODER})
  void labelsAreAddedRenamedSplitAndMerged(String family) throws IOException {
    var before = first(family);
    assertThat(before.code()).as(before.err()).isZero();
    assertThat(answer("old", "pocket watch 7")).contains("watches");
    // appliances stays, cameras is another name, watches and phones are one, chairs are new.
    rows("new.csv", "appliances", "photo", "small", "small", "chairs");
    Files.writeString(folder.resolve("map.csv"), "old,new\ncameras,photo\nwatches,small\nphones,small\n");
    String[] more = family.startsWith("encoder") ? new String[] {"--epochs", "6", "--learning-rate", "0.01"}
        : family.startsWith("fasttext") ? new String[] {"--epochs", "15"} : new String[] {};
    var arguments = new ArrayList<>(List.of("--from", from(), "--label-map", folder.resolve("map.csv").toString()));
    arguments.addAll(List.of(more));
    var run = train("new.csv", "new", arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err())
        .contains("1 labels as they were, 1 under another name or split off, 1 merged of several, 1 new");
    assertThat(answer("new", "digital camera 3")).contains("photo");
    assertThat(answer("new", "pocket watch 7")).contains("small");
    assertThat(answer("new", "garden chair 4")).contains("chairs");
    var left = train("new.csv", "left", "--from", from());
    assertThat(left.code()).isEqualTo(2);
    assertThat(left.lastError()).contains("no training row has 3 labels of", "cameras, phones, watches", "--label-map");
    assertThat(folder.resolve("left")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "fasttext --dim 8 --epochs 15", ENCODER})
  void whatTheModelKnowsIsNotForgotten(String family) throws IOException {
    assertThat(first(family).code()).isZero();
    // A single row a label, whose words say nothing.
    Files.writeString(folder.resolve("few.csv"), "title,label\nxq,appliances\nyq,cameras\nzq,watches\nwq,phones\n");
    String[] more = family.startsWith("linear") ? new String[] {} : new String[] {"--epochs", "1"};
    var arguments = new ArrayList<>(List.of("--from", from()));
    arguments.addAll(List.of(more));
    var run = train("few.csv", "few", arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("4 labels as they were");
    assertThat(answer("few", "pocket watch 7")).contains("watches");
    assertThat(answer("few", "washing machine 1")).contains("appliances");
  }

  @Test
  void mistakesAreNamed() throws IOException {
    assertThat(first("linear").code()).isZero();
    assertThat(train("old.csv", "x", "--model", "fasttext", "--from", from()).lastError())
        .contains("is of the family linear: start from it with --model linear");
    assertThat(train("old.csv", "x", "--from", from(), "--ngrams", "3").lastError())
        .contains("ngrams", "a run that starts from it takes it over");
    assertThat(train("old.csv", "x", "--from", folder.resolve("none").toString()).code()).isEqualTo(2);
    assertThat(train("old.csv", "x", "--from", from(), "--folds", "3").lastError())
        .contains("leave out --folds, or --from");
    assertThat(train("old.csv", "x", "--model", "linear", "--label-map", "map.csv").lastError())
        .contains("give that with --from");
    Files.writeString(folder.resolve("map.csv"), "old,new\nkameras,photo\n");
    String map = folder.resolve("map.csv").toString();
    assertThat(train("old.csv", "x", "--from", from(), "--label-map", map).lastError())
        .contains("map.csv, line 2", "has no label 'kameras'", "cameras");
    Files.writeString(folder.resolve("map.csv"), "old,new\ncameras,photo\n");
    assertThat(train("old.csv", "x", "--from", from(), "--label-map", map).lastError())
        .contains("no training row has the label 'photo'");
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
