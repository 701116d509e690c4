package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.base.ByteSource;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
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
  private @Nullable ModelFile model;
  private final List<String> notes = new ArrayList<>();

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
        case "model" -> model = ModelFile.read(source, parser);
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

  private Tokenizer build(ModelFile file) {
    var model = file.model(PreTokenizerReader.read(part(source, settings, "pre_tokenizer"), _ -> {}).endsInBytes());
    return assemble(source, settings, model, addedTokens(model), notes);
  }

  /**
   * Makes a tokenizer of a model and the parts around it.
   *
   * @param source names the file in messages
   * @param settings the keys of a {@code tokenizer.json} besides {@code added_tokens} and {@code model}
   * @param earlierNotes what was read otherwise than it is written
   */
  static Tokenizer assemble(String source, ObjectNode settings, Model model, List<AddedToken> added,
      List<String> earlierNotes) {
    var notes = new ArrayList<>(earlierNotes);
    Consumer<String> note = text -> notes.add(source + ": " + text);
    var takesBytes = model instanceof BpeModel bpe && bpe.symbols() == BpeModel.Symbols.BYTES;
    var size = Math.max(model.size(), added.stream().mapToInt(token -> token.id() + 1).max().orElse(0));
    var pipeline = pipeline(source, settings, added, takesBytes, note);
    var decoder = part(source, settings, "decoder");
    return new Tokenizer(
        new TokenizerParts(pipeline, model,
            PostProcessorReader.read(part(source, settings, "post_processor"), size), added,
            decoder.isNull() ? absentDecoder(takesBytes) : DecoderReader.read(decoder, note),
            TruncationReader.padding(part(source, settings, "padding")), settings, List.copyOf(notes)),
        TruncationReader.truncation(part(source, settings, "truncation")).orElse(null));
  }

  /**
   * Makes the way from a text to the pieces that a model takes.
   *
   * @param takesBytes whether the model takes the pieces as they are where a last {@code ByteLevel} would spell them
   */
  static TextPipeline pipeline(String source, ObjectNode settings, List<AddedToken> added, boolean takesBytes,
      Consumer<String> note) {
    var normalizer = part(source, settings, "normalizer");
    var steps = PreTokenizerReader.read(part(source, settings, "pre_tokenizer"), note);
    return new TextPipeline(added, normalizer.isNull() ? null : NormalizerReader.read(normalizer),
        takesBytes ? steps.steps() : steps.withByteLetters(), steps.addPrefixSpace());
  }

  /** What a file without a decoder means: spaces between tokens. Bytes are read as such, whatever it means. */
  private static Decoder absentDecoder(boolean takesBytes) {
    return takesBytes ? new Decoder.ByteLevel() : new Decoder.Spaces();
  }

  private static JsonPart part(String source, ObjectNode settings, String key) {
    return new JsonPart(source, key, settings.path(key));
  }

  /**
   * Reads the added tokens. Their ids in the file do not bind, as in Hugging Face's library: a token that the model
   * knows has the model's id, and others are numbered on from there.
   */
  private List<AddedToken> addedTokens(Model model) {
    var tokens = new LinkedHashMap<String, AddedToken>();
    if (addedTokens == null || addedTokens.isNull()) {
      return List.of();
    }
    var nextId = model.vocabulary().count();
    for (var element : new JsonPart(source, "added_tokens", addedTokens).elements()) {
      var token = addedToken(element);
      if (tokens.containsKey(token.content())) {
        throw element.get("content").wrong(quote(token.content()) + " occurs twice");
      }
      var modelId = model.id(token.content());
      var id = modelId >= 0 ? modelId : nextId++;
      if (id != token.id()) {
        notes.add(source + ": " + element.get("id").path() + ": is " + token.id() + ", but " + quote(token.content())
            + " has the id " + id + (modelId >= 0 ? " in model.vocab" : ", the next that is free"));
      }
      tokens.put(token.content(), token.withId(id));
    }
    return List.copyOf(tokens.values());
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
