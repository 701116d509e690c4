package crema.cuda;

import crema.tensor.AttentionOps;
import crema.tensor.AttentionSpec;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** An attention with its gradients, on a device in BF16 and on the reference in F64 on the same rounded inputs. */
final class AttentionCheck {
  private final AttentionSpec spec;
  private final int[] cumulative;
  private final float[] q;
  private final float[] k;
  private final float[] v;
  private final float[] dy;
  private final Map<String, float[]> expected;

  private AttentionCheck(AttentionSpec spec, long seed, int... lengths) {
    this.spec = spec;
    cumulative = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      cumulative[i + 1] = cumulative[i] + lengths[i];
    }
    int tokens = cumulative[lengths.length];
    var random = new Random(seed);
    q = normal(random, tokens * spec.numHeads() * spec.headDim());
    k = normal(random, tokens * spec.numKeyValueHeads() * spec.headDim());
    v = normal(random, tokens * spec.numKeyValueHeads() * spec.headDim());
    dy = normal(random, tokens * spec.numHeads() * spec.headDim());
    try (Backend reference = Backend.open(Device.REFERENCE)) {
      expected = run(reference, DType.F64, new ByOps(reference.ops().attention()));
    }
  }

  /** An attention over normally distributed values. */
  static AttentionCheck of(AttentionSpec spec, long seed, int... lengths) {
    return new AttentionCheck(spec, seed, lengths);
  }

  /** Values that BF16 holds exactly. */
  private static float[] normal(Random random, int count) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(Float.floatToRawIntBits((float) random.nextGaussian()) & 0xffff0000);
    }
    return values;
  }

  /** y, logSumExp, dq, dk and dv in F64. */
  Map<String, float[]> expected() {
    return expected;
  }

  /** The same as a device computes it in BF16. */
  Map<String, float[]> on(Backend backend) {
    return run(backend, DType.BF16, new ByOps(backend.ops().attention()));
  }

  /** The same by certain kernels. */
  Map<String, float[]> on(Backend backend, TensorCoreAttention attention) {
    return run(backend, DType.BF16, new ByTensorCores(attention));
  }

  /** The two directions of {@link AttentionOps}. */
  private interface Directions {
    void forward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y, Tensor logSumExp);

    void backward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y, Tensor logSumExp,
        Tensor dy, Tensor dq, Tensor dk, Tensor dv);
  }

  private record ByOps(AttentionOps ops) implements Directions {
    @Override
    public void forward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
        Tensor logSumExp) {
      ops.attention(q, k, v, sequences, spec, y, logSumExp);
    }

    @Override
    public void backward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
        Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
      ops.attentionBackward(q, k, v, sequences, spec, y, logSumExp, dy, dq, dk, dv);
    }
  }

  private record ByTensorCores(TensorCoreAttention attention) implements Directions {
    @Override
    public void forward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
        Tensor logSumExp) {
      attention.forward(q, k, v, sequences, spec, y, logSumExp);
    }

    @Override
    public void backward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
        Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
      attention.backward(q, k, v, sequences, spec, y, logSumExp, dy, dq, dk, dv);
    }
  }

  private Map<String, float[]> run(Backend backend, DType type, Directions directions) {
    try (var scope = new Scope(backend)) {
      Sequences sequences = Sequences.of(scope, cumulative);
      Tensor queries = tensor(scope, type, q, spec.numHeads());
      Tensor keys = tensor(scope, type, k, spec.numKeyValueHeads());
      Tensor values = tensor(scope, type, v, spec.numKeyValueHeads());
      Tensor upstream = tensor(scope, type, dy, spec.numHeads());
      Tensor y = scope.emptyLike(queries);
      Tensor logSumExp = scope.empty(type == DType.F64 ? type : DType.F32, sequences.tokens(), spec.numHeads());
      Tensor dq = scope.emptyLike(queries);
      Tensor dk = scope.emptyLike(keys);
      Tensor dv = scope.emptyLike(values);
      directions.forward(queries, keys, values, sequences, spec, y, logSumExp);
      directions.backward(queries, keys, values, sequences, spec, y, logSumExp, upstream, dq, dk, dv);
      var results = new LinkedHashMap<String, float[]>();
      results.put("y", y.toFloats());
      results.put("logSumExp", logSumExp.toFloats());
      results.put("dq", dq.toFloats());
      results.put("dk", dk.toFloats());
      results.put("dv", dv.toFloats());
      return results;
    }
  }

  private Tensor tensor(Scope scope, DType type, float[] elements, int heads) {
    Tensor tensor = scope.empty(type, cumulative[cumulative.length - 1], (long) heads * spec.headDim());
    tensor.set(elements);
    return tensor;
  }

  /**
   * How far results are from what is expected, as shares of the root mean square of that.
   *
   * @param typical the root mean square of the differences
   * @param worst the greatest difference
   */
  record Distance(double typical, double worst) {
    /** Whether it is what rounding activations to BF16 explains: 8 bits, and sums of a hundred products of them. */
    boolean isRounding() {
      return typical < 0.01 && worst < 0.1;
    }
  }

  static Distance distance(float[] actual, float[] expected) {
    double size = 0;
    double differences = 0;
    double worst = actual.length == expected.length ? 0 : Double.NaN;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      size += (double) expected[i] * expected[i];
      differences += difference * difference;
      worst = difference <= worst ? worst : difference;
    }
    double rms = Math.sqrt(size / expected.length);
    return new Distance(Math.sqrt(differences / expected.length) / rms, worst / rms);
  }
}
