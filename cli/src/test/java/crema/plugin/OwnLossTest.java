package crema.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.Prediction;
import crema.cli.CommandRun;
import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.task.LossConfig;
import crema.task.TargetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A loss from outside is trained with as Crema's own are, by name. */
class OwnLossTest {
  @TempDir Path folder;

  private CommandRun train(String loss) throws IOException {
    var lines = new ArrayList<String>(List.of("text,labels"));
    for (int i = 0; i < 90; i++) {
      lines.add(i % 3 == 0 ? "washing machine %d,home;wet".formatted(i)
          : i % 3 == 1 ? "digital camera %d,photo".formatted(i) : "fridge freezer %d,home".formatted(i));
    }
    Path rows = Files.write(folder.resolve("rows.csv"), lines);
    return CommandRun.of("train", "--train", rows.toString(), "--output", folder.resolve("model").toString(), "--quiet",
        "--text", "text", "--label", "labels", "--label-separator", ";", "--target", "multi", "--loss", loss, "--hinge-margin", "0.8",
        "--hidden-size", "16", "--heads", "2", "--kv-heads", "2", "--layers", "1", "--ffn-size", "32",
        "--vocabulary-size", "300", "--validation-fraction", "0.2", "--test-fraction", "0.2", "--epochs", "20",
        "--batch-tokens", "128", "--learning-rate", "1e-2", "--warmup", "5");
  }

  @Test
  void theCommandLineTrainsWithItAndItsSettings() throws IOException {
    CommandRun trained = train("hinge");
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(Files.readString(folder.resolve("model/training.json"))).contains("hinge-margin", "0.8");
    try (Classifier classifier = Classifier.load(folder.resolve("model"))) {
      assertThat(classifier.answer(List.of("washing machine 7")).getFirst()).extracting(Prediction::label)
          .containsExactlyInAnyOrder("home", "wet");
    }
  }

  @Test
  void aMisspeltNameFindsIt() throws IOException {
    CommandRun trained = train("hinges");
    assertThat(trained.code()).isEqualTo(2);
    assertThat(trained.lastError()).contains("hinge");
  }

  @Test
  void theApiKnowsItAndItsSettings() {
    assertThat(LossCatalog.losses()).extracting(LossDefinition::name).contains("hinge").startsWith("cross-entropy");
    LossConfig wide = LossConfig.of("hinge").with(HingeLosses.MARGIN, 2.5);
    assertThat(wide.values().get(HingeLosses.MARGIN)).isEqualTo(2.5);
    assertThatThrownBy(() -> LossConfig.of("hinge").with(HingeLosses.MARGIN, -1.0)).isInstanceOf(UserError.class)
        .hasMessageContaining("hinge-margin must be from 0.0 to 100.0, not -1.0");
    assertThatThrownBy(() -> LossConfig.of("hinge").requireFor(TargetKind.SINGLE)).isInstanceOf(UserError.class)
        .hasMessageContaining("for the target single, not 'hinge'");
  }
}
