package crema.data.image;

/** The header of a Windows bitmap, of any version. */
final class BmpHeader implements HeaderReader {
  private static final int FILE_HEADER = 14;
  private static final int CORE_HEADER = 12;

  @Override
  public PictureHeader read(HeaderBytes bytes, PictureLimits limits) throws PictureRejected, PastTheEnd {
    boolean core = bytes.i32le(FILE_HEADER) == CORE_HEADER;
    int width = core ? bytes.u16le(FILE_HEADER + 4) : bytes.i32le(FILE_HEADER + 4);
    int height = core ? bytes.u16le(FILE_HEADER + 6) : bytes.i32le(FILE_HEADER + 8);
    // A negative height means that rows begin at the top.
    var header = PictureHeader.of(width, height == Integer.MIN_VALUE ? height : Math.abs(height));
    limits.requirePixels(header.width(), header.height());
    return header;
  }
}
