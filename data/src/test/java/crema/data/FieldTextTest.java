package crema.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FieldTextTest {
  @Test
  void columnsComeBackAsTheyWere() {
    for (List<String> fields : List.of(List.of("a b", "", "c"), List.of("", ""), List.of("only"), List.of(""))) {
      assertThat(FieldText.fields(FieldText.of(fields))).isEqualTo(fields);
    }
    assertThat(FieldText.of(Row.of("a title"))).isEqualTo("a title");
  }

  @Test
  void theSeparatorInAColumnEndsNone() {
    assertThat(FieldText.fields(FieldText.of(List.of("a\u001Fb", "c")))).containsExactly("a b", "c");
  }

  @Test
  void columnsThatAreAllEmptyAreABlankText() {
    assertThat(FieldText.of(List.of("", " ", ""))).isBlank();
  }

  @Test
  void peopleSeeTheColumnsThatThereAre() {
    assertThat(FieldText.joined(FieldText.of(List.of(" a ", "", "b c")))).isEqualTo("a b c");
    assertThat(FieldText.joined(" as it is ")).isEqualTo(" as it is ");
  }
}
