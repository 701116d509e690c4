package crema.base.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class JsonTest {
  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "null", "\"\"", "1", "-1.5e-300", "123456789012345678901234567890",
      "{\"a\":{},\"b\":[1,{\"d\":[]},\"\\u0001é\u2028\\uD83D\\uDE00\"],\"c\":true,\"d\":null,\"e\":1.10,\"f\":4294967296}"})
  void writesAsJacksonsTreeDoes(String text) {
    var theirs = JsonMapper.shared().readTree(text);
    JsonNode ours = Json.parse(text);
    assertThat(ours).hasToString(theirs.toString());
    assertThat(ours.toPrettyString()).isEqualTo(theirs.toPrettyString());
    assertThat(Json.parse(ours.toString())).isEqualTo(ours).hasSameHashCodeAs(ours);
  }

  @Property(tries = 200)
  void aTextSurvives(@ForAll("texts") String text) throws Exception {
    var object = new ObjectNode().put(text, text);
    assertThat(Json.parse(object.toString()).path(text).stringValue()).isEqualTo(text);
    assertThat(Json.parse(new ByteArrayInputStream(object.toPrettyString().getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(object);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "[1,", "nul", "{\"a\":1} x", "1 2", "{'a':1}", "\"\u0001\""})
  void whatIsNoJsonIsOneLine(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class)
        .message().isNotBlank().doesNotContain("\n");
  }

  @Test
  void deepNestingIsRefusedRatherThanOverflowingTheStack() {
    assertThatThrownBy(() -> Json.parse("[".repeat(1_000_000))).isInstanceOf(JsonException.class);
  }

  @Test
  void aKeyThatOccursTwiceIsRejectedWhereAParserReads() {
    String twice = "{\"a\":1,\"a\":2}";
    assertThat(Json.parse(twice).path("a").intValue()).isEqualTo(2);
    try (var parser = Json.parser(new ByteArrayInputStream(twice.getBytes(StandardCharsets.UTF_8)))) {
      parser.nextToken();
      assertThatThrownBy(() -> Json.read(parser)).hasMessage("the key 'a' occurs twice");
    }
  }

  @Test
  void lenientAndStrictReading() {
    JsonNode json = Json.parse("{\"n\":5,\"s\":\"5\",\"d\":1.5,\"x\":\"x\",\"b\":true,\"z\":null,\"l\":4294967296}");
    assertThat(json.path("s").asInt()).isEqualTo(5);
    assertThat(json.path("x").asInt(7)).isEqualTo(7);
    assertThat(json.path("missing").asInt()).isZero();
    assertThat(json.path("missing").isMissingNode()).isTrue();
    assertThat(json.path("z").asString("none")).isEqualTo("none");
    assertThat(json.path("d").asString()).isEqualTo("1.5");
    assertThat(json.path("l").canConvertToInt()).isFalse();
    assertThat(json.path("l").longValue()).isEqualTo(1L << 32);
    assertThat(json.path("b").asBoolean()).isTrue();
    assertThatThrownBy(() -> json.path("x").asInt()).hasMessage("\"x\" where a whole number should be");
    assertThatThrownBy(() -> json.path("n").stringValue()).hasMessage("5 where a string should be");
    assertThatThrownBy(() -> json.path("q").intValue()).hasMessage("nothing where a whole number should be");
  }
}
