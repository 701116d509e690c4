package crema.langid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LanguageNamesTest {
  private final LanguageNames names = new LanguageNames(LanguageDetector.shipped().languages());

  @Test
  void codesOfTwoAndThreeLettersAndNamesMeanTheSame() {
    for (List<String> same : List.of(List.of("eng", "en", "EN", "English", "en-GB"),
        List.of("deu", "de", "german", "de_AT", "ger", "Deutsch"), List.of("fra", "fre", "Fran\u00E7ais"),
        List.of("ind", "in", "id"), List.of("pes", "fa", "per", "Farsi", "Persian"),
        List.of("rus", "\u0420\u0443\u0441\u0441\u043A\u0438\u0439"),
        List.of("cmn", "zh", "zho", "chi", "Chinese", "Mandarin", "zh-Hans"), List.of("heb", "he", "iw"),
        List.of("por", "pt", "pt-BR"))) {
      assertThat(same).as(same.getFirst()).extracting(names::code).containsOnly(same.getFirst());
    }
  }

  @Test
  void everyLanguageOfTheModelIsKnownByItsCodeItsShortCodeAndItsName() {
    Set<String> twins = Set.of("nds", "gsw");
    for (String code : LanguageDetector.shipped().languages()) {
      assertThat(names.code(code)).isEqualTo(code);
      assertThat(names.code(names.shortCode(code))).isEqualTo(code);
      if (!twins.contains(code)) {
        assertThat(names.code(names.englishName(code))).isEqualTo(code);
      }
    }
    assertThat(names.shortCode("deu")).isEqualTo("de");
    assertThat(names.englishName("deu")).isEqualTo("German");
  }

  @Test
  void aMisspeltLanguageIsSuggested() {
    assertThatThrownBy(() -> names.code("germann")).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model does not know the language 'germann'; did you mean 'german' (deu)?");
    assertThatThrownBy(() -> names.code("qqqqqqqq"))
        .hasMessageEndingWith("it takes codes of ISO 639-1, 639-2 and 639-3, and names in English and in the language "
            + "itself");
    assertThatThrownBy(() -> names.code("jp")).hasMessageEndingWith("did you mean 'ja' (jpn)?");
  }

  @Test
  void aModelWithCodesOfTwoLettersIsAskedInThree() {
    var two = new LanguageNames(List.of("en", "de", "zh"));
    assertThat(List.of(two.code("eng"), two.code("deu"), two.code("chinese"))).containsExactly("en", "de", "zh");
    assertThat(two.shortCode("de")).isEqualTo("de");
    assertThat(List.of(two.longCode("de"), two.longCode("zh"), two.longCode("deu"), two.longCode("qq")))
        .containsExactly("deu", "zho", "deu", "qq");
  }
}
