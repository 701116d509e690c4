package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.base.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the key {@code model} of a {@code tokenizer.json}. The vocabulary and the merges stream by, as a tree of their
 * hundreds of thousands of values would cost many times their size.
 */
final class BpeModelReader {
  private final String source;
  private final JsonParser parser;
  private @Nullable Map<String, Integer> ids;
  private @Nullable List<String> mergedPairs;
  private boolean ignoreMerges;

  private BpeModelReader(String source, JsonParser parser) {
    this.source = source;
    this.parser = parser;
  }

  /** Reads the object at the parser's current token. */
  static BpeModel read(String source, JsonParser parser) {
    return new BpeModelReader(source, parser).read();
  }

  private BpeModel read() {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("model", "must be an object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "vocab" -> readVocabulary();
        case "merges" -> readMerges();
        case "type" -> {
          var type = setting(key).string();
          if (!type.equals("BPE")) {
            throw wrong("model.type", quote(type) + " is not supported; supported: BPE");
          }
        }
        case "ignore_merges" -> ignoreMerges = setting(key).boolOr(false);
        case "dropout" -> {
          var dropout = setting(key);
          if (!dropout.isNull() && !(dropout.node().isNumber() && dropout.node().doubleValue() == 0)) {
            throw dropout.wrong("must be null: random tokens are not supported");
          }
        }
        case "continuing_subword_prefix", "end_of_word_suffix" -> {
          var affix = setting(key);
          if (!affix.isNull() && !affix.string().isEmpty()) {
            throw affix.wrong("must be empty: a byte-level model has none");
          }
        }
        default -> parser.skipChildren();
      }
    }
    if (ids == null) {
      throw wrong("model.vocab", "is missing");
    }
    if (mergedPairs == null) {
      throw wrong("model.merges", "is missing");
    }
    return build(ids, mergedPairs);
  }

  private JsonPart setting(String key) {
    return new JsonPart(source, "model." + key, Json.read(parser));
  }

  private void readVocabulary() {
    if (ids != null) {
      throw wrong("model.vocab", "occurs twice");
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("model.vocab", "must be an object of tokens and their ids");
    }
    var vocabulary = new HashMap<String, Integer>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var token = parser.currentName();
      if (!Utf8.isWellFormed(token)) {
        throw wrong("model.vocab", "the token " + quote(token) + " has an unpaired surrogate");
      }
      if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT || parser.getNumberType() != JsonParser.NumberType.INT
          || parser.getIntValue() < 0) {
        throw wrong("model.vocab", "the id of " + quote(token) + " must be a whole number from 0");
      }
      if (vocabulary.put(token, parser.getIntValue()) != null) {
        throw wrong("model.vocab", "the token " + quote(token) + " occurs twice");
      }
    }
    ids = vocabulary;
  }

  private void readMerges() {
    if (mergedPairs != null) {
      throw wrong("model.merges", "occurs twice");
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw wrong("model.merges", "must be an array of pairs of tokens");
    }
    var pairs = new ArrayList<String>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      var path = mergePath(pairs.size() / 2);
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        var pair = parser.getString();
        var space = pair.indexOf(' ');
        if (space < 0 || pair.indexOf(' ', space + 1) >= 0) {
          throw wrong(path, quote(pair) + " must be two tokens with one space between");
        }
        pairs.add(pair.substring(0, space));
        pairs.add(pair.substring(space + 1));
      } else if (parser.currentToken() == JsonToken.START_ARRAY) {
        for (int i = 0; i < 2; i++) {
          if (parser.nextToken() != JsonToken.VALUE_STRING) {
            throw wrong(path, "must be an array of two tokens");
          }
          var token = parser.getString();
          if (token.indexOf(' ') >= 0) {
            throw wrong(path, quote(token) + " has a space, which no token of bytes has");
          }
          pairs.add(token);
        }
        if (parser.nextToken() != JsonToken.END_ARRAY) {
          throw wrong(path, "must be an array of two tokens");
        }
      } else {
        throw wrong(path, "must be two tokens");
      }
    }
    mergedPairs = pairs;
  }

  private BpeModel build(Map<String, Integer> vocabulary, List<String> pairs) {
    var tokens = tokensById(vocabulary);
    for (int value = 0; value < 256; value++) {
      var letter = String.valueOf(ByteAlphabet.letter(value));
      if (BpeModel.occursInUtf8(value) && !vocabulary.containsKey(letter)) {
        throw wrong("model.vocab", String.format(
            "has no token %s for the byte %02X; only byte-level vocabularies are supported", quote(letter), value));
      }
    }
    var count = pairs.size() / 2;
    var lefts = new int[count];
    var rights = new int[count];
    var merged = new int[count];
    for (int rank = 0; rank < count; rank++) {
      var left = pairs.get(2 * rank);
      var right = pairs.get(2 * rank + 1);
      lefts[rank] = idOfMergeToken(vocabulary, left, rank);
      rights[rank] = idOfMergeToken(vocabulary, right, rank);
      merged[rank] = idOfMergeToken(vocabulary, left + right, rank);
    }
    return new BpeModel(tokens, vocabulary, new MergeTable(lefts, rights, merged), ignoreMerges);
  }

  private @Nullable String[] tokensById(Map<String, Integer> vocabulary) {
    var largest = vocabulary.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    // Some files leave a few ids out; a file that leaves most out is damaged, and would cost memory.
    if (largest >= 2 * (long) vocabulary.size() + 1024) {
      throw wrong("model.vocab", "has the id " + largest + " but only " + vocabulary.size() + " tokens");
    }
    var tokens = new @Nullable String[largest + 1];
    for (var entry : vocabulary.entrySet()) {
      var other = tokens[entry.getValue()];
      if (other != null) {
        throw wrong("model.vocab", quote(other) + " and " + quote(entry.getKey()) + " have the same id "
            + entry.getValue());
      }
      tokens[entry.getValue()] = entry.getKey();
    }
    return tokens;
  }

  private int idOfMergeToken(Map<String, Integer> vocabulary, String token, int rank) {
    var id = vocabulary.get(token);
    if (id == null) {
      throw wrong(mergePath(rank), "needs the token " + quote(token) + ", which model.vocab lacks");
    }
    return id;
  }

  private static String mergePath(int index) {
    return "model.merges[" + index + "]";
  }

  private TokenizerFormatException wrong(String path, String problem) {
    return new TokenizerFormatException(source + ": " + path + ": " + problem);
  }
}
