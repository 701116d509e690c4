package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.data.Augmenter.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AugmenterTest {
  private static final RowSource ROWS = RowSource.of(List.of(
      Row.of("Bosch Waschmaschine 8kg A+++ weiß neu", "a"), Row.of("стиральная машина 12 кг", "b"), Row.of("x", "a"),
      Row.of("Samsung fridge 300 l no frost silver door", "a"), Row.of("мойка 70 см", "b"), Row.of("single", "c")));

  private static List<Row> read(RowSource rows) {
    var read = new ArrayList<Row>();
    rows.forEach(ProblemListener.STRICT, read::add);
    return read;
  }

  private static List<String> texts(long epoch, long seed, String... wanted) {
    var augmenter = new Augmenter(List.of(wanted).stream().map(Wanted::parse).toList(), seed,
        fields -> String.join(" ", fields));
    return read(augmenter.rows(ROWS, epoch)).stream().map(Row::text).toList();
  }

  @ParameterizedTest
  @EnumSource
  void everyAugmentationIsAFunctionOfSeedEpochAndRow(Augmentation kind) {
    String wanted = kind.key() + ":0.5";
    assertThat(texts(0, 1, wanted)).isEqualTo(texts(0, 1, wanted)).hasSize(6).noneMatch(String::isBlank);
    var different = new ArrayList<List<String>>();
    for (int epoch = 0; epoch < 20; epoch++) {
      different.add(texts(epoch, 1, wanted));
    }
    assertThat(different.stream().distinct().count()).isGreaterThan(3);
    assertThat(different).anyMatch(texts -> !texts.equals(read(ROWS).stream().map(Row::text).toList()));
    var augmenter = new Augmenter(List.of(new Wanted(kind, 0.5)), 1, fields -> String.join(" ", fields));
    assertThat(read(augmenter.rows(ROWS, 3))).extracting(Row::labels)
        .containsExactlyElementsOf(read(ROWS).stream().map(Row::labels).toList());
    assertThat(augmenter.rows(ROWS, 3).fingerprint()).isNotEqualTo(augmenter.rows(ROWS, 4).fingerprint())
        .isNotEqualTo(ROWS.fingerprint());
  }

  @Test
  void eachDoesWhatItSays() {
    assertThat(texts(0, 1, "numbers:1").getFirst()).isEqualTo("Bosch Waschmaschine 0kg A+++ weiß neu");
    assertThat(texts(0, 1, "transliterate:1")).startsWith("Bosch Waschmaschine 8kg A+++ weiss neu",
        "stiralnaya mashina 12 kg");
    assertThat(Set.of(texts(0, 1, "permute:1").get(3).split(" ")))
        .isEqualTo(Set.of("Samsung fridge 300 l no frost silver door".split(" ")));
    assertThat(texts(0, 1, "permute:1").get(3)).isNotEqualTo("Samsung fridge 300 l no frost silver door");
    assertThat(texts(0, 1, "drop:1")).allMatch(text -> !text.contains(" "));
    assertThat(texts(0, 1, "mask:1").get(3).split(" ")).hasSizeBetween(6, 7);
    assertThat(texts(0, 1, "swap:1").get(1)).isEqualTo("машина 12 кг стиральная");
    assertThat(texts(0, 1, "keyboard:1").get(2)).isIn("z", "c");
    assertThat(texts(0, 1, "ocr:1").get(3)).doesNotContain("300").contains("3OO");
  }

  @Test
  void aMixHasTwoRowsOfOneLabel() {
    for (int epoch = 0; epoch < 10; epoch++) {
      List<String> mixed = texts(epoch, 1, "mix:1");
      assertThat(mixed.get(0)).startsWith("Bosch Waschmaschine 8kg");
      assertThat(mixed.get(1)).startsWith("стиральная машина").doesNotContain("Bosch", "single");
      assertThat(mixed.get(5)).isEqualTo("single");
    }
  }

  @Test
  void columnsAreWrittenAnewEachForItself() {
    RowSource rows = RowSource.of(List.of(new Row("red shoes nike", List.of("red shoes", "nike"), List.of("a"),
        RowMeta.MEMORY)));
    Row row = read(new Augmenter(List.of(Wanted.parse("swap:1")), 1, fields -> String.join("|", fields))
        .rows(rows, 0)).getFirst();
    assertThat(row.fields()).containsExactly("shoes red", "nike");
    assertThat(row.text()).isEqualTo("shoes red|nike");
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> Wanted.parse("drop")).hasMessageContaining("write NAME:P");
    assertThatThrownBy(() -> Wanted.parse("drap:0.1")).hasMessageContaining("drop");
    for (String p : List.of("0", "-1", "1.5", "NaN", "much", "")) {
      assertThatThrownBy(() -> Wanted.parse("drop:" + p)).isInstanceOf(DataException.class)
          .hasMessageContaining("above 0 and at most 1");
    }
  }
}
