package crema.base.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonRecordsTest {
  enum Shade {
    LIGHT,
    DARK;

    @Override
    public String toString() {
      return this == LIGHT ? "light" : "dark";
    }
  }

  record Inner(int id) {
    Inner {
      if (id < 0) {
        throw new IllegalArgumentException("id must not be negative");
      }
    }
  }

  record Outer(int someNumber, double loss, @Nullable Double beta1, boolean isSet, String text, Shade shade,
      List<Inner> list, Map<String, List<Double>> byName, @Nullable Inner inner) {}

  private static final Outer OUTER = new Outer(3, Double.NaN, null, true, "a\"b", Shade.DARK,
      List.of(new Inner(1), new Inner(2)), Map.of("k", List.of(1.0, 2.5)), null);

  private static final String JSON = """
      {"some_number":3,"loss":"NaN","beta1":null,"is_set":true,"text":"a\\"b","shade":"dark",\
      "list":[{"id":1},{"id":2}],"by_name":{"k":[1.0,2.5]},"inner":null}""";

  @Test
  void writesComponentsInOrderUnderSnakeCaseNames() {
    assertThat(JsonRecords.toJson(OUTER)).hasToString(JSON);
  }

  @Test
  void readsWhatItWrote() {
    assertThat(JsonRecords.read(Json.parse(JSON), Outer.class)).isEqualTo(OUTER);
  }

  @Test
  void aMissingKeyIsNullUnlessItIsAPrimitive() {
    assertThat(JsonRecords.read(Json.parse(JSON.replace(",\"inner\":null", "")), Outer.class)).isEqualTo(OUTER);
    assertThatThrownBy(() -> JsonRecords.read(Json.parse("{}"), Inner.class)).hasMessage("id is missing");
  }

  @Test
  void namesTheKeyThatIsWrong() {
    assertThatThrownBy(() -> JsonRecords.read(Json.parse(JSON.replace("{\"id\":2}", "{\"id\":\"x\"}")), Outer.class))
        .isInstanceOf(JsonException.class).hasMessage("list[1].id: \"x\" where a value of the type int should be");
    assertThatThrownBy(() -> JsonRecords.read(Json.parse(JSON.replace("dark", "red")), Outer.class))
        .hasMessage("shade: \"red\" where one of [light, dark] should be");
    assertThatThrownBy(() -> JsonRecords.read(Json.parse("{\"id\":1,\"ib\":2}"), Inner.class))
        .hasMessage("this version of Crema does not know the key 'ib'");
    assertThatThrownBy(() -> JsonRecords.read(Json.parse("{\"id\":1.5}"), Inner.class))
        .hasMessage("id: 1.5 where a value of the type int should be");
    assertThatThrownBy(() -> JsonRecords.read(Json.parse("{\"id\":99999999999}"), Inner.class))
        .hasMessage("id: 99999999999 where a value of the type int should be");
    assertThatThrownBy(() -> JsonRecords.read(Json.parse("[]"), Inner.class))
        .hasMessage("an array where an object should be");
  }

  @Test
  void aRecordThatRefusesItsValuesSaysWhy() {
    assertThatThrownBy(() -> JsonRecords.read(Json.parse("{\"id\":-1}"), Inner.class))
        .isInstanceOf(JsonException.class).hasMessage("id must not be negative");
  }

  @Test
  void whatHasNoFormInJsonIsRefused() {
    assertThatThrownBy(() -> JsonRecords.toJson(Thread.currentThread())).isInstanceOf(IllegalArgumentException.class);
  }
}
