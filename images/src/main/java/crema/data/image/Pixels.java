package crema.data.image;

import crema.data.image.PictureHeader.Components;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * Red, green and blue of what a reader of the platform gives. Samples are taken as they are stored, without a colour
 * profile, as Pillow does; of 16 bits the upper 8 count; what is transparent lies on white.
 */
final class Pixels {
  private static final int WHITE = 255;
  private static final int INKS = 4;
  /** Binary places of factors of luma and chromas. */
  private static final int FIXED = 16;
  private static final int HALF = 1 << (FIXED - 1);

  private Pixels() {}

  /** Converts a decoded image, whose own array may become the picture's. */
  static byte[] of(BufferedImage image) {
    ColorModel colors = image.getColorModel();
    Raster raster = image.getRaster();
    if (colors instanceof IndexColorModel palette) {
      return indexed(raster, palette);
    }
    if (colors instanceof ComponentColorModel && isBytes(raster)) {
      return bytes(raster, colors);
    }
    if (colors instanceof ComponentColorModel || colors instanceof DirectColorModel) {
      return samples(raster, colors);
    }
    return packed(image);
  }

  private static boolean isBytes(Raster raster) {
    return raster.getSampleModel() instanceof PixelInterleavedSampleModel
        && raster.getDataBuffer() instanceof DataBufferByte buffer && buffer.getNumBanks() == 1;
  }

  /** The usual case: bytes beside each other, in any order of channels. */
  private static byte[] bytes(Raster raster, ColorModel colors) {
    var model = (PixelInterleavedSampleModel) raster.getSampleModel();
    var buffer = (DataBufferByte) raster.getDataBuffer();
    byte[] from = buffer.getData();
    int[] bands = model.getBandOffsets();
    int width = raster.getWidth();
    int height = raster.getHeight();
    int stride = model.getPixelStride();
    int start = buffer.getOffset() - raster.getSampleModelTranslateX() * stride
        - raster.getSampleModelTranslateY() * model.getScanlineStride();
    boolean gray = colors.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    int red = start + bands[0];
    int green = gray ? red : start + bands[1];
    int blue = gray ? red : start + bands[2];
    boolean alpha = colors.hasAlpha();
    int opacity = start + bands[bands.length - 1];
    if (!alpha && stride == Picture.CHANNELS && model.getScanlineStride() == width * Picture.CHANNELS
        && from.length == width * height * Picture.CHANNELS && start == 0) {
      if (red == 2 && green == 1 && blue == 0) {
        swapRedAndBlue(from);
        return from;
      }
      if (red == 0 && green == 1 && blue == 2) {
        return from;
      }
    }
    var rgb = new byte[width * height * Picture.CHANNELS];
    int to = 0;
    for (int y = 0; y < height; y++) {
      int at = y * model.getScanlineStride();
      for (int x = 0; x < width; x++, at += stride, to += Picture.CHANNELS) {
        rgb[to] = from[red + at];
        rgb[to + 1] = from[green + at];
        rgb[to + 2] = from[blue + at];
        if (alpha) {
          layOnWhite(rgb, to, from[opacity + at] & 0xFF);
        }
      }
    }
    return rgb;
  }

  private static void swapRedAndBlue(byte[] pixels) {
    for (int i = 0; i < pixels.length; i += Picture.CHANNELS) {
      byte first = pixels[i];
      pixels[i] = pixels[i + 2];
      pixels[i + 2] = first;
    }
  }

  private static void layOnWhite(byte[] rgb, int at, int opacity) {
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      rgb[at + channel] = (byte) onWhite(rgb[at + channel] & 0xFF, opacity);
    }
  }

  private static int onWhite(int value, int opacity) {
    return (value * opacity + WHITE * (255 - opacity) + 127) / 255;
  }

  /** Samples of other widths than a byte. */
  private static byte[] samples(Raster raster, ColorModel colors) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    int[] bits = colors.getComponentSize();
    boolean gray = colors.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    var rgb = new byte[width * height * Picture.CHANNELS];
    var row = new int[width * bands];
    int to = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++, to += Picture.CHANNELS) {
        int at = x * bands;
        for (int channel = 0; channel < Picture.CHANNELS; channel++) {
          int band = gray ? 0 : channel;
          rgb[to + channel] = (byte) toByte(row[at + band], bits[band]);
        }
        if (colors.hasAlpha()) {
          layOnWhite(rgb, to, toByte(row[at + bands - 1], bits[bands - 1]));
        }
      }
    }
    return rgb;
  }

  private static int toByte(int sample, int bits) {
    return bits >= Byte.SIZE ? sample >> bits - Byte.SIZE : sample * 255 / ((1 << bits) - 1);
  }

  private static byte[] indexed(Raster raster, IndexColorModel palette) {
    var colors = new int[palette.getMapSize()];
    palette.getRGBs(colors);
    for (int i = 0; i < colors.length; i++) {
      colors[i] = onWhite(colors[i]);
    }
    int width = raster.getWidth();
    var rgb = new byte[width * raster.getHeight() * Picture.CHANNELS];
    var row = new int[width];
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int index : row) {
        // A file may name colours that its table does not have; they are black, as for Pillow.
        to = put(rgb, to, index < colors.length ? colors[index] : 0);
      }
    }
    return rgb;
  }

  /** Whatever else there may be. */
  private static byte[] packed(BufferedImage image) {
    int width = image.getWidth();
    var rgb = new byte[width * image.getHeight() * Picture.CHANNELS];
    var row = new int[width];
    int to = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int color : row) {
        to = put(rgb, to, onWhite(color));
      }
    }
    return rgb;
  }

  private static int onWhite(int argb) {
    int opacity = argb >>> 24;
    return onWhite(argb >> 16 & 0xFF, opacity) << 16 | onWhite(argb >> 8 & 0xFF, opacity) << 8
        | onWhite(argb & 0xFF, opacity);
  }

  private static int put(byte[] rgb, int at, int color) {
    rgb[at] = (byte) (color >> 16);
    rgb[at + 1] = (byte) (color >> 8);
    rgb[at + 2] = (byte) color;
    return at + Picture.CHANNELS;
  }

  /** Makes a gray white that stands for what is transparent. */
  static void layOnWhite(byte[] rgb, int gray) {
    for (int at = 0; at < rgb.length; at += Picture.CHANNELS) {
      if ((rgb[at] & 0xFF) == gray) {
        Arrays.fill(rgb, at, at + Picture.CHANNELS, (byte) WHITE);
      }
    }
  }

  /** Converts luma and chromas of a JPEG, those of JFIF. */
  static byte[] ofChromas(Raster raster) {
    int width = raster.getWidth();
    var rgb = new byte[width * raster.getHeight() * Picture.CHANNELS];
    var row = new int[width * raster.getNumBands()];
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int at = 0; at < row.length; at += Picture.CHANNELS, to += Picture.CHANNELS) {
        toLight(row, at);
        for (int channel = 0; channel < Picture.CHANNELS; channel++) {
          rgb[to + channel] = (byte) row[at + channel];
        }
      }
    }
    return rgb;
  }

  /**
   * Converts the four components of a JPEG for print. Ink is stored inverted, as light, by all programs that are known to
   * write such files; Pillow assumes so too.
   *
   * @param ink what the components are: of YCCK, chromas are those of JFIF
   */
  static byte[] ofInk(Raster raster, Components ink) {
    int width = raster.getWidth();
    var rgb = new byte[width * raster.getHeight() * Picture.CHANNELS];
    var row = new int[width * raster.getNumBands()];
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int at = 0; at < row.length; at += INKS, to += Picture.CHANNELS) {
        if (ink == Components.YCCK) {
          toInvertedInk(row, at);
        }
        int light = row[at + INKS - 1];
        for (int channel = 0; channel < Picture.CHANNELS; channel++) {
          rgb[to + channel] = (byte) Math.clamp(light - times(255 - row[at + channel], light), 0, 255);
        }
      }
    }
    return rgb;
  }

  /** Turns luma and chromas into inverted ink. */
  private static void toInvertedInk(int[] row, int at) {
    toLight(row, at);
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      row[at + channel] = 255 - row[at + channel];
    }
  }

  /** Turns luma and chromas into red, green and blue, in the fixed point of the IJG's library. */
  private static void toLight(int[] row, int at) {
    int luma = row[at];
    int blue = row[at + 1] - 128;
    int red = row[at + 2] - 128;
    row[at] = Math.clamp(luma + (fixed(1.402) * red + HALF >> FIXED), 0, 255);
    row[at + 1] = Math.clamp(luma + (-fixed(0.34414) * blue - fixed(0.71414) * red + HALF >> FIXED), 0, 255);
    row[at + 2] = Math.clamp(luma + (fixed(1.772) * blue + HALF >> FIXED), 0, 255);
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << FIXED) + 0.5);
  }

  /** A product of two parts of 255, rounded, as Pillow computes it. */
  private static int times(int a, int b) {
    int product = a * b + 128;
    return (product >> 8) + product >> 8;
  }
}
