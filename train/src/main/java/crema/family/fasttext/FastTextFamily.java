package crema.family.fasttext;

import crema.base.ByteSource;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelSource;
import crema.classify.ModelFamily;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.RunSettings;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.fasttext.FastText;
import crema.fasttext.FastTextConfig;
import crema.settings.RecordJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** fastText models, in files that fastText itself can read. */
public final class FastTextFamily implements ModelFamily {
  static final String MODEL = "model.bin";

  private static final int FEWEST_BUCKETS = 1000;

  @Override
  public String key() {
    return FastTextTrainingConfig.MODEL;
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
    return FastTextClassifier.load(model, options.threadsOfCpu(this));
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    ByteSource file = model.bytes(MODEL);
    FastText fastText = FastText.load(file);
    FastTextConfig config = fastText.config();
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind", "fastText, %,d words and %,d n-gram buckets of %,d, loss %s, word n-grams to %d, character n-grams %s"
        .formatted(fastText.words().size(), config.bucket(), fastText.dim(), config.loss().key(), config.wordNgrams(),
            config.maxn() == 0 ? "none" : config.minn() + " to " + config.maxn()));
    facts.put("File", file + ", which fastText itself can read");
    return facts;
  }

  @Override
  public RunSettings readSettings(Map<String, @Nullable Object> json, Path file) {
    return RecordJson.of(json, file.toString(), FastTextTrainingConfig.class);
  }

  @Override
  public Run newRun(RunSettings settings, RunContext context) {
    return new FastTextRun((FastTextTrainingConfig) settings, context);
  }

  @Override
  public void requireStage(RunSettings settings) {
    var all = (FastTextTrainingConfig) settings;
    FastTextTuning tuning = all.tuning();
    if (tuning.folds() > 0 || tuning.searchSeconds() > 0 || tuning.quantize()) {
      throw new UserError("models that decide in stages are trained once and not quantized: leave out folds, "
          + "autotune-duration and quantize");
    }
    if (all.labels().loss() != null || all.labels().areAll()) {
      throw new UserError("a stage has one label a text: leave out loss and path-labels");
    }
  }

  /**
   * With at most as many rows for n-grams as the training texts have characters, which is about as many as there are
   * different n-grams in them. A hundred small stages would else take the room of a hundred large models.
   */
  @Override
  public RunSettings ofStage(RunSettings settings, RowSource rows) {
    var all = (FastTextTrainingConfig) settings;
    var characters = new long[1];
    rows.forEach(ProblemListener.SILENT, row -> characters[0] += row.text().length());
    return all.with(all.data().labels().onlyLabel(),
        (int) Math.clamp(characters[0], FEWEST_BUCKETS, Integer.MAX_VALUE));
  }
}
