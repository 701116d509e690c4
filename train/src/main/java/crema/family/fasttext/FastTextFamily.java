package crema.family.fasttext;

import crema.base.ByteSource;
import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.defaults.DefaultRule;
import crema.family.staged.StagedFamily;
import crema.family.staged.StagedSettings;
import crema.fasttext.FastText;
import crema.fasttext.FastTextConfig;
import crema.run.AugmentSettings;
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
import crema.task.LossRows;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** fastText models, in files that fastText itself can read. */
public final class FastTextFamily implements ModelFamily {
  static final String MODEL = "model.bin";

  private static final int FEWEST_BUCKETS = 1000;

  /** Found as a service. */
  public FastTextFamily() {}

  @Override
  public String key() {
    return "fasttext";
  }

  @Override
  public String name() {
    return "fastText";
  }

  @Override
  public List<String> files() {
    return List.of(MODEL);
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return FastTextClassifier.load(model, options.onCpu(this).threads());
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    ByteSource file = model.bytes(MODEL);
    FastText fastText = FastText.load(file);
    FastTextConfig config = fastText.config();
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind",
        String.format(Locale.ROOT,
            "fastText, %,d words and %,d n-gram buckets of %,d, loss %s, word n-grams to %d, character n-grams %s",
            fastText.words().size(), config.bucket(), fastText.dim(), config.loss().key(),
            config.wordNgrams(),
            config.maxn() == 0 ? "none" : config.minn() + " to " + config.maxn()));
    facts.put("File", file + ", which fastText itself can read");
    return facts;
  }

  @Override
  public Settings settings() {
    return Settings.of(DataSettings.SECTION, LabelSettings.SECTION, Languages.SECTION, FastTextSettings.SECTION,
        StartSettings.SECTION, AugmentSettings.SECTION.only(AugmentSettings.AUGMENT), TrainingFolds.SECTION,
        RefitSettings.SECTION,
        StagedSettings.SECTION, LossRows.ofRows(), TrainingSettings.SECTION, AnswerSettings.SECTION,
        CheckpointSettings.SECTION.only(CheckpointSettings.MINUTES, CheckpointSettings.NO_STATE))
        .withDefault(TrainingSettings.EPOCHS, 10).withDefault(TrainingSettings.LEARNING_RATE, 0.5)
        .ofData(DefaultRule.settings(FastTextDefaults.RULES));
  }

  /** A run that starts from a model has its dimensions, its n-grams and its loss. */
  @Override
  public Settings resolved(Settings settings) {
    return StartSettings.inherited(settings, this,
        List.of(DataSettings.TEXT, DataSettings.JOINER, DataSettings.RECIPE, DataSettings.DROP,
            DataSettings.LOWERCASE,
            FastTextSettings.PUNCTUATION_APART, FastTextSettings.COLUMN_WORDS, FastTextSettings.COLUMN_WEIGHTS,
            FastTextSettings.DIM, FastTextSettings.LOSS, FastTextSettings.PATH_LABELS, FastTextSettings.WORD_NGRAMS,
            FastTextSettings.MINN, FastTextSettings.MAXN, FastTextSettings.BUCKETS, FastTextSettings.LEADING_WORDS,
            FastTextSettings.LEADING_WEIGHT));
  }

  @Override
  public List<DefaultRule<?>> defaultRules() {
    return FastTextDefaults.RULES;
  }

  @Override
  public List<Setting<?>> memorySettings() {
    return List.of(FastTextSettings.BUCKETS, FastTextSettings.DIM);
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    return Run.stoppable(StagedSettings.areGiven(settings)
        ? StagedFamily.newRun(this, settings, context)
        : new FastTextRun(settings, context));
  }

  @Override
  public void requireStage(Settings settings) {
    RefitSettings.requireNone(settings);
    if (settings.get(TrainingFolds.FOLDS) > 0 || settings.get(FastTextSettings.AUTOTUNE_DURATION) > 0
        || settings.get(FastTextSettings.QUANTIZE)) {
      throw new UserError("models that decide in stages are trained once and not quantized: leave out folds, "
          + "autotune-duration and quantize");
    }
    if (settings.find(LossRows.LOSS).isPresent()
        || settings.get(FastTextSettings.PATH_LABELS) == FastTextSettings.PathLabels.ALL) {
      throw new UserError("a stage has one label a text: leave out loss and path-labels");
    }
  }

  /**
   * With at most as many rows for n-grams as the training texts have characters, which is about as many as there are
   * different n-grams in them. A hundred small stages would else take the room of a hundred large models.
   */
  @Override
  public Settings ofStage(Settings settings, RowSource rows) {
    var characters = new long[1];
    rows.forEach(ProblemListener.SILENT, row -> characters[0] += row.text().length());
    int most = (int) Math.clamp(characters[0], FEWEST_BUCKETS, Integer.MAX_VALUE);
    return settings.with(FastTextSettings.BUCKETS, Math.min(settings.get(FastTextSettings.BUCKETS), most));
  }
}
