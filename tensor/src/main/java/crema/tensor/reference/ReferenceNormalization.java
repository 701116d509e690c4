package crema.tensor.reference;

import crema.tensor.NormalizationOps;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** The specification of {@link NormalizationOps}. */
final class ReferenceNormalization implements NormalizationOps {
  @Override
  public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor y, @Nullable Tensor inverseRms) {
    Elements input = Elements.of(x);
    Elements weights = Elements.of(weight);
    Elements output = Elements.of(y);
    Elements inverses = Elements.ofNullable(inverseRms);
    long features = x.shape().columns();
    for (long row = 0; row < x.shape().rows(); row++) {
      double squares = 0;
      for (long j = 0; j < features; j++) {
        double value = input.get(row * features + j);
        squares += value * value;
      }
      double inverse = 1 / Math.sqrt(squares / features + epsilon);
      for (long j = 0; j < features; j++) {
        output.set(row * features + j, weights.get(j) * input.get(row * features + j) * inverse);
      }
      if (inverses != null) {
        inverses.set(row, inverse);
      }
    }
  }

  /**
   * With r = inverseRms and g = weight · dy: dx = r · (g − x · r² · mean(g · x)), dweight = Σ over rows of dy · x · r.
   */
  @Override
  public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dy, Tensor dx, Write write,
      @Nullable Tensor dweight) {
    Elements input = Elements.of(x);
    Elements weights = Elements.of(weight);
    Elements inverses = Elements.of(inverseRms);
    Elements upstream = Elements.of(dy);
    Elements gradient = Elements.of(dx);
    int features = Math.toIntExact(x.shape().columns());
    var weightGradient = new double[features];
    for (long row = 0; row < x.shape().rows(); row++) {
      double r = inverses.get(row);
      double dot = 0;
      for (int j = 0; j < features; j++) {
        long i = row * features + j;
        dot += weights.get(j) * upstream.get(i) * input.get(i);
        weightGradient[j] += upstream.get(i) * input.get(i) * r;
      }
      for (int j = 0; j < features; j++) {
        long i = row * features + j;
        double g = weights.get(j) * upstream.get(i);
        gradient.put(i, r * (g - input.get(i) * r * r * dot / features), write);
      }
    }
    addTo(dweight, weightGradient);
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, @Nullable Tensor bias, float epsilon, Tensor y, @Nullable Tensor mean,
      @Nullable Tensor inverseDeviation) {
    Elements input = Elements.of(x);
    Elements weights = Elements.of(weight);
    Elements biases = Elements.ofNullable(bias);
    Elements output = Elements.of(y);
    Elements means = Elements.ofNullable(mean);
    Elements inverses = Elements.ofNullable(inverseDeviation);
    long features = x.shape().columns();
    for (long row = 0; row < x.shape().rows(); row++) {
      double sum = 0;
      for (long j = 0; j < features; j++) {
        sum += input.get(row * features + j);
      }
      double average = sum / features;
      double squares = 0;
      for (long j = 0; j < features; j++) {
        double centred = input.get(row * features + j) - average;
        squares += centred * centred;
      }
      double inverse = 1 / Math.sqrt(squares / features + epsilon);
      for (long j = 0; j < features; j++) {
        double normalized = (input.get(row * features + j) - average) * inverse;
        output.set(row * features + j, weights.get(j) * normalized + (biases == null ? 0 : biases.get(j)));
      }
      if (means != null) {
        means.set(row, average);
      }
      if (inverses != null) {
        inverses.set(row, inverse);
      }
    }
  }

  /**
   * With s = inverseDeviation, n = (x − mean) · s and g = weight · dy: dx = s · (g − mean(g) − n · mean(g · n)),
   * dweight = Σ over rows of dy · n, dbias = Σ over rows of dy.
   */
  @Override
  public void layerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx,
      Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    Elements input = Elements.of(x);
    Elements weights = Elements.of(weight);
    Elements means = Elements.of(mean);
    Elements inverses = Elements.of(inverseDeviation);
    Elements upstream = Elements.of(dy);
    Elements gradient = Elements.of(dx);
    int features = Math.toIntExact(x.shape().columns());
    var weightGradient = new double[features];
    var biasGradient = new double[features];
    for (long row = 0; row < x.shape().rows(); row++) {
      double s = inverses.get(row);
      double sum = 0;
      double dot = 0;
      for (int j = 0; j < features; j++) {
        long i = row * features + j;
        double n = (input.get(i) - means.get(row)) * s;
        double g = weights.get(j) * upstream.get(i);
        sum += g;
        dot += g * n;
        weightGradient[j] += upstream.get(i) * n;
        biasGradient[j] += upstream.get(i);
      }
      for (int j = 0; j < features; j++) {
        long i = row * features + j;
        double n = (input.get(i) - means.get(row)) * s;
        double g = weights.get(j) * upstream.get(i);
        gradient.put(i, s * (g - sum / features - n * dot / features), write);
      }
    }
    addTo(dweight, weightGradient);
    addTo(dbias, biasGradient);
  }

  private static void addTo(@Nullable Tensor target, double[] gradient) {
    if (target != null) {
      Elements elements = Elements.of(target);
      for (int j = 0; j < gradient.length; j++) {
        elements.add(j, gradient[j]);
      }
    }
  }
}
