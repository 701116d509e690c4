package crema.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import crema.tensor.Pooling;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A pretrained encoder in ONNX Runtime, which gets uneven texts padded, as it needs them. */
record OnnxEncoder(OrtEnvironment environment, OrtSession session) implements AutoCloseable {
  static OnnxEncoder open(String file, int threads) throws OrtException {
    var environment = OrtEnvironment.getEnvironment();
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      return new OnnxEncoder(environment, environment.createSession(file, options));
    }
  }

  /**
   * The vectors of texts.
   *
   * @param texts the token ids of each
   * @param pooling the mean of a text's tokens, or the first
   * @return {@code [texts, features]}
   */
  float[] embed(List<int[]> texts, Pooling pooling) {
    int width = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    var ids = new long[texts.size() * width];
    var mask = new long[ids.length];
    for (int row = 0; row < texts.size(); row++) {
      int[] text = texts.get(row);
      for (int i = 0; i < text.length; i++) {
        ids[row * width + i] = text[i];
        mask[row * width + i] = 1;
      }
    }
    long[] shape = {texts.size(), width};
    try (var idTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
        var maskTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
        var typeTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape)) {
      var inputs = new HashMap<String, OnnxTensor>(
          Map.of("input_ids", idTensor, "attention_mask", maskTensor, "token_type_ids", typeTensor));
      inputs.keySet().retainAll(session.getInputNames());
      try (var result = session.run(inputs)) {
        return pooled((OnnxTensor) result.get(0), texts, width, pooling);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[] pooled(OnnxTensor output, List<int[]> texts, int width, Pooling pooling) {
    var tokens = output.getFloatBuffer();
    long[] shape = output.getInfo().getShape();
    int features = (int) shape[shape.length - 1];
    var vectors = new float[texts.size() * features];
    for (int row = 0; row < texts.size(); row++) {
      int pooled = switch (pooling) {
        case MEAN -> texts.get(row).length;
        case FIRST -> 1;
        default -> throw new IllegalArgumentException("pooling " + pooling);
      };
      for (int i = 0; i < pooled; i++) {
        for (int j = 0; j < features; j++) {
          vectors[row * features + j] += tokens.get((row * width + i) * features + j) / pooled;
        }
      }
    }
    return vectors;
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
