package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.base.json.Json;
import crema.base.json.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The key {@code model} of a {@code tokenizer.json}, as it was read. The vocabulary and the merges stream by, as a tree
 * of their hundreds of thousands of values would cost many times their size.
 */
final class ModelFile {
  private static final List<String> TYPES = List.of("BPE", "WordPiece", "WordLevel", "Unigram");

  private final String source;
  /** The tokens of an object of tokens and ids. */
  private @Nullable Map<String, Integer> ids;
  /** The tokens of an array of tokens and scores, and the scores. */
  private @Nullable List<String> pieces;
  private double[] scores = {};
  private @Nullable List<String> mergedPairs;
  private final ObjectNode settings = new ObjectNode();

  private ModelFile(String source) {
    this.source = source;
  }

  /** Reads the object at the parser's current token. */
  static ModelFile read(String source, JsonParser parser) {
    var file = new ModelFile(source);
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw file.wrong("model", "must be an object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "vocab" -> file.readVocabulary(parser);
        case "merges" -> file.readMerges(parser);
        case "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
            "byte_fallback", "ignore_merges", "max_input_chars_per_word", "unk_id" ->
            file.settings.set(key, Json.read(parser));
        default -> parser.skipChildren();
      }
    }
    return file;
  }

  /**
   * Makes the model.
   *
   * @param endsInBytes whether the pieces are to be spelled in the byte alphabet
   */
  Model model(boolean endsInBytes) {
    return switch (type()) {
      case "BPE" -> bpe(endsInBytes);
      case "WordPiece" -> wordPiece();
      case "WordLevel" -> wordLevel();
      case "Unigram" -> unigram();
      default -> throw setting("type").wrong(quote(setting("type").string()) + " is not supported; supported: "
          + String.join(", ", TYPES));
    };
  }

  /** Returns the type, or what a file without one must be: the first of the types whose keys it has. */
  private String type() {
    if (!setting("type").isNull()) {
      return setting("type").string();
    }
    if (ids != null && mergedPairs != null) {
      return "BPE";
    }
    if (ids != null && settings.get("unk_token") != null) {
      return settings.get("continuing_subword_prefix") != null && settings.get("max_input_chars_per_word") != null
          ? "WordPiece"
          : "WordLevel";
    }
    if (pieces != null) {
      return "Unigram";
    }
    throw wrong("model", "has no type, and its keys are not those of " + String.join(", ", TYPES));
  }

  private Model bpe(boolean endsInBytes) {
    var dropout = setting("dropout");
    if (!dropout.isNull() && dropout.number() != 0) {
      throw dropout.wrong("is " + dropout.number() + "; random tokens are not supported, so it must be null or 0");
    }
    var vocabulary = vocabulary();
    var unknown = setting("unk_token");
    var options = new BpeModel.Options(unknown.isNull() ? null : unknown.string(),
        setting("continuing_subword_prefix").stringOr(""), setting("end_of_word_suffix").stringOr(""),
        setting("fuse_unk").boolOr(false), setting("byte_fallback").boolOr(false),
        setting("ignore_merges").boolOr(false));
    var symbols = endsInBytes && options.prefix().isEmpty() && options.suffix().isEmpty() && hasAllBytes(vocabulary)
        ? BpeModel.Symbols.BYTES
        : BpeModel.Symbols.CHARACTERS;
    return new BpeModel(vocabulary, merges(vocabulary, options.prefix()), options, symbols);
  }

  private static boolean hasAllBytes(Vocabulary vocabulary) {
    for (int value = 0; value < 256; value++) {
      if (BpeModel.occursInUtf8(value) && vocabulary.id(String.valueOf(ByteAlphabet.letter(value))) < 0) {
        return false;
      }
    }
    return true;
  }

  private MergeTable merges(Vocabulary vocabulary, String prefix) {
    if (mergedPairs == null) {
      throw wrong("model.merges", "is missing");
    }
    var count = mergedPairs.size() / 2;
    var lefts = new int[count];
    var rights = new int[count];
    var merged = new int[count];
    for (int rank = 0; rank < count; rank++) {
      var left = mergedPairs.get(2 * rank);
      var right = mergedPairs.get(2 * rank + 1);
      lefts[rank] = idOfMergeToken(vocabulary, left, rank);
      rights[rank] = idOfMergeToken(vocabulary, right, rank);
      var tail = right.startsWith(prefix) ? right.substring(prefix.length()) : right;
      merged[rank] = idOfMergeToken(vocabulary, left + tail, rank);
    }
    return new MergeTable(lefts, rights, merged);
  }

  private Model wordPiece() {
    var vocabulary = vocabulary();
    var length = setting("max_input_chars_per_word");
    return new WordPieceModel(vocabulary, unknownToken(vocabulary, "[UNK]"),
        setting("continuing_subword_prefix").stringOr(WordPieceModel.DEFAULT_PREFIX),
        length.isNull() ? WordPieceModel.DEFAULT_MAX_WORD_LENGTH : length.intFrom(0));
  }

  private Model wordLevel() {
    var vocabulary = vocabulary();
    return new WordLevelModel(vocabulary, unknownToken(vocabulary, "<unk>"));
  }

  private String unknownToken(Vocabulary vocabulary, String absent) {
    var token = setting("unk_token").stringOr(absent);
    if (vocabulary.id(token) < 0) {
      throw wrong("model.unk_token", "is " + quote(token) + ", which model.vocab lacks");
    }
    return token;
  }

  private Model unigram() {
    if (pieces == null) {
      throw wrong("model.vocab", ids == null ? "is missing" : "must be an array of tokens and their scores");
    }
    var numbers = new HashMap<String, Integer>();
    for (int id = 0; id < pieces.size(); id++) {
      numbers.put(pieces.get(id), id);
    }
    var unknown = setting("unk_id");
    if (!unknown.isNull() && unknown.intFrom(0) >= pieces.size()) {
      throw unknown.wrong("is " + unknown.id() + ", beyond the vocabulary of " + pieces.size() + " tokens");
    }
    return new UnigramModel(new Vocabulary(pieces.toArray(new String[0]), numbers),
        Arrays.copyOf(scores, pieces.size()),
        unknown.isNull() ? -1 : unknown.id(), setting("byte_fallback").boolOr(false));
  }

  private JsonPart setting(String key) {
    return new JsonPart(source, "model." + key, settings.path(key));
  }

  private void readVocabulary(JsonParser parser) {
    if (ids != null || pieces != null) {
      throw wrong("model.vocab", "occurs twice");
    }
    switch (parser.currentToken()) {
      case START_OBJECT -> readIds(parser);
      case START_ARRAY -> readPieces(parser);
      default -> throw wrong("model.vocab",
          "must be an object of tokens and their ids, or an array of tokens and their scores");
    }
  }

  private void readIds(JsonParser parser) {
    var vocabulary = new HashMap<String, Integer>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var token = parser.currentName();
      requireWellFormed(token);
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

  private void readPieces(JsonParser parser) {
    var read = new ArrayList<String>();
    var values = new double[1024];
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      var path = "model.vocab[" + read.size() + "]";
      if (parser.currentToken() != JsonToken.START_ARRAY || parser.nextToken() != JsonToken.VALUE_STRING) {
        throw wrong(path, "must be an array of a token and its score");
      }
      var piece = parser.getString();
      requireWellFormed(piece);
      var score = parser.nextToken().isNumeric() ? RustNumber.parse(parser.getString()) : Double.NaN;
      if (!Double.isFinite(score)) {
        throw wrong(path, "the score of " + quote(piece) + " must be a number");
      }
      if (read.size() == values.length) {
        values = Arrays.copyOf(values, 2 * values.length);
      }
      values[read.size()] = score;
      read.add(piece);
      if (parser.nextToken() != JsonToken.END_ARRAY) {
        throw wrong(path, "must be an array of a token and its score");
      }
    }
    pieces = read;
    scores = values;
  }

  private void requireWellFormed(String token) {
    if (!Utf8.isWellFormed(token)) {
      throw wrong("model.vocab", "the token " + quote(token) + " has an unpaired surrogate");
    }
  }

  private void readMerges(JsonParser parser) {
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
          pairs.add(parser.getString());
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

  private Vocabulary vocabulary() {
    if (ids == null) {
      throw wrong("model.vocab", pieces == null ? "is missing" : "must be an object of tokens and their ids");
    }
    var largest = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    // Some files leave a few ids out; a file that leaves most out is damaged, and would cost memory.
    if (largest >= 2 * (long) ids.size() + 1024) {
      throw wrong("model.vocab", "has the id " + largest + " but only " + ids.size() + " tokens");
    }
    var tokens = new @Nullable String[largest + 1];
    for (var entry : ids.entrySet()) {
      var other = tokens[entry.getValue()];
      if (other != null) {
        throw wrong("model.vocab", quote(other) + " and " + quote(entry.getKey()) + " have the same id "
            + entry.getValue());
      }
      tokens[entry.getValue()] = entry.getKey();
    }
    return new Vocabulary(tokens, ids);
  }

  private int idOfMergeToken(Vocabulary vocabulary, String token, int rank) {
    var id = vocabulary.id(token);
    if (id < 0) {
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
