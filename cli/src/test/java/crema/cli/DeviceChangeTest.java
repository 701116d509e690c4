package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.settings.Settings;
import crema.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run moves between the CPU and an emulated GPU: it is resumed there, and its model predicts there. */
class DeviceChangeTest {
  private static final int STEPS = 24;

  @TempDir
  private Path folder;

  private Settings settings() throws IOException {
    Path rows = folder.resolve("rows.csv");
    var lines = new ArrayList<String>(List.of("title,label"));
    for (int i = 0; i < 300; i++) {
      lines.add("word" + i % 7 + " thing" + i % 3 + " " + i % 31 + ",label " + i % 3);
    }
    Files.write(rows, lines);
    return ModelFamily.named("encoder").settings().with("train", rows.toString()).with("text", "title")
        .with("label", "label").with("vocabulary-size", "400").with("hidden-size", "32").with("heads", "2")
        .with("kv-heads", "1").with("layers", "1").with("ffn-size", "64").with("batch-tokens", "64")
        .with("max-steps", String.valueOf(STEPS)).with("learning-rate", "3e-3").with("warmup", "5");
  }

  /** Trains from where the run is up to a step; returns the losses that were reported. */
  private List<Double> train(String device, long until) throws IOException {
    var stop = new StopSignal();
    var losses = new ArrayList<Double>();
    var listener = new TrainingListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        losses.add(step.loss());
        if (step.step() >= until) {
          stop.request();
        }
      }
    };
    ModelFamily family = ModelFamily.named("encoder");
    var directory = new ModelDirectory(folder.resolve("model"));
    Files.createDirectories(directory.path());
    family.newRun(settings(), RunContext.in(directory).withListener(listener).withStop(stop)
        .withCompute(new ComputeOptions(Device.parse(device), 1))).run();
    return losses;
  }

  @Test
  void aRunGoesOnWhereverItIsResumedAndItsModelPredictsAnywhere() throws IOException {
    List<Double> first = train("cpu", 8);
    List<Double> second = train("emulated", 16);
    List<Double> third = train("cpu", STEPS);
    assertThat(first.size() + second.size() + third.size()).isGreaterThanOrEqualTo(STEPS);
    assertThat(second).hasSizeBetween(8, 10);
    assertThat(second.getFirst()).isLessThan(first.getFirst());
    assertThat(third.getLast()).isLessThan(second.getFirst());
    var answers = new ArrayList<List<String>>();
    for (String device : List.of("cpu", "emulated")) {
      CommandRun run =
          CommandRun.of("predict", folder.resolve("model").toString(), "--device", device, "word1 thing1 4",
              "word5 thing2", "word3 thing0 17");
      assertThat(run.code()).as(run.err()).isZero();
      answers.add(run.out().lines().map(line -> line.replaceFirst(" [\\d.]+%$", "")).toList());
    }
    assertThat(answers.getFirst()).hasSize(3).isEqualTo(answers.getLast());
  }
}
