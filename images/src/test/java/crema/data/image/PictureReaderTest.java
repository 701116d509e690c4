package crema.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file may be that is not the picture that one expects. */
class PictureReaderTest {
  private static final PictureReader SMALL =
      new PictureReader(new PictureLimits(1 << 20, 1 << 20, Duration.ofSeconds(1)));

  private final PictureReader reader = new PictureReader(PictureLimits.DEFAULT);

  static byte[] file(String name) {
    try (var in = PictureReaderTest.class.getResourceAsStream("pictures/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static PictureRejected rejected(byte[] bytes) {
    return catchThrowableOfType(PictureRejected.class, () -> new PictureReader(PictureLimits.DEFAULT).read(bytes));
  }

  @ParameterizedTest
  @CsvSource({
      "'<!DOCTYPE html><html><body>404 Not Found</body></html>', NOT_A_PICTURE, is a web page",
      "'  <html lang=\"en\">', NOT_A_PICTURE, is a web page",
      "'{\"error\": \"no such picture\"}', NOT_A_PICTURE, is no picture: it begins with the bytes 7b 22",
      "'<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>', UNSUPPORTED, is an SVG drawing",
      "'%PDF-1.7', UNSUPPORTED, is a PDF document",
      "'', EMPTY, is empty"})
  void whatIsNoPictureIsSaid(String content, PictureFault fault, String message) {
    PictureRejected rejected = rejected(content.getBytes(StandardCharsets.UTF_8));
    assertThat(rejected.fault()).isEqualTo(fault);
    assertThat(rejected).hasMessageStartingWith(message);
  }

  /** 60,000 × 60,000 pixels in a file of a few hundred bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"png.png", "jpeg-420.jpg", "bmp.bmp", "gif.gif", "webp-lossless.webp", "lossy.webp"})
  void sizesAreRefusedByTheHeaderAlone(String name) {
    byte[] bytes = file(name);
    var huge = ByteBuffer.wrap(bytes);
    switch (PictureFormat
        .valueOf(name.substring(name.indexOf('.') + 1).replace("jpg", "jpeg").toUpperCase(Locale.ROOT))) {
      case PNG -> huge.putInt(16, 60_000).putInt(20, 60_000);
      case JPEG -> {
        int frame = 0;
        while (bytes[frame] != (byte) 0xFF || bytes[frame + 1] != (byte) 0xC0) {
          frame++;
        }
        huge.putShort(frame + 5, (short) 60_000).putShort(frame + 7, (short) 60_000);
      }
      case BMP -> huge.putInt(18, Integer.reverseBytes(60_000)).putInt(22, Integer.reverseBytes(60_000));
      case GIF -> huge.putShort(6, Short.reverseBytes((short) 60_000)).putShort(8, Short.reverseBytes((short) 60_000));
      case WEBP -> {
        if (name.startsWith("lossy")) {
          huge.putShort(26, (short) 0xFF3F).putShort(28, (short) 0xFF3F);
        } else {
          huge.putInt(21, 0xFFFFFF0F);
        }
      }
    }
    long before = allocated();
    PictureRejected rejected = rejected(bytes);
    assertThat(allocated() - before).isLessThan(1 << 20);
    assertThat(rejected.fault()).isEqualTo(PictureFault.TOO_LARGE);
    assertThat(rejected.getMessage()).contains(name.endsWith("webp") ? "16,38" : "60,000", "at most 100,000,000");
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void aFileOfMoreBytesThanTheLimitIsNotDecoded() {
    var small = new PictureReader(new PictureLimits(1000, 1000_000, Duration.ofSeconds(1)));
    assertThatThrownBy(() -> small.read(file("png.png"))).isInstanceOf(PictureRejected.class)
        .hasMessageContaining("at most 1,000 are read");
  }

  /** Each pass over a progressive picture costs as much as the whole. */
  @Test
  void aJpegOfThousandsOfPassesIsRefused() {
    byte[] bytes = file("jpeg-progressive.jpg");
    int scan = bytes.length - 2;
    while (bytes[scan] != (byte) 0xFF || bytes[scan + 1] != (byte) 0xDA) {
      scan--;
    }
    byte[] pass = Arrays.copyOfRange(bytes, scan, bytes.length - 2);
    ByteBuffer bomb = ByteBuffer.allocate(bytes.length + 1000 * pass.length).put(bytes, 0, bytes.length - 2);
    for (int i = 0; i < 1000; i++) {
      bomb.put(pass);
    }
    bomb.put(bytes, bytes.length - 2, 2);
    assertThat(rejected(bomb.array()).fault()).isEqualTo(PictureFault.TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg-420.jpg", "jpeg-progressive.jpg", "jpeg-cmyk.jpg", "png.png", "png-palette.png",
      "gif.gif", "bmp.bmp", "webp-lossless.webp", "lossy.webp"})
  void aPictureThatIsCutOffIsRefusedWhereverItIsCut(String name) {
    byte[] bytes = file(name);
    for (int share = 1; share < 10; share++) {
      byte[] cut = Arrays.copyOf(bytes, bytes.length * share / 10);
      assertThat(rejected(cut)).as(name + " cut at " + cut.length).isNotNull().extracting(PictureRejected::fault)
          .isIn(PictureFault.TRUNCATED, PictureFault.DAMAGED);
    }
  }

  /** Some programs leave out the mark at the end, which no pixel needs. */
  @Test
  void aJpegWithoutItsEndMarkIsRead() throws Exception {
    byte[] bytes = file("jpeg-420.jpg");
    assertThat(reader.read(Arrays.copyOf(bytes, bytes.length - 2)).picture()).isEqualTo(reader.read(bytes).picture());
  }

  @Property(tries = 300)
  void damagedBytesGiveAPictureOrAReason(@ForAll @IntRange(max = 8) int which, @ForAll long seed) throws Exception {
    byte[] bytes = file(new String[] {"jpeg-420.jpg", "jpeg-progressive.jpg", "jpeg-cmyk.jpg", "png-palette.png",
        "png-16-bit.png", "gif-animated.gif", "bmp.bmp", "webp-lossless-alpha.webp", "lossy.webp"}[which]);
    var random = new Random(seed);
    for (int change = 0; change < 1 + random.nextInt(8); change++) {
      bytes[random.nextInt(random.nextBoolean() ? Math.min(bytes.length, 200) : bytes.length)] =
          (byte) random.nextInt();
    }
    try {
      Picture picture = SMALL.read(bytes).picture();
      assertThat((long) picture.width() * picture.height()).isLessThanOrEqualTo(1 << 20);
    } catch (PictureRejected e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
    }
  }

  @Test
  void lossyWebpIsNearlyWhatPillowReads() throws Exception {
    byte[] lossy = reader.read(file("lossy.webp")).picture().rgb();
    byte[] exact = reader.read(file("png.png")).picture().rgb();
    double difference = 0;
    for (int i = 0; i < exact.length; i++) {
      difference += Math.abs((lossy[i] & 0xFF) - (exact[i] & 0xFF));
    }
    assertThat(difference / exact.length).isLessThan(5);
  }

  @Test
  void nothingButTheFirstFrameOfAnAnimationCounts() throws Exception {
    Picture first = reader.read(file("gif-animated.gif")).picture();
    assertThat(first).hasToString("Picture[30 × 20]");
    assertThat(Arrays.copyOf(first.rgb(), 3)).containsExactly((byte) 255, (byte) 0, (byte) 0);
  }
}
