package crema.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({"7,1024,7", "7b,1024,7", "4g,1024,4294967296", "4G,1000,4000000000", "4GB,1024,4000000000",
      "4 GiB,1000,4294967296", "1.5 mib,1000,1572864", "500MB,1000,500000000", "2t,1000,2000000000000", "3K,1024,3072",
      "' 20 kb ',1024,20000"})
  void sizesAreReadInEitherCaseWithAndWithoutTheirUnits(String text, int step, long bytes) {
    assertThat(ByteSize.parse(text, step)).contains(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "g", "-4g", "4x", "4ib", "4 i", "1e3g", "NaN", "9999999999999T", "4,5g", "4g b"})
  void whatIsNoSizeIsNone(String text) {
    assertThat(ByteSize.parse(text, 1_024)).isEmpty();
  }
}
