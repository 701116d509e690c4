package crema.data.image;

import crema.data.image.PictureHeader.Components;
import java.util.BitSet;

/** The segments of a JPEG (ITU-T T.81, annex B) with their sizes, EXIF's orientation and Adobe's marker. */
final class JpegHeader implements HeaderReader {
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;
  private static final int FILL = 0xFF;
  /** What Adobe's marker says of how components were made (Adobe technical note 5116). */
  private static final int ADOBE_YCCK = 2;
  private static final int INKS = 4;
  private static final int CHANNELS = 3;
  /** What a frame says of a component, in bytes. */
  private static final int COMPONENT = 3;
  /** Markers that nothing follows: restarts, the start of an image, and one for arithmetic coding's private use. */
  private static final BitSet WITHOUT_LENGTH = markers(0x01, 0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8);
  private static final BitSet START_OF_FRAME =
      markers(0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF);
  private static final int PROGRESSIVE = 0xC2;
  /** Frames that are decoded: baseline, extended and progressive, all with Huffman's code. */
  private static final BitSet DECODED = markers(0xC0, 0xC1, 0xC2);

  private static BitSet markers(int... markers) {
    var set = new BitSet();
    for (int marker : markers) {
      set.set(marker);
    }
    return set;
  }

  @Override
  public PictureHeader read(HeaderBytes bytes, PictureLimits limits) throws PictureRejected, PastTheEnd {
    PictureHeader header = null;
    var orientation = Orientation.UPRIGHT;
    boolean ycck = false;
    boolean saysColours = false;
    boolean progressive = false;
    for (int at = 2;;) {
      if (bytes.u8(at) != FILL) {
        // Bytes that belong to no segment, which decoders pass over.
        at++;
        continue;
      }
      int marker = bytes.u8(at + 1);
      if (marker == FILL || marker == 0 || WITHOUT_LENGTH.get(marker)) {
        at += marker == FILL ? 1 : 2;
        continue;
      }
      if (marker == END_OF_IMAGE) {
        throw new PictureRejected(PictureFault.DAMAGED, "is a JPEG without pixels");
      }
      if (marker == START_OF_SCAN) {
        if (header == null) {
          throw new PictureRejected(PictureFault.DAMAGED, "is a JPEG that does not say its size");
        }
        requireScans(bytes, at, progressive);
        return header.with(orientation).with(switch (header.components()) {
          case YCC -> saysColours ? Components.AS_READ : Components.YCC;
          case CMYK -> ycck ? Components.YCCK : Components.CMYK;
          case YCCK, AS_READ -> header.components();
        });
      }
      int length = bytes.u16(at + 2);
      HeaderBytes segment = bytes.part(at + 4, Math.max(length - 2, 0));
      if (START_OF_FRAME.get(marker)) {
        header = frame(marker, segment, limits);
        progressive = marker == PROGRESSIVE;
      } else if (marker == APP1 && segment.holds(0, "Exif\0\0")) {
        orientation = ExifOrientation.find(segment.part(6, segment.length()));
      } else if (marker == APP14 && segment.holds(0, "Adobe")) {
        ycck = segment.u8(11) == ADOBE_YCCK;
        saysColours = true;
      } else if (marker == APP0 && segment.holds(0, "JFIF\0")) {
        saysColours = true;
      }
      at += 2 + Math.max(length, 2);
    }
  }

  private static PictureHeader frame(int marker, HeaderBytes segment, PictureLimits limits)
      throws PictureRejected, PastTheEnd {
    int width = segment.u16(3);
    int height = segment.u16(1);
    limits.requirePixels(width, height);
    if (!DECODED.get(marker) || segment.u8(0) != Byte.SIZE) {
      throw new PictureRejected(PictureFault.UNSUPPORTED,
          "is a JPEG of a rare kind (lossless, arithmetic or of " + segment.u8(0) + " bits), which is not read");
    }
    return PictureHeader.of(width, height).with(segment.u8(5) == INKS ? Components.CMYK
        : segment.u8(5) == CHANNELS && !saysColours(segment) ? Components.YCC : Components.AS_READ);
  }

  /** Whether the numbers of three components say what they are: 1, 2 and 3 are luma and chromas, letters are colours. */
  private static boolean saysColours(HeaderBytes frame) throws PastTheEnd {
    int first = frame.u8(6);
    return first == 1 || first == 'R' && frame.u8(6 + COMPONENT) == 'G' && frame.u8(6 + 2 * COMPONENT) == 'B';
  }

  /**
   * A progressive picture may repeat passes over all its pixels without end; and if its last passes are missing, it has all
   * its pixels but not their values.
   */
  private static void requireScans(HeaderBytes bytes, int from, boolean progressive)
      throws PictureRejected, PastTheEnd {
    int scans = 0;
    boolean ended = false;
    for (int at = from; at + 1 < bytes.length(); at++) {
      if (bytes.u8(at) == FILL && bytes.u8(at + 1) == START_OF_SCAN && ++scans > PictureLimits.SCANS) {
        throw new PictureRejected(PictureFault.TOO_LARGE,
            "is a JPEG of more than " + PictureLimits.SCANS + " passes over its pixels");
      }
      ended |= bytes.u8(at) == FILL && bytes.u8(at + 1) == END_OF_IMAGE;
    }
    if (progressive && !ended) {
      throw new PictureRejected(PictureFault.TRUNCATED, "is cut off");
    }
  }
}
