package crema.data.image;

/** The screen of a GIF (version 89a, sections 18 to 25), and the size of its first frame. */
final class GifHeader implements HeaderReader {
  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2C;
  private static final int SCREEN = 13;
  private static final int TABLE = 0x80;

  @Override
  public PictureHeader read(HeaderBytes bytes, PictureLimits limits) throws PictureRejected, PastTheEnd {
    int flags = bytes.u8(10);
    int at = SCREEN;
    if ((flags & TABLE) != 0) {
      at += Picture.CHANNELS << (flags & 7) + 1;
    }
    while (bytes.u8(at) == EXTENSION) {
      at += 2;
      while (bytes.u8(at) != 0) {
        at += 1 + bytes.u8(at);
      }
      at++;
    }
    if (bytes.u8(at) != IMAGE) {
      throw new PictureRejected(PictureFault.DAMAGED, "is a GIF without pixels");
    }
    var frame = new Box(bytes.u16le(at + 1), bytes.u16le(at + 3), bytes.u16le(at + 5), bytes.u16le(at + 7));
    limits.requirePixels(frame.width(), frame.height());
    // As browsers do, a frame that is larger than the screen enlarges it.
    int width = Math.max(bytes.u16le(6), frame.left() + frame.width());
    int height = Math.max(bytes.u16le(8), frame.top() + frame.height());
    limits.requirePixels(width, height);
    return PictureHeader.of(width, height).with(frame);
  }
}
