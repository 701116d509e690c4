package crema.data.image;

/**
 * How a camera was held, as EXIF says it (tag 0x0112; EXIF 2.32, section 4.6.4): what must be done with the stored rows so
 * that the picture stands upright. In the order of the tag's values, from 1.
 */
enum Orientation {
  UPRIGHT(false, false, false),
  MIRRORED(true, false, false),
  HALF_TURN(true, true, false),
  UPSIDE_DOWN(false, true, false),
  TRANSPOSED(false, false, true),
  QUARTER_TURN(false, true, true),
  TRANSVERSED(true, true, true),
  THREE_QUARTER_TURN(true, false, true);

  /** Whether columns of the stored picture run from right to left of what they are in the upright one. */
  private final boolean columnsReversed;
  private final boolean rowsReversed;
  /** Whether the stored rows are the columns of the upright picture. */
  private final boolean transposed;

  Orientation(boolean columnsReversed, boolean rowsReversed, boolean transposed) {
    this.columnsReversed = columnsReversed;
    this.rowsReversed = rowsReversed;
    this.transposed = transposed;
  }

  /** The orientation of a value of the tag; upright for values that mean nothing. */
  static Orientation of(int value) {
    return value >= 1 && value <= values().length ? values()[value - 1] : UPRIGHT;
  }

  /** Whether width and height of the stored picture are exchanged in the upright one. */
  boolean isTransposed() {
    return transposed;
  }

  /** The upright picture. */
  Picture upright(Picture stored) {
    if (this == UPRIGHT) {
      return stored;
    }
    int width = transposed ? stored.height() : stored.width();
    int height = transposed ? stored.width() : stored.height();
    byte[] from = stored.rgb();
    var rgb = new byte[from.length];
    int right = (transposed ? stored.width() : 1) * Picture.CHANNELS;
    int down = (transposed ? 1 : stored.width()) * Picture.CHANNELS;
    int corner = 0;
    if (transposed ? rowsReversed : columnsReversed) {
      corner += (width - 1) * right;
      right = -right;
    }
    if (transposed ? columnsReversed : rowsReversed) {
      corner += (height - 1) * down;
      down = -down;
    }
    int to = 0;
    for (int y = 0; y < height; y++) {
      int at = corner + y * down;
      for (int x = 0; x < width; x++, at += right) {
        rgb[to++] = from[at];
        rgb[to++] = from[at + 1];
        rgb[to++] = from[at + 2];
      }
    }
    return new Picture(width, height, rgb);
  }
}
