package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.ints;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.LossOps;
import crema.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@link LossOps} with SIMD kernels. */
final class CpuLosses implements LossOps {
  private final CpuContext context;

  CpuLosses(CpuContext context) {
    this.context = context;
  }

  @Override
  public void crossEntropy(Tensor logits, Tensor labels, @Nullable Tensor classWeights, float smoothing, Tensor loss,
      @Nullable Tensor dlogits) {
    int rows = (int) logits.shape().rows();
    int classes = (int) logits.shape().columns();
    var weights = classWeights == null ? null : new Weights(floats(classWeights), start(classWeights));
    int[] targets = ints(labels);
    int to0 = start(labels);
    double total = 0;
    for (int row = 0; row < rows; row++) {
      int label = targets[to0 + row];
      if (label >= classes) {
        throw new IllegalArgumentException("label " + label + " of row " + row + " is not one of " + classes
            + " classes, 0 to " + (classes - 1));
      }
      total += label < 0 ? 0 : weights == null ? 1 : weights.of(label);
    }
    double inverseTotal = total == 0 ? 0 : 1 / total;
    double allWeights = weights == null ? classes : Kernels.REDUCTION.wideSum(weights.array, weights.start, classes);
    double evenShare = smoothing / (double) classes;

    float[] in = floats(logits);
    int xo = start(logits);
    float @Nullable [] out = dlogits == null ? null : floats(dlogits);
    int dxo = dlogits == null ? 0 : start(dlogits);
    double[] rowLosses = context.doubles.take(Math.max(1, rows));
    context.overRows(rows, classes, (from, to) -> {
      // Where no gradient is asked for, the exponentials go to a row that is thrown away.
      float[] exponentials = out == null ? context.floats.take(classes) : out;
      for (int row = from; row < to; row++) {
        int at = xo + row * classes;
        int dat = out == null ? 0 : dxo + row * classes;
        int label = targets[to0 + row];
        if (label < 0) {
          rowLosses[row] = 0;
          if (out != null) {
            Arrays.fill(out, dat, dat + classes, 0);
          }
          continue;
        }
        // All that is needed of the logits is read before the gradient replaces them.
        double labelWeight = (1 - (double) smoothing) * (weights == null ? 1 : weights.of(label));
        float max = Kernels.REDUCTION.max(in, at, classes);
        double ofLabel = in[at + label];
        double ofAll = smoothing == 0 ? 0 : weights == null ? Kernels.REDUCTION.sum(in, at, classes)
            : Kernels.REDUCTION.dot(in, at, weights.array, weights.start, classes);
        Kernels.ACTIVATION.exponential(1, in, at, max, exponentials, dat, classes);
        float sum = Kernels.REDUCTION.sum(exponentials, dat, classes);
        double logSum = max + StrictMath.log(sum);
        rowLosses[row] = labelWeight * (logSum - ofLabel) + evenShare * (allWeights * logSum - ofAll);
        if (out != null) {
          double share = (labelWeight + evenShare * allWeights) * inverseTotal / sum;
          Kernels.ARITHMETIC.scaleAndSubtract((float) share, out, dat, (float) (evenShare * inverseTotal),
              weights == null ? null : weights.array, weights == null ? 0 : weights.start, out, dat, classes);
          out[dat + label] -= (float) (labelWeight * inverseTotal);
        }
      }
      if (out == null) {
        context.floats.give(exponentials);
      }
    });
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += rowLosses[row];
    }
    context.doubles.give(rowLosses);
    floats(loss)[start(loss)] = (float) (sum * inverseTotal);
  }

  private record Weights(float[] array, int start) {
    float of(int label) {
      return array[start + label];
    }
  }
}
