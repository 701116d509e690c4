package crema.family.votes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ModelFamily;
import crema.plugin.PluginProcess;
import crema.plugin.PluginProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A family of models is added by a folder on the class path, and nothing else: these processes have one that provides
 * {@link VotesFamily}, and the process of the test has none.
 */
class VotesFamilyTest {
  @TempDir
  Path folder;
  private Path rows;
  private Path model;
  private PluginProcess processes;

  @BeforeEach
  void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title,label"));
    for (int i = 0; i < 40; i++) {
      lines.add((i % 2 == 0 ? "red apple number " + i + ",fruit" : "blue robot number " + i + ",toy"));
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
    model = folder.resolve("model");
    processes = new PluginProcess(folder, ModelFamily.class, VotesFamily.class);
  }

  private String crema(Object... arguments) throws IOException, InterruptedException {
    Outcome outcome = processes.crema(arguments);
    assertThat(outcome.code()).as(outcome.output()).isZero();
    return outcome.output();
  }

  @Test
  void theCommandLineTrainsSavesDescribesTestsPacksAndPredictsWithIt() throws IOException, InterruptedException {
    assertThat(crema("train", "--model", "votes", "--votes-prior", "2", "--train", rows, "--text", "title", "--label",
        "label", "--threads", "1", "--output", model)).contains("Accuracy", "1.000");
    assertThat(Files.readString(model.resolve("votes.json"))).contains("\"prior\" : 2.0");
    assertThat(Files.readString(model.resolve("train.yaml"))).contains("model: votes", "votes-prior: 2");
    assertThat(crema("info", model)).contains("votes of ", "fruit, toy");
    assertThat(crema("predict", model, "red apple", "blue robot")).contains("fruit", "toy");
    assertThat(crema("evaluate", model, "--data", rows, "-q")).contains("Accuracy");
    crema("pack", model);
    assertThat(crema("predict", folder.resolve("model.zip"), "blue robot")).contains("toy");
    assertThat(crema("train", "--model", "votes", "--help")).contains("--votes-prior", "before any word is read");
    Outcome mistake = processes.crema("train", "--model", "votes", "--votes-prior", "-1", "--train", rows, "--text",
        "title", "--label", "label", "--output", folder.resolve("none"));
    assertThat(mistake.code()).isEqualTo(2);
    assertThat(mistake.output()).contains("votes-prior");
    // Without the family on the class path, its model is known for what it is.
    assertThatThrownBy(() -> Classifier.load(model)).isInstanceOf(UserError.class)
        .hasMessageContaining("family 'votes'").hasMessageContaining("not installed")
        .hasMessageContaining("there are auto, encoder, fasttext, fusion, image, linear, ");
  }

  @Test
  void anApplicationTrainsLoadsDescribesAndPredictsWithIt() throws IOException, InterruptedException {
    Outcome outcome = processes.run(VotesApplication.class.getName(), rows, model);
    assertThat(outcome.code()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("accuracy 1.0", "votes of ", "fruit");
  }
}
