package crema.family.linear;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.family.staged.StagedFamily;
import crema.family.staged.StagedSettings;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A hyperplane a label, over TF-IDF, the vectors of a pretrained encoder, or both. */
public final class LinearFamily implements ModelFamily {
  static final String TERMS = "terms.json";
  static final String WEIGHTS = "model.safetensors";

  /** Found as a service. */
  public LinearFamily() {}

  @Override
  public String key() {
    return "linear";
  }

  @Override
  public String name() {
    return "linear";
  }

  @Override
  public List<String> files() {
    return List.of(WEIGHTS);
  }

  @Override
  public List<String> optionalFiles() {
    return List.of(TERMS, FrozenEncoder.DESCRIPTION, FrozenEncoder.FOLDER);
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return LinearClassifier.load(model, options.onCpu(this));
  }

  @Override
  public Map<String, String> describe(ModelSource model) {
    boolean hasEncoder = model.holds(FrozenEncoder.DESCRIPTION);
    return Map.of("Kind", "linear, a hyperplane a label over " + (!hasEncoder ? "TF-IDF"
        : model.holds(TERMS) ? "TF-IDF and the vectors of an encoder" : "the vectors of an encoder"));
  }

  @Override
  public Settings settings() {
    return Settings.of(DataSettings.SECTION, LabelSettings.SECTION, Languages.SECTION, LinearSettings.SECTION,
        FrozenSettings.SECTION, StagedSettings.SECTION, TrainingSettings.SECTION.only(TrainingSettings.SEED));
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    return StagedSettings.areGiven(settings)
        ? StagedFamily.newRun(this, settings, context)
        : new LinearRun(settings, context);
  }

  @Override
  public void requireStage(Settings settings) {}
}
