package crema.family.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.Item;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.run.DataSettings;
import crema.run.PictureSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.testmodels.DrawnPictures;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageRunTest {
  @TempDir
  static Path folder;
  static Path rows;

  @BeforeAll
  static void draw() throws IOException {
    rows = DrawnPictures.write(folder, 90);
  }

  private static Settings settings(int epochs) {
    return new ImageFamily().settings().with(DataSettings.TRAIN, rows.toString()).with(PictureSettings.IMAGE, "photo")
        .with(PictureSettings.PICTURE_CACHE, folder.resolve("cache").toString())
        .with(LabelSettings.LABEL, "category").with(ImageSettings.IMAGE_SIZE, 32)
        .with(TrainingSettings.EPOCHS, epochs);
  }

  /** What a run says, and can be asked to stop by. */
  private static final class Watch implements TrainingListener {
    private final List<String> warnings = new ArrayList<>();
    private final StopSignal stop = new StopSignal();
    private long stopAfter = Long.MAX_VALUE;

    @Override
    public void warning(String message) {
      warnings.add(message);
    }

    @Override
    public void step(StepRecord step, long totalSteps) {
      if (step.step() == stopAfter) {
        stop.request();
      }
    }
  }

  private static TrainingResult run(Settings settings, String name, int threads, Watch watch) throws IOException {
    return new ImageFamily().newRun(settings, RunContext.in(new ModelDirectory(folder.resolve(name)))
        .withCompute(ComputeOptions.threads(threads)).withListener(watch).withStop(watch.stop)).run();
  }

  private static byte[] weights(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve(ImageFamily.WEIGHTS));
  }

  @Test
  void aSmallNetworkLearnsFromNothingAndAStoppedRunGoesOnToTheSameBitsForAnyNumberOfThreads() throws IOException {
    Settings settings = settings(12);
    TrainingResult result = run(settings, "whole", 2, new Watch());
    assertThat(result.report()).isNotNull();
    assertThat(result.report().metrics().accuracy()).isGreaterThan(0.6);
    byte[] expected = weights("whole");
    Settings shorter = settings(2);
    run(shorter, "two", 2, new Watch());
    run(shorter, "one", 1, new Watch());
    assertThat(weights("one")).isEqualTo(weights("two")).isNotEqualTo(expected);
    var watch = new Watch();
    watch.stopAfter = 3;
    assertThat(run(shorter, "stopped", 2, watch).isInterrupted()).isTrue();
    run(shorter, "stopped", 1, new Watch());
    assertThat(weights("stopped")).isEqualTo(weights("two"));
    try (Classifier classifier = Classifier.load(folder.resolve("whole"), ComputeOptions.threads(2))) {
      assertThat(classifier.readsPictures()).isTrue();
      assertThat(classifier.readsText()).isFalse();
      Path photo = folder.resolve("photos/3.png");
      Item item = Item.picture(photo);
      assertThat(classifier.predict(item)).isEqualTo(classifier.predict(Item.picture(Files.readAllBytes(photo))));
      var many = new ArrayList<Item>();
      for (int i = 0; i < 40; i++) {
        many.add(i % 5 == 4 ? Item.of("no picture") : Item.of("any text", folder.resolve("photos/" + i + ".png")));
      }
      float[][] all = classifier.logits(many);
      for (int i = 0; i < all.length; i++) {
        assertThat(all[i]).as("item " + i).isEqualTo(classifier.logits(List.of(many.get(i)))[0])
            .hasSize(i % 5 == 4 ? 0 : 3);
      }
      assertThat(classifier.embed(item)).isNotEmpty();
      assertThat(classifier.predict(List.of("a text", " "), 1)).containsExactly(List.of(), List.of());
      assertThatThrownBy(() -> classifier.predict(Item.picture(folder.resolve("none.png"))))
          .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("the item has no picture that");
    }
  }

  @Test
  void picturesThatAreNoneAreCountedShownAndLeftOutUnlessTheRunIsStrict() throws IOException {
    Path own = Files.createDirectories(folder.resolve("bad"));
    Path table = DrawnPictures.write(own, 30);
    var lines = new ArrayList<>(Files.readAllLines(table));
    Files.writeString(own.resolve("page.jpg"), "<!DOCTYPE html><html><body>not here</body></html>");
    lines.add("a page,page.jpg,level");
    lines.add("gone,photos/none.png,upright");
    lines.add("nothing,,checked");
    Files.write(table, lines);
    Settings settings = settings(1).with(DataSettings.TRAIN, table.toString());
    var watch = new Watch();
    TrainingResult result = run(settings, "some", 2, watch);
    assertThat(result.report()).isNotNull();
    assertThat(String.join("\n", watch.warnings)).contains("photos" + File.separator + "none.png does not exist")
        .contains("page.jpg").contains("rows.csv, line 32");
    assertThatThrownBy(() -> run(settings.with(DataSettings.STRICT, true), "strict", 2, new Watch()))
        .isInstanceOf(UserError.class).hasMessageContaining("rows.csv, line 3");
    assertThat(folder.resolve("strict")).doesNotExist();
  }
}
