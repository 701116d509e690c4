package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.base.ByteSource;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;

/** Reads a {@code tokenizer.json}, version 1.0 of Hugging Face's format. */
final class TokenizerReader {
  /** The largest known file, of a vocabulary of 256,000, has 34 MB. */
  private static final long MAX_FILE_BYTES = 256L << 20;

  private final String source;
  private final JsonParser parser;
  private final ObjectNode settings = new ObjectNode();
  private @Nullable JsonNode addedTokens;
  private @Nullable BpeModel model;

  private TokenizerReader(String source, JsonParser parser) {
    this.source = source;
    this.parser = parser;
  }

  static Tokenizer read(ByteSource file) throws IOException {
    var size = file.size();
    if (size > MAX_FILE_BYTES) {
      throw new TokenizerFormatException(
          file + ": has " + size + " bytes; a tokenizer.json has at most " + MAX_FILE_BYTES);
    }
    try (var in = file.open(); var parser = Json.parser(in)) {
      return new TokenizerReader(file.name(), parser).read();
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JsonException e) {
      throw new TokenizerFormatException(file + ": not valid JSON: " + e.getMessage(), e);
    } catch (JacksonException e) {
      var location = e.getLocation();
      var where = location == null ? "" : ": line " + location.getLineNr() + ", column " + location.getColumnNr();
      throw new TokenizerFormatException(
          file + where + ": not valid JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""), e);
    }
  }

  private Tokenizer read() {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new TokenizerFormatException(source + ": must be a JSON object");
    }
    var keys = new HashSet<String>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var key = parser.currentName();
      if (!keys.add(key)) {
        throw new TokenizerFormatException(source + ": " + quote(key) + " occurs twice");
      }
      parser.nextToken();
      switch (key) {
        case "version" -> {
          JsonPart version = new JsonPart(source, key, Json.read(parser));
          if (!version.string().equals("1.0")) {
            throw version.wrong("is " + quote(version.string()) + "; supported: 1.0");
          }
        }
        case "added_tokens" -> addedTokens = Json.read(parser);
        case "model" -> model = BpeModelReader.read(source, parser);
        case "truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder" ->
            settings.set(key, Json.read(parser));
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw new TokenizerFormatException(source + ": has something after its JSON object");
    }
    if (model == null) {
      throw new TokenizerFormatException(source + ": model: is missing");
    }
    return build(model);
  }

  private Tokenizer build(BpeModel model) {
    var reader = new SettingsReader(source, settings);
    var added = addedTokens(model);
    reader.checkDecoder();
    var size = Math.max(model.size(), added.keySet().stream().mapToInt(id -> id + 1).max().orElse(0));
    return new Tokenizer(
        reader.pipeline(added.values()), model, reader.postProcessor(size), added.values(), settings);
  }

  private Map<Integer, AddedToken> addedTokens(BpeModel model) {
    var tokens = new LinkedHashMap<Integer, AddedToken>();
    if (addedTokens == null || addedTokens.isNull()) {
      return tokens;
    }
    var idsByContent = new HashMap<String, Integer>();
    var elements = new JsonPart(source, "added_tokens", addedTokens).elements();
    var limit = model.size() + 2 * (long) elements.size() + 1024;
    for (var element : elements) {
      var token = addedToken(element);
      var id = element.get("id");
      if (token.id() >= limit) {
        throw id.wrong("is " + token.id() + ", far beyond the number of tokens");
      }
      var modelId = model.id(token.content());
      var modelToken = token.id() < model.size() ? model.token(token.id()) : null;
      if (modelId >= 0 ? modelId != token.id() : modelToken != null) {
        throw id.wrong("is " + token.id() + ", but in model.vocab "
            + (modelId >= 0 ? quote(token.content()) + " is " + modelId
                : token.id() + " is " + quote(String.valueOf(modelToken))));
      }
      if (tokens.put(token.id(), token) != null) {
        throw id.wrong("is " + token.id() + ", as an earlier token's");
      }
      if (idsByContent.put(token.content(), token.id()) != null) {
        throw element.get("content").wrong(quote(token.content()) + " occurs twice");
      }
    }
    return tokens;
  }

  private static AddedToken addedToken(JsonPart part) {
    var content = part.get("content").string();
    if (content.isEmpty() || !Utf8.isWellFormed(content)) {
      throw part.get("content").wrong("must be a non-empty text without unpaired surrogates");
    }
    return new AddedToken(
        part.get("id").id(),
        content,
        part.get("single_word").boolOr(false),
        part.get("lstrip").boolOr(false),
        part.get("rstrip").boolOr(false),
        part.get("normalized").boolOr(true),
        part.get("special").boolOr(false));
  }
}
