package crema.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.fasttext.Fields.Field;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {
  private static final Fields FIELDS = new Fields(
      List.of(Field.PLAIN.withWeight(2).withLeading(1, 3), Field.PLAIN.withPrefix("d:")), "__label__");

  @Test
  void weightsRepeatAndPrefixesMark() {
    assertThat(FIELDS.line(List.of("Home & Garden"), List.of("red  kettle", "a\nb")))
        .isEqualTo("__label__Home%20&%20Garden red kettle red kettle red red red d:a d:b");
  }

  @Test
  void aWordThatLooksLikeALabelDoesNotBecomeOne() {
    assertThat(FIELDS.text(List.of("__label__spam", ""))).startsWith("___label__spam ");
  }

  /** A plain column may be taken as it is; beside an empty one it is taken apart and put together again. */
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "red kettle", " red  kettle ", "red\tkettle", "a\nb\r\nc\u000Bd\fe", "__label__a b",
      "a __label__b", "a__label__b", "red\u00a0kettle", "\u2003red\u2003kettle\u2003", "\u0001a \u0001 b", "x"})
  void aPlainColumnIsWrittenAsItWouldBeWordByWord(String text) {
    var one = new Fields(List.of(Field.PLAIN), "__label__");
    var two = new Fields(List.of(Field.PLAIN, Field.PLAIN), "__label__");
    assertThat(one.text(List.of(text))).isEqualTo(two.text(List.of(text, "")));
  }

  @Property
  void labelsComeBack(@ForAll String label) {
    String token = FIELDS.encodeLabel(label);
    assertThat(token).doesNotContainPattern("[ \t\n\r\f\u000B\0]");
    assertThat(FIELDS.decodeLabel(token)).isEqualTo(label);
  }

  @Test
  void aRowOfAnotherLengthIsAnError() {
    assertThatThrownBy(() -> FIELDS.text(List.of("only one")))
        .hasMessage("a row has 1 columns, not 2");
  }
}
