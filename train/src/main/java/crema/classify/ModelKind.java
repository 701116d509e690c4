package crema.classify;

import crema.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a model directory can hold, by the {@code model_type} of its {@code config.json}. */
public enum ModelKind {
  /** A transformer encoder. */
  ENCODER("crema-encoder"),
  /** A fastText model. */
  FAST_TEXT("crema-fasttext"),
  /** TF-IDF and a hyperplane a label. */
  LINEAR("crema-linear"),
  /** Several models that decide one after the other. */
  STAGED("crema-staged");

  private static final int FORMAT = 1;
  private static final String TYPE = "model_type";
  private static final String VERSION = "format";

  private final String type;

  ModelKind(String type) {
    this.type = type;
  }

  /**
   * The kind of model in a directory.
   *
   * @throws UserError when there is none, or it is not whole, damaged or of a newer version
   */
  public static ModelKind of(ModelDirectory directory) throws IOException {
    Map<?, ?> json = readAny(directory);
    for (ModelKind kind : values()) {
      if (kind.type.equals(json.get(TYPE))) {
        for (Path file : kind.files(directory)) {
          if (!Files.isRegularFile(file)) {
            throw new UserError(file + " is missing: a model needs all files of its directory, copy it again");
          }
        }
        return kind;
      }
    }
    throw new UserError(directory.config() + " does not describe a model of Crema");
  }

  /** What a directory must have for prediction besides {@code config.json}. */
  private List<Path> files(ModelDirectory directory) {
    return switch (this) {
      case ENCODER -> List.of(directory.labels(), directory.weights(), directory.tokenizer());
      case FAST_TEXT -> List.of(directory.labels(), directory.fastText());
      case LINEAR -> List.of(directory.labels(), directory.weights(), directory.terms());
      case STAGED -> List.of(directory.labels());
    };
  }

  /**
   * The description of a model of this kind.
   *
   * @throws UserError when there is none, or it is damaged or of a newer version
   */
  public Map<?, ?> read(ModelDirectory directory) throws IOException {
    Map<?, ?> json = readAny(directory);
    if (!type.equals(json.get(TYPE))) {
      throw new UserError(directory.config() + " does not describe a model of Crema");
    }
    return json;
  }

  /** A description that says the kind and the format, to add to. */
  public Map<String, Object> description() {
    var json = new LinkedHashMap<String, Object>();
    json.put(TYPE, type);
    json.put(VERSION, FORMAT);
    return json;
  }

  private static Map<?, ?> readAny(ModelDirectory directory) throws IOException {
    if (!Files.isDirectory(directory.path())) {
      throw new UserError(directory.path() + (Files.exists(directory.path())
          ? " is a file, not a model directory" : " does not exist: give the directory of a trained model"));
    }
    if (!directory.holdsModel()) {
      throw new UserError(directory.path() + (directory.holdsRun()
          ? " holds a training run that is not finished; continue it with: crema train --resume --output "
              + directory.path()
          : " is not a model directory: it has no config.json"));
    }
    Map<?, ?> json = ModelDirectory.readJson(directory.config(), Map.class);
    if (!(json.get(VERSION) instanceof Integer format)) {
      throw new UserError(directory.config() + " does not describe a model of Crema");
    }
    if (format > FORMAT) {
      throw new UserError(directory.path() + " was written by a newer version of Crema (format " + format
          + "; this one reads up to " + FORMAT + "): update Crema");
    }
    return json;
  }
}
