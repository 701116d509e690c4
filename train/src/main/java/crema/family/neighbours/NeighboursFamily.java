package crema.family.neighbours;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.defaults.DefaultRule;
import crema.family.linear.FeatureSpaces;
import crema.family.linear.FrozenSettings;
import crema.family.linear.LinearSettings;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.TrainingFolds;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The categories and texts that are nearest to a text, and a ranking of these that is learned. */
public final class NeighboursFamily implements ModelFamily {
  /** Found as a service. */
  public NeighboursFamily() {}

  @Override
  public String key() {
    return "neighbours";
  }

  @Override
  public String name() {
    return "neighbours";
  }

  @Override
  public List<String> files() {
    return List.of(NeighbourFiles.ITEMS, NeighbourFiles.CATEGORIES);
  }

  @Override
  public List<String> optionalFiles() {
    return Stream.concat(FeatureSpaces.FILES.stream(), Stream.of(TermProjection.FILE, Whitening.FILE,
        NeighbourFiles.INDEX, NeighbourFiles.TERMS)).toList();
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return NeighboursClassifier.load(model, options.onCpu(this));
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    NeighboursDescription description = NeighboursDescription.read(model);
    NeighbourFiles.Known known = NeighbourFiles.readCategories(model);
    int encoders = FeatureSpaces.encoderCount(model);
    var parts = new ArrayList<String>();
    if (model.holds(TermProjection.FILE)) {
      parts.add("terms in " + TermProjection.load(model.bytes(TermProjection.FILE)).size() + " dimensions");
    }
    if (encoders > 0) {
      parts.add("the vectors of " + (encoders == 1 ? "an encoder" : encoders + " encoders"));
    }
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind", "neighbours, by " + String.join(" and ", parts));
    Optional<String> spaces = FeatureSpaces.describe(model);
    spaces.ifPresent(terms -> facts.put("Terms", terms));
    facts.put("Ranked", String.format(Locale.ROOT, "the nearest %,d categories, by the nearest %,d texts and names",
        description.search().candidates(), description.search().neighbours()));
    if (model.holds(NeighbourFiles.INDEX)) {
      facts.put("Search", "approximate, by an index");
    }
    if (known.added().count() > 0) {
      facts.put("Added", String.format(Locale.ROOT,
          "%,d texts of categories that were added after the training", known.added().count()));
    }
    return facts;
  }

  @Override
  public Settings settings() {
    return Settings.of(DataSettings.SECTION, LabelSettings.SECTION, Languages.SECTION, NeighboursSettings.SECTION,
        LinearSettings.TERMS, FrozenSettings.SECTION, TrainingFolds.SECTION, AnswerSettings.SECTION,
        TrainingSettings.SECTION.only(TrainingSettings.SEED))
        .ofData(DefaultRule.settings(NeighboursDefaults.RULES));
  }

  @Override
  public List<DefaultRule<?>> defaultRules() {
    return NeighboursDefaults.RULES;
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    return Run.stoppable(new NeighboursRun(settings, context));
  }
}
