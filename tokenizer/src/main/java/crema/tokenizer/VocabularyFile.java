package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.base.ByteSource;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads BERT's {@code vocab.txt}, a token a line, and the {@code tokenizer_config.json} beside it, and makes the
 * tokenizer that Hugging Face's {@code BertTokenizer} is.
 */
final class VocabularyFile {
  private static final long MAX_FILE_BYTES = 64L << 20;
  private static final String UNKNOWN = "[UNK]";

  private VocabularyFile() {}

  /**
   * Reads a vocabulary.
   *
   * @param config the {@code tokenizer_config.json}, or null if there is none: then case is lowered
   */
  static Tokenizer read(ByteSource file, @Nullable ByteSource config) throws IOException {
    var tokens = tokens(file);
    var ids = new HashMap<String, Integer>();
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    var settings = config == null ? new JsonPart(file.name(), "", new ObjectNode()) : config(config);
    var unknown = special(settings, "unk_token", UNKNOWN);
    var first = special(settings, "cls_token", "[CLS]");
    var last = special(settings, "sep_token", "[SEP]");
    for (var token : List.of(unknown, first, last)) {
      if (!ids.containsKey(token)) {
        throw new TokenizerFormatException(file + ": has no line " + quote(token) + ", which BERT needs");
      }
    }
    var model = new WordPieceModel(new Vocabulary(tokens.toArray(new String[0]), ids), unknown,
        WordPieceModel.DEFAULT_PREFIX, WordPieceModel.DEFAULT_MAX_WORD_LENGTH);
    var added = new ArrayList<AddedToken>();
    for (var token : List.of(special(settings, "pad_token", "[PAD]"), unknown, first, last,
        special(settings, "mask_token", "[MASK]"))) {
      var id = ids.get(token);
      if (id != null && added.stream().noneMatch(other -> other.id() == id)) {
        added.add(AddedToken.special(id, token));
      }
    }
    return TokenizerReader.assemble(file.name(), parts(settings, first, last, model), model,
        List.copyOf(added), List.of());
  }

  private static List<String> tokens(ByteSource file) throws IOException {
    if (file.size() > MAX_FILE_BYTES) {
      throw new TokenizerFormatException(
          file + ": has " + file.size() + " bytes; a vocabulary has at most " + MAX_FILE_BYTES);
    }
    var tokens = new ArrayList<String>();
    // The decoder of the charset itself, unlike that of a reader's name, refuses what is not UTF-8.
    try (var in = new BufferedReader(new InputStreamReader(file.open(), StandardCharsets.UTF_8.newDecoder()))) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        tokens.add(line.stripTrailing());
      }
    } catch (CharacterCodingException e) {
      throw new TokenizerFormatException(file + ": line " + (tokens.size() + 1) + ": not UTF-8", e);
    }
    return tokens;
  }

  private static JsonPart config(ByteSource file) throws IOException {
    if (file.size() > MAX_FILE_BYTES) {
      throw new TokenizerFormatException(file + ": has " + file.size() + " bytes; at most " + MAX_FILE_BYTES
          + " are read");
    }
    try (var in = file.open()) {
      return new JsonPart(file.name(), "tokenizer_config", Json.parse(in));
    } catch (JsonException e) {
      throw new TokenizerFormatException(file + ": not valid JSON: " + e.getMessage(), e);
    }
  }

  /** Returns a special token, which a configuration has as a string or as an object with its {@code content}. */
  private static String special(JsonPart settings, String key, String absent) {
    var token = settings.get(key);
    return token.isNull() ? absent : token.node().isObject() ? token.get("content").string() : token.string();
  }

  private static ObjectNode parts(JsonPart settings, String first, String last, WordPieceModel model) {
    var parts = new ObjectNode();
    var length = settings.get("model_max_length");
    // "No limit" is written as 1e30.
    if (!length.isNull() && length.number() >= 2 && length.number() <= Integer.MAX_VALUE) {
      parts.putObject("truncation").put("direction", "Right").put("max_length", (int) length.number())
          .put("strategy", "LongestFirst").put("stride", 0);
    }
    var normalizer = parts.putObject("normalizer").put("type", "BertNormalizer").put("clean_text", true)
        .put("handle_chinese_chars", settings.get("tokenize_chinese_chars").boolOr(true));
    var strip = settings.get("strip_accents");
    if (strip.isNull()) {
      normalizer.putNull("strip_accents");
    } else {
      normalizer.put("strip_accents", strip.bool());
    }
    normalizer.put("lowercase", settings.get("do_lower_case").boolOr(true));
    parts.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    parts.set("post_processor", new TokenFrame(List.of(first), List.of(last), List.of(last)).describe(model::id));
    parts.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    return parts;
  }
}
