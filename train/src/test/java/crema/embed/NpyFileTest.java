package crema.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of NumPy's. Those in Base64 are what numpy.save wrote of {@code [[1.5, -2, 3], [0, 0.25, 1e4]]}. */
class NpyFileTest {
  private static final Vectors EXPECTED = new Vectors(3, new float[] {1.5f, -2, 3, 0, 0.25f, 1e4f});
  private static final String HEADER = "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg";
  private static final String F2 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9" + HEADER
          + "IAoAPgDAAEIAAAA04nA=";
  private static final String F4 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9" + HEADER
          + "IAoAAMA/AAAAwAAAQEAAAAAAAACAPgBAHEY=";
  private static final String F8 =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9" + HEADER
          + "IAoAAAAAAAD4PwAAAAAAAADAAAAAAAAACEAAAAAAAAAAAAAAAAAAANA/AAAAAACIw0A=";
  private static final String VERSION_2 =
      "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0g"
          + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEAAAAAAAACAPgBAHEY=";

  @TempDir
  Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("v.npy"), bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {F2, F4, F8, VERSION_2})
  void whatNumpyWroteIsRead(String base64) throws IOException {
    assertThat(NpyFile.read(file(Base64.getDecoder().decode(base64)))).isEqualTo(EXPECTED);
  }

  @Test
  void whatIsWrittenIsWhatNumpyWrites() throws IOException {
    Path file = folder.resolve("w.npy");
    NpyFile.write(file, EXPECTED);
    assertThat(file).hasBinaryContent(Base64.getDecoder().decode(F4));
    NpyFile.write(file, 3, rows -> {
      rows.write(EXPECTED.row(0));
      rows.write(EXPECTED.row(1));
    });
    assertThat(file).hasBinaryContent(Base64.getDecoder().decode(F4));
  }

  @Test
  void manyVectorsComeBack() throws IOException {
    var values = new float[70_001 * 5];
    var random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Path file = folder.resolve("many.npy");
    NpyFile.write(file, new Vectors(5, values));
    assertThat(NpyFile.read(file)).isEqualTo(new Vectors(5, values));
  }

  @Test
  void anotherArrayIsRefusedInWords() {
    for (String[] one : new String[][] {{"'<f4'", "'<i8'", "<i8"}, {"'<f4'", "'|O'", "plain array"},
        {"False", "True ", "Fortran"}, {"(2, 3), ", "(2,3,1),", "3 dimensions"}, {"(2, 3)", "(9, 3)", "does not fit"},
        {"(2, 3)", "(0, 0)", "does not fit"}}) {
      byte[] bytes = new String(Base64.getDecoder().decode(F4), StandardCharsets.ISO_8859_1).replace(one[0], one[1])
          .getBytes(StandardCharsets.ISO_8859_1);
      assertThatThrownBy(() -> NpyFile.read(file(bytes))).isInstanceOf(UserError.class).hasMessageContaining("v.npy")
          .hasMessageContaining(one[2]);
    }
  }

  @Test
  void mutatedFilesAreVectorsOrAMistake() throws IOException {
    byte[] good = Base64.getDecoder().decode(F4);
    var random = new Random(5);
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = good.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : '9');
      }
      byte[] cut = random.nextInt(4) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
      try {
        assertThat(NpyFile.read(file(cut)).values()).hasSizeLessThanOrEqualTo(12);
      } catch (UserError e) {
        assertThat(e.getMessage().lines()).hasSize(1);
      }
    }
  }
}
