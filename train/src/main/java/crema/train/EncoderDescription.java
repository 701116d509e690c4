package crema.train;

import crema.nn.model.EmbeddingClassifierConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code config.json} says: the network, under Hugging Face's names, and how texts are cut for it.
 *
 * @param network the shape of the encoder and its head
 * @param maxLength longer texts are cut to so many tokens
 */
record EncoderDescription(EmbeddingClassifierConfig network, int maxLength) {
  private static final int FORMAT = 1;
  private static final String MODEL_TYPE = "crema-encoder";

  void write(Path file) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("model_type", MODEL_TYPE);
    json.put("format", FORMAT);
    json.put("max_length", maxLength);
    json.putAll(network.toMap());
    ModelDirectory.writeJson(file, json);
  }

  /**
   * Reads a model's config.
   *
   * @throws TrainingException when there is none, or it is damaged or of a newer version
   */
  static EncoderDescription read(ModelDirectory directory) throws IOException {
    Path file = directory.config();
    if (!Files.isDirectory(directory.path())) {
      throw new TrainingException(directory.path() + (Files.exists(directory.path())
          ? " is a file, not a model directory" : " does not exist: give the directory of a trained model"));
    }
    if (!directory.holdsModel()) {
      throw new TrainingException(directory.path() + (directory.holdsRun()
          ? " holds a training run that is not finished; continue it with: crema train --resume --output "
              + directory.path()
          : " is not a model directory: it has no config.json"));
    }
    Map<?, ?> json = ModelDirectory.readJson(file, Map.class);
    if (!(json.get("format") instanceof Integer format) || !MODEL_TYPE.equals(json.get("model_type"))) {
      throw new TrainingException(file + " does not describe a model of Crema");
    }
    if (format > FORMAT) {
      throw new TrainingException(directory.path() + " was written by a newer version of Crema (format " + format
          + "; this one reads up to " + FORMAT + "): update Crema");
    }
    if (!(json.get("max_length") instanceof Integer maxLength) || maxLength < 1) {
      throw new TrainingException(file + ": max_length must be a positive number, not " + json.get("max_length"));
    }
    var values = new LinkedHashMap<String, Object>();
    json.forEach((key, value) -> values.put(String.valueOf(key), value));
    try {
      return new EncoderDescription(EmbeddingClassifierConfig.of(values), maxLength);
    } catch (IllegalArgumentException e) {
      throw new TrainingException(file + ": " + e.getMessage(), e);
    }
  }
}
