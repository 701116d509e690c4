package crema.data.image;

import crema.base.Fingerprint;
import crema.base.Keyed;

/**
 * What a vision model is given of a picture: resized, a square cut from its middle, and numbers in place of bytes. The
 * rules are those of Hugging Face's image processors; all up to the numbers are kept in bytes.
 *
 * @param fit how the picture becomes as large as {@code resized}
 * @param resized the length of a side, in pixels
 * @param size the side of the square that is cut from the middle, in pixels. Where the resized picture is smaller, the
 *     rest is black
 * @param filter by which it is resized
 * @param mean what is subtracted from each channel, whose values run from 0 to 1
 * @param deviation what each channel is then divided by
 */
public record PicturePreparation(Fit fit, int resized, int size, ResizeFilter filter, Channels mean,
    Channels deviation) {
  /** The largest side, in pixels. */
  public static final int MAX_SIZE = 1024;

  /** How a picture is resized. */
  public enum Fit implements Keyed {
    /** The shorter side to the given length, the other in proportion, rounded down. */
    SHORTER_SIDE,
    /** Both sides to the given length. */
    STRETCH
  }

  /** A number for each channel. */
  public record Channels(float red, float green, float blue) {}

  /** The means and deviations of ImageNet's pictures. */
  private static final Channels IMAGENET_MEAN = new Channels(0.485f, 0.456f, 0.406f);
  private static final Channels IMAGENET_DEVIATION = new Channels(0.229f, 0.224f, 0.225f);

  /** What CLIP is given: 224 pixels, by the bicubic filter. */
  public static final PicturePreparation CLIP = new PicturePreparation(Fit.SHORTER_SIDE, 224, 224, ResizeFilter.BICUBIC,
      new Channels(0.48145466f, 0.4578275f, 0.40821073f), new Channels(0.26862954f, 0.26130258f, 0.27577711f));

  /** Checks the numbers. */
  public PicturePreparation {
    if (resized < 1 || size < 1 || resized > MAX_SIZE || size > MAX_SIZE) {
      throw new IllegalArgumentException("sides must be from 1 to " + MAX_SIZE + ", not " + resized + " and " + size);
    }
    if (!(deviation.red > 0 && deviation.green > 0 && deviation.blue > 0)) {
      throw new IllegalArgumentException("deviations must be above 0: " + deviation);
    }
  }

  /** A square of a size from the middle, by the bicubic filter, with the means and deviations of ImageNet. */
  public static PicturePreparation ofSize(int size) {
    return new PicturePreparation(Fit.SHORTER_SIDE, size, size, ResizeFilter.BICUBIC, IMAGENET_MEAN,
        IMAGENET_DEVIATION);
  }

  /** The same for another side; what is resized to changes in proportion. */
  public PicturePreparation withSize(int side) {
    return new PicturePreparation(fit, Math.max(1, (int) ((long) resized * side / size)), side, filter, mean,
        deviation);
  }

  /** The same that leaves room for {@linkplain PictureAugmentation augmentation}: squares are an eighth larger. */
  public PicturePreparation withMargin() {
    int larger = Math.min(size + size / 8, MAX_SIZE);
    return new PicturePreparation(fit, Math.max(resized, larger), larger, filter, mean, deviation);
  }

  /** The square that is cut from a picture: {@code [size, size, 3]}. */
  public Picture apply(Picture picture) {
    int width = resized;
    int height = resized;
    if (fit == Fit.SHORTER_SIDE) {
      // Python's division and truncation, by which Hugging Face computes the longer side.
      int longer = (int) ((double) ((long) resized * Math.max(picture.width(), picture.height()))
          / picture.shorterSide());
      width = picture.width() <= picture.height() ? resized : longer;
      height = picture.width() <= picture.height() ? longer : resized;
    }
    int left = Math.floorDiv(width - size, 2);
    int top = Math.floorDiv(height - size, 2);
    var wanted = new Box(Math.max(left, 0), Math.max(top, 0), Math.min(width, size), Math.min(height, size));
    Picture middle = Resize.resize(picture, Box.all(picture.width(), picture.height()), width, height, wanted, filter);
    return middle.width() == size && middle.height() == size ? middle
        : onBlack(middle, Math.max(-left, 0), Math.max(-top, 0));
  }

  private Picture onBlack(Picture picture, int left, int top) {
    var rgb = new byte[size * size * Picture.CHANNELS];
    for (int row = 0; row < picture.height(); row++) {
      System.arraycopy(picture.rgb(), row * picture.width() * Picture.CHANNELS, rgb,
          ((top + row) * size + left) * Picture.CHANNELS, picture.width() * Picture.CHANNELS);
    }
    return new Picture(size, size, rgb);
  }

  /** How many bytes a prepared picture has. */
  public int bytes() {
    return size * size * Picture.CHANNELS;
  }

  /** The numbers of a channel's values, 256 of each channel. */
  public PictureNumbers numbers() {
    return new PictureNumbers(mean, deviation);
  }

  /** Identifies the bytes of prepared pictures; means and deviations come later, and play no role. */
  Fingerprint fingerprint() {
    return new Fingerprint("prepared pictures 1").add(fit.key()).add(resized).add(size).add(filter.key());
  }
}
