package crema.pretrained;

import crema.autograd.Tape;
import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.io.StoredWeights;
import crema.nn.model.vision.ClipConfig;
import crema.nn.model.vision.ClipModel;
import crema.settings.JsonFile;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/** Makes vectors of texts with a pretrained CLIP, to compare with its vectors of pictures. */
public final class PretrainedClip {
  private static final String TYPE = "model_type";
  private static final String CLIP = "clip";

  private PretrainedClip() {}

  /**
   * Vectors of texts.
   *
   * @param vectors of length 1, {@code [texts, features]}
   * @param scale what cosines are multiplied with before a softmax over texts
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record TextVectors(float[][] vectors, double scale) {}

  /**
   * Makes vectors of texts.
   *
   * @param folder of Hugging Face's layout, with a tokenizer
   * @throws UserError when it is no CLIP with both towers, or a file is missing or damaged
   */
  public static TextVectors vectors(Path folder, List<String> texts, Backend backend) throws IOException {
    Path file = folder.resolve(PretrainedFolder.CONFIG);
    var json = new LinkedHashMap<String, Object>();
    JsonFile.read(file).forEach((key, value) -> {
      if (value != null) {
        json.put(key, value);
      }
    });
    Path tokens = folder.resolve(PretrainedFolder.TOKENIZER);
    if (!CLIP.equals(json.get(TYPE)) || !Files.exists(tokens)) {
      throw new UserError(folder + (CLIP.equals(json.get(TYPE)) ? " has no " + PretrainedFolder.TOKENIZER
          : " is of the type " + json.get(TYPE))
          + ": pictures are compared with names by a CLIP, which reads texts too");
    }
    Tokenizer tokenizer = Tokenizer.load(tokens);
    try (StoredWeights stored = StoredWeights.open(folder)) {
      ClipConfig config = ClipConfig.of(json);
      Weights weights = ClipModel.canonical(stored);
      try (var model = new ClipModel(ParameterSource.loadedFrom(weights, backend), config)) {
        model.load(weights);
        var vectors = new float[texts.size()][];
        for (int text = 0; text < vectors.length; text++) {
          vectors[text] = unit(vector(model, tokenizer.encode(texts.get(text)), config, backend));
        }
        return new TextVectors(vectors, model.scale());
      }
    } catch (InvalidWeightsException | IllegalArgumentException e) {
      throw new UserError(folder + ": " + e.getMessage(), e);
    }
  }

  private static float[] vector(ClipModel model, int[] ids, ClipConfig config, Backend backend) {
    int[] read = ids;
    if (ids.length > config.text().maxTokens()) {
      // The token of the end stays, whose vector is that of the text.
      read = Arrays.copyOf(ids, config.text().maxTokens());
      read[read.length - 1] = ids[ids.length - 1];
    }
    try (var scope = new Scope(backend)) {
      return model.text().forward(Tape.inference(scope), scope.ints(read, read.length),
          Sequences.of(scope, new int[] {0, read.length})).value().toFloats();
    }
  }

  private static float[] unit(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < vector.length && length > 0; i++) {
      vector[i] = (float) (vector[i] / length);
    }
    return vector;
  }
}
