package crema.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.data.image.PicturePreparation.Fit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model is given of a picture: Hugging Face's rules of sizes, and the numbers. */
class PicturePreparationTest {
  private static PicturePreparation preparation(Fit fit, int resized, int size) {
    return new PicturePreparation(fit, resized, size, ResizeFilter.BICUBIC, PicturePreparation.CLIP.mean(),
        PicturePreparation.CLIP.deviation());
  }

  /** The longer side is the integer part of a quotient, and an odd rest of the crop stays on the right and below. */
  @ParameterizedTest
  @CsvSource({"640, 480, 298, 224, 37, 0", "480, 640, 224, 298, 0, 37", "333, 500, 224, 336, 0, 56",
      "500, 501, 224, 224, 0, 0", "1000, 667, 335, 224, 55, 0", "224, 227, 224, 227, 0, 1"})
  void theMiddleOfTheWholeResizedPictureIsCut(int width, int height, int newWidth, int newHeight, int left, int top) {
    Picture picture = PillowTest.picture(width, height);
    Picture whole = Resize.resize(picture, newWidth, newHeight, ResizeFilter.BICUBIC);
    assertThat(PicturePreparation.CLIP.apply(picture)).isEqualTo(whole.crop(new Box(left, top, 224, 224)));
  }

  @Property(tries = 60)
  void aPartIsAsOfTheWhole(@ForAll @IntRange(min = 1, max = 90) int width,
      @ForAll @IntRange(min = 1, max = 90) int height,
      @ForAll @IntRange(min = 1, max = 60) int newWidth, @ForAll @IntRange(min = 1, max = 60) int newHeight,
      @ForAll @IntRange(max = 59) int left, @ForAll @IntRange(max = 59) int top) {
    Picture picture = PillowTest.picture(width, height);
    int x = left % newWidth;
    int y = top % newHeight;
    var wanted = new Box(x, y, Math.max(1, (newWidth - x) / 2), Math.max(1, newHeight - y - 1));
    for (var filter : ResizeFilter.values()) {
      assertThat(Resize.resize(picture, Box.all(width, height), newWidth, newHeight, wanted, filter))
          .isEqualTo(Resize.resize(picture, newWidth, newHeight, filter).crop(wanted));
    }
  }

  @Test
  void aPictureThatIsResizedToLessThanTheSquareLiesOnBlack() {
    Picture prepared = preparation(Fit.SHORTER_SIDE, 3, 6).apply(PillowTest.picture(50, 50));
    Picture small = Resize.resize(PillowTest.picture(50, 50), 3, 3, ResizeFilter.BICUBIC);
    // Hugging Face puts it at the rounded up half of what is left over.
    assertThat(prepared.crop(new Box(2, 2, 3, 3))).isEqualTo(small);
    assertThat(prepared.crop(new Box(0, 0, 6, 2)).rgb()).containsOnly(0);
    assertThat(prepared.crop(new Box(5, 0, 1, 6)).rgb()).containsOnly(0);
  }

  @Test
  void stretchingKeepsAll() {
    assertThat(preparation(Fit.STRETCH, 32, 32).apply(PillowTest.picture(64, 17)))
        .isEqualTo(Resize.resize(PillowTest.picture(64, 17), 32, 32, ResizeFilter.BICUBIC));
  }

  @Test
  void numbersStandChannelByChannel() {
    var picture = new Picture(2, 1, new byte[] {0, (byte) 255, 51, 102, 0, (byte) 204});
    var numbers = new float[8];
    PicturePreparation.CLIP.numbers().of(picture.rgb(), numbers, 1);
    float[] expected = {0, (0 - 0.48145466f) / 0.26862954f, (0.4f - 0.48145466f) / 0.26862954f,
        (1 - 0.4578275f) / 0.26130258f, (0 - 0.4578275f) / 0.26130258f, (0.2f - 0.40821073f) / 0.27577711f,
        (0.8f - 0.40821073f) / 0.27577711f, 0};
    assertThat(numbers).containsExactly(expected, within(1e-6f));
  }
}
