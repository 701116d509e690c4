package crema.family.staged;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.task.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code config.json} says of a model that decides in stages: the route of each label. The models of the stages
 * are model directories of their own, {@code stages/1} and so on.
 */
final class StagedDescription {
  private static final String ROUTES = "routes";

  private StagedDescription() {}

  static void write(Routes routes, ModelDirectory directory) throws IOException {
    ModelConfig.of(new StagedFamily(), Map.of(ROUTES, routes.byLabel())).write(directory);
  }

  /**
   * Reads the routes of a model.
   *
   * @throws UserError when they are missing or damaged
   */
  static Routes read(ModelSource model) throws IOException {
    var routes = new LinkedHashMap<String, List<String>>();
    if (!(ModelConfig.read(model).values().get(ROUTES) instanceof Map<?, ?> json)) {
      throw new UserError(model.name() + ": config.json has no " + ROUTES);
    }
    json.forEach((label, route) -> routes.put(String.valueOf(label), route instanceof List<?> branches
        ? branches.stream().map(String::valueOf).toList() : List.of()));
    try {
      return new Routes(routes);
    } catch (IllegalArgumentException e) {
      throw new UserError(model.name() + ": config.json: " + ROUTES + ": " + e.getMessage(), e);
    }
  }

  /** Loads a model. */
  static StagedClassifier load(ModelSource model, ComputeOptions options) throws IOException {
    return load(read(model), model.readTarget(), model, options);
  }

  /** Loads the models of all stages. */
  static StagedClassifier load(Routes routes, Target target, ModelSource model, ComputeOptions options)
      throws IOException {
    var classifiers = new ArrayList<Classifier>();
    try {
      for (int stage = 0; stage < routes.stages().size(); stage++) {
        ModelSource own = StagedFamily.stage(model, stage);
        ModelFamily family = ModelFamily.of(own);
        if (family instanceof StagedFamily) {
          throw new UserError(own.name() + " cannot have stages of its own");
        }
        // The threads ask many stages at once, rather than one stage with all of them.
        classifiers.add(family.open(own, options.withThreads(1)));
      }
      return new StagedClassifier(routes, target, classifiers, options.threads());
    } catch (IllegalArgumentException e) {
      classifiers.forEach(Classifier::close);
      throw new UserError(model.name() + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      classifiers.forEach(Classifier::close);
      throw e;
    }
  }
}
