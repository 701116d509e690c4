package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.NormalizationOps;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** {@link NormalizationOps} with SIMD kernels: RMSNorm is LayerNorm with a mean of zero and no bias. */
final class CpuNormalization implements NormalizationOps {
  private final CpuContext context;

  CpuNormalization(CpuContext context) {
    this.context = context;
  }

  @Override
  public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor y, @Nullable Tensor inverseRms) {
    forward(x, weight, null, epsilon, false, y, null, inverseRms);
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, @Nullable Tensor bias, float epsilon, Tensor y, @Nullable Tensor mean,
      @Nullable Tensor inverseDeviation) {
    forward(x, weight, bias, epsilon, true, y, mean, inverseDeviation);
  }

  private void forward(Tensor x, Tensor weight, @Nullable Tensor bias, float epsilon, boolean center, Tensor y,
      @Nullable Tensor means, @Nullable Tensor inverses) {
    float[] in = floats(x);
    float[] weights = floats(weight);
    float @Nullable [] biases = bias == null ? null : floats(bias);
    float[] out = floats(y);
    float @Nullable [] keptMeans = means == null ? null : floats(means);
    float @Nullable [] keptInverses = inverses == null ? null : floats(inverses);
    int xo = start(x);
    int wo = start(weight);
    int bo = bias == null ? 0 : start(bias);
    int yo = start(y);
    int mo = means == null ? 0 : start(means);
    int io = inverses == null ? 0 : start(inverses);
    int features = (int) x.shape().columns();
    context.overRows((int) x.shape().rows(), features, (from, to) -> {
      for (int row = from; row < to; row++) {
        int at = xo + row * features;
        float mean = center ? Kernels.REDUCTION.sum(in, at, features) / features : 0;
        float variance = Kernels.REDUCTION.squaredDeviations(in, at, mean, features) / features;
        float inverse = 1 / (float) Math.sqrt(variance + epsilon);
        Kernels.ARITHMETIC.normalize(in, at, mean, inverse, weights, wo, biases, bo, out, yo + row * features,
            features);
        if (keptMeans != null) {
          keptMeans[mo + row] = mean;
        }
        if (keptInverses != null) {
          keptInverses[io + row] = inverse;
        }
      }
    });
  }

  @Override
  public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dy, Tensor dx, Write write,
      @Nullable Tensor dweight) {
    backward(x, weight, null, inverseRms, dy, dx, write, dweight, null);
  }

  @Override
  public void layerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx,
      Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    backward(x, weight, mean, inverseDeviation, dy, dx, write, dweight, dbias);
  }

  private void backward(Tensor x, Tensor weight, @Nullable Tensor means, Tensor inverses, Tensor dy, Tensor dx,
      Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    float[] in = floats(x);
    float[] weights = floats(weight);
    float @Nullable [] keptMeans = means == null ? null : floats(means);
    float[] keptInverses = floats(inverses);
    float[] gradient = floats(dy);
    float[] out = floats(dx);
    int xo = start(x);
    int wo = start(weight);
    int mo = means == null ? 0 : start(means);
    int io = start(inverses);
    int dyo = start(dy);
    int dxo = start(dx);
    int features = (int) x.shape().columns();
    // Sums of the weight's gradient, and behind them of the bias's.
    int width = dbias == null ? features : 2 * features;
    float[] sums = context.sumOverRows((int) x.shape().rows(), width, (from, to, partial, po) -> {
      for (int row = from; row < to; row++) {
        int at = row * features;
        float mean = keptMeans == null ? 0 : keptMeans[mo + row];
        float inverse = keptInverses[io + row];
        if (dweight != null) {
          Kernels.ARITHMETIC.addNormalizedProduct(in, xo + at, mean, inverse, gradient, dyo + at, partial, po,
              features);
        }
        if (dbias != null) {
          Kernels.ARITHMETIC.addScaled(1, gradient, dyo + at, partial, po + features, features);
        }
        float product = Kernels.REDUCTION.shiftedDot(in, xo + at, mean, gradient, dyo + at, weights, wo, features);
        float shift = keptMeans == null ? 0
            : Kernels.REDUCTION.dot(gradient, dyo + at, weights, wo, features) / features;
        Kernels.ARITHMETIC.normalizeBackward(in, xo + at, mean, inverse, weights, wo, gradient, dyo + at, shift,
            product * inverse * inverse / features, out, dxo + at, features, write == Write.ADD);
      }
    });
    if (dweight != null) {
      Kernels.ARITHMETIC.addScaled(1, sums, 0, floats(dweight), start(dweight), features);
    }
    if (dbias != null) {
      Kernels.ARITHMETIC.addScaled(1, sums, features, floats(dbias), start(dbias), features);
    }
    context.floats.give(sums);
  }
}
