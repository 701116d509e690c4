package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.BatchNormSpec;
import crema.tensor.BatchNormSpec.Statistics;
import crema.tensor.Rectifier;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** The batch norm of {@link CpuSpatial}: passes over all pixels, with sums of a few blocks of them added in order. */
final class BatchNormalization {
  private final CpuContext context;

  BatchNormalization(CpuContext context) {
    this.context = context;
  }

  void statistics(Tensor x, Tensor mean, Tensor variance) {
    float[] in = floats(x);
    float[] means = floats(mean);
    int xo = start(x);
    int mo = start(mean);
    int rows = (int) x.shape().rows();
    int n = (int) x.shape().columns();
    float[] sums = context.sumOverRows(rows, n, (from, to, partial, po) -> Kernels.CHANNEL.addRows(in, xo + from * n,
        to - from, n, partial, po));
    for (int j = 0; j < n; j++) {
      means[mo + j] = sums[j] / rows;
    }
    context.floats.give(sums);
    float[] squares = context.sumOverRows(rows, n, (from, to, partial, po) -> Kernels.CHANNEL.addSquaredDeviations(in,
        xo + from * n, to - from, n, means, mo, partial, po));
    float[] variances = floats(variance);
    for (int j = 0; j < n; j++) {
      variances[start(variance) + j] = squares[j] / rows;
    }
    context.floats.give(squares);
  }

  /** 1 / √(variance + epsilon) of each channel, times its weight, at the start of a pooled array. */
  private float[] scales(Tensor variance, Tensor weight, float epsilon) {
    int n = (int) weight.elements();
    float[] scales = context.floats.take(n);
    for (int j = 0; j < n; j++) {
      scales[j] = floats(weight)[start(weight) + j] * inverse(variance, j, epsilon);
    }
    return scales;
  }

  private static float inverse(Tensor variance, int channel, float epsilon) {
    return 1 / (float) Math.sqrt(floats(variance)[start(variance) + channel] + epsilon);
  }

  void forward(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, @Nullable Tensor residual,
      BatchNormSpec spec, Tensor y) {
    float[] in = floats(x);
    float[] means = floats(mean);
    float[] biases = floats(bias);
    float @Nullable [] residuals = residual == null ? null : floats(residual);
    float[] out = floats(y);
    int xo = start(x);
    int mo = start(mean);
    int bo = start(bias);
    int ro = residual == null ? 0 : start(residual);
    int yo = start(y);
    int n = (int) x.shape().columns();
    float[] scales = scales(variance, weight, spec.epsilon());
    Rectifier rectifier = spec.rectifier();
    context.overRows((int) x.shape().rows(), n, (from, to) -> Kernels.CHANNEL.normalize(in, xo + from * n, to - from, n,
        means, mo, scales, 0, biases, bo, residuals, ro + from * n, rectifier.low(), rectifier.high(), out,
        yo + from * n));
    context.floats.give(scales);
  }

  void backward(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor y, BatchNormSpec spec, Tensor dy,
      Tensor dx, Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    float[] in = floats(x);
    float[] means = floats(mean);
    float[] gradient = floats(dy);
    float[] out = floats(dx);
    int xo = start(x);
    int mo = start(mean);
    int dyo = start(dy);
    int dxo = start(dx);
    int rows = (int) x.shape().rows();
    int n = (int) x.shape().columns();
    float[] sums = gradientSums(x, mean, y, spec.rectifier(), dy);
    float[] scales = scales(variance, weight, spec.epsilon());
    float[] slopes = context.floats.take(2 * n);
    for (int j = 0; j < n; j++) {
      float inverse = inverse(variance, j, spec.epsilon());
      boolean through = spec.statistics() == Statistics.BATCH;
      slopes[j] = through ? -scales[j] * inverse * inverse * sums[n + j] / rows : 0;
      slopes[n + j] = through ? -scales[j] * sums[j] / rows : 0;
      if (dweight != null) {
        floats(dweight)[start(dweight) + j] += sums[n + j] * inverse;
      }
      if (dbias != null) {
        floats(dbias)[start(dbias) + j] += sums[j];
      }
    }
    context.overRows(rows, n, (from, to) -> Kernels.CHANNEL.normalizeBackward(in, xo + from * n, gradient,
        dyo + from * n, to - from, n, means, mo, scales, 0, slopes, 0, slopes, n, out, dxo + from * n,
        write == Write.ADD));
    context.floats.give(slopes);
    context.floats.give(scales);
    context.floats.give(sums);
  }

  /** Sends dy through the rectifier; the sums of each channel of it, and behind them of it times x − mean. */
  private float[] gradientSums(Tensor x, Tensor mean, Tensor y, Rectifier rectifier, Tensor dy) {
    float[] in = floats(x);
    float[] means = floats(mean);
    float[] values = floats(y);
    float[] gradient = floats(dy);
    int xo = start(x);
    int mo = start(mean);
    int yo = start(y);
    int dyo = start(dy);
    int n = (int) x.shape().columns();
    return context.sumOverRows((int) x.shape().rows(), 2 * n, (from, to, partial, po) -> {
      int some = Math.max(1, (1 << 12) / n);
      for (int row = from; row < to; row += some) {
        int count = Math.min(some, to - row);
        if (rectifier != Rectifier.NONE) {
          Kernels.CHANNEL.rectifyBackward(values, yo + row * n, rectifier.low(), rectifier.high(), gradient,
              dyo + row * n, count * n);
        }
        Kernels.CHANNEL.addGradients(in, xo + row * n, gradient, dyo + row * n, count, n, means, mo, partial, po,
            partial, po + n);
      }
    });
  }
}
