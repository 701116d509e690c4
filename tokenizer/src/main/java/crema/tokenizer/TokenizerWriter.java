package crema.tokenizer;

import crema.base.AtomicFile;
import crema.base.json.Json;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.JacksonIOException;

/** Writes a {@code tokenizer.json}, version 1.0 of Hugging Face's format. */
final class TokenizerWriter {
  private TokenizerWriter() {}

  static void write(Tokenizer tokenizer, Path file) throws IOException {
    AtomicFile.write(file, channel -> {
      try (var json = Json.indentedGenerator(Channels.newOutputStream(channel))) {
        write(tokenizer, json);
      } catch (JacksonIOException e) {
        throw e.getCause();
      }
    });
  }

  private static void write(Tokenizer tokenizer, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("version", "1.0");
    for (var key : List.of("truncation", "padding")) {
      writeSetting(tokenizer, key, json);
    }
    json.writeArrayPropertyStart("added_tokens");
    tokenizer.parts().addedTokens().stream().sorted(Comparator.comparingInt(AddedToken::id)).forEach(token -> {
      json.writeStartObject();
      json.writeNumberProperty("id", token.id());
      json.writeStringProperty("content", token.content());
      json.writeBooleanProperty("single_word", token.singleWord());
      json.writeBooleanProperty("lstrip", token.leftStrip());
      json.writeBooleanProperty("rstrip", token.rightStrip());
      json.writeBooleanProperty("normalized", token.normalized());
      json.writeBooleanProperty("special", token.special());
      json.writeEndObject();
    });
    json.writeEndArray();
    for (var key : List.of("normalizer", "pre_tokenizer", "post_processor", "decoder")) {
      writeSetting(tokenizer, key, json);
    }
    json.writeObjectPropertyStart("model");
    switch (tokenizer.model()) {
      case BpeModel bpe -> write(bpe, json);
      case WordPieceModel wordPiece -> {
        json.writeStringProperty("type", "WordPiece");
        json.writeStringProperty("unk_token", wordPiece.unknownToken());
        json.writeStringProperty("continuing_subword_prefix", wordPiece.prefix());
        json.writeNumberProperty("max_input_chars_per_word", wordPiece.maxWordLength());
        writeVocabulary(wordPiece.vocabulary(), json);
      }
      case WordLevelModel wordLevel -> {
        json.writeStringProperty("type", "WordLevel");
        writeVocabulary(wordLevel.vocabulary(), json);
        json.writeStringProperty("unk_token", wordLevel.unknownToken());
      }
      case UnigramModel unigram -> write(unigram, json);
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeSetting(Tokenizer tokenizer, String key, JsonGenerator json) {
    json.writeName(key);
    tokenizer.parts().settings().path(key).write(json);
  }

  private static void write(UnigramModel model, JsonGenerator json) {
    json.writeStringProperty("type", "Unigram");
    if (model.unknownId() < 0) {
      json.writeNullProperty("unk_id");
    } else {
      json.writeNumberProperty("unk_id", model.unknownId());
    }
    json.writeArrayPropertyStart("vocab");
    for (int id = 0; id < model.size(); id++) {
      json.writeStartArray();
      json.writeString(model.token(id));
      json.writeNumber(RustNumber.written(model.score(id)));
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeBooleanProperty("byte_fallback", model.hasByteFallback());
  }

  private static void write(BpeModel model, JsonGenerator json) {
    var options = model.options();
    json.writeStringProperty("type", "BPE");
    json.writeNullProperty("dropout");
    writeNullable("unk_token", options.unknownToken(), json);
    writeNullable("continuing_subword_prefix", options.prefix().isEmpty() ? null : options.prefix(), json);
    writeNullable("end_of_word_suffix", options.suffix().isEmpty() ? null : options.suffix(), json);
    json.writeBooleanProperty("fuse_unk", options.fuseUnknown());
    json.writeBooleanProperty("byte_fallback", options.byteFallback());
    json.writeBooleanProperty("ignore_merges", options.ignoreMerges());
    writeVocabulary(model.vocabulary(), json);
    json.writeArrayPropertyStart("merges");
    var merges = model.merges();
    // As strings, which every version of Hugging Face's library reads, unless a token has a space: then all as arrays.
    var separated = IntStream.range(0, model.size()).mapToObj(model::token)
        .anyMatch(token -> token != null && token.indexOf(' ') >= 0);
    for (int rank = 0; rank < merges.size(); rank++) {
      var left = String.valueOf(model.token(merges.left(rank)));
      var right = String.valueOf(model.token(merges.right(rank)));
      if (separated) {
        json.writeStartArray();
        json.writeString(left);
        json.writeString(right);
        json.writeEndArray();
      } else {
        json.writeString(left + " " + right);
      }
    }
    json.writeEndArray();
  }

  private static void writeNullable(String key, @Nullable String value, JsonGenerator json) {
    if (value == null) {
      json.writeNullProperty(key);
    } else {
      json.writeStringProperty(key, value);
    }
  }

  private static void writeVocabulary(Vocabulary vocabulary, JsonGenerator json) {
    json.writeObjectPropertyStart("vocab");
    for (int id = 0; id < vocabulary.size(); id++) {
      var token = vocabulary.token(id);
      if (token != null) {
        json.writeNumberProperty(token, id);
      }
    }
    json.writeEndObject();
  }
}
