package crema.family.encoder;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.nn.io.SafetensorsReader;
import crema.settings.Settings;
import crema.tensor.Shape;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Encoders with several heads, which a run of the family {@code encoder} with tasks makes. In {@code tasks} each task has a
 * folder that is a model of its own, without the encoder and the tokenizer that all share.
 */
public final class MultiTaskFamily implements ModelFamily {
  /** The folder of the tasks, and the key of their names. */
  static final String TASKS = "tasks";

  /** Found as a service. */
  public MultiTaskFamily() {}

  /** The folder of a task. */
  static ModelDirectory task(ModelDirectory model, String name) {
    return model.folder(TASKS).folder(name);
  }

  @Override
  public String key() {
    return "multi-task";
  }

  @Override
  public String name() {
    return "encoder with several heads";
  }

  @Override
  public List<String> files() {
    return List.of(EncoderFamily.WEIGHTS, EncoderFamily.TOKENIZER, TASKS);
  }

  @Override
  public boolean isPredictor() {
    return false;
  }

  @Override
  public List<String> tasks(ModelSource model) throws IOException {
    return ModelConfig.read(model).values().get(TASKS) instanceof List<?> names
        ? names.stream().map(String::valueOf).toList() : List.of();
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    throw new UserError(model.name() + " has several tasks, " + String.join(", ", tasks(model))
        + ": say which one with --task NAME, or give its folder " + model.name() + "/" + TASKS + "/NAME");
  }

  @Override
  public boolean hasTensors() {
    return true;
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind", name());
    try (var weights = SafetensorsReader.open(model.bytes(EncoderFamily.WEIGHTS))) {
      facts.put("Parameters", String.format(Locale.ROOT, "%,d in the encoder",
          weights.shapes().values().stream().mapToLong(Shape::elements).sum()));
    }
    for (String task : tasks(model)) {
      facts.put("Task " + task, String.format(Locale.ROOT, "%,d labels; see crema info %s/%s/%s",
          model.folder(TASKS).folder(task).readTarget().labels().size(), model.name(), TASKS, task));
    }
    return facts;
  }

  /** None: tasks are settings of the family {@code encoder}. */
  @Override
  public Settings settings() {
    return Settings.of();
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    throw new UnsupportedOperationException("runs with tasks are of the family " + EncoderFamily.KEY);
  }
}
