package crema.data.image;

/**
 * What a file says of its picture before the pixels.
 *
 * @param width of the stored picture, in pixels
 * @param height of the stored picture, in pixels
 * @param orientation what must be done with it
 * @param frame where in it the pixels lie that come first, which are less than all in some formats
 * @param ink what four components of a JPEG are
 */
record PictureHeader(int width, int height, Orientation orientation, Box frame, Ink ink) {
  /** What the components of a picture for print are. */
  enum Ink {
    /** It is a picture for screens. */
    NONE,
    /** Cyan, magenta, yellow and black. */
    CMYK,
    /** Luma and two chromas of the light that the first three of those inks leave, and black. */
    YCCK
  }

  /** The header of a picture that stands upright. */
  static PictureHeader of(int width, int height) {
    return new PictureHeader(width, height, Orientation.UPRIGHT, Box.all(width, height), Ink.NONE);
  }

  /** The same with an orientation. */
  PictureHeader with(Orientation newOrientation) {
    return new PictureHeader(width, height, newOrientation, frame, ink);
  }

  /** The same with the place of the first pixels. */
  PictureHeader with(Box newFrame) {
    return new PictureHeader(width, height, orientation, newFrame, ink);
  }

  /** The same with components for print. */
  PictureHeader with(Ink newInk) {
    return new PictureHeader(width, height, orientation, frame, newInk);
  }
}
