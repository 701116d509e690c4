package crema.classify;

import crema.base.NearestName;
import crema.base.UserError;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.defaults.DefaultRule;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.tensor.Backend;
import java.io.IOException;
import java.util.Comparator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * A kind of model: how it is trained, which files it keeps, how it is opened and described. Families are found through
 * {@link ServiceLoader}; a jar that provides one is all that a further family needs.
 *
 * <p>An implementation has a public constructor without parameters, does nothing in it and keeps no state.
 */
public interface ModelFamily extends RunKind {
  /** The name for people, such as {@code fastText}. */
  String name();

  /**
   * The names of the files and folders in a model directory that are this family's own. Prediction needs all of them;
   * besides them a model has {@code config.json}, {@code labels.json} and {@code target.json}.
   */
  List<String> files();

  /** The names of further files and folders in a model directory that are this family's own, which some models have. */
  default List<String> optionalFiles() {
    return List.of();
  }

  /**
   * Opens a model.
   *
   * @param model a whole model of this family: {@code config.json} says so and all {@link #files} are there. Its files
   *     can be read until this returns
   * @param options where it computes
   * @throws UserError when a file is damaged or of another model
   */
  Classifier open(ModelSource model, ComputeOptions options) throws IOException;

  /** Whether a model of this family predicts by itself, and so has labels; otherwise it has {@link #tasks} that do. */
  default boolean isPredictor() {
    return true;
  }

  /**
   * The names of the tasks of a model, each of which is a model in {@code tasks/NAME}; none if it predicts by itself.
   *
   * @param model a whole model of this family
   */
  default List<String> tasks(ModelSource model) throws IOException {
    return List.of();
  }

  /**
   * Opens a model whose training has merged an adapter into its weights with that adapter beside them instead: it says the
   * same, but for rounding, in another time.
   *
   * @return empty if no adapter is kept with the model
   */
  default Optional<Classifier> openUnmerged(ModelSource model, ComputeOptions options) throws IOException {
    return Optional.empty();
  }

  /**
   * Opens a model to train it further as a part of a larger network.
   *
   * @param model a whole model of this family
   * @param backend where it computes; the caller closes it
   * @param rows of the training: the pictures of those to train on and to validate by can be read
   * @param settings of the training
   * @param context of the training
   * @return empty if models of this family do not learn by gradients of their vectors
   */
  default Optional<LearningPart> openLearning(ModelSource model, Backend backend, SplitRows rows, Settings settings,
      RunContext context) throws IOException {
    return Optional.empty();
  }

  /**
   * What there is to know of a model of this family, besides its labels and where it comes from.
   *
   * @param model a whole model of this family
   * @return names and values for people, in order
   */
  Map<String, String> describe(ModelSource model) throws IOException;

  /**
   * Writes a model of this family in the form of Hugging Face's libraries.
   *
   * @param model a whole model of this family
   * @param folder empty; receives what {@code from_pretrained} and sentence-transformers read
   * @return what a user should know of the result, a line each
   * @throws UserError when those libraries have nothing that computes the same; the message says why
   */
  default List<String> export(ModelSource model, Path folder) throws IOException {
    throw new UserError(model.name() + " is of the family " + key()
        + ", and Hugging Face's libraries have nothing that computes as it does");
  }

  /** The settings of a run, all with this family's defaults; none if the family cannot be trained by itself. */
  @Override
  Settings settings();

  /**
   * The same settings with the defaults that depend on what was given: what trains an encoder from nothing does not suit
   * one that was trained before. What was given stays.
   */
  default Settings resolved(Settings settings) {
    return settings;
  }

  /** Those settings of a run that take the less memory the smaller they are, the first that helps most. */
  default List<Setting<?>> memorySettings() {
    return List.of();
  }

  /** Whether models of this family compute with tensors, and so on other devices than the CPU. */
  default boolean hasTensors() {
    return false;
  }

  /** Whether rows must have a column of pictures, so that the family is not meant where none is named. */
  default boolean needsPictures() {
    return false;
  }

  /**
   * How settings that nobody gave are chosen for the training rows, in the order in which they are told. The
   * {@link #settings} declare that these {@linkplain Settings#ofData depend on the data}.
   */
  default List<DefaultRule<?>> defaultRules() {
    return List.of();
  }

  /**
   * On what a model of this family computes when that is asked for: on the CPU alone, unless it computes with tensors.
   *
   * @return a certain device and precision in place of {@link ComputeOptions#AUTO} and none
   * @throws UserError when this family does not compute there
   */
  default ComputeOptions computesOn(ComputeOptions options) {
    return (hasTensors() ? options : options.onCpu(this)).resolved();
  }

  /** Whether models of this family can be trained by themselves. */
  default boolean isTrainable() {
    return !settings().rows().isEmpty();
  }

  /**
   * A training run, or the rest of the one in the context's directory if that has the same settings. Nothing is read or
   * written before it {@linkplain Run#run runs}.
   *
   * @param settings what it computes: the family's {@link #settings}, with other values
   * @param context where it writes, and how it is watched
   */
  Run newRun(Settings settings, RunContext context);

  /**
   * The same settings with one value each where a run would first choose among several by its training rows: what
   * trains several models on nearly the same rows chooses once.
   *
   * @param settings of a run
   * @param context of the run, with its rows; of its directory only checkpoints are written, by which a choice that was
   *     killed goes on
   * @return what was given, if the run is asked to stop meanwhile
   */
  default Settings settled(Settings settings, RunContext context) throws IOException {
    return settings;
  }

  /**
   * Checks settings with which this family shall train several models that decide one after the other.
   *
   * @throws UserError when models of this family cannot be such stages, or not with these settings
   */
  default void requireStage(Settings settings) {
    throw new UserError("models of the family " + key() + " cannot decide in stages; choose another --model");
  }

  /**
   * The settings of a stage: a model that decides between a few labels of which a row has one.
   *
   * @param settings of all stages, which {@link #requireStage} accepted, for rows of one label
   * @param rows the training rows of the stage
   */
  default Settings ofStage(Settings settings, RowSource rows) {
    return settings;
  }

  /** All families that are installed, by key. */
  static List<ModelFamily> installed() {
    return ServiceLoader.load(ModelFamily.class, ModelFamily.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(ModelFamily::key))
        .toList();
  }

  /**
   * The family of a key.
   *
   * @throws UserError if there is none; the message names those that are installed
   */
  static ModelFamily named(String key) {
    List<ModelFamily> installed = installed();
    return installed.stream().filter(family -> family.key().equals(key)).findFirst()
        .orElseThrow(() -> new UserError("no model family '" + key + "' is installed"
            + NearestName.among(key, installed.stream().map(ModelFamily::key).toList())
                .map(near -> "; did you mean '" + near + "'?").orElse("; there are " + keys(installed))));
  }

  /**
   * The family of a model.
   *
   * @throws UserError when there is no model, it is not whole or damaged, or of a family that is not installed
   */
  static ModelFamily of(ModelSource model) throws IOException {
    return ModelConfig.read(model).requireFamily(model);
  }

  /** The keys of the families that can be trained by themselves. */
  static List<String> trainable() {
    return installed().stream().filter(ModelFamily::isTrainable).map(ModelFamily::key).toList();
  }

  /**
   * The family of the run that made a model, or is to make it.
   *
   * @throws UserError when its settings are damaged, or of a family that is not installed
   */
  static ModelFamily ofRun(ModelSource model) throws IOException {
    return named(StoredRun.read(model).kind());
  }

  /**
   * The settings of the run that made a model, or is to make it.
   *
   * @throws UserError when they are damaged, or of a family that is not installed
   */
  static Settings settingsOf(ModelSource model) throws IOException {
    StoredRun run = StoredRun.read(model);
    return run.settings(named(run.kind()));
  }

  /** The keys of families, for messages. */
  private static String keys(List<ModelFamily> families) {
    return families.stream().map(ModelFamily::key).collect(Collectors.joining(", "));
  }
}
