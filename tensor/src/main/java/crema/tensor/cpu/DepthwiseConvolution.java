package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.Tensor;
import crema.tensor.Window.Axis;
import crema.tensor.Write;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Convolution whose every channel reads one channel: direct sums over the window, all channels side by side. */
final class DepthwiseConvolution {
  private final CpuContext context;

  DepthwiseConvolution(CpuContext context) {
    this.context = context;
  }

  /** The weight {@code [channels, 1, height, width]} as {@code [height · width, channels]}, in a pooled array. */
  private float[] taps(ConvolutionShape shape, Tensor weight) {
    float[] taps = context.floats.take(shape.window().area() * shape.in());
    CpuSpatial.transpose(floats(weight), start(weight), shape.in(), shape.window().area(), taps, 0);
    return taps;
  }

  void forward(ConvolutionShape shape, Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int n = shape.in();
    float[] taps = taps(shape, weight);
    float[] begin = context.floats.take(n);
    if (bias == null) {
      Arrays.fill(begin, 0, n, 0);
    } else {
      System.arraycopy(floats(bias), start(bias), begin, 0, n);
    }
    int width = shape.outputWidth();
    context.overRows(shape.pictures() * shape.outputHeight(), width * n, (from, to) -> {
      int[] places = context.ints.take(shape.window().area());
      int[] numbers = context.ints.take(shape.window().area());
      for (int line = from; line < to; line++) {
        forwardLine(shape, line / shape.outputHeight(), line % shape.outputHeight(), in, start(x), taps, begin, places,
            numbers, out, start(y) + line * width * n);
      }
      context.ints.give(numbers);
      context.ints.give(places);
    });
    context.floats.give(begin);
    context.floats.give(taps);
  }

  /** One row of the result. Pixels whose windows lie inside the picture from left to right share their taps. */
  private static void forwardLine(ConvolutionShape shape, int picture, int v, float[] in, int xo, float[] weights,
      float[] begin, int[] places, int[] numbers, float[] out, int to) {
    Axis axis = shape.window().horizontal();
    int n = shape.in();
    for (int h = 0; h < shape.outputWidth();) {
      int pixels = 1;
      if (axis.first(h) >= 0) {
        // The last position whose window ends inside the picture.
        int last = Math.floorDiv(shape.width() - axis.size() + axis.before(), axis.stride());
        pixels = Math.clamp(last - h + 1, 1, shape.outputWidth() - h);
      }
      int count = 0;
      for (int row = shape.firstRow(v); row < shape.endRow(v); row++) {
        for (int column = shape.firstColumn(h); column < shape.endColumn(h); column++) {
          places[count] = shape.pixel(picture, row, column) * n;
          numbers[count++] = (row - shape.window().vertical().first(v)) * axis.size() + column - axis.first(h);
        }
      }
      Kernels.CHANNEL.depthwise(in, xo, axis.stride() * n, places, weights, 0, numbers, count, n, begin, 0, 0, pixels,
          out, to + h * n);
      h += pixels;
    }
  }

  /** Each pixel of the picture gathers the gradients of those whose windows it is in. */
  void backward(ConvolutionShape shape, Tensor weight, Tensor dy, Tensor dx, Write write) {
    float[] upstream = floats(dy);
    float[] out = floats(dx);
    int n = shape.in();
    float[] taps = taps(shape, weight);
    float[] zeros = context.floats.take(n);
    Arrays.fill(zeros, 0, n, 0);
    context.overRows(shape.pictures() * shape.height(), shape.width() * n, (from, to) -> {
      int[] places = context.ints.take(shape.window().area());
      int[] numbers = context.ints.take(shape.window().area());
      for (int pixel = from * shape.width(); pixel < to * shape.width(); pixel++) {
        int row = pixel / shape.width() % shape.height();
        int picture = pixel / shape.width() / shape.height();
        int count = readers(shape, picture, row, pixel % shape.width(), places, numbers);
        int at = start(dx) + pixel * n;
        Kernels.CHANNEL.depthwise(upstream, start(dy), 0, places, taps, 0, numbers, count, n,
            write == Write.ADD ? out : zeros, write == Write.ADD ? at : 0, 0, 1, out, at);
      }
      context.ints.give(numbers);
      context.ints.give(places);
    });
    context.floats.give(zeros);
    context.floats.give(taps);
  }

  /** Where the pixels of the result are that read a pixel, and by which taps; returns how many. */
  private static int readers(ConvolutionShape shape, int picture, int row, int column, int[] places, int[] numbers) {
    Axis vertical = shape.window().vertical();
    Axis horizontal = shape.window().horizontal();
    int count = 0;
    for (int i = 0; i < vertical.size(); i++) {
      int v = position(vertical, row - i, shape.outputHeight());
      for (int j = 0; v >= 0 && j < horizontal.size(); j++) {
        int h = position(horizontal, column - j, shape.outputWidth());
        if (h >= 0) {
          places[count] = ((picture * shape.outputHeight() + v) * shape.outputWidth() + h) * shape.out();
          numbers[count++] = i * horizontal.size() + j;
        }
      }
    }
    return count;
  }

  /** The position whose window begins at a pixel, or −1. */
  private static int position(Axis axis, int first, int positions) {
    int distance = first + axis.before();
    return distance >= 0 && distance % axis.stride() == 0 && distance / axis.stride() < positions
        ? distance / axis.stride() : -1;
  }

  void weightBackward(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dweight, Write write) {
    float[] in = floats(x);
    float[] upstream = floats(dy);
    int n = shape.in();
    int area = shape.window().area();
    int lines = shape.pictures() * shape.outputHeight();
    float[] sums = context.sumOverRows(lines, area * n, (from, to, partial, po) -> {
      for (int line = from; line < to; line++) {
        addLine(shape, line, in, start(x), upstream, start(dy) + line * shape.outputWidth() * n, partial, po);
      }
    });
    float[] out = floats(dweight);
    for (int c = 0; c < n; c++) {
      for (int tap = 0; tap < area; tap++) {
        int at = start(dweight) + c * area + tap;
        out[at] = write == Write.ADD ? out[at] + sums[tap * n + c] : sums[tap * n + c];
      }
    }
    context.floats.give(sums);
  }

  /** The products of one row of the result, tap by tap. */
  private static void addLine(ConvolutionShape shape, int line, float[] in, int xo, float[] upstream, int dyo,
      float[] sums, int so) {
    Axis axis = shape.window().horizontal();
    int picture = line / shape.outputHeight();
    int v = line % shape.outputHeight();
    int n = shape.in();
    for (int row = shape.firstRow(v); row < shape.endRow(v); row++) {
      for (int j = 0; j < axis.size(); j++) {
        // The positions at which this tap is inside the picture.
        int first = Math.max(0, Math.ceilDiv(axis.before() - j, axis.stride()));
        int last = Math.min(shape.outputWidth() - 1,
            Math.floorDiv(shape.width() - 1 + axis.before() - j, axis.stride()));
        if (first <= last) {
          int tap = (row - shape.window().vertical().first(v)) * axis.size() + j;
          Kernels.CHANNEL.addProducts(in, xo + shape.pixel(picture, row, axis.first(first) + j) * n,
              axis.stride() * n, upstream, dyo + first * n, last - first + 1, n, sums, so + tap * n);
        }
      }
    }
  }
}
