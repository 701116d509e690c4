package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.BinaryOperator;
import crema.tensor.Pooling;
import crema.tensor.ReductionOps;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@link ReductionOps} with SIMD kernels. */
final class CpuReduction implements ReductionOps {
  private final CpuContext context;

  CpuReduction(CpuContext context) {
    this.context = context;
  }

  private static int rows(Tensor x) {
    return (int) x.shape().rows();
  }

  private static int columns(Tensor x) {
    return (int) x.shape().columns();
  }

  @Override
  public void sum(Tensor x, Tensor y, Write write) {
    float[] in = floats(x);
    int xo = start(x);
    double sum = context.sumOverElements((int) x.elements(),
        (from, to) -> Kernels.REDUCTION.wideSum(in, xo + from, to - from));
    float[] out = floats(y);
    out[start(y)] = (float) (write == Write.ADD ? out[start(y)] + sum : sum);
  }

  @Override
  public void sumRows(Tensor x, Tensor y, Write write) {
    float[] in = floats(x);
    float[] out = floats(y);
    int xo = start(x);
    int columns = (int) y.elements();
    int rows = columns == 0 ? 0 : (int) (x.elements() / columns);
    float[] sums = context.sumOverRows(rows, columns, (from, to, partial, po) -> {
      for (int row = from; row < to; row++) {
        Kernels.ARITHMETIC.addScaled(1, in, xo + row * columns, partial, po, columns);
      }
    });
    if (write == Write.ADD) {
      Kernels.ARITHMETIC.addScaled(1, sums, 0, out, start(y), columns);
    } else {
      System.arraycopy(sums, 0, out, start(y), columns);
    }
    context.floats.give(sums);
  }

  @Override
  public double sumOfSquares(Tensor x) {
    float[] in = floats(x);
    int xo = start(x);
    return context.sumOverElements((int) x.elements(),
        (from, to) -> Kernels.REDUCTION.wideSumOfSquares(in, xo + from, to - from));
  }

  @Override
  public boolean isFinite(Tensor x) {
    float[] in = floats(x);
    int xo = start(x);
    var finite = new AtomicBoolean(true);
    context.overElements((int) x.elements(), (from, to) -> {
      if (!Kernels.REDUCTION.isFinite(in, xo + from, to - from)) {
        finite.set(false);
      }
    });
    return finite.get();
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int columns = columns(x);
    int xo = start(x);
    int yo = start(y);
    context.overRows(rows(x), columns, (from, to) -> {
      for (int row = from; row < to; row++) {
        int at = yo + row * columns;
        float max = Kernels.REDUCTION.max(in, xo + row * columns, columns);
        Kernels.ACTIVATION.exponential(1, in, xo + row * columns, max, out, at, columns);
        float sum = Kernels.REDUCTION.sum(out, at, columns);
        Kernels.ARITHMETIC.scale(1 / sum, out, at, out, at, columns);
      }
    });
  }

  @Override
  public void softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    float[] out = floats(y);
    float[] gradient = floats(dy);
    float[] target = floats(dx);
    int columns = columns(y);
    int yo = start(y);
    int dyo = start(dy);
    int dxo = start(dx);
    context.overRows(rows(y), columns, (from, to) -> {
      for (int row = from; row < to; row++) {
        int at = row * columns;
        float mean = Kernels.REDUCTION.dot(out, yo + at, gradient, dyo + at, columns);
        Kernels.ARITHMETIC.softmaxBackward(1, out, yo + at, gradient, dyo + at, mean, target, dxo + at, columns);
      }
    });
  }

  @Override
  public void logSoftmax(Tensor x, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int columns = columns(x);
    int xo = start(x);
    int yo = start(y);
    context.overRows(rows(x), columns, (from, to) -> {
      float[] exponentials = context.floats.take(columns);
      for (int row = from; row < to; row++) {
        int at = xo + row * columns;
        float max = Kernels.REDUCTION.max(in, at, columns);
        Kernels.ACTIVATION.exponential(1, in, at, max, exponentials, 0, columns);
        float sum = Kernels.REDUCTION.sum(exponentials, 0, columns);
        // Not their sum at once: beside a large maximum the logarithm would be rounded away.
        Kernels.ARITHMETIC.subtract(max, ScalarMath.log(sum), in, at, out, yo + row * columns, columns);
      }
      context.floats.give(exponentials);
    });
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    float[] out = floats(y);
    float[] gradient = floats(dy);
    float[] target = floats(dx);
    int columns = columns(y);
    int yo = start(y);
    int dyo = start(dy);
    int dxo = start(dx);
    context.overRows(rows(y), columns, (from, to) -> {
      for (int row = from; row < to; row++) {
        int at = row * columns;
        float sum = Kernels.REDUCTION.sum(gradient, dyo + at, columns);
        Kernels.ARITHMETIC.logSoftmaxBackward(out, yo + at, gradient, dyo + at, sum, target, dxo + at, columns);
      }
    });
  }

  @Override
  public void pool(Pooling pooling, Tensor x, Sequences sequences, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int features = columns(x);
    context.inPieces(sequences.count(), 1, (sequence, end) -> {
      int length = sequences.length(sequence);
      int first = start(x) + sequences.start(sequence) * features;
      int last = first + (length - 1) * features;
      int at = start(y) + sequence * features;
      System.arraycopy(in, pooling == Pooling.LAST ? last : first, out, at, features);
      switch (pooling) {
        case MEAN -> {
          for (int row = first + features; row <= last; row += features) {
            Kernels.ARITHMETIC.binary(BinaryOperator.ADD, in, row, out, at, out, at, features);
          }
          Kernels.ARITHMETIC.scale(1f / length, out, at, out, at, features);
        }
        case MAX -> {
          for (int row = first + features; row <= last; row += features) {
            Kernels.ARITHMETIC.maximum(in, row, out, at, features);
          }
        }
        case FIRST, LAST -> {}
      }
    });
  }

  @Override
  public void poolBackward(Pooling pooling, Tensor x, Sequences sequences, Tensor dy, Tensor dx) {
    float[] in = floats(x);
    float[] gradient = floats(dy);
    float[] out = floats(dx);
    int features = columns(x);
    context.inPieces(sequences.count(), 1, (sequence, end) -> {
      int length = sequences.length(sequence);
      int first = sequences.start(sequence) * features;
      int target = start(dx) + first;
      int source = start(dy) + sequence * features;
      switch (pooling) {
        case MEAN -> {
          for (int row = 0; row < length; row++) {
            Kernels.ARITHMETIC.scale(1f / length, gradient, source, out, target + row * features, features);
          }
        }
        case MAX -> {
          Arrays.fill(out, target, target + length * features, 0);
          for (int feature = 0; feature < features; feature++) {
            int largest = largest(in, start(x) + first + feature, length, features);
            out[target + largest * features + feature] = gradient[source + feature];
          }
        }
        case FIRST, LAST -> {
          Arrays.fill(out, target, target + length * features, 0);
          int row = pooling == Pooling.FIRST ? 0 : length - 1;
          System.arraycopy(gradient, source, out, target + row * features, features);
        }
      }
    });
  }

  /** The row of the largest element of a column; the first of equal ones. */
  private static int largest(float[] x, int offset, int rows, int stride) {
    int largest = 0;
    for (int row = 1; row < rows; row++) {
      if (x[offset + row * stride] > x[offset + largest * stride]) {
        largest = row;
      }
    }
    return largest;
  }
}
