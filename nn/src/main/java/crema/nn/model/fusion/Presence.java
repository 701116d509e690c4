package crema.nn.model.fusion;

import crema.base.Rng;
import java.util.Arrays;

/**
 * Which rows of a batch have a text, and which a picture.
 *
 * @param text one a row
 * @param picture one a row
 */
@SuppressWarnings("ArrayRecordComponent") // goes into tensors; never compared
public record Presence(boolean[] text, boolean[] picture) {
  /** Checks the lengths. */
  public Presence {
    if (text.length != picture.length) {
      throw new IllegalArgumentException(text.length + " rows of texts and " + picture.length + " of pictures");
    }
  }

  /** The number of rows. */
  public int rows() {
    return text.length;
  }

  /** The same rows without any texts. */
  public Presence withoutTexts() {
    return new Presence(new boolean[text.length], picture);
  }

  /** The same rows without any pictures. */
  public Presence withoutPictures() {
    return new Presence(text, new boolean[picture.length]);
  }

  /**
   * Modality dropout (Neverova, Wolf, Taylor and Nebout, "ModDrop", arXiv 1501.00102, section 4.2): of a row that has
   * both, one is left out with probability p, either as likely as the other. No row loses its only one.
   *
   * @param random row {@code i} depends on its number {@code i}
   */
  public Presence withModalitiesDropped(double p, Rng.Stream random) {
    boolean[] texts = text.clone();
    boolean[] pictures = picture.clone();
    for (int row = 0; row < texts.length; row++) {
      float number = random.uniform(row);
      if (texts[row] && pictures[row] && number < p) {
        if (number < p / 2) {
          texts[row] = false;
        } else {
          pictures[row] = false;
        }
      }
    }
    return new Presence(texts, pictures);
  }

  @Override
  public String toString() {
    return "texts " + Arrays.toString(text) + ", pictures " + Arrays.toString(picture);
  }
}
