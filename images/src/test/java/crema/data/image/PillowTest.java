package crema.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.Keyed;
import crema.base.Sha256;
import crema.base.json.Json;
import crema.base.json.JsonNode;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same bytes as of Pillow, whose digests {@code src/test/golden/pillow.py} wrote. */
class PillowTest {
  private static JsonNode golden() throws IOException {
    try (var in = PillowTest.class.getResourceAsStream("pillow.json")) {
      return Json.parse(in);
    }
  }

  private static Stream<JsonNode> resized() throws IOException {
    return golden().path("resized").valueStream();
  }

  private static Stream<JsonNode> jittered() throws IOException {
    return golden().path("jittered").valueStream();
  }

  private static Stream<String> files() throws IOException {
    return golden().path("files").propertyNames().stream();
  }

  /** The picture that the script computes by the same formula. */
  static Picture picture(int width, int height) {
    var rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % width;
      int y = i / 3 / width;
      int channel = i % 3;
      if ((x / 16 + y / 16) % 3 == 0) {
        rgb[i] = (byte) ((i * 2654435761L & 0xFFFFFFFFL) >>> 24);
      } else if ((x + y) / 40 % 2 == 0) {
        rgb[i] = (byte) ((x / 7 + y / 5 + channel) % 2 * 255);
      } else {
        rgb[i] = (byte) ((x * 3 + y * 2 + channel * 50) % 256);
      }
    }
    return new Picture(width, height, rgb);
  }

  private static String digest(Picture picture) {
    return new Sha256().add(picture.rgb()).hex();
  }

  @ParameterizedTest
  @MethodSource("resized")
  void picturesOfAwkwardSizesAreResizedToTheSameBytes(JsonNode golden) {
    var filter = Keyed.find(ResizeFilter.class, golden.path("filter").asString(), "filter");
    Picture source = picture(golden.path("width").asInt(), golden.path("height").asInt());
    Picture resized = Resize.resize(source, golden.path("newWidth").asInt(), golden.path("newHeight").asInt(), filter);
    assertThat(digest(resized)).isEqualTo(golden.path("sha256").asString());
  }

  @ParameterizedTest
  @MethodSource("jittered")
  void coloursChangeToTheSameBytes(JsonNode golden) {
    var change = ColorChange.valueOf(golden.path("change").asString().toUpperCase(Locale.ROOT));
    Picture changed = change.apply(picture(61, 47), (float) golden.path("factor").asDouble());
    assertThat(digest(changed)).isEqualTo(golden.path("sha256").asString());
  }

  @ParameterizedTest
  @MethodSource("files")
  void filesOfAllFormatsAreReadToTheSameBytes(String name) throws Exception {
    JsonNode golden = golden().path("files").path(name);
    byte[] bytes;
    try (var in = PillowTest.class.getResourceAsStream("pictures/" + name)) {
      bytes = in.readAllBytes();
    }
    var read = new PictureReader(PictureLimits.DEFAULT).read(bytes);
    assertThat(name).startsWith(name.startsWith("orientation") ? "orientation" : read.format().key());
    assertThat(read.picture().width()).isEqualTo(golden.path("width").asInt());
    assertThat(read.picture().height()).isEqualTo(golden.path("height").asInt());
    assertThat(digest(read.picture())).isEqualTo(golden.path("sha256").asString());
  }
}
