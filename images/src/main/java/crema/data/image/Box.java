package crema.data.image;

/**
 * A part of a picture, in pixels from its top left corner.
 *
 * @param left its first column
 * @param top its first row
 * @param width at least 1
 * @param height at least 1
 */
public record Box(int left, int top, int width, int height) {
  /** The box that is all of a picture. */
  static Box all(int width, int height) {
    return new Box(0, 0, width, height);
  }

  /** Checks that the box lies within a picture. */
  void requireIn(int pictureWidth, int pictureHeight) {
    if (left < 0 || top < 0 || width < 1 || height < 1 || left > pictureWidth - width || top > pictureHeight - height) {
      throw new IllegalArgumentException(this + " is not in a picture of " + pictureWidth + " × " + pictureHeight);
    }
  }
}
