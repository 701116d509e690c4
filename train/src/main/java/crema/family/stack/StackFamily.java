package crema.family.stack;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.PictureSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationMetric;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Several trained models of any other families, and a second level that makes one answer of what they say. */
public final class StackFamily implements ModelFamily {
  static final String KEY = "stack";
  static final String MEMBERS = "members";

  /** Found as a service. */
  public StackFamily() {}

  /** The model of a member. */
  static ModelSource member(ModelSource model, StackMember member) {
    return model.folder(MEMBERS).folder(member.folder());
  }

  /** The directory of a member. */
  static ModelDirectory member(ModelDirectory directory, StackMember member) {
    return directory.folder(MEMBERS).folder(member.folder());
  }

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String name() {
    return "stack";
  }

  @Override
  public List<String> files() {
    return List.of(MEMBERS);
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return StackDescription.load(model, options);
  }

  /** Some of its members may. */
  @Override
  public boolean hasTensors() {
    return true;
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    StackDescription description = StackDescription.read(model);
    double[] weights = description.level().weights();
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind", switch (description.level()) {
      case SecondLevel.Average _ when weights.length == 1 -> "one model whose probabilities are calibrated";
      case SecondLevel.Average _ -> String.format(Locale.ROOT,
          "a weighted average of the probabilities of %,d models", weights.length);
      case SecondLevel.Logistic _ -> String.format(Locale.ROOT,
          "a logistic regression on what %,d models say", weights.length);
    });
    for (int i = 0; i < weights.length; i++) {
      StackMember member = description.members().get(i);
      ModelSource source = member(model, member);
      Map<String, String> own = ModelFamily.of(source).describe(source);
      facts.put("Member " + member.name(), own.entrySet().stream()
          .map(fact -> fact.getKey().equals("Kind") ? fact.getValue() : fact.getKey() + ": " + fact.getValue())
          .collect(Collectors.joining("; ", String.format(Locale.ROOT, "weight %s: ", String.format(Locale.ROOT,
              "%.3f", weights[i])),
              "")));
    }
    return facts;
  }

  @Override
  public Settings settings() {
    return Settings
        .of(DataSettings.SECTION, PictureSettings.SECTION, LabelSettings.SECTION, Languages.SECTION,
            StackSettings.SECTION,
            StackSettings.MODELS_SECTION, AnswerSettings.SECTION,
            ValidationSettings.SECTION.only(ValidationSettings.METRIC),
            TrainingSettings.SECTION.only(TrainingSettings.SEED))
        .withDefault(ValidationSettings.METRIC, ValidationMetric.MICRO_F1)
        // Of calibrated probabilities the best threshold is half of the F1 that it gives, or lower.
        .withDefault(AnswerSettings.THRESHOLD_FROM, 0.1)
        .withDefault(DataSettings.VALIDATION_FRACTION, 0.0);
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    if (settings.get(StackSettings.MODELS).isEmpty()) {
      throw new UserError("say which models to stack: --models DIR,DIR, or crema stack DIR DIR");
    }
    return Run.stoppable(new StackRun(settings, context));
  }
}
