package crema.family.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemberFactsTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      0.0032 |           380 |     21_000 | answer 3.2 µs; operations 380; size 0.02 MB
      0.25   |         3_260 |    400_000 | answer 250 µs; operations 3.3 thousand; size 0.40 MB
      1.04   |     1_400_000 |  2_640_000 | answer 1.0 ms; operations 1.4 million; size 2.6 MB
      1234.5 | 2_000_000_000 | 91_200_000 | answer 1,235 ms; operations 2.0 billion; size 91 MB
      0      |             0 |          0 | answer 0 µs; operations 0; size 0 MB
      """)
  void figuresSayWhatTheyMeasureHoweverSmall(double latency, String operations, String bytes, String expected) {
    var facts = new MemberFacts(0.95, 0.012, 0, latency, Double.parseDouble(operations.replace("_", "")),
        Long.parseLong(bytes.replace("_", "")));
    assertThat(facts.describe(0)).isEqualTo("score 0.9500 ± 0.0120; " + expected + "; weight none");
  }
}
