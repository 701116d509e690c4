package crema.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is changed at random, and what it depends on. */
class PictureAugmentationTest {
  private static final Picture PICTURE = PillowTest.picture(36, 36);

  private static Picture apply(PictureAugmentation augmentation, long seed, int epoch, int row) {
    return augmentation.apply(PICTURE, 32, ResizeFilter.BICUBIC, seed, epoch, row);
  }

  @Test
  void aRowIsChangedByItsSeedEpochAndNumberAlone() {
    List<Picture> inOrder =
        IntStream.range(0, 64).mapToObj(row -> apply(PictureAugmentation.DEFAULT, 7, 2, row)).toList();
    List<Picture> onThreads =
        IntStream.range(0, 64).parallel().mapToObj(row -> apply(PictureAugmentation.DEFAULT, 7, 2, row)).toList();
    assertThat(onThreads).isEqualTo(inOrder);
    assertThat(new HashSet<>(inOrder)).hasSize(64);
    assertThat(apply(PictureAugmentation.DEFAULT, 7, 3, 0)).isNotEqualTo(inOrder.getFirst());
    assertThat(apply(PictureAugmentation.DEFAULT, 8, 2, 0)).isNotEqualTo(inOrder.getFirst());
  }

  @Test
  void halfOfThePicturesAreMirroredAndNothingElseIsChangedWhereNothingIsAskedFor() {
    var mirror = new PictureAugmentation(1, 1, 0.5f, 0, 0, 0);
    Picture plain = Resize.resize(PICTURE, 32, 32, ResizeFilter.BICUBIC);
    int mirrored = 0;
    for (int row = 0; row < 400; row++) {
      Picture changed = apply(mirror, 1, 0, row);
      assertThat(changed).isIn(plain, plain.mirrored());
      mirrored += changed.equals(plain) ? 0 : 1;
    }
    assertThat(mirrored).isBetween(150, 250);
  }

  /** On pictures whose colour is their place, so that the part can be read off. */
  @Test
  void partsHaveAtLeastTheAreaAndAtMostTheAspect() {
    var rgb = new byte[200 * 200 * 3];
    for (int i = 0; i < 200 * 200; i++) {
      rgb[3 * i] = (byte) (i % 200);
      rgb[3 * i + 1] = (byte) (i / 200);
    }
    var places = new Picture(200, 200, rgb);
    var parts = new PictureAugmentation(0.25f, 1.5f, 0, 0, 0, 0);
    int small = 0;
    for (int row = 0; row < 300; row++) {
      byte[] part = parts.apply(places, 64, ResizeFilter.BILINEAR, 3, 0, row).rgb();
      double width = ((part[3 * 63] & 0xFF) - (part[0] & 0xFF)) * 64 / 63.0;
      double height = ((part[3 * 63 * 64 + 1] & 0xFF) - (part[1] & 0xFF)) * 64 / 63.0;
      assertThat(width * height / 40_000).isBetween(0.22, 1.02);
      assertThat(width / height).isBetween(1 / 1.62, 1.62);
      small += width * height < 20_000 ? 1 : 0;
    }
    assertThat(small).isBetween(50, 200);
  }

  @Test
  void coloursMoveByNoMoreThanAskedFor() {
    var brighter = new PictureAugmentation(1, 1, 0, 0.2f, 0, 0);
    var gray = new Picture(1, 1, new byte[] {100, 100, 100});
    var values = new HashSet<Integer>();
    for (int row = 0; row < 300; row++) {
      values.add((int) brighter.apply(gray, 1, ResizeFilter.BICUBIC, 5, 0, row).rgb()[0]);
    }
    assertThat(values).allSatisfy(value -> assertThat(value).isBetween(79, 120)).hasSizeGreaterThan(35);
  }
}
