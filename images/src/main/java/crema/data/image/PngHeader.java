package crema.data.image;

/** The chunks of a PNG (W3C, third edition, section 5) before its pixels, and EXIF's among them. */
final class PngHeader implements HeaderReader {
  private static final int SIGNATURE = 8;
  private static final int AROUND = 12;
  private static final int GRAY = 0;

  @Override
  public PictureHeader read(HeaderBytes bytes, PictureLimits limits) throws PictureRejected, PastTheEnd {
    if (!bytes.holds(SIGNATURE + 4, "IHDR")) {
      throw new PictureRejected(PictureFault.DAMAGED, "is a PNG that does not say its size");
    }
    int width = bytes.i32(SIGNATURE + 8);
    int height = bytes.i32(SIGNATURE + 12);
    limits.requirePixels(width, height);
    int depth = bytes.u8(SIGNATURE + 16);
    int color = bytes.u8(SIGNATURE + 17);
    var header = PictureHeader.of(width, height);
    boolean pixels = false;
    for (long at = SIGNATURE; at + AROUND <= bytes.length(); at += AROUND + (bytes.i32((int) at) & 0xFFFF_FFFFL)) {
      int length = bytes.i32((int) at);
      if (bytes.holds((int) at + 4, "IEND")) {
        return header;
      }
      if (!pixels && (length < 0 || length > bytes.length() - at - AROUND)) {
        throw new PictureRejected(PictureFault.TRUNCATED, "is cut off, or says wrongly how long its parts are");
      }
      if (!pixels && depth < Byte.SIZE && color == GRAY && bytes.holds((int) at + 4, "tRNS") && length >= 2) {
        // The platform compares what is stored with what it is shown as.
        int most = (1 << depth) - 1;
        header = header.withTransparent((bytes.u16((int) at + 8) & most) * 255 / most);
      }
      pixels |= bytes.holds((int) at + 4, "IDAT");
      if (bytes.holds((int) at + 4, "eXIf") && length >= 0) {
        header = header.with(ExifOrientation.find(bytes.part((int) at + 8, length)));
      }
    }
    // Its end is missing: whether pixels are too, what decodes them finds out.
    return header;
  }
}
