package crema.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.nn.loss.LossProvider;
import crema.plugin.PluginProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A loss from outside is trained with as Crema's own are, by name. */
class OwnLossTest {
  @TempDir
  Path folder;
  private PluginProcess processes;

  @BeforeEach
  void provideTheLoss() throws IOException {
    processes = new PluginProcess(folder, LossProvider.class, HingeLosses.class);
  }

  private Outcome train(String loss) throws IOException, InterruptedException {
    var lines = new ArrayList<String>(List.of("text,labels"));
    for (int i = 0; i < 90; i++) {
      lines.add(i % 3 == 0 ? "washing machine %d,home;wet".formatted(i)
          : i % 3 == 1 ? "digital camera %d,photo".formatted(i) : "fridge freezer %d,home".formatted(i));
    }
    Path rows = Files.write(folder.resolve("rows.csv"), lines);
    return processes.crema("train", "--train", rows, "--output", folder.resolve("model"), "--quiet", "--text", "text",
        "--label", "labels", "--label-separator", ";", "--target", "multi", "--loss", loss, "--hinge-margin", "0.8",
        "--hidden-size", "16", "--heads", "2", "--kv-heads", "2", "--layers", "1", "--ffn-size", "32",
        "--vocabulary-size", "300", "--validation-fraction", "0.2", "--test-fraction", "0.2", "--epochs", "20",
        "--batch-tokens", "128", "--learning-rate", "1e-2", "--warmup", "5");
  }

  @Test
  void theCommandLineTrainsWithItAndItsSettings() throws IOException, InterruptedException {
    Outcome trained = train("hinge");
    assertThat(trained.code()).as(trained.output()).isZero();
    assertThat(Files.readString(folder.resolve("model/training.json"))).contains("hinge-margin", "0.8");
    Outcome answered = processes.run(HingeApplication.class.getName(), folder.resolve("model"));
    assertThat(answered.output().lines()).contains("labels [home, wet]");
  }

  @Test
  void aMisspeltNameFindsIt() throws IOException, InterruptedException {
    Outcome trained = train("hinges");
    assertThat(trained.code()).isEqualTo(2);
    assertThat(trained.output().lines().toList().getLast()).contains("did you mean 'hinge'?");
  }

  @Test
  void theApiKnowsItAndItsSettings() throws IOException, InterruptedException {
    assertThat(processes.run(HingeApplication.class.getName()).output().lines())
        .anySatisfy(line -> assertThat(line).startsWith("losses [cross-entropy,").contains(" hinge"))
        .contains("margin 2.5")
        .anySatisfy(line -> assertThat(line).startsWith("mistake ")
            .contains("hinge-margin must be from 0.0 to 100.0, not -1.0"))
        .anySatisfy(line -> assertThat(line).startsWith("mistake ").contains("for the target single, not 'hinge'"));
    assertThat(LossCatalog.losses()).extracting(LossDefinition::name).doesNotContain("hinge");
  }
}
