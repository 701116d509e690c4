package crema.tensor.cpu;

import crema.tensor.Tensor;
import crema.tensor.Window;
import crema.tensor.Window.Axis;

/**
 * The sizes of a convolution or a pooling.
 *
 * @param in channels of the pictures
 * @param out channels of the result
 */
record ConvolutionShape(int pictures, int height, int width, int in, int outputHeight, int outputWidth, int out,
    Window window, int groups) {
  static ConvolutionShape of(Tensor x, Window window, int groups, Tensor y) {
    return new ConvolutionShape((int) x.shape().extent(0), (int) x.shape().extent(1), (int) x.shape().extent(2),
        (int) x.shape().extent(3), (int) y.shape().extent(1), (int) y.shape().extent(2), (int) y.shape().extent(3),
        window, groups);
  }

  /** Whether each channel of the result reads one channel, its own. */
  boolean isDepthwise() {
    return groups == in && groups == out;
  }

  /** Channels of a group that are read. */
  int inOfGroup() {
    return in / groups;
  }

  /** Channels of a group of the result. */
  int outOfGroup() {
    return out / groups;
  }

  /** Numbers that a channel of the result is a sum over. */
  int depth() {
    return window.area() * inOfGroup();
  }

  /** Pixels of the results. */
  int outputs() {
    return pictures * outputHeight * outputWidth;
  }

  /** Which pixel of all pictures it is. */
  int pixel(int picture, int row, int column) {
    return (picture * height + row) * width + column;
  }

  private static int first(Axis axis, int position) {
    return Math.max(0, axis.first(position));
  }

  /** The first row of the picture that the window meets. */
  int firstRow(int v) {
    return first(window.vertical(), v);
  }

  /** The row after the last one that the window meets. */
  int endRow(int v) {
    return Math.min(height, window.vertical().first(v) + window.vertical().size());
  }

  /** The first column of the picture that the window meets. */
  int firstColumn(int h) {
    return first(window.horizontal(), h);
  }

  /** The column after the last one that the window meets. */
  int endColumn(int h) {
    return Math.min(width, window.horizontal().first(h) + window.horizontal().size());
  }
}
