package crema.family.encoder;

import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.ModelSource;
import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.model.TextClassifier;
import crema.nn.model.TextClassifierConfig;
import crema.run.DataSettings;
import crema.run.LabelMapping;
import crema.run.StartSettings;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.Target;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The encoder model that a run starts from: its shape, its tokenizer, its parameters, and of the head the rows of the
 * labels that go on.
 *
 * @param path of the model
 * @param description what it is
 * @param target what it predicts
 * @param hash of its weights
 */
record EncoderStart(Path path, EncoderDescription description, Target target, String hash) {
  /** The settings that are the model's. */
  static final List<Setting<?>> INHERITED = List.of(DataSettings.TEXT, DataSettings.JOINER,
      DataSettings.RECIPE, DataSettings.DROP,
      DataSettings.LOWERCASE,
      EncoderSettings.VOCABULARY_SIZE, EncoderSettings.MAX_LENGTH, EncoderSettings.KEEP, EncoderSettings.HIDDEN_SIZE,
      EncoderSettings.LAYERS, EncoderSettings.HEADS, EncoderSettings.KV_HEADS, EncoderSettings.FFN_SIZE,
      EncoderSettings.HEAD, EncoderSettings.HEAD_SIZE, EncoderSettings.HEAD_LAYERS, EncoderSettings.BAG_SIZE,
      FineTuningSettings.POOLING);

  private static final String HEAD = "classifier.";
  private static final String BAG_OUTPUT = "bag.out_proj.";

  /**
   * The model of a run, if it starts from one.
   *
   * @throws UserError if it cannot be started from
   */
  static Optional<EncoderStart> of(Settings settings) throws IOException {
    Optional<Path> from = StartSettings.from(settings);
    if (from.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(ModelSource.read(from.get(), source -> {
      EncoderDescription description = EncoderDescription.read(source);
      try (InputStream in = source.bytes(EncoderFamily.WEIGHTS).open()) {
        return new EncoderStart(from.get(), description, source.readTarget(), new Sha256().add(in).hex());
      }
    }));
  }

  /** Its tokenizer. */
  Tokenizer tokenizer() throws IOException {
    return ModelSource.read(path, source -> Tokenizer.load(source.bytes(EncoderFamily.TOKENIZER)));
  }

  /** The same network with a head of so many labels. */
  TextClassifierConfig network(int labels) {
    TextClassifierConfig own = description.network();
    return new TextClassifierConfig(own.encoder(), own.pooling(), own.head(), own.bagSize(), labels);
  }

  /**
   * Copies the parameters to a model of that network.
   *
   * @param labels of the run
   */
  void load(TextClassifier model, LabelMapping labels) throws IOException {
    Map<String, Tensor> state = model.stateDict();
    String last = state.keySet().stream().filter(name -> name.startsWith(HEAD)).reduce((_, name) -> name)
        .map(name -> name.substring(0, name.lastIndexOf('.') + 1)).orElse(HEAD);
    ModelSource.read(path, source -> {
      try (StoredWeights stored = SafetensorsReader.open(source.bytes(EncoderFamily.WEIGHTS))) {
        state.forEach((name, tensor) -> {
          if (!stored.shapes().containsKey(name)) {
            throw new UserError(path + ": its weights lack " + name + "; copy the whole model again");
          }
          boolean isOfLabels = name.startsWith(BAG_OUTPUT) || name.startsWith(last);
          if (isOfLabels && stored.shapes().get(name).extent(0) == labels.older().size()) {
            copyRows(name, tensor, stored, labels);
          } else {
            stored.read(name, tensor);
          }
        });
        return true;
      } catch (InvalidWeightsException e) {
        throw new UserError(path + ": " + e.getMessage(), e);
      }
    });
  }

  private static void copyRows(String name, Tensor tensor, StoredWeights stored, LabelMapping labels) {
    try (var scope = new Scope(tensor.backend())) {
      Shape shape = Objects.requireNonNull(stored.shapes().get(name));
      Tensor older = scope.empty(DType.F32, shape);
      stored.read(name, older);
      float[][] mapped = labels.rows(rows(older.toFloats(), labels.older().size()),
          rows(tensor.toFloats(), labels.sources().size()));
      var values = new double[Math.toIntExact(tensor.elements())];
      int width = mapped[0].length;
      for (int row = 0; row < mapped.length; row++) {
        for (int i = 0; i < width; i++) {
          values[row * width + i] = mapped[row][i];
        }
      }
      tensor.set(values);
    }
  }

  private static float[][] rows(float[] values, int count) {
    var rows = new float[count][values.length / count];
    for (int row = 0; row < count; row++) {
      System.arraycopy(values, row * rows[row].length, rows[row], 0, rows[row].length);
    }
    return rows;
  }
}
