package crema.data.image;

import crema.data.image.PicturePreparation.Channels;

/**
 * Numbers in place of the bytes of pictures: {@code (byte / 255 - mean) / deviation} of each channel. A table holds all
 * that there can be.
 */
public final class PictureNumbers {
  private static final int VALUES = 256;

  private final float[] red;
  private final float[] green;
  private final float[] blue;

  PictureNumbers(Channels mean, Channels deviation) {
    red = table(mean.red(), deviation.red());
    green = table(mean.green(), deviation.green());
    blue = table(mean.blue(), deviation.blue());
  }

  private static float[] table(float mean, float deviation) {
    var numbers = new float[VALUES];
    for (int value = 0; value < VALUES; value++) {
      // Scaled in double precision, and the rest in single: as NumPy does it for Hugging Face.
      numbers[value] = ((float) (value * (1.0 / 255)) - mean) / deviation;
    }
    return numbers;
  }

  /**
   * Writes the numbers of one picture, channel after channel: {@code [3, height, width]}.
   *
   * @param rgb its bytes, {@code [height, width, 3]}
   * @param at where in {@code target} they begin
   */
  public void of(byte[] rgb, float[] target, int at) {
    int pixels = rgb.length / Picture.CHANNELS;
    for (int pixel = 0, from = 0; pixel < pixels; pixel++, from += Picture.CHANNELS) {
      target[at + pixel] = red[rgb[from] & 0xFF];
      target[at + pixels + pixel] = green[rgb[from + 1] & 0xFF];
      target[at + 2 * pixels + pixel] = blue[rgb[from + 2] & 0xFF];
    }
  }
}
