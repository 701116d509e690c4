package crema.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Parts of pictures. That whole ones have Pillow's bytes is what {@link PillowTest} shows. */
class ResizeTest {
  @Property(tries = 200)
  void aPartOfAResizedPartHasTheBytesOfCroppingResizingAndCroppingAgain(@ForAll @IntRange(max = 40) int left,
      @ForAll @IntRange(max = 40) int top, @ForAll @IntRange(min = 1, max = 160) int width,
      @ForAll @IntRange(min = 1, max = 160) int height, @ForAll @IntRange(min = 1, max = 90) int newWidth,
      @ForAll @IntRange(min = 1, max = 90) int newHeight, @ForAll ResizeFilter filter) {
    Picture picture = PillowTest.picture(200, 200);
    var part = new Box(left, top, width, height);
    var wanted = new Box(newWidth / 3, newHeight / 4, newWidth - newWidth / 2, newHeight - newHeight / 2);
    Picture cropped = Resize.resize(picture.crop(part), newWidth, newHeight, filter).crop(wanted);
    assertThat(Resize.resize(picture, part, newWidth, newHeight, wanted, filter)).isEqualTo(cropped);
  }
}
