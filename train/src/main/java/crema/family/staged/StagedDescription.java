package crema.family.staged;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.ModelKind;
import crema.task.Target;
import crema.task.TargetFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code config.json} says of a model that decides in stages: the route of each label. The models of the stages
 * are model directories of their own, {@code stages/1} and so on.
 */
public final class StagedDescription {
  private static final String ROUTES = "routes";

  private StagedDescription() {}

  public static void write(Routes routes, ModelDirectory directory) throws IOException {
    Map<String, Object> json = ModelKind.STAGED.description();
    json.put(ROUTES, routes.byLabel());
    ModelDirectory.writeJson(directory.config(), json);
  }

  /**
   * Reads the routes of a model.
   *
   * @throws UserError when they are missing or damaged
   */
  public static Routes read(ModelDirectory directory) throws IOException {
    var routes = new LinkedHashMap<String, List<String>>();
    if (!(ModelKind.STAGED.read(directory).get(ROUTES) instanceof Map<?, ?> json)) {
      throw new UserError(directory.config() + " has no " + ROUTES);
    }
    json.forEach((label, route) -> routes.put(String.valueOf(label), route instanceof List<?> branches
        ? branches.stream().map(String::valueOf).toList() : List.of()));
    try {
      return new Routes(routes);
    } catch (IllegalArgumentException e) {
      throw new UserError(directory.config() + ": " + ROUTES + ": " + e.getMessage(), e);
    }
  }

  /** Loads a model. */
  public static StagedClassifier load(ModelDirectory directory, int threads) throws IOException {
    return load(read(directory), TargetFile.read(directory), directory, threads);
  }

  /** Loads the models of all stages. */
  public static StagedClassifier load(Routes routes, Target target, ModelDirectory directory, int threads)
      throws IOException {
    var classifiers = new ArrayList<Classifier>();
    try {
      for (int stage = 0; stage < routes.stages().size(); stage++) {
        if (ModelKind.of(directory.stage(stage)) == ModelKind.STAGED) {
          throw new UserError(directory.stage(stage).path() + " cannot have stages of its own");
        }
        classifiers.add(Classifier.load(directory.stage(stage).path(), threads));
      }
      return new StagedClassifier(routes, target, classifiers);
    } catch (IllegalArgumentException e) {
      classifiers.forEach(Classifier::close);
      throw new UserError(directory.path() + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      classifiers.forEach(Classifier::close);
      throw e;
    }
  }
}
