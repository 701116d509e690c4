package crema.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextWordTest {
  private static List<String> words(String text) {
    return TextWord.of(text).stream().map(TextWord::text).toList();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "' washing  machine, 9kg '|washing/machine,/9kg",
      "'naïve café'|naïve/café",
      "'洗濯機 9kg'|洗/濯/機/9kg",
      "'ソニーのテレビLED'|ソニー/の/テレビ/LED",
      "'ที่นี่'|ที่/นี่",
      "'👩‍👩‍👧 ok'|👩‍👩‍👧/ok",
      "'한국어 사전'|한국어/사전"})
  void wordsStandBetweenWhiteSpaceAndAreCharactersWhereThereIsNone(String text, String expected) {
    assertThat(words(text)).containsExactly(expected.split("/"));
  }

  @Test
  void aTextWithoutWordsHasNone() {
    assertThat(words("")).isEmpty();
    assertThat(words(" \t\u00A0\u3000")).isEmpty();
  }

  @Test
  void placesAreThoseOfTheTextAndColumnsAreCounted() {
    String text = FieldText.of(List.of("pear tree", "", "pear"));
    assertThat(TextWord.of(text)).extracting(TextWord::column).containsExactly(0, 0, 2);
    assertThat(TextWord.of(text)).allMatch(word -> text.substring(word.start(), word.end()).equals(word.text()));
  }

  @Test
  void aWordGoesWithOneSpaceAndColumnsStay() {
    assertThat(TextWord.without("a b c", TextWord.of("a b c").subList(1, 2))).isEqualTo("a c");
    assertThat(TextWord.without("a b c", TextWord.of("a b c").subList(2, 3))).isEqualTo("a b");
    assertThat(TextWord.without("洗濯機", TextWord.of("洗濯機").subList(1, 2))).isEqualTo("洗機");
    String text = FieldText.of(List.of("a b", "c"));
    assertThat(FieldText.fields(TextWord.without(text, TextWord.of(text)))).hasSize(2).allMatch(String::isBlank);
  }
}
