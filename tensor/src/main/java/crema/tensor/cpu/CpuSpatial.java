package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.BatchNormSpec;
import crema.tensor.SpatialOps;
import crema.tensor.Tensor;
import crema.tensor.Window;
import crema.tensor.Write;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@link SpatialOps} with SIMD kernels: convolution by {@link DepthwiseConvolution} and {@link MatrixConvolution}, batch
 * norm by {@link BatchNormalization}, and here what moves and pools pixels.
 */
final class CpuSpatial implements SpatialOps {
  private final CpuContext context;
  private final MatrixConvolution matrix;
  private final DepthwiseConvolution depthwise;
  private final BatchNormalization normalization;

  CpuSpatial(CpuContext context) {
    this.context = context;
    matrix = new MatrixConvolution(context);
    depthwise = new DepthwiseConvolution(context);
    normalization = new BatchNormalization(context);
  }

  @Override
  public void convolve(Tensor x, Tensor weight, @Nullable Tensor bias, Window window, int groups, Tensor y) {
    var shape = ConvolutionShape.of(x, window, groups, y);
    if (shape.isDepthwise()) {
      depthwise.forward(shape, x, weight, bias, y);
    } else {
      matrix.forward(shape, x, weight, bias, y);
    }
  }

  @Override
  public void convolveBackward(Tensor weight, Tensor dy, Window window, int groups, Tensor dx, Write write) {
    var shape = ConvolutionShape.of(dx, window, groups, dy);
    if (shape.isDepthwise()) {
      depthwise.backward(shape, weight, dy, dx, write);
    } else {
      matrix.backward(shape, weight, dy, dx, write);
    }
  }

  @Override
  public void convolveWeightBackward(Tensor x, Tensor dy, Window window, int groups, Tensor dweight, Write write) {
    var shape = ConvolutionShape.of(x, window, groups, dy);
    if (shape.isDepthwise()) {
      depthwise.weightBackward(shape, x, dy, dweight, write);
    } else {
      matrix.weightBackward(shape, x, dy, dweight, write);
    }
  }

  @Override
  public void maxPool(Tensor x, Window window, Tensor y) {
    var shape = ConvolutionShape.of(x, window, 1, y);
    float[] in = floats(x);
    float[] out = floats(y);
    int xo = start(x);
    int yo = start(y);
    int n = shape.in();
    overOutputs(shape, (picture, v, h, to) -> {
      boolean first = true;
      for (int row = shape.firstRow(v); row < shape.endRow(v); row++) {
        for (int column = shape.firstColumn(h); column < shape.endColumn(h); column++) {
          int from = xo + shape.pixel(picture, row, column) * n;
          if (first) {
            System.arraycopy(in, from, out, yo + to * n, n);
            first = false;
          } else {
            Kernels.ARITHMETIC.maximum(in, from, out, yo + to * n, n);
          }
        }
      }
    });
  }

  @Override
  public void maxPoolBackward(Tensor x, Window window, Tensor dy, Tensor dx) {
    var shape = ConvolutionShape.of(x, window, 1, dy);
    float[] in = floats(x);
    float[] upstream = floats(dy);
    float[] out = floats(dx);
    int xo = start(x);
    int dyo = start(dy);
    int dxo = start(dx);
    int n = shape.in();
    overPictures(shape, dx, (picture, v, h, to) -> {
      for (int c = 0; c < n; c++) {
        out[dxo + largest(shape, in, xo, picture, v, h, c)] += upstream[dyo + to * n + c];
      }
    });
  }

  /** The index of the first of the largest numbers of a channel in a window, counted from the first pixel of all. */
  private static int largest(ConvolutionShape shape, float[] x, int xo, int picture, int v, int h, int channel) {
    int largest = -1;
    for (int row = shape.firstRow(v); row < shape.endRow(v); row++) {
      for (int column = shape.firstColumn(h); column < shape.endColumn(h); column++) {
        int at = shape.pixel(picture, row, column) * shape.in() + channel;
        if (largest < 0 || x[xo + at] > x[xo + largest] || Float.isNaN(x[xo + at])) {
          largest = at;
        }
      }
    }
    return largest;
  }

  @Override
  public void averagePool(Tensor x, Window window, Tensor y) {
    var shape = ConvolutionShape.of(x, window, 1, y);
    float[] in = floats(x);
    float[] out = floats(y);
    int xo = start(x);
    int yo = start(y);
    int n = shape.in();
    float share = 1f / window.area();
    overOutputs(shape, (picture, v, h, to) -> {
      int at = yo + to * n;
      Arrays.fill(out, at, at + n, 0);
      for (int row = shape.firstRow(v); row < shape.endRow(v); row++) {
        for (int column = shape.firstColumn(h); column < shape.endColumn(h); column++) {
          Kernels.ARITHMETIC.addScaled(share, in, xo + shape.pixel(picture, row, column) * n, out, at, n);
        }
      }
    });
  }

  @Override
  public void averagePoolBackward(Window window, Tensor dy, Tensor dx) {
    var shape = ConvolutionShape.of(dx, window, 1, dy);
    float[] upstream = floats(dy);
    float[] out = floats(dx);
    int dyo = start(dy);
    int dxo = start(dx);
    int n = shape.in();
    float share = 1f / window.area();
    overPictures(shape, dx, (picture, v, h, to) -> {
      for (int row = shape.firstRow(v); row < shape.endRow(v); row++) {
        for (int column = shape.firstColumn(h); column < shape.endColumn(h); column++) {
          Kernels.ARITHMETIC.addScaled(share, upstream, dyo + to * n, out,
              dxo + shape.pixel(picture, row, column) * n, n);
        }
      }
    });
  }

  /** Work on one pixel of the result. */
  @FunctionalInterface
  private interface OutputPixel {
    /**
     * Works on a pixel.
     *
     * @param to which pixel it is of those of all pictures
     */
    void visit(int picture, int v, int h, int to);
  }

  /** Visits the pixels of the result; those of several rows at the same time. */
  private void overOutputs(ConvolutionShape shape, OutputPixel pixel) {
    int width = shape.outputWidth();
    context.overRows(shape.pictures() * shape.outputHeight(), width * shape.in(), (from, to) -> {
      for (int line = from; line < to; line++) {
        for (int h = 0; h < width; h++) {
          pixel.visit(line / shape.outputHeight(), line % shape.outputHeight(), h, line * width + h);
        }
      }
    });
  }

  /** Sets the gradients of pictures to zero and visits the pixels of the result; several pictures at the same time. */
  private void overPictures(ConvolutionShape shape, Tensor dx, OutputPixel pixel) {
    float[] out = floats(dx);
    int size = shape.height() * shape.width() * shape.in();
    context.overRows(shape.pictures(), size, (from, to) -> {
      Arrays.fill(out, start(dx) + from * size, start(dx) + to * size, 0);
      for (int picture = from; picture < to; picture++) {
        for (int v = 0; v < shape.outputHeight(); v++) {
          for (int h = 0; h < shape.outputWidth(); h++) {
            pixel.visit(picture, v, h, (picture * shape.outputHeight() + v) * shape.outputWidth() + h);
          }
        }
      }
    });
  }

  @Override
  public void patches(Tensor x, int size, Tensor y) {
    float[] pictures = floats(x);
    float[] patches = floats(y);
    overPatchRows(x, start(x), size, start(y),
        (picture, patch) -> System.arraycopy(pictures, picture, patches, patch, size));
  }

  @Override
  public void patchesBackward(int size, Tensor dy, Tensor dx) {
    float[] pictures = floats(dx);
    float[] patches = floats(dy);
    Arrays.fill(pictures, start(dx), start(dx) + (int) dx.elements(), 0);
    overPatchRows(dx, start(dx), size, start(dy),
        (picture, patch) -> System.arraycopy(patches, patch, pictures, picture, size));
  }

  /** One row of pixels of one channel of a patch: where it is in the pictures and in the patches. */
  @FunctionalInterface
  private interface PatchRow {
    void visit(int picture, int patch);
  }

  private void overPatchRows(Tensor pictures, int po, int size, int to, PatchRow row) {
    int channels = (int) pictures.shape().extent(1);
    int height = (int) pictures.shape().extent(2);
    int width = (int) pictures.shape().extent(3);
    int across = width / size;
    int down = height / size;
    int elements = channels * size * size;
    context.overRows((int) pictures.shape().extent(0) * down * across, elements, (first, end) -> {
      for (int patch = first; patch < end; patch++) {
        int picture = patch / across / down;
        int top = patch / across % down * size;
        int left = patch % across * size;
        for (int i = 0; i < channels * size; i++) {
          row.visit(po + ((picture * channels + i / size) * height + top + i % size) * width + left,
              to + patch * elements + i * size);
        }
      }
    });
  }

  @Override
  public void transpose(Tensor x, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int rows = (int) x.shape().extent(1);
    int columns = (int) x.shape().extent(2);
    context.overRows((int) x.shape().extent(0), rows * columns, (from, to) -> {
      for (int i = from; i < to; i++) {
        transpose(in, start(x) + i * rows * columns, rows, columns, out, start(y) + i * rows * columns);
      }
    });
  }

  /** Transposes a matrix, some rows of the result at a time, so that what is read stays in the cache. */
  static void transpose(float[] x, int xo, int rows, int columns, float[] y, int yo) {
    int block = 16;
    for (int first = 0; first < columns; first += block) {
      int end = Math.min(columns, first + block);
      for (int j = 0; j < rows; j++) {
        for (int k = first; k < end; k++) {
          y[yo + k * rows + j] = x[xo + j * columns + k];
        }
      }
    }
  }

  @Override
  public void batchStatistics(Tensor x, Tensor mean, Tensor variance) {
    normalization.statistics(x, mean, variance);
  }

  @Override
  public void batchNorm(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, @Nullable Tensor residual,
      BatchNormSpec spec, Tensor y) {
    normalization.forward(x, mean, variance, weight, bias, residual, spec, y);
  }

  @Override
  public void batchNormBackward(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor y, BatchNormSpec spec,
      Tensor dy, Tensor dx, Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    normalization.backward(x, mean, variance, weight, y, spec, dy, dx, write, dweight, dbias);
  }
}
