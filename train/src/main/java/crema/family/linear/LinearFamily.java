package crema.family.linear;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelSource;
import crema.classify.ModelFamily;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.RunSettings;
import crema.data.RowSource;
import crema.settings.RecordJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** TF-IDF and a hyperplane a label. */
public final class LinearFamily implements ModelFamily {
  static final String TERMS = "terms.json";
  static final String WEIGHTS = "model.safetensors";

  @Override
  public String key() {
    return LinearTrainingConfig.MODEL;
  }

  @Override
  public String name() {
    return "linear";
  }

  @Override
  public List<String> files() {
    return List.of(WEIGHTS, TERMS);
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    options.threadsOfCpu(this);
    return LinearClassifier.load(model);
  }

  @Override
  public Map<String, String> describe(ModelSource model) {
    return Map.of("Kind", "linear, a hyperplane a label over TF-IDF");
  }

  @Override
  public RunSettings readSettings(Map<String, @Nullable Object> json, Path file) {
    return RecordJson.of(json, file.toString(), LinearTrainingConfig.class);
  }

  @Override
  public Run newRun(RunSettings settings, RunContext context) {
    return new LinearRun((LinearTrainingConfig) settings, context);
  }

  @Override
  public void requireStage(RunSettings settings) {}

  @Override
  public RunSettings ofStage(RunSettings settings, RowSource rows) {
    var all = (LinearTrainingConfig) settings;
    return all.withLabels(all.data().labels().onlyLabel());
  }
}
