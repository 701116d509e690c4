package crema.data.image;

import crema.base.Keyed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/** The formats of pictures that are read, told by their first bytes; names of files play no role. */
public enum PictureFormat implements Keyed {
  /** JPEG, of one, three or four components. */
  JPEG("\u00FF\u00D8\u00FF", new JpegHeader()),
  /** PNG of any colour type and depth. */
  PNG("\u0089PNG\r\n\u001A\n", new PngHeader()),
  /** GIF, of which the first frame counts. */
  GIF("GIF8", new GifHeader()),
  /** Windows bitmaps. */
  BMP("BM", new BmpHeader()),
  /** WebP, of which the first frame counts; read by a library. */
  WEBP("RIFF????WEBP", new WebpHeader());

  /** First bytes of what is no picture that is read, with what it is; a question mark stands for any byte. */
  private static final Map<String, String> OTHERS = Map.of(
      "????ftypavif", "an AVIF picture", "????ftypavis", "an AVIF picture",
      "????ftyphei", "a HEIC picture", "????ftypmif1", "a HEIF picture",
      "II*\0", "a TIFF picture", "MM\0*", "a TIFF picture",
      "\0\0\1\0", "an icon", "8BPS", "a Photoshop document", "%PDF", "a PDF document");
  private static final int START = 512;

  private final byte[] magic;
  private final HeaderReader header;

  PictureFormat(String magic, HeaderReader header) {
    this.magic = latin(magic);
    this.header = header;
  }

  /**
   * The format of a file.
   *
   * @throws PictureRejected if it is none of these; the message says what the bytes look like
   */
  static PictureFormat of(byte[] bytes) throws PictureRejected {
    if (bytes.length == 0) {
      throw new PictureRejected(PictureFault.EMPTY, "is empty");
    }
    for (var format : values()) {
      if (startsWith(bytes, format.magic)) {
        return format;
      }
    }
    for (var other : OTHERS.entrySet()) {
      if (startsWith(bytes, latin(other.getKey()))) {
        throw new PictureRejected(PictureFault.UNSUPPORTED,
            "is " + other.getValue() + "; read are " + String.join(", ", Keyed.keys(PictureFormat.class)));
      }
    }
    String start = new String(bytes, 0, Math.min(bytes.length, START), StandardCharsets.UTF_8).strip()
        .toLowerCase(Locale.ROOT);
    if (start.contains("<svg")) {
      throw new PictureRejected(PictureFault.UNSUPPORTED,
          "is an SVG drawing; read are " + String.join(", ", Keyed.keys(PictureFormat.class)));
    }
    if (start.startsWith("<!doctype html") || start.contains("<html") || start.contains("<head")) {
      throw new PictureRejected(PictureFault.NOT_A_PICTURE, "is a web page");
    }
    throw new PictureRejected(PictureFault.NOT_A_PICTURE, "is no picture: it begins with the bytes "
        + HexFormat.ofDelimiter(" ").formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, 8))));
  }

  /** What reads the header of this format. */
  HeaderReader header() {
    return header;
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static boolean startsWith(byte[] bytes, byte[] magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (magic[i] != '?' && magic[i] != bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
