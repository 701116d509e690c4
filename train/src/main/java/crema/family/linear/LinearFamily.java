package crema.family.linear;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.defaults.DefaultRule;
import crema.family.staged.StagedFamily;
import crema.family.staged.StagedSettings;
import crema.run.AugmentSettings;
import crema.run.CalibrationFolds;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.RefitSettings;
import crema.run.StartSettings;
import crema.run.TrainingFolds;
import crema.run.TrainingSettings;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A hyperplane a label, over TF-IDF, the vectors of a pretrained encoder, or both. */
public final class LinearFamily implements ModelFamily {
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
    return FeatureSpaces.FILES;
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return LinearClassifier.load(model, options.onCpu(this));
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    int encoders = FeatureSpaces.encoderCount(model);
    String vectors = "the vectors of " + (encoders == 1 ? "an encoder" : encoders + " encoders");
    Optional<String> spaces = FeatureSpaces.describe(model);
    boolean hasTerms = model.holds(FeatureSpaces.TERMS) || spaces.filter(terms -> !terms.isEmpty()).isPresent();
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind", "linear, a hyperplane a label over " + (encoders == 0 ? "TF-IDF"
        : hasTerms ? "TF-IDF and " + vectors : vectors));
    spaces.ifPresent(terms -> facts.put("Terms", terms));
    return facts;
  }

  @Override
  public Settings settings() {
    return Settings.of(DataSettings.SECTION, LabelSettings.SECTION, Languages.SECTION, LinearSettings.SECTION,
        StartSettings.SECTION, AugmentSettings.SECTION, TrainingFolds.SECTION, RefitSettings.SECTION,
        CalibrationFolds.SECTION,
        FrozenSettings.SECTION, StagedSettings.SECTION, AnswerSettings.SECTION.only(AnswerSettings.DECISION,
            AnswerSettings.MIN_PRECISION, AnswerSettings.COVERAGE),
        TrainingSettings.SECTION.only(TrainingSettings.SEED))
        .ofData(DefaultRule.settings(LinearDefaults.RULES));
  }

  /** A run that starts from a model has its terms and its loss. */
  @Override
  public Settings resolved(Settings settings) {
    return StartSettings.inherited(settings, this,
        List.of(DataSettings.TEXT, DataSettings.JOINER, DataSettings.RECIPE, DataSettings.DROP,
            DataSettings.LOWERCASE,
            LinearSettings.NGRAMS, LinearSettings.ANALYZERS, LinearSettings.COLUMNS, LinearSettings.CHARACTERS_FROM,
            LinearSettings.CHARACTERS_TO, LinearSettings.MIN_DF, LinearSettings.MAX_DF, LinearSettings.MAX_TERMS,
            LinearSettings.SUBLINEAR, LinearSettings.LOSS));
  }

  @Override
  public List<DefaultRule<?>> defaultRules() {
    return LinearDefaults.RULES;
  }

  @Override
  public List<Setting<?>> memorySettings() {
    return List.of(LinearSettings.MAX_TERMS);
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    return Run.stoppable(StagedSettings.areGiven(settings)
        ? StagedFamily.newRun(this, settings, context)
        : new LinearRun(settings, context));
  }

  @Override
  public Settings settled(Settings settings, RunContext context) throws IOException {
    return StagedSettings.areGiven(settings) ? settings : new LinearRun(settings, context).settled();
  }

  @Override
  public void requireStage(Settings settings) {
    StartSettings.requireNone(settings);
    RefitSettings.requireNone(settings);
    if (settings.get(TrainingFolds.FOLDS) > 0) {
      throw settings.error(TrainingFolds.FOLDS, " has no effect on models that decide in stages: leave it out");
    }
  }
}
