package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DataProfileTest {
  private static final double ROUNDING = 1e-12;

  private static DataProfile of(Row... rows) {
    return DataProfile.of(RowSource.of(List.of(rows)));
  }

  @Test
  void rowsAndLabelsAreCounted() {
    DataProfile profile = of(Row.of("a b", "x"), Row.of("b c", "x", "y"), Row.of("c d", "x"), Row.of("d e", "x"),
        Row.of("e f", "x"));
    assertThat(profile.rows()).isEqualTo(5);
    assertThat(profile.labels()).isEqualTo(2);
    assertThat(profile.labelsPerRow()).isCloseTo(6 / 5.0, within(ROUNDING));
    assertThat(profile.rowsPerLabel()).isCloseTo(3, within(ROUNDING));
    assertThat(profile.rareLabels()).as("y has one row, x five").isCloseTo(0.5, within(ROUNDING));
  }

  @Test
  void lengthsAreThoseOfWordsAndCharacters() {
    DataProfile profile = of(Row.of("one", "x"), Row.of("one two three", "x"), Row.of("🦊🦊 two", "y"));
    assertThat(profile.words()).isEqualTo(new DataProfile.Lengths(6, 2, 2, 2, 3));
    assertThat(profile.characters().longest()).isEqualTo(13);
    assertThat(profile.characters().median()).as("a character is a code point").isEqualTo(6);
    assertThat(profile.oneWord()).isCloseTo(1 / 3.0, within(ROUNDING));
  }

  @Test
  void eachOfSeveralColumnsHasItsLengths() {
    assertThat(of(Row.of("one two", "x")).columns()).isEmpty();
    DataProfile profile = of(row("red shoe", "made of leather, and red"), row("fox", " "), row("red shoe", "a b c"));
    assertThat(profile.columns()).extracting(column -> column.words().total()).containsExactly(5L, 8L);
    assertThat(profile.columns().getLast().words().mean()).isCloseTo(8 / 3.0, within(ROUNDING));
    assertThat(profile.columns().getLast().words().longest()).isEqualTo(5);
    assertThat(profile.columns().getFirst().distinct()).isCloseTo(2 / 3.0, within(ROUNDING));
    assertThat(profile.columns().getLast().distinct()).isCloseTo(1, within(ROUNDING));
  }

  private static Row row(String... fields) {
    Row whole = Row.of(String.join(" ", fields), "x");
    return new Row(whole.text(), List.of(fields), whole.labels(), whole.meta());
  }

  @Test
  void newWordsAreEstimatedByThoseSeenOnceIgnoringCase() {
    DataProfile profile = of(Row.of("Red fox", "x"), Row.of("red dog RED", "y"));
    assertThat(profile.vocabulary()).isEqualTo(3);
    assertThat(profile.unseen()).as("fox and dog, of five words").isCloseTo(2 / 5.0, within(ROUNDING));
  }

  @Test
  void codesCaseAndScriptsAreShares() {
    DataProfile profile = of(Row.of("AX-12 Ab", "x"), Row.of("機械 学習", "y"));
    assertThat(profile.codes()).isCloseTo(1 / 4.0, within(ROUNDING));
    assertThat(profile.uppercase()).as("A, X, A of A, X, A, b").isCloseTo(3 / 4.0, within(ROUNDING));
    assertThat(profile.unspaced()).as("four letters of eight").isCloseTo(0.5, within(ROUNDING));
    assertThat(of(Row.of("пшеница x", "x")).script()).isEqualTo(Character.UnicodeScript.CYRILLIC);
  }

  @Test
  void textsThatComeAgainAreCountedAndThoseWithOtherLabelsToo() {
    DataProfile profile = of(Row.of("same", "x"), Row.of("same", "x"), Row.of("same", "y"), Row.of("other", "y"));
    assertThat(profile.duplicates()).isCloseTo(0.5, within(ROUNDING));
    assertThat(profile.contradictions()).isCloseTo(0.25, within(ROUNDING));
    assertThat(profile.describe()).contains("4 rows, 2 labels", "50% duplicates");
  }

  @Test
  void noRowsHaveNoShares() {
    DataProfile profile = of();
    assertThat(profile.rows()).isZero();
    assertThat(profile.unseen()).isZero();
    assertThat(profile.rowsPerLabel()).isZero();
  }
}
