package crema.data;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.json.JsonNode;
import crema.base.json.JsonValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A survey reports fields that give labels away, and no others. */
final class FieldSurveyTest {
  private static final List<String> COLOURS = List.of("red", "green", "blue", "black", "white");

  private static List<FieldSurvey.Leak> leaks(int rows, int labels, IntFunction<Map<String, Object>> row) {
    var survey = new FieldSurvey(_ -> true);
    for (int i = 0; i < rows; i++) {
      var cells = new LinkedHashMap<String, JsonNode>();
      row.apply(i).forEach((name, value) -> cells.put(name, JsonValues.toJson(value)));
      survey.add(cells, List.of("label " + i % labels));
    }
    return survey.leaks();
  }

  @Test
  void aNumberOfTheLabelAloneTellsTheLabel() {
    assertThat(leaks(1000, 10, i -> Map.of("category_id", 100 + i % 10))).singleElement()
        .isEqualTo(new FieldSurvey.Leak("category_id", FieldSurvey.Kind.TELLS_THE_LABEL, 1000, 1000, 10, 10));
    // Also where each label has several shops, and one row in a hundred is another's.
    assertThat(leaks(1000, 10, i -> Map.of("shop", i % 100 == 99 ? "0/0" : i % 10 + "/" + i % 3)))
        .extracting(FieldSurvey.Leak::kind).containsExactly(FieldSurvey.Kind.TELLS_THE_LABEL);
  }

  @Test
  void aFieldThatIsConstantPerLabelIsReported() {
    assertThat(leaks(1000, 20, i -> Map.of("shop", "shop " + i % 20 / 4))).singleElement()
        .isEqualTo(new FieldSurvey.Leak("shop", FieldSurvey.Kind.CONSTANT_PER_LABEL, 1000, 1000, 5, 20));
  }

  @Test
  void fieldsWithinJsonInTextsAreFound() {
    assertThat(leaks(200, 4, i -> Map.of("raw", "{\"a\": [{\"department\": \"d" + i % 4 + "\"}], \"n\": " + i + "}")))
        .extracting(FieldSurvey.Leak::path).containsExactly("raw.a.department");
  }

  @Test
  void whatSaysLittleIsNotReported() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    assertThat(leaks(3000, 10, i -> Map.of("id", i, "title", "title " + i, "colour",
        COLOURS.get(random.nextInt(5)), "constant", "x", "sale", random.nextInt(100) == 0,
        // Each value is in two rows of one label: texts that occur again are no categories.
        "text", i % 10 + " " + i / 20 % 150, "price", random.nextInt(500)))).isEmpty();
  }

  @Test
  void fewRowsSayNothing() {
    assertThat(leaks(40, 4, i -> Map.of("shop", i % 4))).isEmpty();
    // A field that few of the rows have, as an attribute of one kind of products, is no rule.
    assertThat(leaks(1000, 10, i -> i % 10 < 3 ? Map.of("sole", "s" + i % 10) : Map.of())).isEmpty();
  }

  @Test
  void manyFieldsWithManyValuesStayWithinBounds() {
    assertThat(leaks(20_000, 50, i -> Map.of("id", "x" + i, "key" + i, i, "shop", "s" + i % 50, "many", i % 4000)))
        .extracting(FieldSurvey.Leak::path).containsExactlyInAnyOrder("shop");
  }
}
