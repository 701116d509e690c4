package crema.classify;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.family.encoder.TrainingConfig;
import crema.family.fasttext.FastTextTrainingConfig;
import crema.family.linear.LinearTrainingConfig;
import crema.family.staged.StagesConfig;
import crema.run.DataSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model on disk. All that prediction needs is {@code config.json}, {@code labels.json}, {@code target.json}, and
 * {@code model.safetensors} and {@code tokenizer.json} or, of fastText, {@code model.bin} or, of a linear model,
 * {@code terms.json}; {@code provenance.json}, {@code training.json}, {@code train.yaml}, {@code metrics.json},
 * {@code test.jsonl}, {@code report.html}, {@code log.jsonl} and, with thresholds, {@code thresholds.jsonl} tell where
 * it comes from. While it is trained there are also {@code checkpoints} and {@code cache}.
 *
 * @param path the folder
 */
public record ModelDirectory(Path path) {
  private static final JsonMapper JSON = JsonMapper.builder()
      .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
      .enable(SerializationFeature.INDENT_OUTPUT)
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .build();

  /** The kind of model, its format and its network. Written last: a folder with it is a whole model. */
  public Path config() {
    return path.resolve("config.json");
  }

  /** The weights. */
  public Path weights() {
    return path.resolve("model.safetensors");
  }

  /** The weights of a fastText model, as a file of fastText. */
  public Path fastText() {
    return path.resolve("model.bin");
  }

  /** The terms of a linear model and in how many texts each is. */
  public Path terms() {
    return path.resolve("terms.json");
  }

  /** The tokenizer. */
  public Path tokenizer() {
    return path.resolve("tokenizer.json");
  }

  /** The labels. */
  public Path labels() {
    return path.resolve("labels.json");
  }

  /** How its scores become labels: the kind of target, thresholds, and how paths are found. */
  public Path target() {
    return path.resolve("target.json");
  }

  /** Where the model comes from. */
  public Path provenance() {
    return path.resolve("provenance.json");
  }

  /** The settings of the training run. */
  public Path trainingConfig() {
    return path.resolve("training.json");
  }

  /** The settings of the training run as a config file, with which the same can be trained again. */
  public Path resolvedConfig() {
    return path.resolve("train.yaml");
  }

  /** The metrics on the test rows. */
  public Path metrics() {
    return path.resolve("metrics.json");
  }

  /** What the model said of each test row. */
  public Path testOutcomes() {
    return path.resolve("test.jsonl");
  }

  /** The same and more, as a page. */
  public Path report() {
    return path.resolve("report.html");
  }

  /** The log of all steps. */
  public Path log() {
    return path.resolve("log.jsonl");
  }

  /** All thresholds that were tried in each validation, and what they gave. */
  public Path thresholdLog() {
    return path.resolve("thresholds.jsonl");
  }

  /** What training keeps to read it again, until it is over. */
  public Path cache() {
    return path.resolve("cache");
  }

  /** How the model is cut into stages, if it is. */
  public Path stagesConfig() {
    return path.resolve("stages.json");
  }

  /** Reads how a run is cut into stages, if it is. */
  public Optional<StagesConfig> readStagesConfig() throws IOException {
    return Files.isRegularFile(stagesConfig())
        ? Optional.of(readJson(stagesConfig(), StagesConfig.class))
        : Optional.empty();
  }

  /** The model of a stage, from 0, where several decide one after the other. */
  public ModelDirectory stage(int stage) {
    return new ModelDirectory(stages().resolve(Integer.toString(stage + 1)));
  }

  private Path stages() {
    return path.resolve("stages");
  }

  /** The checkpoints of a run that is not finished. */
  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /** The token cache of a part of the rows. */
  public Path tokenCache(String part) {
    return cache().resolve(part + ".tokens");
  }

  /** Whether there is a whole model. */
  public boolean holdsModel() {
    return Files.isRegularFile(config());
  }

  /** Whether a training run was started here. */
  public boolean holdsRun() {
    return Files.isRegularFile(trainingConfig());
  }

  /**
   * Makes the folder ready for a new run.
   *
   * @param overwrite whether a run or model that is there is deleted first
   * @throws UserError when there is one and it must not be
   */
  public void prepareForRun(boolean overwrite) throws IOException {
    for (Path folder = path; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new UserError(folder + " is a file, not a directory to write a model to");
      }
    }
    if (holdsRun() || holdsModel()) {
      if (!overwrite) {
        throw new UserError(path + " already holds a "
            + (holdsModel() ? "model; choose another --output, or start over with --overwrite"
                : "run; continue it with --resume, or start over with --overwrite"));
      }
      deleteFiles();
    }
    Files.createDirectories(path);
  }

  /** What a run does first; there is nothing to resume before it has succeeded. */
  @FunctionalInterface
  public interface Beginning<T> {
    T run() throws IOException;
  }

  /**
   * Writes the settings of a run and begins it. If that fails, what was written is deleted again, unless the run is one
   * that is resumed here.
   *
   * @param settings of the run, by the file that holds them
   */
  public <T> T begin(Map<Path, Object> settings, Beginning<T> beginning) throws IOException {
    boolean resumes = holdsRun();
    for (var file : settings.entrySet()) {
      writeJson(file.getKey(), file.getValue());
    }
    try {
      return beginning.run();
    } catch (IOException | RuntimeException e) {
      if (!resumes) {
        discardRun();
      }
      throw e;
    }
  }

  /** Deletes a run that could not begin, and the folder if nothing else is in it. */
  private void discardRun() throws IOException {
    deleteFiles();
    try (Stream<Path> rest = Files.list(path)) {
      if (rest.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(path);
  }

  private void deleteFiles() throws IOException {
    for (Path file : List.of(config(), weights(), fastText(), terms(), tokenizer(), labels(), target(), provenance(),
        trainingConfig(), resolvedConfig(), metrics(), testOutcomes(), report(), log(), thresholdLog(),
        stagesConfig())) {
      Files.deleteIfExists(file);
    }
    deleteFolder(stages());
    deleteRunFiles();
  }

  /** Deletes what only an unfinished run needs. */
  public void deleteRunFiles() throws IOException {
    deleteFolder(checkpoints());
    deleteFolder(cache());
  }

  private static void deleteFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Reads the settings of the run. */
  public TrainingConfig readTrainingConfig() throws IOException {
    return readJson(trainingConfig(), TrainingConfig.class);
  }

  /** Reads the settings of a run of fastText. */
  public FastTextTrainingConfig readFastTextConfig() throws IOException {
    return readJson(trainingConfig(), FastTextTrainingConfig.class);
  }

  /** Reads the settings of a run of the linear baseline. */
  public LinearTrainingConfig readLinearConfig() throws IOException {
    return readJson(trainingConfig(), LinearTrainingConfig.class);
  }

  /** What the run that was started here trains: {@code encoder}, {@code fasttext} or {@code linear}. */
  public String trainedModel() throws IOException {
    Object model = readJson(trainingConfig(), Map.class).get("model");
    return model == null ? "encoder" : model.toString();
  }

  /** Reads which rows the run is about, whatever it trains. */
  public DataSettings readTrainingData() throws IOException {
    return switch (trainedModel()) {
      case FastTextTrainingConfig.MODEL -> readFastTextConfig().data();
      case LinearTrainingConfig.MODEL -> readLinearConfig().data();
      default -> readTrainingConfig().data();
    };
  }

  /** Writes a value as JSON; what the file held before stays if that fails. */
  public static void writeJson(Path file, Object value) throws IOException {
    AtomicFile.writeText(file, JSON.writeValueAsString(value) + "\n");
  }

  /**
   * Reads a JSON file of one of the records that are kept in a model directory.
   *
   * @throws UserError when the file is not such a record
   */
  public static <T> T readJson(Path file, Class<T> type) throws IOException {
    try {
      return readJson(Files.readString(file), type);
    } catch (JacksonException e) {
      throw new UserError(file + " is damaged: " + firstLine(e)
          + "; copy it again, or train again with --overwrite",
          e);
    }
  }

  /** Reads a record from JSON text. */
  public static <T> T readJson(String text, Class<T> type) {
    return JSON.readValue(text, type);
  }

  /** Writes a record as JSON text. */
  public static String toJson(Object value) {
    return JSON.writeValueAsString(value);
  }

  private static String firstLine(JacksonException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserError) {
        return String.valueOf(cause.getMessage());
      }
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "this version of Crema does not know the key '" + unknown.getPropertyName() + "'";
    }
    return e.getOriginalMessage().lines().findFirst().orElse("not the JSON that was expected");
  }
}
