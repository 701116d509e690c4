package crema.nn;

import crema.base.Rng;
import crema.tensor.DType;
import crema.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * The values that a parameter starts with. They are computed on the host from the counter-based generator with exactly
 * rounded arithmetic, so that they are the same on every device and machine.
 */
public sealed interface Initializer {
  /** The value of one element, given 32 random bits. */
  double value(int bits);

  /** Independent normal numbers with mean 0. */
  record Normal(double standardDeviation) implements Initializer {
    @Override
    public double value(int bits) {
      return standardDeviation * NormalQuantile.of(((bits & 0xFFFFFFFFL) + 0.5) * 0x1p-32);
    }
  }

  /** Independent numbers in [−bound, bound). */
  record Uniform(double bound) implements Initializer {
    @Override
    public double value(int bits) {
      return bound * (2 * (double) Rng.toUniform(bits) - 1);
    }

    /**
     * What PyTorch gives a new linear layer: uniform in ±1/√fanIn for weights and biases, which is He initialization
     * (arXiv 1502.01852, equation 10) with a leaky slope of √5.
     *
     * @param fanIn the number of features that go in
     */
    public static Uniform linear(long fanIn) {
      return new Uniform(1 / Math.sqrt(fanIn));
    }
  }

  /** The same number everywhere. */
  record Constant(double value) implements Initializer {
    @Override
    public double value(int bits) {
      return value;
    }
  }

  /** Overwrites the elements of an F32 or F64 tensor; element {@code i} depends on number {@code i} of the stream. */
  default void fill(Tensor tensor, Rng.Stream random) {
    if (this instanceof Constant constant) {
      tensor.backend().ops().pointwise().fill(constant.value(), tensor);
      return;
    }
    boolean wide = tensor.dtype() == DType.F64;
    var narrowValues = new float[wide ? 0 : 1 << 14];
    var wideValues = new double[wide ? 1 << 14 : 0];
    var words = new int[4];
    for (long start = 0; start < tensor.elements(); start += 1 << 14) {
      int count = (int) Math.min(1 << 14, tensor.elements() - start);
      for (int i = 0; i < count; i++) {
        if ((i & 3) == 0) {
          random.block((start + i) >>> 2, words);
        }
        double value = value(words[i & 3]);
        if (wide) {
          wideValues[i] = value;
        } else {
          narrowValues[i] = (float) value;
        }
      }
      MemorySegment values = wide ? MemorySegment.ofArray(wideValues) : MemorySegment.ofArray(narrowValues);
      tensor.storage().write(tensor.offset() + start, values.asSlice(0, (long) count * tensor.dtype().bytes()));
    }
  }
}
