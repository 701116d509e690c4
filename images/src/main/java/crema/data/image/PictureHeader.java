package crema.data.image;

import java.util.OptionalInt;

/**
 * What a file says of its picture before the pixels.
 *
 * @param width of the stored picture, in pixels
 * @param height of the stored picture, in pixels
 * @param orientation what must be done with it
 * @param frame where in it the pixels lie that come first, which are less than all in some formats
 * @param components what the components of a JPEG are
 * @param transparent the gray, of 8 bits, that a PNG without opacity says is transparent
 */
record PictureHeader(int width, int height, Orientation orientation, Box frame, Components components,
    OptionalInt transparent) {
  /** What the components of a picture are. */
  enum Components {
    /** What the platform's reader takes them for. */
    AS_READ,
    /** Luma and two chromas, which nothing but their number says, so that the platform takes them for red, green and blue. */
    YCC,
    /** Cyan, magenta, yellow and black. */
    CMYK,
    /** Luma and two chromas of the light that the first three of those inks leave, and black. */
    YCCK
  }

  /** The header of a picture that stands upright. */
  static PictureHeader of(int width, int height) {
    return new PictureHeader(width, height, Orientation.UPRIGHT, Box.all(width, height), Components.AS_READ,
        OptionalInt.empty());
  }

  /** The same with an orientation. */
  PictureHeader with(Orientation newOrientation) {
    return new PictureHeader(width, height, newOrientation, frame, components, transparent);
  }

  /** The same with the place of the first pixels. */
  PictureHeader with(Box newFrame) {
    return new PictureHeader(width, height, orientation, newFrame, components, transparent);
  }

  /** The same with other components. */
  PictureHeader with(Components newComponents) {
    return new PictureHeader(width, height, orientation, frame, newComponents, transparent);
  }

  /** The same with a gray that is transparent. */
  PictureHeader withTransparent(int gray) {
    return new PictureHeader(width, height, orientation, frame, components, OptionalInt.of(gray));
  }
}
