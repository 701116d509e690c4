package crema.family.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.data.FieldText;
import crema.run.DataSettings;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FastTextReadingTest {
  private static final FastTextReading READING = new FastTextReading(FastTextReading.SETTINGS
      .with(DataSettings.LOWERCASE, true).with(FastTextSettings.PUNCTUATION_APART, true));

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      Bosch, 9kg (white).            | bosch , 9kg ( white ).
      AB-123/4 don't 1.5"            | ab-123/4 don't 1.5 "
      ... -- ,                       | ... -- ,
      «Молоко», 3,2%                 | « молоко », 3,2 %
      snake_case_ (__label__x)       | snake_case_ ( ___label__x )
      $20 c++                        | $20 c++
      """)
  void punctuationAroundWordsIsApartAndWithinThemIsNot(String text, String line) {
    assertThat(READING.line(text)).isEqualTo(line);
    String cased = READING.cased(text);
    assertThat(READING.words(cased).stream().map(word -> cased.substring(word.start(), word.end()))
        .collect(Collectors.joining(" "))).isEqualTo(line.replace("___label__", "__label__"));
  }

  @Test
  void labelsAreNotTakenApart() {
    assertThat(READING.line(List.of("C, D & E."), "So. ")).isEqualTo("__label__C,%20D%20&%20E. so .");
  }

  @Test
  void punctuationStaysWhereItIsUnlessItIsToBeApart() {
    assertThat(new FastTextReading(FastTextReading.SETTINGS).line(" Bosch, (white). ")).isEqualTo("Bosch, (white).");
  }

  @Test
  void ofSeveralColumnsTheFirstWordsOfEachAreRead() {
    FastTextReading columns = new FastTextReading(FastTextReading.SETTINGS.with(DataSettings.LOWERCASE, true)
        .with(DataSettings.TEXT, "name:2", "text:1:t_", "shop").with(FastTextSettings.COLUMN_WORDS, 2)
        .with(FastTextSettings.PUNCTUATION_APART, true));
    String text = FieldText.of(List.of(" Red shoe, new", "Made of leather", ""));
    assertThat(columns.line(text)).isEqualTo("red shoe , red shoe , t_made t_of");
    String cased = columns.cased(text);
    assertThat(columns.words(cased).stream().map(word -> cased.substring(word.start(), word.end())))
        .containsExactly("red", "shoe", ",", "red", "shoe", ",", "made", "of");
    assertThat(columns.line("Hat")).as("any other text is the first column").isEqualTo("hat hat");
    assertThatThrownBy(() -> columns.line(FieldText.of(List.of("a", "b", "c", "d")))).isInstanceOf(UserError.class)
        .hasMessage("a text has more columns than the model reads, which are name, text, shop");
    assertThat(new FastTextReading(columns.settings().with(FastTextSettings.COLUMN_WORDS, 0)
        .with(FastTextSettings.COLUMN_WEIGHTS, List.of(1L, 2L, 3L))).line(FieldText.of(List.of("Hat", "red", "x y"))))
        .isEqualTo("hat hat t_red t_red x y x y x y");
    assertThat(new FastTextReading(FastTextReading.SETTINGS.with(DataSettings.TEXT, "name")
        .with(FastTextSettings.COLUMN_WORDS, 1)).line("of one column all is read")).endsWith("all is read");
  }
}
