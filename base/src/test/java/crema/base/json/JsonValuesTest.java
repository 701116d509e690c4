package crema.base.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonValuesTest {
  private static final String JSON =
      "{\"text\":\"a\\nb\",\"whole\":7,\"large\":99999999999,\"real\":0.5,\"flag\":true,\"none\":null,"
          + "\"list\":[1,\"two\",null],\"map\":{\"b\":1,\"a\":[]}}";

  private static Map<String, @Nullable Object> values() {
    var values = new LinkedHashMap<String, @Nullable Object>();
    values.put("text", "a\nb");
    values.put("whole", 7);
    values.put("large", 99999999999L);
    values.put("real", 0.5);
    values.put("flag", true);
    values.put("none", null);
    values.put("list", Arrays.asList(1, "two", null));
    var map = new LinkedHashMap<String, Object>();
    map.put("b", 1);
    map.put("a", List.of());
    values.put("map", map);
    return values;
  }

  @Test
  void plainValuesComeBackInTheOrderOfTheirKeys() {
    assertThat(JsonValues.toJson(values())).hasToString(JSON);
    assertThat(JsonValues.toMap(Json.parse(JSON))).isEqualTo(values());
    assertThat(JsonValues.toMap(Json.parse(JSON)).keySet()).containsExactlyElementsOf(values().keySet());
  }

  @Test
  void numbersThatAreNotFiniteAreStrings() {
    assertThat(JsonValues.toJson(Map.of("loss", Double.NaN))).hasToString("{\"loss\":\"NaN\"}");
  }

  @Test
  void whatIsNoObjectOrHasNoFormIsRefused() {
    assertThatThrownBy(() -> JsonValues.toMap(Json.parse("[]"))).isInstanceOf(JsonException.class)
        .hasMessage("an array where an object should be");
    assertThatThrownBy(() -> JsonValues.toMap(Json.parse("7"))).isInstanceOf(JsonException.class)
        .hasMessage("7 where an object should be");
    assertThatThrownBy(() -> JsonValues.toJson(Thread.currentThread())).isInstanceOf(IllegalArgumentException.class);
  }
}
