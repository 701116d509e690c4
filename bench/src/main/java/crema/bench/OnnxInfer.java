package crema.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * Latency and throughput of the default encoder in ONNX Runtime; the same work and the same line of JSON as
 * {@link EncoderInfer}, to be run in turns with it. {@code bench/export_onnx.py} makes the model.
 *
 * <p>Arguments: {@code MODEL.onnx BATCH LENGTH [RUNS]}. {@code THREADS} in the environment sets the number of threads.
 */
public final class OnnxInfer {
  private OnnxInfer() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws OrtException {
    int batch = Integer.parseInt(args[1]);
    int length = Integer.parseInt(args[2]);
    int runs = args.length > 3 ? Integer.parseInt(args[3]) : 50;
    long[] ids = Arrays.stream(EncoderBench.randomIds(0, batch * length)).asLongStream().toArray();
    long[] mask = new long[ids.length];
    Arrays.fill(mask, 1);
    long[] shape = {batch, length};
    try (var environment = OrtEnvironment.getEnvironment();
        var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(EncoderBench.threads());
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      try (var session = environment.createSession(args[0], options)) {
        EncoderBench.measure(batch, length, runs, () -> predict(environment, session, ids, mask, shape));
      }
    }
  }

  private static void predict(OrtEnvironment environment, OrtSession session, long[] ids, long[] mask, long[] shape) {
    try (var idTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
        var maskTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
        var result = session.run(Map.of("ids", idTensor, "mask", maskTensor))) {
      result.get(0).getValue();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
