package crema.data.image;

/** Finds the orientation in EXIF data, which is laid out as a TIFF file (TIFF 6.0, section 2). */
final class ExifOrientation {
  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int ENTRY = 12;

  private ExifOrientation() {}

  /** The orientation; upright where there is none, or where the data are damaged. */
  static Orientation find(HeaderBytes exif) {
    try {
      if (exif.holds(0, "II")) {
        return find(exif, exif::u16le, exif.i32le(4));
      }
      if (exif.holds(0, "MM")) {
        return find(exif, exif::u16, exif.i32(4));
      }
      return Orientation.UPRIGHT;
    } catch (PastTheEnd e) {
      return Orientation.UPRIGHT;
    }
  }

  /** Reads a number of two bytes in the order that the data have. */
  @FunctionalInterface
  private interface Number16 {
    int at(int place) throws PastTheEnd;
  }

  private static Orientation find(HeaderBytes exif, Number16 number, int directory) throws PastTheEnd {
    if (directory < 0 || directory > exif.length()) {
      return Orientation.UPRIGHT;
    }
    int entries = number.at(directory);
    for (int entry = 0; entry < entries; entry++) {
      int at = directory + 2 + entry * ENTRY;
      if (number.at(at) == TAG && number.at(at + 2) == SHORT) {
        return Orientation.of(number.at(at + 8));
      }
    }
    return Orientation.UPRIGHT;
  }
}
