package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.PointwiseOps;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@link PointwiseOps} with SIMD kernels. */
final class CpuPointwise implements PointwiseOps {
  /** Elements for which slopes or random words are held at a time: they stay in the L1 cache. */
  private static final int BLOCK = 1024;

  private final CpuContext context;

  CpuPointwise(CpuContext context) {
    this.context = context;
  }

  private static int count(Tensor x) {
    return (int) x.elements();
  }

  @Override
  public void fill(double value, Tensor x) {
    int xo = start(x);
    Object array = CpuStorage.of(x).array();
    context.overElements(count(x), (from, to) -> {
      switch (array) {
        case float[] floats -> Arrays.fill(floats, xo + from, xo + to, (float) value);
        case double[] doubles -> Arrays.fill(doubles, xo + from, xo + to, value);
        case int[] ints -> Arrays.fill(ints, xo + from, xo + to, (int) value);
        case byte[] bytes -> Arrays.fill(bytes, xo + from, xo + to, (byte) value);
        case short[] shorts -> Arrays.fill(shorts, xo + from, xo + to, sixteenBits(value, x.dtype()));
        default -> throw new IllegalStateException("storage of " + array.getClass());
      }
    });
  }

  private static short sixteenBits(double value, DType type) {
    if (type == DType.F16) {
      return Float.floatToFloat16((float) value);
    }
    // A bfloat16 is the upper half of a float, rounded to the nearest even.
    int bits = Float.floatToRawIntBits((float) value);
    return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
  }

  @Override
  @SuppressWarnings("SuspiciousSystemArraycopy") // Both arrays are of the tensors' type.
  public void copy(Tensor x, Tensor y) {
    if (x.dtype() != y.dtype()) {
      throw new IllegalArgumentException("copy of " + x.dtype() + " to " + y.dtype());
    }
    Object source = CpuStorage.of(x).array();
    Object target = CpuStorage.of(y).array();
    int xo = start(x);
    int yo = start(y);
    context.overElements(count(x), (from, to) -> System.arraycopy(source, xo + from, target, yo + from, to - from));
  }

  @Override
  public void copyColumns(Tensor x, long from, Tensor y) {
    moveColumns(x, (int) from, y, 0, (int) y.shape().columns());
  }

  @Override
  public void setColumns(Tensor x, long from, Tensor y) {
    moveColumns(x, 0, y, (int) from, (int) x.shape().columns());
  }

  private void moveColumns(Tensor x, int from, Tensor y, int to, int count) {
    float[] in = floats(x);
    float[] out = floats(y);
    int inColumns = (int) x.shape().columns();
    int outColumns = (int) y.shape().columns();
    int xo = start(x) + from;
    int yo = start(y) + to;
    context.overRows((int) x.shape().rows(), count, (first, end) -> {
      for (int row = first; row < end; row++) {
        System.arraycopy(in, xo + row * inColumns, out, yo + row * outColumns, count);
      }
    });
  }

  @Override
  public void activate(Activation f, Tensor x, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int xo = start(x);
    int yo = start(y);
    context.overElements(count(x),
        (from, to) -> Kernels.ACTIVATION.activate(f, in, xo + from, out, yo + from, to - from));
  }

  @Override
  public void activateBackward(Activation f, Tensor x, Tensor dy, Tensor dx, Write write) {
    float[] in = floats(x);
    float[] gradient = floats(dy);
    float[] out = floats(dx);
    int xo = start(x);
    int dyo = start(dy);
    int dxo = start(dx);
    context.overElements(count(x), (from, to) -> {
      float[] slopes = context.floats.take(BLOCK);
      for (int i = from; i < to; i += BLOCK) {
        int n = Math.min(BLOCK, to - i);
        Kernels.ACTIVATION.slope(f, in, xo + i, slopes, 0, n);
        if (write == Write.ADD) {
          Kernels.ARITHMETIC.addScaledProduct(1, gradient, dyo + i, slopes, 0, out, dxo + i, out, dxo + i, n);
        } else {
          Kernels.ARITHMETIC.scaledProduct(1, gradient, dyo + i, slopes, 0, out, dxo + i, n);
        }
      }
      context.floats.give(slopes);
    });
  }

  @Override
  public void binary(BinaryOperator operator, Tensor a, Tensor b, Tensor y) {
    float[] left = floats(a);
    float[] right = floats(b);
    float[] out = floats(y);
    int ao = start(a);
    int bo = start(b);
    int yo = start(y);
    int period = count(b);
    if (period == count(a)) {
      context.overElements(period, (from, to) -> Kernels.ARITHMETIC.binary(operator, left, ao + from, right, bo + from,
          out, yo + from, to - from));
    } else {
      context.overRows(count(a) / period, period, (from, to) -> {
        for (int row = from; row < to; row++) {
          Kernels.ARITHMETIC.binary(operator, left, ao + row * period, right, bo, out, yo + row * period, period);
        }
      });
    }
  }

  @Override
  public void scale(double factor, Tensor x, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int xo = start(x);
    int yo = start(y);
    context.overElements(count(x),
        (from, to) -> Kernels.ARITHMETIC.scale((float) factor, in, xo + from, out, yo + from, to - from));
  }

  @Override
  public void addScaled(double factor, Tensor x, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int xo = start(x);
    int yo = start(y);
    context.overElements(count(x),
        (from, to) -> Kernels.ARITHMETIC.addScaled((float) factor, in, xo + from, out, yo + from, to - from));
  }

  @Override
  public void swiglu(Tensor gate, Tensor up, Tensor y) {
    float[] gates = floats(gate);
    float[] ups = floats(up);
    float[] out = floats(y);
    int go = start(gate);
    int uo = start(up);
    int yo = start(y);
    context.overElements(count(gate),
        (from, to) -> Kernels.ACTIVATION.swiglu(gates, go + from, ups, uo + from, out, yo + from, to - from));
  }

  @Override
  public void swigluBackward(Tensor gate, Tensor up, Tensor dy, Tensor dgate, Tensor dup) {
    float[] gates = floats(gate);
    float[] ups = floats(up);
    float[] gradient = floats(dy);
    float[] gateGradient = floats(dgate);
    float[] upGradient = floats(dup);
    int go = start(gate);
    int uo = start(up);
    int dyo = start(dy);
    int dgo = start(dgate);
    int duo = start(dup);
    context.overElements(count(gate), (from, to) -> Kernels.ACTIVATION.swigluBackward(gates, go + from, ups, uo + from,
        gradient, dyo + from, gateGradient, dgo + from, upGradient, duo + from, to - from));
  }

  @Override
  public void dropout(Tensor x, float p, Rng.Stream random, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int xo = start(x);
    int yo = start(y);
    int threshold = RandomKernels.threshold(p);
    float factor = 1 / (1 - p);
    context.overElements(count(x), (from, to) -> {
      int[] words = context.ints.take(BLOCK);
      for (int i = from; i < to; i += BLOCK) {
        int n = Math.min(BLOCK, to - i);
        Kernels.RANDOM.draw(random, i / RandomKernels.BLOCK, RandomKernels.blocks(n), words, 0);
        Kernels.RANDOM.drop(words, 0, threshold, factor, in, xo + i, out, yo + i, n);
      }
      context.ints.give(words);
    });
  }

  /**
   * For each sequence 0 where its branch is dropped, and what it is multiplied by elsewhere. The caller gives the array
   * back.
   */
  private float[] branchFactors(int count, float p, Rng.@Nullable Stream random) {
    float[] factors = context.floats.take(count);
    Arrays.fill(factors, 0, count, 1);
    if (p > 0 && random != null) {
      int blocks = RandomKernels.blocks(count);
      int[] words = context.ints.take(blocks * RandomKernels.BLOCK);
      Kernels.RANDOM.draw(random, 0, blocks, words, 0);
      Kernels.RANDOM.drop(words, 0, RandomKernels.threshold(p), 1 / (1 - p), factors, 0, factors, 0, count);
      context.ints.give(words);
    }
    return factors;
  }

  @Override
  public void residual(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor y) {
    float[] in = floats(x);
    float[] added = floats(branch);
    float @Nullable [] scale = gamma == null ? null : floats(gamma);
    float[] out = floats(y);
    int xo = start(x);
    int bo = start(branch);
    int go = gamma == null ? 0 : start(gamma);
    int yo = start(y);
    int features = (int) x.shape().columns();
    float[] factors = branchFactors(sequences.count(), p, random);
    context.overRows(sequences.tokens(), features, (from, to) -> {
      var cursor = new SequenceCursor(sequences, from);
      for (int token = from; token < to; token++) {
        float factor = factors[cursor.sequenceOf(token)];
        int at = token * features;
        if (scale == null) {
          Kernels.ARITHMETIC.addScaledTo(factor, added, bo + at, in, xo + at, out, yo + at, features);
        } else {
          Kernels.ARITHMETIC.addScaledProduct(factor, scale, go, added, bo + at, in, xo + at, out, yo + at, features);
        }
      }
    });
    context.floats.give(factors);
  }

  @Override
  public void residualBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor dy, Tensor dbranch, @Nullable Tensor dgamma) {
    float[] added = floats(branch);
    float @Nullable [] scale = gamma == null ? null : floats(gamma);
    float[] gradient = floats(dy);
    float[] out = floats(dbranch);
    int bo = start(branch);
    int go = gamma == null ? 0 : start(gamma);
    int dyo = start(dy);
    int dbo = start(dbranch);
    int features = (int) branch.shape().columns();
    float[] factors = branchFactors(sequences.count(), p, random);
    float[] sums = context.sumOverRows(sequences.tokens(), features, (from, to, partial, po) -> {
      var cursor = new SequenceCursor(sequences, from);
      for (int token = from; token < to; token++) {
        float factor = factors[cursor.sequenceOf(token)];
        int at = token * features;
        if (dgamma != null) {
          Kernels.ARITHMETIC.addScaledProduct(factor, gradient, dyo + at, added, bo + at, partial, po, partial, po,
              features);
        }
        if (scale == null) {
          Kernels.ARITHMETIC.scale(factor, gradient, dyo + at, out, dbo + at, features);
        } else {
          Kernels.ARITHMETIC.scaledProduct(factor, scale, go, gradient, dyo + at, out, dbo + at, features);
        }
      }
    });
    if (dgamma != null) {
      Kernels.ARITHMETIC.addScaled(1, sums, 0, floats(dgamma), start(dgamma), features);
    }
    context.floats.give(sums);
    context.floats.give(factors);
  }
}
