package crema.data.image;

import java.util.Arrays;

/**
 * A picture of 8 bits a channel.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param rgb red, green and blue of each pixel, row by row from the top: {@code [height, width, 3]}. Not copied; nobody
 *     changes it
 */
public record Picture(int width, int height, byte[] rgb) {
  /** Red, green and blue. */
  static final int CHANNELS = 3;

  /** Checks the sizes. */
  public Picture {
    if (width < 1 || height < 1 || rgb.length != (long) width * height * CHANNELS) {
      throw new IllegalArgumentException(
          width + " × " + height + " pixels do not take " + rgb.length + " bytes of red, green and blue");
    }
  }

  /** The shorter of the sides. */
  public int shorterSide() {
    return Math.min(width, height);
  }

  /** A part of it. */
  public Picture crop(Box box) {
    box.requireIn(width, height);
    var part = new byte[Math.multiplyExact(box.width() * CHANNELS, box.height())];
    for (int row = 0; row < box.height(); row++) {
      System.arraycopy(rgb, ((box.top() + row) * width + box.left()) * CHANNELS, part, row * box.width() * CHANNELS,
          box.width() * CHANNELS);
    }
    return new Picture(box.width(), box.height(), part);
  }

  /** Left and right exchanged. */
  public Picture mirrored() {
    return Orientation.MIRRORED.upright(this);
  }

  /** Pictures of the same pixels are equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Picture picture && width == picture.width && height == picture.height
        && Arrays.equals(rgb, picture.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "Picture[" + width + " × " + height + "]";
  }
}
