package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.Orientation;
import crema.tensor.Tensor;
import crema.tensor.Write;
import crema.tensor.cpu.gemm.Gemm;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution as matrix products: the windows of some pixels of the result are copied side by side as rows of a matrix
 * (im2col), which a product with the weight turns into those pixels. Rows are made a block at a time, so that they stay
 * in the cache until they are multiplied, and memory does not grow with the pictures. A window of one pixel needs no
 * copies.
 *
 * <p>Within a row the channels of a pixel are side by side, and so are the pixels of a row of the window: the order of
 * the weights {@code [out, window height, window width, in]}, as which they are laid out first.
 */
final class MatrixConvolution {
  /** Floats of a block of rows, about: half of an L2 cache. */
  private static final int BLOCK = 1 << 17;
  /** Rows of a block at least, so that packing the weight for each costs little. */
  private static final int LEAST_ROWS = 96;
  /** With fewer blocks than this, all rows are made first and multiplied by all threads. */
  private static final int FEW_BLOCKS = 8;
  /** Parts of a weight's gradient that are summed at the same time, at most. */
  private static final int MOST_PARTS = 8;
  /** Rows that are worth a part of a weight's gradient. */
  private static final int PART_ROWS = 1024;
  /** Floats of a weight above which its gradient is not summed in parts: one product is enough for all threads. */
  private static final int LARGE_WEIGHT = 1 << 18;
  /** Runs shorter than this are copied float by float. */
  private static final int SHORT_RUN = 24;

  private final CpuContext context;
  private final Gemm gemm;

  MatrixConvolution(CpuContext context) {
    this.context = context;
    gemm = context.gemm;
  }

  /** The rows of a block; as many as there are where all fit into a few blocks. */
  private static int blockRows(ConvolutionShape shape) {
    int rows = Math.max(LEAST_ROWS, BLOCK / shape.depth());
    return rows * (long) FEW_BLOCKS >= shape.outputs() ? Math.max(1, shape.outputs()) : rows;
  }

  /** A weight in the order of the rows, {@code [out, area, in / groups]}, in a pooled array. */
  private float[] inRowOrder(ConvolutionShape shape, Tensor weight) {
    int area = shape.window().area();
    int depth = shape.depth();
    float[] ordered = context.floats.take((int) weight.elements());
    context.overRows(shape.out(), depth, (from, to) -> {
      for (int o = from; o < to; o++) {
        CpuSpatial.transpose(floats(weight), start(weight) + o * depth, shape.inOfGroup(), area, ordered, o * depth);
      }
    });
    return ordered;
  }

  void forward(ConvolutionShape shape, Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) {
    float @Nullable [] biases = bias == null ? null : floats(bias);
    int bo = bias == null ? 0 : start(bias);
    int depth = shape.depth();
    int out = shape.out();
    if (shape.window().isPoint() && shape.groups() == 1) {
      gemm.linear(shape.outputs(), out, depth, floats(x), start(x), depth, floats(weight), start(weight), depth, biases,
          bo, null, floats(y), start(y), out);
      return;
    }
    float[] weights = inRowOrder(shape, weight);
    int outOfGroup = shape.outOfGroup();
    overBlocks(shape, (from, to, rows) -> {
      for (int group = 0; group < shape.groups(); group++) {
        unfold(shape, group, floats(x), start(x), from, to, rows);
        gemm.linear(to - from, outOfGroup, depth, rows, 0, depth, weights, group * outOfGroup * depth, depth, biases,
            bo + group * outOfGroup, null, floats(y), start(y) + from * out + group * outOfGroup, out);
      }
    });
    context.floats.give(weights);
  }

  /** Work on the rows of some pixels of the result. */
  @FunctionalInterface
  private interface Block {
    /**
     * Works on pixels {@code from} to before {@code to}.
     *
     * @param rows room for their rows
     */
    void run(int from, int to, float[] rows);
  }

  /** Blocks of all pixels of the result; several at the same time, unless there is only one. */
  private void overBlocks(ConvolutionShape shape, Block block) {
    int size = blockRows(shape);
    if (size >= shape.outputs()) {
      float[] rows = context.floats.take(size * shape.depth());
      block.run(0, shape.outputs(), rows);
      context.floats.give(rows);
      return;
    }
    context.inPieces(shape.outputs(), size, (from, to) -> {
      float[] rows = context.floats.take(size * shape.depth());
      block.run(from, to, rows);
      context.floats.give(rows);
    });
  }

  /** Copies the windows of pixels {@code from} to before {@code to} of the result into rows. */
  private void unfold(ConvolutionShape shape, int group, float[] x, int xo, int from, int to, float[] rows) {
    int depth = shape.depth();
    context.overRows(to - from, depth, (first, end) -> {
      for (int i = first; i < end; i++) {
        unfold(shape, group, x, xo, from + i, rows, i * depth);
      }
    });
  }

  private static void unfold(ConvolutionShape shape, int group, float[] x, int xo, int pixel, float[] rows, int ro) {
    int h = pixel % shape.outputWidth();
    int v = pixel / shape.outputWidth() % shape.outputHeight();
    int picture = pixel / shape.outputWidth() / shape.outputHeight();
    int n = shape.inOfGroup();
    int line = shape.window().horizontal().size() * n;
    int top = shape.window().vertical().first(v);
    int left = shape.window().horizontal().first(h);
    int firstColumn = shape.firstColumn(h);
    int before = (firstColumn - left) * n;
    int columns = shape.endColumn(h) - firstColumn;
    for (int i = 0; i < shape.window().vertical().size(); i++) {
      int at = ro + i * line;
      int row = top + i;
      if (row < 0 || row >= shape.height()) {
        Arrays.fill(rows, at, at + line, 0);
        continue;
      }
      Arrays.fill(rows, at, at + before, 0);
      int source = xo + shape.pixel(picture, row, firstColumn) * shape.in() + group * n;
      if (n == shape.in()) {
        copy(x, source, rows, at + before, columns * n);
      } else {
        for (int column = 0; column < columns; column++) {
          copy(x, source + column * shape.in(), rows, at + before + column * n, n);
        }
      }
      Arrays.fill(rows, at + before + columns * n, at + line, 0);
    }
  }

  private static void copy(float[] from, int fo, float[] to, int too, int n) {
    if (n >= SHORT_RUN) {
      System.arraycopy(from, fo, to, too, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      to[too + i] = from[fo + i];
    }
  }

  /** Gradients of rows, a block at a time, are added to the pixels that the rows were copied from. */
  void backward(ConvolutionShape shape, Tensor weight, Tensor dy, Tensor dx, Write write) {
    int depth = shape.depth();
    int out = shape.out();
    if (shape.window().isPoint() && shape.groups() == 1) {
      gemm.multiply(Orientation.NN, shape.outputs(), depth, out, floats(dy), start(dy), out, floats(weight),
          start(weight), depth, floats(dx), start(dx), depth, write == Write.ADD);
      return;
    }
    float[] weights = inRowOrder(shape, weight);
    int outOfGroup = shape.outOfGroup();
    int pixels = shape.outputHeight() * shape.outputWidth();
    int size = Math.min(Math.max(LEAST_ROWS, BLOCK / depth), pixels);
    int picture = shape.height() * shape.width() * shape.in();
    // A task has a picture to itself, so that no two add to the same pixel.
    context.inPieces(shape.pictures(), 1, (first, end) -> {
      float[] rows = context.floats.take(size * depth);
      if (write == Write.SET) {
        Arrays.fill(floats(dx), start(dx) + first * picture, start(dx) + end * picture, 0);
      }
      for (int from = first * pixels; from < end * pixels; from += size) {
        int count = Math.min(size, end * pixels - from);
        for (int group = 0; group < shape.groups(); group++) {
          gemm.multiply(Orientation.NN, count, depth, outOfGroup, floats(dy),
              start(dy) + from * out + group * outOfGroup, out, weights, group * outOfGroup * depth, depth, rows, 0,
              depth, false);
          for (int i = 0; i < count; i++) {
            fold(shape, group, rows, i * depth, from + i, floats(dx), start(dx));
          }
        }
      }
      context.floats.give(rows);
    });
    context.floats.give(weights);
  }

  /** Adds a row to the pixels of the window that it stands for. */
  private static void fold(ConvolutionShape shape, int group, float[] rows, int ro, int pixel, float[] x, int xo) {
    int h = pixel % shape.outputWidth();
    int v = pixel / shape.outputWidth() % shape.outputHeight();
    int picture = pixel / shape.outputWidth() / shape.outputHeight();
    int n = shape.inOfGroup();
    int line = shape.window().horizontal().size() * n;
    int firstColumn = shape.firstColumn(h);
    int columns = shape.endColumn(h) - firstColumn;
    int before = (firstColumn - shape.window().horizontal().first(h)) * n;
    for (int row = shape.firstRow(v); row < shape.endRow(v); row++) {
      int at = ro + (row - shape.window().vertical().first(v)) * line + before;
      int target = xo + shape.pixel(picture, row, firstColumn) * shape.in() + group * n;
      if (n == shape.in()) {
        Kernels.ARITHMETIC.addScaled(1, rows, at, x, target, columns * n);
      } else {
        for (int column = 0; column < columns; column++) {
          Kernels.ARITHMETIC.addScaled(1, rows, at + column * n, x, target + column * shape.in(), n);
        }
      }
    }
  }

  void weightBackward(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dweight, Write write) {
    int depth = shape.depth();
    int out = shape.out();
    if (shape.window().isPoint() && shape.groups() == 1) {
      gemm.multiply(Orientation.TN, out, depth, shape.outputs(), floats(dy), start(dy), out, floats(x), start(x), depth,
          floats(dweight), start(dweight), depth, write == Write.ADD);
      return;
    }
    int size = out * depth;
    int parts = size > LARGE_WEIGHT ? 1 : Math.clamp(shape.outputs() / PART_ROWS, 1, MOST_PARTS);
    float[] sums = context.floats.take(Math.multiplyExact(parts, size));
    Arrays.fill(sums, 0, parts * size, 0);
    int partRows = Math.ceilDiv(Math.max(1, shape.outputs()), parts);
    if (parts == 1) {
      addPart(shape, x, dy, 0, shape.outputs(), sums, 0);
    } else {
      context.inPieces(shape.outputs(), partRows,
          (from, to) -> addPart(shape, x, dy, from, to, sums, from / partRows * size));
    }
    for (int part = 1; part < parts; part++) {
      Kernels.ARITHMETIC.addScaled(1, sums, part * size, sums, 0, size);
    }
    float[] gradient = context.floats.take(size);
    for (int o = 0; o < out; o++) {
      CpuSpatial.transpose(sums, o * depth, shape.window().area(), shape.inOfGroup(), gradient, o * depth);
    }
    if (write == Write.ADD) {
      Kernels.ARITHMETIC.addScaled(1, gradient, 0, floats(dweight), start(dweight), size);
    } else {
      System.arraycopy(gradient, 0, floats(dweight), start(dweight), size);
    }
    context.floats.give(gradient);
    context.floats.give(sums);
  }

  /** Adds the products of the pixels {@code from} to before {@code to} of the result, a block of rows at a time. */
  private void addPart(ConvolutionShape shape, Tensor x, Tensor dy, int from, int to, float[] sums, int so) {
    int depth = shape.depth();
    int out = shape.out();
    int outOfGroup = shape.outOfGroup();
    int size = Math.max(LEAST_ROWS, BLOCK / depth);
    float[] rows = context.floats.take(size * depth);
    for (int first = from; first < to; first += size) {
      int end = Math.min(to, first + size);
      for (int group = 0; group < shape.groups(); group++) {
        unfold(shape, group, floats(x), start(x), first, end, rows);
        gemm.multiply(Orientation.TN, outOfGroup, depth, end - first, floats(dy),
            start(dy) + first * out + group * outOfGroup, out, rows, 0, depth, sums,
            so + group * outOfGroup * depth, depth, true);
      }
    }
    context.floats.give(rows);
  }
}
