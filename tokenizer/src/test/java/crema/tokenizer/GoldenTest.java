package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares with what Hugging Face's library gave for the same files and texts; {@code src/test/golden} has the program
 * that wrote it down.
 */
class GoldenTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @TempDir
  Path folder;

  static Stream<Arguments> variants() throws IOException {
    return StreamSupport.stream(read("cases.json").get("variants").spliterator(), false)
        .map(variant -> Arguments.of(variant.get("name").stringValue(), variant.get("settings")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void encodesAndDecodesAsHuggingFace(String name, JsonNode settings) throws IOException {
    var json = (ObjectNode) read("tokenizer.json");
    settings.properties().forEach(setting -> {
      var owner = setting.getKey().equals("ignore_merges") ? (ObjectNode) json.get("model") : json;
      owner.set(setting.getKey(), setting.getValue());
    });
    var file = folder.resolve("tokenizer.json");
    MAPPER.writeValue(file.toFile(), json);
    var expected = read("expected.json").get(name);
    var texts = read("cases.json").get("texts");

    var loaded = Tokenizer.load(file);
    loaded.save(file);
    for (var tokenizer : List.of(loaded, Tokenizer.load(file))) {
      for (int i = 0; i < texts.size(); i++) {
        var text = texts.get(i).stringValue();
        var ids = MAPPER.treeToValue(expected.get("ids").get(i), int[].class);
        assertThat(tokenizer.encode(text)).as("ids of %s", text).isEqualTo(ids);
        assertThat(tokenizer.decode(ids, true)).as("decoded %s", text)
            .isEqualTo(expected.get("decoded").get(i).stringValue());
        assertThat(pieceNumbers(tokenizer, text)).as("pieces of %s", text)
            .isEqualTo(withoutTemplate(expected.get("words").get(i)));
      }
    }
  }

  /** Returns for each token of a text the number of the piece that it is of. */
  private static List<Integer> pieceNumbers(Tokenizer tokenizer, String text) {
    var numbers = new ArrayList<Integer>();
    var out = new TokenBuffer();
    tokenizer.pipeline().run(text, out.workspace(), new TextPipeline.Sink() {
      private int piece;

      @Override
      public void piece(char[] chars, int from, int to) {
        tokenizer.model().encode(chars, from, to, out);
        number();
      }

      @Override
      public void token(int id) {
        out.add(id);
        number();
      }

      private void number() {
        while (numbers.size() < out.size()) {
          numbers.add(piece);
        }
        piece++;
      }
    });
    return numbers;
  }

  /** The tokens that a post-processor adds have the piece number -1. */
  private static List<Integer> withoutTemplate(JsonNode words) {
    return StreamSupport.stream(words.spliterator(), false).map(JsonNode::intValue).filter(w -> w >= 0).toList();
  }

  private static JsonNode read(String resource) throws IOException {
    try (var in = GoldenTest.class.getResourceAsStream("golden/" + resource)) {
      return MAPPER.readTree(in);
    }
  }
}
