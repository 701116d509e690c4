package crema.defaults;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.ModelFamily;
import crema.data.DataProfile;
import crema.data.Row;
import crema.data.RowSource;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.linear.LinearFamily;
import crema.family.linear.LinearSettings;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FamilyDefaultsTest {
  private static final int ROWS = 120;

  /** What a family chooses for rows of which each has some fields. */
  private static Settings chosen(ModelFamily family, int labels, IntFunction<List<String>> fields, String... columns) {
    List<Row> rows = IntStream.range(0, ROWS).mapToObj(i -> {
      Row whole = Row.of(String.join(" ", fields.apply(i)), "label" + i % labels);
      return new Row(whole.text(), fields.apply(i), whole.labels(), whole.meta());
    }).toList();
    return ChosenSettings.of(family.defaultRules(), family.settings().with(DataSettings.TEXT, List.of(columns)),
        DataProfile.of(RowSource.of(rows))).settings();
  }

  private static List<String> opinion(int i) {
    return List.of("quite a good film about word" + i % 9);
  }

  @Test
  void betweenTwoLabelsOfShortTextsFeaturesAreWeighedByBayes() {
    Settings two = chosen(new LinearFamily(), 2, FamilyDefaultsTest::opinion, "text");
    assertThat(two.get(LinearSettings.FEATURE_WEIGHTS)).isEqualTo(LinearSettings.Features.BAYES);
    assertThat(two.get(LinearSettings.ANALYZERS)).containsExactly("word", "char_wb");
    Settings three = chosen(new LinearFamily(), 3, FamilyDefaultsTest::opinion, "text");
    assertThat(three.get(LinearSettings.FEATURE_WEIGHTS)).isEqualTo(LinearSettings.Features.NONE);
    assertThat(three.get(LinearSettings.ANALYZERS)).containsExactly("word:*:0.5", "char");
    Settings ofLong = chosen(new LinearFamily(), 2, i -> List.of((opinion(i).getFirst() + " ").repeat(7)), "text");
    assertThat(ofLong.get(LinearSettings.FEATURE_WEIGHTS)).isEqualTo(LinearSettings.Features.NONE);
    Settings codes = chosen(new LinearFamily(), 2, i -> List.of("ax" + i), "text");
    assertThat(codes.get(LinearSettings.FEATURE_WEIGHTS)).isEqualTo(LinearSettings.Features.NONE);
  }

  private static List<String> offer(int i) {
    return List.of("red shoe of kind " + i % 5, "a description of many words ".repeat(10), "http://shop.example/" + i,
        "shoes" + i % 3);
  }

  @Test
  void shortColumnsOfLongTextsAreReadMoreOftenButNotAddresses() {
    Settings chosen = chosen(new FastTextFamily(), 3, FamilyDefaultsTest::offer, "name", "text", "url", "kind");
    assertThat(chosen.get(FastTextSettings.COLUMN_WEIGHTS)).containsExactly(8L, 1L, 1L, 8L);
    assertThat(chosen.get(TrainingSettings.LEARNING_RATE)).isEqualTo(3.0);
    assertThat(chosen.get(FastTextSettings.MAXN)).isZero();
    assertThat(chosen(new FastTextFamily(), 3, FamilyDefaultsTest::offer, "name:2", "text", "url", "kind")
        .get(FastTextSettings.COLUMN_WEIGHTS)).as("weights that are given").isEmpty();
    assertThat(chosen(new FastTextFamily(), 3, FamilyDefaultsTest::opinion, "text")
        .get(FastTextSettings.COLUMN_WEIGHTS)).as("one column").isEmpty();
  }
}
