package crema.tensor;

/**
 * Which pixels of a picture a convolution or a pooling reads for each pixel of its result: a window of fixed size that
 * moves by a stride over the picture and the padding around it.
 *
 * @param vertical how it moves from top to bottom
 * @param horizontal how it moves from left to right
 */
public record Window(Axis vertical, Axis horizontal) {
  /**
   * One direction of a window.
   *
   * @param size pixels that it spans
   * @param stride pixels from one position to the next
   * @param before pixels of padding in front of the picture
   * @param after pixels of padding behind the picture
   */
  public record Axis(int size, int stride, int before, int after) {
    /** Checks that every position meets at least one pixel of a picture that is not empty. */
    public Axis {
      if (size < 1 || stride < 1 || before < 0 || after < 0) {
        throw new IllegalArgumentException("a window of size " + size + ", stride " + stride + " and padding " + before
            + " and " + after + ": size and stride must be positive, and padding not negative");
      }
      if (before >= size || after >= size) {
        throw new IllegalArgumentException("padding of " + Math.max(before, after)
            + " is not smaller than the window, which has " + size + " pixels");
      }
    }

    /**
     * As much padding as gives one position for each stride of the picture, the larger half behind it: what TensorFlow
     * calls "same".
     *
     * @param inputs pixels of the picture
     */
    public static Axis same(int size, int stride, int inputs) {
      int over = inputs % stride == 0 ? stride : inputs % stride;
      int padding = Math.max(0, size - over);
      return new Axis(size, stride, padding / 2, padding - padding / 2);
    }

    /**
     * The number of positions.
     *
     * @param inputs pixels of the picture
     * @throws IllegalArgumentException when the picture and its padding are smaller than the window
     */
    public int outputs(int inputs) {
      int room = inputs + before + after - size;
      if (inputs < 1 || room < 0) {
        throw new IllegalArgumentException("a picture of " + inputs + " pixels with padding of " + before + " and "
            + after + " is smaller than a window of " + size);
      }
      return room / stride + 1;
    }

    /** The pixel that the window's first one is on at a position; negative, or beyond the last one, in the padding. */
    public int first(int position) {
      return position * stride - before;
    }
  }

  /** A square window with the same padding on all sides. */
  public static Window square(int size, int stride, int padding) {
    var axis = new Axis(size, stride, padding, padding);
    return new Window(axis, axis);
  }

  /** The number of pixels in the window. */
  public int area() {
    return vertical.size * horizontal.size;
  }

  /** Whether each pixel of the result is made of the pixel in its place alone. */
  public boolean isPoint() {
    return area() == 1 && vertical.stride == 1 && horizontal.stride == 1;
  }
}
