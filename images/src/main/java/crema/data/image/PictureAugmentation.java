package crema.data.image;

import crema.base.Rng;

/**
 * Changes a picture at random for training: a part of it is resized to the whole, it is mirrored, and its colours are
 * moved. What becomes of a row depends on the seed, the epoch and the row alone.
 *
 * <p>The part is drawn as torchvision's {@code RandomResizedCrop} does; colours change as by Pillow's
 * {@code ImageEnhance}.
 *
 * @param area how much of the picture the part has at least, above 0 and up to 1, which is all of it
 * @param aspect how much wider than high the part may be, or higher than wide, at least 1
 * @param mirror how likely the picture is mirrored, from 0 to 1
 * @param brightness by how much of 1 brightness is changed at most, from 0 to 1; contrast and saturation likewise
 * @param contrast by how much of 1 contrast is changed at most
 * @param saturation by how much of 1 saturation is changed at most
 */
public record PictureAugmentation(float area, float aspect, float mirror, float brightness, float contrast,
    float saturation) {
  /** Parts of at least half of a picture, mirrored every second time, colours moved by up to a fifth. */
  public static final PictureAugmentation DEFAULT = new PictureAugmentation(0.5f, 4f / 3, 0.5f, 0.2f, 0.2f, 0.2f);

  /** How often a part is drawn that may not fit before the middle is taken. */
  private static final int ATTEMPTS = 10;
  private static final int DRAWS_EACH = 4;
  /** Draws beyond those of the part, in the order in which they are used. */
  private static final int AFTER_PART = ATTEMPTS * DRAWS_EACH;

  /** Checks the numbers. */
  public PictureAugmentation {
    if (!(area > 0 && area <= 1) || !(aspect >= 1 && aspect <= 10) || !isShare(mirror) || !isShare(brightness)
        || !isShare(contrast) || !isShare(saturation)) {
      throw new IllegalArgumentException("no such change: area " + area + ", aspect " + aspect + ", mirror " + mirror
          + ", brightness " + brightness + ", contrast " + contrast + ", saturation " + saturation);
    }
  }

  private static boolean isShare(float value) {
    return value >= 0 && value <= 1;
  }

  /**
   * A changed picture of a row.
   *
   * @param picture as it was {@linkplain PicturePreparation#withMargin prepared}
   * @param size the side of the square that it becomes
   * @param seed of the run
   * @param epoch which time the row is seen
   * @param row which row it is
   */
  public Picture apply(Picture picture, int size, ResizeFilter filter, long seed, int epoch, int row) {
    var random = new Rng(seed, epoch).stream(row);
    Box part = part(picture, random);
    Picture changed = Resize.resize(picture, part, size, size, Box.all(size, size), filter);
    if (random.uniform(AFTER_PART) < mirror) {
      changed = changed.mirrored();
    }
    // Six orders of three changes.
    int order = (int) (random.uniform(AFTER_PART + 1) * 6);
    int first = order / 2;
    int second = (first + 1 + order % 2) % 3;
    for (int change : new int[] {first, second, 3 - first - second}) {
      changed = move(changed, ColorChange.values()[change], random.uniform(AFTER_PART + 2 + change));
    }
    return changed;
  }

  private Picture move(Picture picture, ColorChange change, float draw) {
    float most = switch (change) {
      case BRIGHTNESS -> brightness;
      case CONTRAST -> contrast;
      case SATURATION -> saturation;
    };
    return most == 0 ? picture : change.apply(picture, 1 + most * (2 * draw - 1));
  }

  private Box part(Picture picture, Rng.Stream random) {
    int width = picture.width();
    int height = picture.height();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int draw = attempt * DRAWS_EACH;
      double pixels = (double) width * height * (area + (1 - area) * random.uniform(draw));
      // Evenly in the logarithm, so that wide and high ones are as frequent.
      double ratio = StrictMath.exp((2 * random.uniform(draw + 1) - 1) * StrictMath.log(aspect));
      int partWidth = (int) Math.rint(Math.sqrt(pixels * ratio));
      int partHeight = (int) Math.rint(Math.sqrt(pixels / ratio));
      if (partWidth >= 1 && partWidth <= width && partHeight >= 1 && partHeight <= height) {
        int left = (int) (random.uniform(draw + 2) * (width - partWidth + 1));
        int top = (int) (random.uniform(draw + 3) * (height - partHeight + 1));
        return new Box(left, top, partWidth, partHeight);
      }
    }
    int partWidth = Math.clamp(Math.round(height * aspect), 1, width);
    int partHeight = Math.clamp(Math.round(width * aspect), 1, height);
    return new Box((width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight);
  }
}
