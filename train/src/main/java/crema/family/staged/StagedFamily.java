package crema.family.staged;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelInfo;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.settings.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Several small models, each of any other family, that decide one after the other. */
public final class StagedFamily implements ModelFamily {
  static final String KEY = "staged";
  private static final String STAGES = "stages";

  /** Found as a service. */
  public StagedFamily() {}

  /** The model of a stage, from 0. */
  static ModelSource stage(ModelSource model, int stage) {
    return model.folder(STAGES).folder(Integer.toString(stage + 1));
  }

  /** The directory of a stage, from 0. */
  static ModelDirectory stage(ModelDirectory directory, int stage) {
    return directory.folder(STAGES).folder(Integer.toString(stage + 1));
  }

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String name() {
    return "staged";
  }

  @Override
  public List<String> files() {
    return List.of(STAGES);
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return StagedDescription.load(model, options);
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    Routes routes = StagedDescription.read(model);
    return Map.of("Kind", String.format(Locale.ROOT,
        "%,d models that decide one after the other, the first between %s",
        routes.stages().size(), String.join(", ", ModelInfo.shown(routes.stages().getFirst().branches()))));
  }

  /** None: what the stages are decides on the settings, and a family that can be stages has those of stages too. */
  @Override
  public Settings settings() {
    return Settings.of();
  }

  /** A run of models of another family that decide in stages. */
  public static Run newRun(ModelFamily family, Settings settings, RunContext context) {
    return new StagedRun(family, settings, context);
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    throw new UserError("stages are trained with --model and the family of the stages, and --two-stage or "
        + "--local-classifiers");
  }
}
