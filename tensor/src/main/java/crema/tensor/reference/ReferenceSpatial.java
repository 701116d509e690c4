package crema.tensor.reference;

import crema.tensor.BatchNormSpec;
import crema.tensor.BatchNormSpec.Statistics;
import crema.tensor.SpatialOps;
import crema.tensor.Tensor;
import crema.tensor.Window;
import crema.tensor.Write;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The specification of {@link SpatialOps}. */
final class ReferenceSpatial implements SpatialOps {
  /** What is done with a pixel of a picture and the pixel of the result whose window it is in. */
  @FunctionalInterface
  private interface Visit {
    /**
     * Works on a pair of pixels.
     *
     * @param from the first channel of the picture's pixel, as an index of its elements
     * @param to the first channel of the result's pixel
     * @param tap which pixel of the window it is, row by row
     */
    void pair(long from, long to, int tap);
  }

  /** Visits all pairs, for one pixel of the result after the other, and within its window row by row. */
  private static void walk(Tensor picture, Window window, Tensor result, Visit visit) {
    int height = (int) picture.shape().extent(1);
    int width = (int) picture.shape().extent(2);
    for (long p = 0; p < picture.shape().extent(0); p++) {
      for (int v = 0; v < result.shape().extent(1); v++) {
        for (int h = 0; h < result.shape().extent(2); h++) {
          long to = ((p * result.shape().extent(1) + v) * result.shape().extent(2) + h) * result.shape().extent(3);
          for (int tap = 0; tap < window.area(); tap++) {
            int row = window.vertical().first(v) + tap / window.horizontal().size();
            int column = window.horizontal().first(h) + tap % window.horizontal().size();
            if (row >= 0 && row < height && column >= 0 && column < width) {
              visit.pair(((p * height + row) * width + column) * picture.shape().extent(3), to, tap);
            }
          }
        }
      }
    }
  }

  /** The sizes of a convolution's weight. */
  private record Weights(int groups, int outOfGroup, int inOfGroup, int area) {
    static Weights of(Tensor weight, int groups) {
      return new Weights(groups, (int) weight.shape().extent(0) / groups, (int) weight.shape().extent(1),
          (int) (weight.shape().extent(2) * weight.shape().extent(3)));
    }

    /** What is done with a number of a weight and the two channels that it joins. */
    @FunctionalInterface
    interface Join {
      void channels(int in, int out, long weight);
    }

    void walk(int tap, Join join) {
      for (int out = 0; out < groups * outOfGroup; out++) {
        for (int in = 0; in < inOfGroup; in++) {
          join.channels(out / outOfGroup * inOfGroup + in, out, ((long) out * inOfGroup + in) * area + tap);
        }
      }
    }
  }

  @Override
  public void convolve(Tensor x, Tensor weight, @Nullable Tensor bias, Window window, int groups, Tensor y) {
    Elements input = Elements.of(x);
    Elements factors = Elements.of(weight);
    Elements biases = Elements.ofNullable(bias);
    Elements output = Elements.of(y);
    int out = (int) y.shape().columns();
    var sums = new double[Math.toIntExact(y.elements())];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = biases == null ? 0 : biases.get(i % out);
    }
    var weights = Weights.of(weight, groups);
    walk(x, window, y, (from, to, tap) -> weights.walk(tap,
        (in, o, w) -> sums[Math.toIntExact(to) + o] += factors.get(w) * input.get(from + in)));
    write(sums, output, Write.SET);
  }

  @Override
  public void convolveBackward(Tensor weight, Tensor dy, Window window, int groups, Tensor dx, Write write) {
    Elements factors = Elements.of(weight);
    Elements upstream = Elements.of(dy);
    var sums = new double[Math.toIntExact(dx.elements())];
    var weights = Weights.of(weight, groups);
    walk(dx, window, dy, (from, to, tap) -> weights.walk(tap,
        (in, o, w) -> sums[Math.toIntExact(from) + in] += factors.get(w) * upstream.get(to + o)));
    write(sums, Elements.of(dx), write);
  }

  @Override
  public void convolveWeightBackward(Tensor x, Tensor dy, Window window, int groups, Tensor dweight, Write write) {
    Elements input = Elements.of(x);
    Elements upstream = Elements.of(dy);
    var sums = new double[Math.toIntExact(dweight.elements())];
    var weights = Weights.of(dweight, groups);
    walk(x, window, dy, (from, to, tap) -> weights.walk(tap,
        (in, o, w) -> sums[Math.toIntExact(w)] += input.get(from + in) * upstream.get(to + o)));
    write(sums, Elements.of(dweight), write);
  }

  /** Writes sums that were kept in double precision. */
  private static void write(double[] sums, Elements target, Write write) {
    for (int i = 0; i < sums.length; i++) {
      target.put(i, sums[i], write);
    }
  }

  @Override
  public void maxPool(Tensor x, Window window, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    long[] largest = largest(x, window, y);
    for (int i = 0; i < largest.length; i++) {
      output.set(i, input.get(largest[i]));
    }
  }

  @Override
  public void maxPoolBackward(Tensor x, Window window, Tensor dy, Tensor dx) {
    Elements upstream = Elements.of(dy);
    var sums = new double[Math.toIntExact(dx.elements())];
    long[] largest = largest(x, window, dy);
    for (int i = 0; i < largest.length; i++) {
      sums[Math.toIntExact(largest[i])] += upstream.get(i);
    }
    write(sums, Elements.of(dx), Write.SET);
  }

  /** Which element of x is the first of the largest ones, for each element of the result. */
  private static long[] largest(Tensor x, Window window, Tensor y) {
    Elements input = Elements.of(x);
    int channels = (int) x.shape().columns();
    var largest = new long[Math.toIntExact(y.elements())];
    Arrays.fill(largest, -1);
    walk(x, window, y, (from, to, tap) -> {
      for (int c = 0; c < channels; c++) {
        int at = Math.toIntExact(to) + c;
        double value = input.get(from + c);
        if (largest[at] < 0 || value > input.get(largest[at]) || Double.isNaN(value)) {
          largest[at] = from + c;
        }
      }
    });
    return largest;
  }

  @Override
  public void averagePool(Tensor x, Window window, Tensor y) {
    Elements input = Elements.of(x);
    int channels = (int) x.shape().columns();
    var sums = new double[Math.toIntExact(y.elements())];
    walk(x, window, y, (from, to, tap) -> {
      for (int c = 0; c < channels; c++) {
        sums[Math.toIntExact(to) + c] += input.get(from + c) / window.area();
      }
    });
    write(sums, Elements.of(y), Write.SET);
  }

  @Override
  public void averagePoolBackward(Window window, Tensor dy, Tensor dx) {
    Elements upstream = Elements.of(dy);
    int channels = (int) dx.shape().columns();
    var sums = new double[Math.toIntExact(dx.elements())];
    walk(dx, window, dy, (from, to, tap) -> {
      for (int c = 0; c < channels; c++) {
        sums[Math.toIntExact(from) + c] += upstream.get(to + c) / window.area();
      }
    });
    write(sums, Elements.of(dx), Write.SET);
  }

  @Override
  public void patches(Tensor x, int size, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    for (long i = 0; i < output.count(); i++) {
      output.set(i, input.get(pixelOfPatch(i, size, x)));
    }
  }

  @Override
  public void patchesBackward(int size, Tensor dy, Tensor dx) {
    Elements upstream = Elements.of(dy);
    var values = new double[Math.toIntExact(dx.elements())];
    for (long i = 0; i < upstream.count(); i++) {
      values[Math.toIntExact(pixelOfPatch(i, size, dx))] = upstream.get(i);
    }
    write(values, Elements.of(dx), Write.SET);
  }

  /** Which element of the pictures an element of their patches is. */
  private static long pixelOfPatch(long element, int size, Tensor pictures) {
    long channels = pictures.shape().extent(1);
    long height = pictures.shape().extent(2);
    long width = pictures.shape().extent(3);
    long patch = element / (channels * size * size);
    long within = element % (channels * size * size);
    long picture = patch / (height / size) / (width / size);
    long row = patch / (width / size) % (height / size) * size + within / size % size;
    long column = patch % (width / size) * size + within % size;
    return ((picture * channels + within / size / size) * height + row) * width + column;
  }

  @Override
  public void transpose(Tensor x, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    long rows = x.shape().extent(1);
    long columns = x.shape().extent(2);
    for (long i = 0; i < x.shape().extent(0); i++) {
      for (long j = 0; j < rows; j++) {
        for (long k = 0; k < columns; k++) {
          output.set((i * columns + k) * rows + j, input.get((i * rows + j) * columns + k));
        }
      }
    }
  }

  @Override
  public void batchStatistics(Tensor x, Tensor mean, Tensor variance) {
    Elements input = Elements.of(x);
    long channels = x.shape().columns();
    long rows = x.shape().rows();
    for (long c = 0; c < channels; c++) {
      double sum = 0;
      for (long i = c; i < input.count(); i += channels) {
        sum += input.get(i);
      }
      double center = sum / rows;
      double squares = 0;
      for (long i = c; i < input.count(); i += channels) {
        squares += (input.get(i) - center) * (input.get(i) - center);
      }
      Elements.of(mean).set(c, center);
      Elements.of(variance).set(c, squares / rows);
    }
  }

  @Override
  public void batchNorm(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, @Nullable Tensor residual,
      BatchNormSpec spec, Tensor y) {
    Elements input = Elements.of(x);
    Elements means = Elements.of(mean);
    Elements variances = Elements.of(variance);
    Elements weights = Elements.of(weight);
    Elements biases = Elements.of(bias);
    Elements residuals = Elements.ofNullable(residual);
    Elements output = Elements.of(y);
    long channels = x.shape().columns();
    for (long i = 0; i < input.count(); i++) {
      long c = i % channels;
      double value = (input.get(i) - means.get(c)) / Math.sqrt(variances.get(c) + spec.epsilon()) * weights.get(c)
          + biases.get(c) + (residuals == null ? 0 : residuals.get(i));
      output.set(i, Math.min(Math.max(value, spec.rectifier().low()), spec.rectifier().high()));
    }
  }

  @Override
  public void batchNormBackward(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor y, BatchNormSpec spec,
      Tensor dy, Tensor dx, Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    Elements input = Elements.of(x);
    Elements value = Elements.of(y);
    Elements upstream = Elements.of(dy);
    Elements target = Elements.of(dx);
    long channels = x.shape().columns();
    long rows = x.shape().rows();
    for (long c = 0; c < channels; c++) {
      double center = Elements.of(mean).get(c);
      double inverse = 1 / Math.sqrt(Elements.of(variance).get(c) + spec.epsilon());
      double factor = Elements.of(weight).get(c);
      double sum = 0;
      double product = 0;
      for (long i = c; i < input.count(); i += channels) {
        double gradient = spec.rectifier().passes(value.get(i)) ? upstream.get(i) : 0;
        upstream.set(i, gradient);
        sum += gradient;
        product += gradient * (input.get(i) - center) * inverse;
      }
      boolean through = spec.statistics() == Statistics.BATCH;
      for (long i = c; i < input.count(); i += channels) {
        double normalized = (input.get(i) - center) * inverse;
        double shift = through ? (sum + normalized * product) / rows : 0;
        target.put(i, factor * inverse * (upstream.get(i) - shift), write);
      }
      if (dweight != null) {
        Elements.of(dweight).add(c, product);
      }
      if (dbias != null) {
        Elements.of(dbias).add(c, sum);
      }
    }
  }
}
