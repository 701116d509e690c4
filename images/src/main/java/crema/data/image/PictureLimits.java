package crema.data.image;

import java.time.Duration;
import java.util.Locale;

/**
 * How large a picture may be, so that no file from outside takes memory or time without bound.
 *
 * @param bytes of a file, or of what a server sends
 * @param pixels of a picture, and of a frame of it
 * @param time how long a server may take for one picture, all attempts together
 */
public record PictureLimits(int bytes, int pixels, Duration time) {
  /** Larger sides are refused: more than any JPEG can have. */
  static final int SIDE = 65_535;
  /** More passes over a picture than any program writes; each may cost the time of a whole picture. */
  static final int SCANS = 100;

  /** Twice what decoding takes at most. */
  private static final int HEAP_PER_PIXEL = 16;

  /** 64 MiB, 100 million pixels and 20 seconds. */
  public static final PictureLimits DEFAULT = new PictureLimits(64 << 20, 100_000_000, Duration.ofSeconds(20));

  /** Checks the numbers. */
  public PictureLimits {
    if (bytes < 1 || pixels < 1 || !time.isPositive()) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }

  /** The same with another time for a server. */
  public PictureLimits withTime(Duration newTime) {
    return new PictureLimits(bytes, pixels, newTime);
  }

  /** Refuses sizes that a header announces, before anything is allocated for them. */
  void requirePixels(int width, int height) throws PictureRejected {
    if (width < 1 || height < 1) {
      throw new PictureRejected(PictureFault.DAMAGED, "has " + width + " × " + height + " pixels");
    }
    if (width > SIDE || height > SIDE || (long) width * height > pixels) {
      throw new PictureRejected(PictureFault.TOO_LARGE, String.format(Locale.ROOT,
          "has %,d × %,d pixels; at most %,d are read, and %,d a side", width, height, pixels, SIDE));
    }
    if ((long) width * height > Runtime.getRuntime().maxMemory() / HEAP_PER_PIXEL) {
      throw new PictureRejected(PictureFault.TOO_LARGE, String.format(Locale.ROOT,
          "has %,d × %,d pixels, too many for a heap of %,d MiB", width, height,
          Runtime.getRuntime().maxMemory() >> 20));
    }
  }
}
