package crema.family.staged;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelInfo;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.RunSettings;
import crema.run.DataSettings;
import crema.settings.JsonFile;
import crema.settings.RecordJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Several small models, each of any other family, that decide one after the other. */
public final class StagedFamily implements ModelFamily {
  static final String KEY = "staged";
  private static final String STAGES = "stages";

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
    return Map.of("Kind", "%,d models that decide one after the other, the first between %s".formatted(
        routes.stages().size(), String.join(", ", ModelInfo.shown(routes.stages().getFirst().branches()))));
  }

  @Override
  public RunSettings readSettings(Map<String, @Nullable Object> json, Path file) {
    if (!(json.get("stage") instanceof Map<?, ?> stage) || !(json.get("seed") instanceof Number seed)) {
      throw JsonFile.damaged(file.toString(), "it has no stage or no seed", null);
    }
    var settings = new LinkedHashMap<String, @Nullable Object>();
    stage.forEach((key, value) -> settings.put(String.valueOf(key), value));
    return new StagedSettings(RecordJson.of(json.get("stages"), file.toString(), StagesConfig.class),
        RecordJson.of(json.get("data"), file.toString(), DataSettings.class), seed.longValue(),
        ModelFamily.ofSettings(settings).readSettings(settings, file));
  }

  @Override
  public Run newRun(RunSettings settings, RunContext context) {
    return new StagedRun((StagedSettings) settings, context);
  }
}
