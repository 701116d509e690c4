package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class TokenizerFormatTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @TempDir
  Path folder;

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "/version | `\"2.0\"` | version: is '2.0'; supported: 1.0",
      "/model | [] | model: must be an object",
      "/model/type | `\"Unigram\"` | model.vocab: must be an array of tokens and their scores",
      "/model/type | `\"Magic\"` | model.type: 'Magic' is not supported; supported: BPE, WordPiece, WordLevel, Unigram",
      "/model/dropout | 0.1 | model.dropout: is 0.1; random tokens are not supported, so it must be null or 0",
      "/model/vocab | [] | model.vocab: must be an object of tokens and their ids",
      "/model/vocab | 5 | model.vocab: must be an object of tokens and their ids, or an array",
      "/model/vocab/a | -1 | model.vocab: the id of 'a' must be a whole number from 0",
      "/model/vocab/a | 1.5 | model.vocab: the id of 'a' must be a whole number from 0",
      "/model/vocab/a | 99999999999 | model.vocab: the id of 'a' must be a whole number from 0",
      "/model/vocab/a | 2147483647 | model.vocab: has the id 2147483647 but only 700 tokens",
      "/model/vocab/a | 3 | have the same id 3",
      "/model/vocab/in | null | model.vocab: the id of 'in' must be a whole number from 0",
      "/model/merges | {} | model.merges: must be an array",
      "/model/merges/2 | 7 | model.merges[2]: must be two tokens",
      "/model/merges/2 | `\"ab\"` | model.merges[2]: 'ab' must be two tokens with one space between",
      "/model/merges/2 | `\"a b c\"` | model.merges[2]: 'a b c' must be two tokens with one space between",
      "/model/merges/2 | `\"a q\"` | model.merges[2]: needs the token 'aq', which model.vocab lacks",
      "/model/merges/2 | `\"a \\u0000\\n\"` | model.merges[2]: needs the token '\\u0000\\u000A'",
      "/added_tokens | {} | added_tokens: must be an array",
      "/added_tokens/1/id | -1 | added_tokens[1].id: must be a token id, a whole number from 0",
      "/added_tokens/1/content | `\"\"` | added_tokens[1].content: must be a non-empty text",
      "/added_tokens/1/content | `\"\\ud800\"` | added_tokens[1].content: must be a non-empty text",
      "/added_tokens/1/lstrip | 1 | added_tokens[1].lstrip: must be true or false",
      "/normalizer | `{\"type\":\"Magic\"}` | normalizer.type: 'Magic' is not supported; supported: BertNormalizer, Strip",
      "/normalizer | `{}` | normalizer.type: is missing; it must be a string",
      "/normalizer | 5 | normalizer: must be an object",
      "/pre_tokenizer/pretokenizers/0/type | `\"Magic\"` | pretokenizers[0].type: 'Magic' is not supported",
      "/pre_tokenizer/pretokenizers/0/behavior | `\"Odd\"` | pre_tokenizer.pretokenizers[0].behavior: 'Odd' is not",
      "/pre_tokenizer/pretokenizers/0/pattern/Regex | `\"(a\"` | pattern.Regex: not a regular expression",
      "/pre_tokenizer/pretokenizers/0/pattern/Regex | `\"\"` | pattern.Regex: must not be empty",
      "/pre_tokenizer/pretokenizers/0/pattern/Regex | `\"\\\\h\"` | pattern.Regex: the pattern uses \\h",
      "/pre_tokenizer/pretokenizers/0/pattern/Regex | `\"a{1,3}+\"` | pattern.Regex: the pattern uses {1,3}+",
      "/pre_tokenizer | `{\"type\":\"Delimiter\"}` | pre_tokenizer.type: 'Delimiter' is not supported; write CharDelim",
      "/decoder/type | `\"Odd\"` | decoder.type: 'Odd' is not supported; supported: BPEDecoder, ByteLevel, WordPiece",
      "/post_processor/type | `\"Odd\"` | post_processor.type: 'Odd' is not supported; supported: RobertaProcessing",
      "/truncation | `{\"max_length\":-1,\"strategy\":\"LongestFirst\"}` | truncation.max_length: must be a whole number",
      "/truncation | `{\"max_length\":1,\"strategy\":\"Odd\"}` | truncation.strategy: 'Odd' is not supported; supported: L",
      "/padding | `{\"strategy\":\"Odd\"}` | padding.strategy: 'Odd' is not supported; supported: BatchLongest, Fixed",
      "/post_processor | `{\"type\":\"BertProcessing\",\"sep\":[\"a\",1],\"cls\":[\"a\",700]}`"
          + " | post_processor.cls[1]: is 700, beyond the vocabulary of 700 tokens",
      "/post_processor | `{\"type\":\"TemplateProcessing\",\"single\":[]}`"
          + " | post_processor.single: must have the text's sequence A once, not 0 times",
  })
  void aWrongValueIsNamedByItsPath(String pointer, String value, String message) throws IOException {
    var json = golden();
    var slash = pointer.lastIndexOf('/');
    var parent = json.at(pointer.substring(0, slash));
    var key = pointer.substring(slash + 1);
    var node = MAPPER.readTree(value);
    if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(key), node);
    } else {
      ((ObjectNode) parent).set(key, node);
    }

    assertRefused(write(MAPPER.writeValueAsBytes(json)), message);
  }

  @Test
  void aByteThatTheVocabularyLacksIsDropped() throws IOException {
    var json = golden();
    ((ObjectNode) json.at("/model/vocab")).remove("\u0120");
    ((ObjectNode) json.get("model")).putArray("merges");
    var tokenizer = Tokenizer.load(write(MAPPER.writeValueAsBytes(json)));

    assertThat(tokenizer.encode("a b")).isEqualTo(tokenizer.encode("ab"));
  }

  @Test
  void aMissingPartIsNamed() throws IOException {
    for (var key : new String[] {"vocab", "merges"}) {
      var json = golden();
      ((ObjectNode) json.get("model")).remove(key);
      assertRefused(write(MAPPER.writeValueAsBytes(json)), "model." + key + ": is missing");
    }
    assertRefused(write("{}".getBytes(StandardCharsets.UTF_8)), "model: is missing");
  }

  @Test
  void whatIsNotJsonIsRefusedWithItsPlace() throws IOException {
    assertRefused(write("{\n \"model\": {x".getBytes(StandardCharsets.UTF_8)), "line 2, column");
    assertRefused(write(new byte[0]), "must be a JSON object");
    assertRefused(write("[]".getBytes(StandardCharsets.UTF_8)), "must be a JSON object");
    assertRefused(write("{\"a\":1,\"a\":2}".getBytes(StandardCharsets.UTF_8)), "'a' occurs twice");
    assertRefused(write(("{\"normalizer\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8)), "not valid JSON");
  }

  @Test
  void aRepeatedTokenIsRefused() throws IOException {
    assertRefused(write("{\"model\":{\"vocab\":{\"a\":1,\"a\":2}}}".getBytes(StandardCharsets.UTF_8)),
        "model.vocab: the token 'a' occurs twice");
  }

  @Test
  void somethingAfterTheObjectIsRefused() throws IOException {
    assertRefused(write((MAPPER.writeValueAsString(golden()) + "{}").getBytes(StandardCharsets.UTF_8)),
        "has something after its JSON object");
  }

  @Test
  void anAbsentFileIsReportedAsSuch() {
    assertThatThrownBy(() -> Tokenizer.load(folder.resolve("absent.json"))).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void bothFormsOfMergesAreRead() throws IOException {
    var json = golden();
    var pairs = MAPPER.createArrayNode();
    json.at("/model/merges").forEach(merge -> {
      var parts = merge.stringValue().split(" ");
      pairs.addArray().add(parts[0]).add(parts[1]);
    });
    var strings = Tokenizer.load(write(MAPPER.writeValueAsBytes(json)));
    ((ObjectNode) json.get("model")).set("merges", pairs);
    var arrays = Tokenizer.load(write(MAPPER.writeValueAsBytes(json)));

    assertThat(arrays.encode("samsung galaxy silver")).isEqualTo(strings.encode("samsung galaxy silver")).hasSize(4);
  }

  @Test
  void theOrderOfKeysDoesNotMatter() throws IOException {
    var json = golden();
    var model = (ObjectNode) json.get("model");
    model.set("vocab", model.remove("vocab"));
    json.set("added_tokens", json.remove("added_tokens"));
    json.put("unknown key", 1);

    assertThat(Tokenizer.load(write(MAPPER.writeValueAsBytes(json))).vocabularySize()).isEqualTo(700);
  }

  @Test
  void truncationOfTheFileHoldsUntilAnotherIsSet() throws IOException {
    var json = golden();
    json.set("truncation", MAPPER.readTree(
        "{\"max_length\":1,\"strategy\":\"LongestFirst\",\"stride\":0,\"direction\":\"Right\"}"));
    var file = write(MAPPER.writeValueAsBytes(json));
    var tokenizer = Tokenizer.load(file);
    tokenizer.save(file);

    assertThat(tokenizer.encode("apple pie")).hasSize(1);
    assertThat(tokenizer.maxLength()).hasValue(1);
    assertThat(tokenizer.withTruncation(null).encode("apple pie")).hasSizeGreaterThan(1);
    assertThat(MAPPER.readTree(file.toFile()).at("/truncation/max_length").intValue()).isEqualTo(1);
  }

  @Test
  void theIdsOfAddedTokensDoNotBind() throws IOException {
    var json = golden();
    ((ObjectNode) json.at("/added_tokens/1")).put("id", 9);
    ((ObjectNode) json.at("/added_tokens/2")).put("content", "<x>");
    var tokenizer = Tokenizer.load(write(MAPPER.writeValueAsBytes(json)));

    assertThat(tokenizer.id("<s>")).hasValue(1);
    assertThat(tokenizer.id("<x>")).hasValue(700);
    assertThat(tokenizer.notes()).hasSize(2);
    assertThat(tokenizer.notes().getFirst())
        .contains("added_tokens[1].id: is 9, but '<s>' has the id 1 in model.vocab");
  }

  @Test
  void aPatternThatBacktracksWithoutEndIsStopped() throws IOException {
    assertThatThrownBy(() -> withPattern("(?:a|aa)+$|(?:x+x+)+y").encode("x".repeat(5_000)))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("backtracks too much");
    assertThatThrownBy(() -> withPattern("(?:a|b)*c").encode("ab".repeat(500_000)))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("split pattern");
  }

  /** Bytes changed, removed and repeated at random. */
  @Property(tries = 400)
  void aDamagedFileGivesATokenizerOrTheFormatException(@ForAll Random random) throws IOException {
    var bytes = MAPPER.writeValueAsBytes(golden());
    for (var damage = 1 + random.nextInt(4); damage > 0; damage--) {
      var at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) "{}[]\",:0-9eE.\\ntf".charAt(random.nextInt(17));
        case 2 -> bytes = Arrays.copyOf(bytes, at + 1);
        default -> {
          var length = Math.min(bytes.length - at, random.nextInt(50));
          System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length + 1), length);
        }
      }
    }
    assertLoadsOrIsRefused(bytes);
  }

  /** Values exchanged for others of the file, which keeps it JSON. */
  @Property(tries = 400)
  void aRearrangedFileGivesATokenizerOrTheFormatException(@ForAll Random random) throws IOException {
    var json = golden();
    for (var damage = 1 + random.nextInt(3); damage > 0; damage--) {
      var places = new ArrayList<Consumer<JsonNode>>();
      var values = new ArrayList<JsonNode>();
      collect(json, random, places, values);
      places.get(random.nextInt(places.size())).accept(values.get(random.nextInt(values.size())).deepCopy());
    }
    assertLoadsOrIsRefused(MAPPER.writeValueAsBytes(json));
  }

  /** Collects the places and values of a file, of the long lists only a few. */
  private static void collect(
      JsonNode node, Random random, ArrayList<Consumer<JsonNode>> places, ArrayList<JsonNode> values) {
    values.add(node);
    if (node instanceof ObjectNode object) {
      object.properties().stream().filter(_ -> object.size() < 20 || random.nextInt(100) == 0).forEach(property -> {
        places.add(value -> object.set(property.getKey(), value));
        collect(property.getValue(), random, places, values);
      });
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        if (array.size() < 20 || random.nextInt(100) == 0) {
          var index = i;
          places.add(value -> array.set(index, value));
          collect(array.get(i), random, places, values);
        }
      }
    }
  }

  private static void assertLoadsOrIsRefused(byte[] bytes) throws IOException {
    var file = Files.createTempFile("damaged", ".json");
    try {
      Files.write(file, bytes);
      var tokenizer = Tokenizer.load(file);
      tokenizer.encode("samsung galaxy s9+ 64GB (lilac) <pad>\r\n  \u00e9");
    } catch (TokenizerFormatException e) {
      assertThat(e.getMessage()).startsWith(file.toString()).hasLineCount(1).hasSizeLessThan(400);
    } finally {
      Files.delete(file);
    }
  }

  private void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> Tokenizer.load(file)).isInstanceOf(TokenizerFormatException.class)
        .hasMessageStartingWith(file + ": ").hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
  }

  private Tokenizer withPattern(String regex) throws IOException {
    var json = golden();
    ((ObjectNode) json.at("/pre_tokenizer/pretokenizers/0/pattern")).put("Regex", regex);
    return Tokenizer.load(write(MAPPER.writeValueAsBytes(json)));
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("tokenizer.json"), bytes);
  }

  private static ObjectNode golden() throws IOException {
    try (var in = TokenizerFormatTest.class.getResourceAsStream("golden/tokenizer.json")) {
      return (ObjectNode) MAPPER.readTree(in);
    }
  }
}
