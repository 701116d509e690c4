package crema.family.encoder;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.settings.Settings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One task of a model with several heads: a head, whose encoder and tokenizer are two folders up. */
public final class TaskFamily implements ModelFamily {
  /** Found as a service. */
  public TaskFamily() {}

  @Override
  public String key() {
    return "task";
  }

  @Override
  public String name() {
    return "task of an encoder with several heads";
  }

  @Override
  public List<String> files() {
    return List.of(EncoderFamily.WEIGHTS);
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return EncoderClassifier.loadTask(model, options);
  }

  @Override
  public boolean hasTensors() {
    return true;
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    var description = EncoderDescription.read(model);
    var encoder = description.network().encoder();
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind", name() + ", " + encoder.describe() + ", head " + description.network().head().kind().key());
    facts.put("Tokens", String.format(Locale.ROOT, "%,d in the vocabulary, texts cut to %,d", encoder.vocabSize(),
        description.limit().maxTokens()));
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
