package crema.family.votes;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelInfo;
import crema.classify.RunContext;
import crema.run.DataSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An application that knows the family by its key alone. */
public final class VotesApplication {
  private VotesApplication() {}

  /** Trains on the rows of the first argument in the directory of the second one, loads, describes and predicts. */
  public static void main(String[] arguments) throws IOException {
    ModelFamily family = ModelFamily.named("votes");
    Settings settings = family.settings()
        .with(DataSettings.TRAIN, arguments[0])
        .with(DataSettings.TEXT, "title")
        .with(LabelSettings.LABEL, "label")
        .with("votes-prior", "0.5");
    Path folder = Path.of(arguments[1]);
    Files.createDirectories(folder);
    double accuracy =
        family.newRun(settings, RunContext.in(new ModelDirectory(folder)).withCompute(ComputeOptions.threads(1)))
            .run().report().metrics().accuracy();
    System.out.println("accuracy " + accuracy);
    System.out.println(ModelInfo.of(new ModelDirectory(folder)).facts().get("Kind"));
    try (Classifier classifier = Classifier.load(folder)) {
      System.out.println(classifier.predict("red apple").label());
    }
  }
}
