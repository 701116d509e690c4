package crema.data.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.spi.ImageReaderSpi;
import org.jspecify.annotations.Nullable;

/**
 * Reads pictures from the bytes of files: upright, with red, green and blue of 8 bits, transparent parts on white. The
 * platform's own readers decode; sizes are read from the header first, and bounded.
 *
 * <p>Safe to use from several threads.
 */
public final class PictureReader {
  private static final String PLATFORM = "com.sun.imageio.";
  private static final String WEBP_LIBRARY = "com.twelvemonkeys.imageio:imageio-webp";

  private final PictureLimits limits;
  private final @Nullable ImageReaderSpi webp;

  /** A reader within limits. */
  public PictureReader(PictureLimits limits) {
    this.limits = limits;
    webp = Stream.concat(services(PictureReader.class.getClassLoader()),
        services(Thread.currentThread().getContextClassLoader()))
        .filter(provider -> Stream.of(provider.getFormatNames()).anyMatch("webp"::equalsIgnoreCase))
        .findFirst().orElse(null);
  }

  private static Stream<ImageReaderSpi> services(@Nullable ClassLoader loader) {
    return ServiceLoader.load(ImageReaderSpi.class, loader).stream().map(ServiceLoader.Provider::get);
  }

  /** The limits. */
  public PictureLimits limits() {
    return limits;
  }

  /** A picture, with the format that its file has. */
  public record Read(Picture picture, PictureFormat format) {}

  /**
   * Reads a picture.
   *
   * @param bytes of the whole file
   * @throws PictureRejected if it is none, too large, cut off or damaged
   */
  public Read read(byte[] bytes) throws PictureRejected {
    if (bytes.length > limits.bytes()) {
      throw new PictureRejected(PictureFault.TOO_LARGE,
          String.format(Locale.ROOT, "has %,d bytes; at most %,d are read", bytes.length, limits.bytes()));
    }
    var format = PictureFormat.of(bytes);
    PictureHeader header = header(bytes, format);
    Picture stored = decode(bytes, format, header);
    return new Read(header.orientation().upright(stored), format);
  }

  private PictureHeader header(byte[] bytes, PictureFormat format) throws PictureRejected {
    try {
      return format.header().read(new HeaderBytes(bytes), limits);
    } catch (PastTheEnd e) {
      throw new PictureRejected(PictureFault.TRUNCATED, "is cut off within its header", e);
    }
  }

  private Picture decode(byte[] bytes, PictureFormat format, PictureHeader header) throws PictureRejected {
    ImageReader reader = reader(format);
    var cut = new CutOff();
    try (var input = new ByteInput(bytes)) {
      reader.addIIOReadWarningListener(cut);
      reader.setInput(input, true, true);
      try {
        Picture picture = pixels(reader, header);
        if (cut.isCertain()) {
          throw new PictureRejected(PictureFault.TRUNCATED, "is cut off");
        }
        return picture;
      } catch (IOException | RuntimeException | UnexpectedSize e) {
        // Readers meet damaged bytes with exceptions of many kinds.
        throw cut.isPossible() || input.getStreamPosition() >= bytes.length
            ? new PictureRejected(PictureFault.TRUNCATED, "is cut off", e)
            : new PictureRejected(PictureFault.DAMAGED, "is damaged: " + firstLine(e), e);
      }
    } catch (IOException e) {
      throw new PictureRejected(PictureFault.DAMAGED, "is damaged: " + firstLine(e), e);
    } finally {
      reader.dispose();
    }
  }

  private static String firstLine(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message.lines().findFirst().orElse("");
  }

  /** The pixels are not as many as the header announced. */
  private static final class UnexpectedSize extends Exception {
    private static final long serialVersionUID = 1L;

    UnexpectedSize(int width, int height, Box frame) {
      super(String.format(Locale.ROOT,
          "it has %d × %d pixels, and its header says %d × %d", width, height, frame.width(), frame.height()));
    }
  }

  private Picture pixels(ImageReader reader, PictureHeader header) throws IOException, UnexpectedSize {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    if (width != header.frame().width() || height != header.frame().height()) {
      throw new UnexpectedSize(width, height, header.frame());
    }
    byte[] rgb = switch (header.components()) {
      case AS_READ -> Pixels.of(reader.read(0));
      case YCC -> Pixels.ofChromas(reader.readRaster(0, null));
      case CMYK, YCCK -> Pixels.ofInk(reader.readRaster(0, null), header.components());
    };
    header.transparent().ifPresent(gray -> Pixels.layOnWhite(rgb, gray));
    return onScreen(new Picture(width, height, rgb), header);
  }

  /** The whole picture, of which a frame may be a part; the rest is white. */
  private static Picture onScreen(Picture frame, PictureHeader header) {
    if (frame.width() == header.width() && frame.height() == header.height()) {
      return frame;
    }
    var rgb = new byte[header.width() * header.height() * Picture.CHANNELS];
    Arrays.fill(rgb, (byte) 255);
    for (int row = 0; row < frame.height(); row++) {
      int at = (header.frame().top() + row) * header.width() + header.frame().left();
      System.arraycopy(frame.rgb(), row * frame.width() * Picture.CHANNELS, rgb, at * Picture.CHANNELS,
          frame.width() * Picture.CHANNELS);
    }
    return new Picture(header.width(), header.height(), rgb);
  }

  /** What decodes a format: of the platform's formats its own reader, whatever else an application has installed. */
  private ImageReader reader(PictureFormat format) throws PictureRejected {
    if (format == PictureFormat.WEBP) {
      return webpReader();
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.key());
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getName().startsWith(PLATFORM)) {
        return reader;
      }
    }
    throw new IllegalStateException("this Java platform has no reader of " + format.key());
  }

  private ImageReader webpReader() throws PictureRejected {
    try {
      if (webp != null) {
        return webp.createReaderInstance();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new PictureRejected(PictureFault.UNSUPPORTED, "is a WebP picture, which needs the library " + WEBP_LIBRARY
        + " or another reader of ImageIO; crema-training brings it");
  }

  /** Hears what the platform's reader of JPEG says of a file that ends too early, and decodes as far as it goes. */
  private static final class CutOff implements IIOReadWarningListener {
    private boolean withoutEnd;
    private boolean withoutData;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      withoutEnd |= warning.contains("Missing EOI");
      withoutData |= warning.contains("premature end");
    }

    /** Whether the end is missing, which may be two bytes that play no role. */
    boolean isPossible() {
      return withoutEnd;
    }

    /** Whether pixels are missing. */
    boolean isCertain() {
      return withoutEnd && withoutData;
    }
  }
}
