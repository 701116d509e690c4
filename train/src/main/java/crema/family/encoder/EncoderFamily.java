package crema.family.encoder;

import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.LearningPart;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.data.SplitRows;
import crema.defaults.DefaultRule;
import crema.family.linear.FrozenSettings;
import crema.nn.adapter.LoraConfig;
import crema.nn.io.SafetensorsReader;
import crema.run.AugmentSettings;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.StartSettings;
import crema.run.TaskSettings;
import crema.run.TrainingFolds;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Transformer encoders. */
public final class EncoderFamily implements ModelFamily {
  static final String KEY = "encoder";
  static final String WEIGHTS = "model.safetensors";
  static final String TOKENIZER = "tokenizer.json";

  /** Found as a service. */
  public EncoderFamily() {}

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String name() {
    return "encoder";
  }

  @Override
  public List<String> files() {
    return List.of(WEIGHTS, TOKENIZER);
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return EncoderClassifier.load(model, options);
  }

  @Override
  public List<String> export(ModelSource model, Path folder) throws IOException {
    return EncoderExport.write(model, folder);
  }

  @Override
  public Optional<Classifier> openUnmerged(ModelSource model, ComputeOptions options) throws IOException {
    return model instanceof ModelDirectory directory && LoraConfig.isIn(directory.adapter())
        ? Optional.of(EncoderClassifier.loadUnmerged(model, options, directory.adapter())) : Optional.empty();
  }

  @Override
  public Optional<LearningPart> openLearning(ModelSource model, Backend backend, SplitRows rows, Settings settings,
      RunContext context) throws IOException {
    return Optional.of(LearningEncoder.open(model, backend, settings));
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    var description = EncoderDescription.read(model);
    var encoder = description.network().encoder();
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind",
        "transformer encoder, " + encoder.describe() + ", head " + description.network().head().kind().key());
    try (var weights = SafetensorsReader.open(model.bytes(WEIGHTS))) {
      facts.put("Parameters", String.format(Locale.ROOT,
          "%,d", weights.shapes().values().stream().mapToLong(Shape::elements).sum()));
    }
    facts.put("Tokens", String.format(Locale.ROOT, "%,d in the vocabulary, texts cut to %,d", encoder.vocabSize(),
        description.limit().maxTokens()));
    return facts;
  }

  @Override
  public Settings settings() {
    return Settings.of(DataSettings.SECTION, LabelSettings.SECTION, TaskSettings.SECTION, Languages.SECTION,
        EncoderSettings.SECTION,
        FineTuningSettings.SECTION, FrozenSettings.SECTION.only(FrozenSettings.VECTOR_CACHE), PairSettings.SECTION,
        LossRows.SECTION, SamplingSettings.SECTION,
        StartSettings.SECTION, AugmentSettings.SECTION.only(AugmentSettings.AUGMENT),
        TrainingSettings.SECTION, TrainingFolds.SECTION,
        OptimizationSettings.SECTION,
        AnswerSettings.SECTION, ValidationSettings.SECTION, CheckpointSettings.SECTION)
        .ofData(DefaultRule.settings(EncoderDefaults.RULES));
  }

  @Override
  public List<DefaultRule<?>> defaultRules() {
    return EncoderDefaults.RULES;
  }

  @Override
  public Settings resolved(Settings settings) {
    return PairSettings.resolved(FineTuningSettings.resolved(
        StartSettings.inherited(settings, this, EncoderStart.INHERITED)));
  }

  @Override
  public boolean hasTensors() {
    return true;
  }

  @Override
  public List<Setting<?>> memorySettings() {
    return List.of(OptimizationSettings.BATCH_TOKENS, EncoderSettings.HIDDEN_SIZE);
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    return Run.stoppable(() -> {
      ComputeOptions compute = context.compute().resolved();
      try (Backend backend = compute.openBackend()) {
        if (!compute.device().equals(Device.CPU)) {
          context.listener().model("on " + compute.describe());
        }
        if (TaskSettings.hasTasks(settings)) {
          try (var run = new MultiTaskRun(resolved(settings), backend, context)) {
            return run.run();
          }
        }
        try (var run = new EncoderRun(resolved(settings), backend, context)) {
          return run.run(context.commandLine());
        }
      }
    });
  }
}
