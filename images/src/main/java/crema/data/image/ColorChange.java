package crema.data.image;

import java.util.Arrays;

/**
 * A change of all colours of a picture: a step from what has none of a quality towards the picture, or past it. The same
 * bytes as of Pillow's {@code ImageEnhance}.
 */
enum ColorChange {
  /** From black. */
  BRIGHTNESS {
    @Override
    Picture without(Picture picture) {
      return new Picture(picture.width(), picture.height(), new byte[picture.rgb().length]);
    }
  },
  /** From the mean of its luma. */
  CONTRAST {
    @Override
    Picture without(Picture picture) {
      byte[] rgb = picture.rgb();
      long sum = 0;
      for (int at = 0; at < rgb.length; at += Picture.CHANNELS) {
        sum += luma(rgb, at);
      }
      var mean = new byte[rgb.length];
      Arrays.fill(mean, (byte) ((double) sum / (rgb.length / Picture.CHANNELS) + 0.5));
      return new Picture(picture.width(), picture.height(), mean);
    }
  },
  /** From its luma. */
  SATURATION {
    @Override
    Picture without(Picture picture) {
      byte[] rgb = picture.rgb();
      var gray = new byte[rgb.length];
      for (int at = 0; at < rgb.length; at += Picture.CHANNELS) {
        byte luma = (byte) luma(rgb, at);
        gray[at] = luma;
        gray[at + 1] = luma;
        gray[at + 2] = luma;
      }
      return new Picture(picture.width(), picture.height(), gray);
    }
  };

  /** The picture without any of the quality. */
  abstract Picture without(Picture picture);

  /**
   * A changed picture.
   *
   * @param factor 0 for none of the quality, 1 for as much as there is
   */
  Picture apply(Picture picture, float factor) {
    if (factor == 1) {
      return picture;
    }
    byte[] none = without(picture).rgb();
    byte[] rgb = picture.rgb();
    var changed = new byte[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      int from = none[i] & 0xFF;
      changed[i] = (byte) Math.clamp((int) (from + factor * ((rgb[i] & 0xFF) - from)), 0, 255);
    }
    return new Picture(picture.width(), picture.height(), changed);
  }

  /** ITU-R BT.601 in 16 binary places. */
  private static int luma(byte[] rgb, int at) {
    return (rgb[at] & 0xFF) * 19595 + (rgb[at + 1] & 0xFF) * 38470 + (rgb[at + 2] & 0xFF) * 7471 + 0x8000 >> 16;
  }
}
