package crema.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.json.JsonMapper;

/** The scanner finds in any object what a whole parser finds, and takes nothing for an object that is none. */
class ObjectScannerTest {
  private static final List<String> KEYS = List.of("cluster_id", "title", "description");

  private static RowFaultKind scan(ObjectScanner scanner, byte[] bytes) {
    return scanner.scan(bytes, 0, bytes.length, () -> true);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Property(tries = 500)
  void textsAreThoseOfAWholeParser(@ForAll("objects") Map<String, Object> object) {
    byte[] line = utf8(JsonMapper.shared().writeValueAsString(object));
    var scanner = new ObjectScanner(KEYS);
    assertThat(scan(scanner, line)).isNull();
    JsonNode parsed = Json.parse(new String(line, StandardCharsets.UTF_8));
    for (int key = 0; key < KEYS.size(); key++) {
      JsonNode value = parsed.path(KEYS.get(key));
      String text = new String(line, scanner.from(key), scanner.to(key) - scanner.from(key), StandardCharsets.UTF_8);
      switch (scanner.kind(key)) {
        case MISSING -> assertThat(value.isNull() || value.isMissingNode()).isTrue();
        case CONTAINER -> assertThat(value).isEqualTo(Json.parse(text));
        case SCALAR -> assertThat(text).isEqualTo(value.asString());
        case PLAIN -> assertThat(text).isEqualTo(value.stringValue());
        case ESCAPED -> {
          byte[] decoded = JsonText.decoded(line, scanner.from(key), scanner.to(key));
          String again = "\"" + new String(decoded, StandardCharsets.UTF_8) + "\"";
          assertThat(Json.parse(again).stringValue()).isEqualTo(value.stringValue());
        }
      }
    }
  }

  @Property(tries = 100)
  void noBeginningOfAnObjectIsOne(@ForAll("objects") Map<String, Object> object) {
    byte[] line = utf8(JsonMapper.shared().writeValueAsString(object));
    var scanner = new ObjectScanner(KEYS);
    for (int length = 0; length < line.length; length++) {
      assertThat(scan(scanner, Arrays.copyOf(line, length))).isNotNull();
    }
  }

  @Property(tries = 1000)
  void anyBytesAreReadWithoutAnError(@ForAll byte[] bytes, @ForAll("objects") Map<String, Object> object) {
    var scanner = new ObjectScanner(KEYS);
    scan(scanner, bytes);
    byte[] line = utf8(JsonMapper.shared().writeValueAsString(object));
    for (int i = 0; i < bytes.length; i++) {
      line[Math.floorMod(bytes[i] * 31 + i, line.length)] = bytes[i];
    }
    scan(scanner, line);
  }

  @Provide
  Arbitrary<Map<String, Object>> objects() {
    Arbitrary<String> texts = Arbitraries.strings().withChars("ab \"\\\n\t/{}[],:é😀\u0001").withCharRange('а', 'я')
        .ofMaxLength(40).map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    Arbitrary<Object> values = Arbitraries.lazyOf(() -> texts.map(text -> (Object) text),
        () -> Arbitraries.integers().map(number -> (Object) number),
        () -> Arbitraries.of(true, false).map(flag -> flag),
        () -> Arbitraries.just(null),
        () -> texts.list().ofMaxSize(4).map(list -> (Object) list),
        () -> Arbitraries.maps(texts, texts).ofMaxSize(3).map(map -> (Object) map));
    Arbitrary<String> keys = Arbitraries.oneOf(Arbitraries.of(KEYS), texts);
    return Arbitraries.maps(keys, values).ofMaxSize(8);
  }

  @Property(tries = 1000)
  void bytesAreUtf8WhereADecoderTakesThem(@ForAll("nearlyUtf8") byte[] bytes) {
    boolean isSound;
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      isSound = true;
    } catch (CharacterCodingException e) {
      isSound = false;
    }
    assertThat(JsonText.isUtf8(bytes, 0, bytes.length)).isEqualTo(isSound);
  }

  @Provide
  Arbitrary<byte[]> nearlyUtf8() {
    Arbitrary<Byte> bytes = Arbitraries.of(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
        0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff).map(Integer::byteValue);
    return bytes.array(byte[].class).ofMaxSize(12);
  }

  @Example
  void aFieldThatIsNeededMustStandThereOnce() {
    var scanner = new ObjectScanner(KEYS);
    assertThat(scan(scanner, utf8("{\"title\":1,\"title\":2}"))).isEqualTo(RowFaultKind.DUPLICATE_KEY);
    assertThat(scan(scanner, utf8("{\"title\":1,\"t\\u0069tle\":2}"))).isEqualTo(RowFaultKind.DUPLICATE_KEY);
    assertThat(scan(scanner, utf8("{\"title\":1,\"x\":2,\"x\":3}"))).isNull();
  }

  @Example
  void noDepthOfNestingIsFollowed() {
    var scanner = new ObjectScanner(KEYS);
    assertThat(scan(scanner, utf8("{\"x\":" + "[".repeat(512) + "]".repeat(512) + "}"))).isNull();
    for (String bracket : List.of("[", "{\"a\":")) {
      assertThat(scan(scanner, utf8("{\"x\":" + bracket.repeat(10_000)))).isEqualTo(RowFaultKind.TOO_DEEP);
    }
    assertThat(scan(scanner, utf8("{\"x\":[}]}"))).isEqualTo(RowFaultKind.BAD_JSON);
    assertThat(scan(scanner, utf8("{\"x\":{\"a\":[}}}"))).isEqualTo(RowFaultKind.BAD_JSON);
  }

  @Example
  void whatIsNoObjectIsRefused() {
    var scanner = new ObjectScanner(KEYS);
    for (String line : List.of("", "null", "[]", "{} {}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}",
        "{\"a\":nul}",
        "{\"a\":01x}", "{\"a\":\"\u0001\"}", "{\"a\" 1}", "{'a':1}", "{\"a\":tru}", "{\"a\":-}")) {
      assertThat(scan(scanner, utf8(line))).as(line).isNotNull();
    }
    assertThat(scan(scanner, utf8(" { } "))).isNull();
    assertThat(scan(scanner, utf8("{ \"a\" : NaN , \"b\" : -1.5e3 }\r"))).isNull();
  }
}
