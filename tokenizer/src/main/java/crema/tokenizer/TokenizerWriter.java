package crema.tokenizer;

import crema.base.AtomicFile;
import crema.base.json.Json;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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
    tokenizer.addedTokens().stream().sorted(Comparator.comparingInt(AddedToken::id)).forEach(token -> {
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
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeSetting(Tokenizer tokenizer, String key, JsonGenerator json) {
    json.writeName(key);
    tokenizer.settings().path(key).write(json);
  }

  private static void write(BpeModel model, JsonGenerator json) {
    json.writeStringProperty("type", "BPE");
    for (var absent : List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
      json.writeNullProperty(absent);
    }
    json.writeBooleanProperty("fuse_unk", false);
    json.writeBooleanProperty("byte_fallback", false);
    json.writeBooleanProperty("ignore_merges", model.ignoresMerges());
    json.writeObjectPropertyStart("vocab");
    for (int id = 0; id < model.size(); id++) {
      var token = model.token(id);
      if (token != null) {
        json.writeNumberProperty(token, id);
      }
    }
    json.writeEndObject();
    json.writeArrayPropertyStart("merges");
    var merges = model.merges();
    for (int rank = 0; rank < merges.size(); rank++) {
      // As one string: every version of Hugging Face's library reads it, and no letter of the byte alphabet is a space.
      json.writeString(model.token(merges.left(rank)) + " " + model.token(merges.right(rank)));
    }
    json.writeEndArray();
  }
}
