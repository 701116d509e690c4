package crema.langid;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainWordsTest {
  @ParameterizedTest
  @CsvSource({
      "iPhone 14 Pro Max 256GB, 14 Pro Max",
      "Canon EOS R5, Canon",
      "wh-1000xm4 headphones, wh headphones",
      "Saint-Denis, Saint-Denis",
      "WHERE IS IT, WHERE IS IT",
      "I saw it at 3:45, I saw it at 3:45",
      "駅は3番線です, 駅は3番線です"
  })
  void wordsThatAreRatherCodesAreLeftOut(String text, String plain) {
    assertThat(PlainWords.of(text)).isEqualTo(plain);
  }
}
