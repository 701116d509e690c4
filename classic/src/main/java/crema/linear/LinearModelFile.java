package crema.linear;

import crema.base.ByteSource;
import crema.base.LargeArrays;
import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.io.SafetensorsWriter;
import crema.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link LinearModel}: safetensors with {@code weight} [features, labels] and {@code bias} [labels], F32,
 * and the metadata {@code linear_version}, {@code loss} and {@code exclusive}. It is untrusted.
 */
final class LinearModelFile {
  private static final int VERSION = 1;
  private static final String VERSION_KEY = "linear_version";
  private static final String LOSS_KEY = "loss";
  private static final String EXCLUSIVE_KEY = "exclusive";
  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";

  private LinearModelFile() {}

  static void write(Path file, LinearModel model) throws IOException {
    var tensors = new LinkedHashMap<String, SafetensorsWriter.Floats>();
    tensors.put(WEIGHT,
        new SafetensorsWriter.Floats(model.weights(), Shape.of(model.features(), model.labels())));
    tensors.put(BIAS, new SafetensorsWriter.Floats(model.intercepts(), Shape.of(model.labels())));
    SafetensorsWriter.writeFloats(file, tensors, Map.of(VERSION_KEY, Integer.toString(VERSION),
        LOSS_KEY, model.loss().name(), EXCLUSIVE_KEY, Boolean.toString(model.exclusive())));
  }

  static LinearModel read(ByteSource file) throws IOException {
    try (var reader = SafetensorsReader.open(file)) {
      return read(reader);
    } catch (InvalidWeightsException e) {
      String message = e.getMessage();
      throw message != null && message.startsWith(file.name())
          ? e
          : new InvalidWeightsException(file + " is not a linear model's file: " + message, e);
    }
  }

  private static LinearModel read(StoredWeights reader) {
    Map<String, String> metadata = reader.metadata();
    String version = required(metadata, VERSION_KEY);
    if (!version.equals(Integer.toString(VERSION))) {
      throw new InvalidWeightsException("it has version " + version + ", and this program knows version " + VERSION);
    }
    LinearLoss loss = loss(required(metadata, LOSS_KEY));
    boolean exclusive = flag(required(metadata, EXCLUSIVE_KEY));
    Shape weight = shape(reader, WEIGHT, 2);
    Shape bias = shape(reader, BIAS, 1);
    if (!bias.equals(Shape.of(weight.extent(1)))) {
      throw new InvalidWeightsException("its weight is " + weight + ", which does not fit its bias " + bias);
    }
    return new LinearModel(loss, exclusive, Math.toIntExact(weight.extent(0)), floats(reader, WEIGHT, weight),
        floats(reader, BIAS, bias));
  }

  private static Shape shape(StoredWeights reader, String name, int rank) {
    @Nullable Shape shape = reader.shapes().get(name);
    if (shape == null || shape.rank() != rank) {
      throw new InvalidWeightsException("it needs a tensor " + name + " with " + rank + " dimensions");
    }
    if (shape.elements() > Integer.MAX_VALUE - 8 || shape.elements() == 0) {
      throw new InvalidWeightsException("its " + name + " is " + shape + ", which no linear model has");
    }
    return shape;
  }

  private static float[] floats(StoredWeights reader, String name, Shape shape) {
    float[] values = LargeArrays.floats(shape.elements());
    reader.read(name, values);
    return values;
  }

  private static LinearLoss loss(String name) {
    for (LinearLoss loss : LinearLoss.values()) {
      if (loss.name().equals(name)) {
        return loss;
      }
    }
    throw new InvalidWeightsException("its loss is '" + name + "', which this program does not know");
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new InvalidWeightsException("its '" + EXCLUSIVE_KEY + "' is '" + text
          + "' and should be true or false");
    };
  }

  private static String required(Map<String, String> metadata, String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new InvalidWeightsException("its metadata lacks '" + key + "'");
    }
    return value;
  }
}
