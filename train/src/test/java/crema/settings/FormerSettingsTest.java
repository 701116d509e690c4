package crema.settings;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.family.encoder.EncoderSettings;
import crema.family.fasttext.FastTextSettings;
import crema.family.linear.LinearSettings;
import crema.family.staged.StagedSettings;
import crema.nn.loss.StandardLosses;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.task.TargetKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that version 0.1 wrote. */
class FormerSettingsTest {
  @TempDir
  Path folder;

  private Settings read(String... files) throws IOException {
    for (String file : files) {
      try (InputStream in = Objects.requireNonNull(FormerSettingsTest.class.getResourceAsStream("/former/" + file))) {
        Files.copy(in, folder.resolve(file.startsWith("stages") ? "stages.json" : "training.json"));
      }
    }
    return ModelFamily.settingsOf(new ModelDirectory(folder)).checked();
  }

  @Test
  void thoseOfAnEncoderAreRead() throws IOException {
    Settings settings = read("encoder.json");
    assertThat(ModelFamily.ofRun(new ModelDirectory(folder)).key()).isEqualTo("encoder");
    assertThat(settings.get(EncoderSettings.HIDDEN_SIZE)).isEqualTo(32);
    assertThat(settings.get(EncoderSettings.KV_HEADS)).isEqualTo(1);
    assertThat(settings.get(LossRows.LOSS)).isEqualTo("logit-adjusted");
    assertThat(settings.get(LossRows.row(StandardLosses.LOGIT_ADJUSTMENT))).isEqualTo(0.5);
    assertThat(settings.get(LossRows.row(StandardLosses.FOCAL_GAMMA))).isZero();
    assertThat(settings.get(DataSettings.GROUP)).isEqualTo("cluster_id");
    assertThat(settings.get(TrainingSettings.LEARNING_RATE)).isEqualTo(0.005);
    assertThat(new DataSettings(settings).isStratified()).isTrue();
    assertThat(settings.find(EncoderSettings.TOKENIZER)).isEmpty();
  }

  @Test
  void thoseOfFastTextAreReadWithALossThatIsNotItsOwn() throws IOException {
    Settings settings = read("fasttext.json");
    assertThat(settings.get(LossRows.LOSS)).isEqualTo("distribution-balanced");
    assertThat(settings.get(LabelSettings.TARGET)).isEqualTo(TargetKind.MULTI);
    assertThat(settings.get(FastTextSettings.MAXN)).isEqualTo(3);
    assertThat(settings.get(TrainingSettings.EPOCHS)).isEqualTo(3);
    assertThat(settings.get(TrainingSettings.LEARNING_RATE)).isEqualTo(2);
  }

  @Test
  void thoseOfStagesAreReadFromBothFiles() throws IOException {
    Settings settings = read("linear.json", "stages.json");
    assertThat(ModelFamily.ofRun(new ModelDirectory(folder)).key()).isEqualTo("linear");
    assertThat(settings.get(StagedSettings.TWO_STAGE)).isEqualTo("TVs");
    assertThat(settings.get(LinearSettings.C)).containsExactly(1.0);
    assertThat(settings.has(AnswerSettings.DECODING)).isFalse();
  }
}
