package crema.data.image;

/** The chunks of a WebP file (RFC 9649), and EXIF's among them. */
final class WebpHeader implements HeaderReader {
  private static final int FIRST_CHUNK = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int SIDE_14 = 0x3FFF;

  @Override
  public PictureHeader read(HeaderBytes bytes, PictureLimits limits) throws PictureRejected, PastTheEnd {
    var header = first(bytes);
    limits.requirePixels(header.width(), header.height());
    if (Integer.toUnsignedLong(bytes.i32le(4)) + CHUNK_HEADER > bytes.length() + 1L) {
      // One byte may be missing, which only fills up.
      throw new PictureRejected(PictureFault.TRUNCATED, "is cut off");
    }
    for (long at = FIRST_CHUNK; at + CHUNK_HEADER <= bytes.length();) {
      int length = bytes.i32le((int) at + 4);
      if (length < 0) {
        break;
      }
      int content = (int) at + CHUNK_HEADER;
      if (bytes.holds((int) at, "EXIF")) {
        // Some programs put the name of JPEG's segment before the data.
        int skipped = bytes.holds(content, "Exif\0\0") ? 6 : 0;
        header = header.with(ExifOrientation.find(bytes.part(content + skipped, length)));
      } else if (bytes.holds((int) at, "VP8 ") || bytes.holds((int) at, "VP8L")) {
        var inner = frame(bytes, (int) at);
        limits.requirePixels(inner.width(), inner.height());
      } else if (bytes.holds((int) at, "ANMF")) {
        limits.requirePixels(bytes.u24le(content + 6) + 1, bytes.u24le(content + 9) + 1);
      }
      at += CHUNK_HEADER + (long) length + (length & 1);
    }
    return header;
  }

  private static PictureHeader first(HeaderBytes bytes) throws PictureRejected, PastTheEnd {
    if (bytes.holds(FIRST_CHUNK, "VP8X")) {
      int content = FIRST_CHUNK + CHUNK_HEADER;
      return PictureHeader.of(bytes.u24le(content + 4) + 1, bytes.u24le(content + 7) + 1);
    }
    return frame(bytes, FIRST_CHUNK);
  }

  private static PictureHeader frame(HeaderBytes bytes, int at) throws PictureRejected, PastTheEnd {
    int content = at + CHUNK_HEADER;
    if (bytes.holds(at, "VP8 ")) {
      return PictureHeader.of(bytes.u16le(content + 6) & SIDE_14, bytes.u16le(content + 8) & SIDE_14);
    }
    if (bytes.holds(at, "VP8L")) {
      int sides = bytes.i32le(content + 1);
      return PictureHeader.of((sides & SIDE_14) + 1, (sides >>> 14 & SIDE_14) + 1);
    }
    throw new PictureRejected(PictureFault.DAMAGED, "is a WebP file without a picture");
  }
}
