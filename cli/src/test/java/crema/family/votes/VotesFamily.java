package crema.family.votes;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.TrainingSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A family that nobody needs: each word of a text votes for the labels of the training texts that have it. */
public final class VotesFamily implements ModelFamily {
  static final Section SECTION = Section.of("Votes");
  static final Setting<Double> PRIOR =
      SECTION.number("votes-prior", 1).above(0).basic().help("How many votes each label has before any word is read");
  static final String VOTES = "votes.json";

  @Override
  public String key() {
    return "votes";
  }

  @Override
  public String name() {
    return "votes";
  }

  @Override
  public List<String> files() {
    return List.of(VOTES);
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return VotesClassifier.read(model);
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    return Map.of("Kind", "votes of " + VotesClassifier.read(model).words() + " words");
  }

  @Override
  public Settings settings() {
    return Settings.of(DataSettings.SECTION, LabelSettings.SECTION, Languages.SECTION, SECTION,
        TrainingSettings.SECTION.only(TrainingSettings.SEED));
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    return new VotesRun(settings, context);
  }
}
