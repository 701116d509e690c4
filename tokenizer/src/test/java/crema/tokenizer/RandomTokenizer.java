package crema.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes a {@code tokenizer.json} of components with random settings. */
final class RandomTokenizer {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final List<String> BEHAVIORS =
      List.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous");
  private static final List<String> PATTERNS = List.of("\\s+", "\\w+", "\\p{N}{1,3}", "[^\\w\\s]", " ", "[a-z]+",
      Gpt2Scanner.PATTERN, Gpt4Scanner.PATTERN_OF_THREE_DIGITS, "\\p{L}+|\\p{N}+", "(?<=a)b|\\d");

  private static final Normalizer BERT = new BertNormalizer(true, true, null, true);

  private final Random random;
  private final List<String> texts;

  RandomTokenizer(Random random, List<String> texts) {
    this.random = random;
    this.texts = texts;
  }

  /** Returns a file with a model of a type. */
  ObjectNode file(String modelType) {
    var file = MAPPER.createObjectNode();
    file.put("version", "1.0").putNull("truncation").putNull("padding");
    var added = file.putArray("added_tokens");
    var parts = List.of("<s>", "</s>", "[MASK]", "the", "e\u0301");
    for (var content : parts) {
      if (random.nextBoolean()) {
        added.addObject().put("id", added.size()).put("content", content).put("single_word", coin(4))
            .put("lstrip", coin(4)).put("rstrip", coin(4)).put("normalized", coin(3)).put("special", coin(2));
      }
    }
    if (coin(4)) {
      file.putNull("normalizer");
    } else {
      file.set("normalizer", normalizer(2));
    }
    if (coin(5)) {
      file.putNull("pre_tokenizer");
    } else {
      file.set("pre_tokenizer", preTokenizer(2));
    }
    if (coin(3)) {
      file.putNull("post_processor");
    } else {
      file.set("post_processor", postProcessor());
    }
    if (coin(4)) {
      file.putNull("decoder");
    } else {
      file.set("decoder", decoder(2));
    }
    file.set("model", model(modelType));
    return file;
  }

  private boolean coin(int sides) {
    return random.nextInt(sides) == 0;
  }

  private <T> T one(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private ObjectNode object(String type) {
    return MAPPER.createObjectNode().put("type", type);
  }

  private ObjectNode sequence(String key, Supplier<ObjectNode> part) {
    var sequence = object("Sequence");
    ArrayNode parts = sequence.putArray(key);
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      parts.add(part.get());
    }
    return sequence;
  }

  private ObjectNode pattern() {
    return coin(2) ? MAPPER.createObjectNode().put("String", one(List.of(" ", "a", "ing", "\u2581", "-")))
        : MAPPER.createObjectNode().put("Regex", one(PATTERNS));
  }

  private ObjectNode normalizer(int depth) {
    return switch (random.nextInt(depth > 0 ? 13 : 12)) {
      case 0 -> {
        var bert = object("BertNormalizer").put("clean_text", !coin(3)).put("handle_chinese_chars", !coin(3))
            .put("lowercase", coin(2));
        yield coin(2) ? bert.putNull("strip_accents") : bert.put("strip_accents", coin(2));
      }
      case 1 -> object("Strip").put("strip_left", coin(2)).put("strip_right", coin(2));
      case 2 -> object("StripAccents");
      case 3 -> object("NFC");
      case 4 -> object("NFD");
      case 5 -> object("NFKC");
      case 6 -> object("NFKD");
      case 7 -> object("Lowercase");
      case 8 -> object("Nmt");
      case 9 -> {
        var replace = object("Replace").put("content", one(List.of("", " ", "\u2581", "b", "xyz")));
        replace.set("pattern", coin(2) ? pattern() : MAPPER.createObjectNode().put("Regex", " {2,}"));
        yield replace;
      }
      case 10 -> object("Prepend").put("prepend", one(List.of("\u2581", " ", "ab")));
      case 11 -> object("ByteLevel");
      default -> sequence("normalizers", () -> normalizer(depth - 1));
    };
  }

  private ObjectNode preTokenizer(int depth) {
    return switch (random.nextInt(depth > 0 ? 12 : 11)) {
      case 0 -> object("BertPreTokenizer");
      case 1 -> object("ByteLevel").put("add_prefix_space", coin(2)).put("trim_offsets", coin(2))
          .put("use_regex", coin(2));
      case 2 -> object("CharDelimiterSplit").put("delimiter", one(List.of(" ", "a", "\u4e2d")));
      case 3 -> object("Metaspace").put("replacement", one(List.of("\u2581", "_")))
          .put("prepend_scheme", one(List.of("always", "first", "never"))).put("split", coin(2));
      case 4 -> object("Whitespace");
      case 5 -> object("WhitespaceSplit");
      case 6 -> {
        var split = object("Split").put("behavior", one(BEHAVIORS)).put("invert", coin(2));
        split.set("pattern", pattern());
        yield split;
      }
      case 7 -> object("Punctuation").put("behavior", one(BEHAVIORS));
      case 8 -> object("Digits").put("individual_digits", coin(2));
      case 9 -> object("UnicodeScripts");
      case 10 -> object("FixedLength").put("length", 1 + random.nextInt(6));
      default -> sequence("pretokenizers", () -> preTokenizer(depth - 1));
    };
  }

  private ObjectNode postProcessor() {
    return switch (random.nextInt(5)) {
      case 0 -> {
        var bert = object("BertProcessing");
        bert.putArray("sep").add("</s>").add(1);
        bert.putArray("cls").add("<s>").add(0);
        yield bert;
      }
      case 1 -> {
        var roberta = object("RobertaProcessing").put("trim_offsets", coin(2)).put("add_prefix_space", coin(2));
        roberta.putArray("sep").add("</s>").add(1);
        roberta.putArray("cls").add("<s>").add(0);
        yield roberta;
      }
      case 2 -> byteLevelProcessor();
      case 3 -> template();
      default -> {
        var sequence = object("Sequence");
        sequence.putArray("processors").add(byteLevelProcessor()).add(template());
        yield sequence;
      }
    };
  }

  private ObjectNode byteLevelProcessor() {
    return object("ByteLevel").put("add_prefix_space", coin(2)).put("trim_offsets", coin(2)).put("use_regex", true);
  }

  private ObjectNode template() {
    var template = object("TemplateProcessing");
    var single = template.putArray("single");
    addSpecial(single);
    addSequence(single, "A", 0);
    addSpecial(single);
    var pair = template.putArray("pair");
    addSpecial(pair);
    addSequence(pair, "A", random.nextInt(2));
    addSpecial(pair);
    addSequence(pair, "B", random.nextInt(2));
    addSpecial(pair);
    var tokens = template.putObject("special_tokens");
    for (int i = 0; i < 2; i++) {
      var name = List.of("<s>", "</s>").get(i);
      var token = tokens.putObject(name).put("id", name);
      token.putArray("ids").add(i);
      token.putArray("tokens").add(name);
    }
    return template;
  }

  private void addSpecial(ArrayNode pieces) {
    if (!coin(3)) {
      pieces.addObject().putObject("SpecialToken").put("id", one(List.of("<s>", "</s>")))
          .put("type_id", random.nextInt(2));
    }
  }

  private static void addSequence(ArrayNode pieces, String name, int typeId) {
    pieces.addObject().putObject("Sequence").put("id", name).put("type_id", typeId);
  }

  private ObjectNode decoder(int depth) {
    return switch (random.nextInt(depth > 0 ? 10 : 9)) {
      case 0 -> object("BPEDecoder").put("suffix", one(List.of("</w>", "a")));
      case 1 -> object("ByteLevel").put("add_prefix_space", true).put("trim_offsets", true).put("use_regex", true);
      case 2 -> object("WordPiece").put("prefix", "##").put("cleanup", coin(2));
      case 3 -> object("Metaspace").put("replacement", one(List.of("\u2581", "_")))
          .put("prepend_scheme", one(List.of("always", "first", "never"))).put("split", coin(2));
      case 4 -> object("CTC").put("pad_token", one(List.of("a", "<s>"))).put("word_delimiter_token", "e")
          .put("cleanup", coin(2));
      case 5 -> {
        var replace = object("Replace").put("content", one(List.of("", " ", "b")));
        replace.set("pattern", pattern());
        yield replace;
      }
      case 6 -> object("Fuse");
      // The library aborts where it shall remove more than a token has from its end.
      case 7 -> object("Strip").put("content", one(List.of(" ", "a", "\u2581"))).put("start", random.nextInt(3))
          .put("stop", 0);
      case 8 -> object("ByteFallback");
      default -> sequence("decoders", () -> decoder(depth - 1));
    };
  }

  private ObjectNode model(String type) {
    var model = object(type);
    var tokens = new LinkedHashSet<>(List.of("<s>", "</s>", "<unk>"));
    var pieces = pieces();
    switch (type) {
      case "BPE" -> bpe(model, tokens, pieces);
      case "WordPiece" -> {
        var prefix = one(List.of("##", "", "a"));
        tokens.addAll(pieces);
        pieces.forEach(piece -> tokens.add(prefix + piece));
        model.put("unk_token", "<unk>").put("continuing_subword_prefix", prefix)
            .put("max_input_chars_per_word", one(List.of(100, 10, 3)));
        vocabulary(model, tokens);
      }
      case "WordLevel" -> {
        tokens.addAll(pieces);
        vocabulary(model, tokens);
        model.put("unk_token", "<unk>");
      }
      default -> {
        tokens.addAll(pieces);
        addBytes(tokens);
        model.put("unk_id", 2).put("byte_fallback", coin(2));
        var vocabulary = model.putArray("vocab");
        for (var token : tokens) {
          // Few different scores, so that many ways to cut a text have the same sum.
          vocabulary.addArray().add(token).add(coin(3) ? -random.nextInt(4) : -random.nextDouble() * 8);
        }
      }
    }
    return model;
  }

  private void bpe(ObjectNode model, LinkedHashSet<String> tokens, List<String> pieces) {
    var prefix = coin(4) ? "##" : "";
    var suffix = coin(4) ? "</w>" : "";
    pieces.forEach(piece -> piece.codePoints().limit(3).forEach(c -> {
      var character = Character.toString(c);
      if (!coin(8)) {
        tokens.add(character);
        tokens.add(prefix + character);
        tokens.add(prefix + character + suffix);
        tokens.add(character + suffix);
      }
    }));
    addBytes(tokens);
    var parts = new ArrayList<>(tokens);
    var merges = new LinkedHashSet<List<String>>();
    for (int attempt = 0; attempt < 600; attempt++) {
      var left = one(parts);
      var right = one(parts);
      var fits = right.startsWith(prefix) && left.length() + right.length() < 12 && !left.startsWith("<")
          && !right.startsWith("<");
      if (fits && (suffix.isEmpty() || !left.endsWith(suffix))) {
        var merged = left + right.substring(prefix.length());
        if (tokens.add(merged)) {
          parts.add(merged);
        }
        merges.add(List.of(left, right));
      }
    }
    model.putNull("dropout");
    if (coin(4)) {
      model.putNull("unk_token");
    } else {
      model.put("unk_token", "<unk>");
    }
    if (!prefix.isEmpty()) {
      model.put("continuing_subword_prefix", prefix);
    }
    if (!suffix.isEmpty()) {
      model.put("end_of_word_suffix", suffix);
    }
    model.put("fuse_unk", coin(2)).put("byte_fallback", coin(2)).put("ignore_merges", coin(3));
    vocabulary(model, tokens);
    var array = model.putArray("merges");
    merges.forEach(merge -> array.addArray().add(merge.get(0)).add(merge.get(1)));
  }

  private void addBytes(LinkedHashSet<String> tokens) {
    for (int value = 0; value < 256; value++) {
      if (!coin(20)) {
        tokens.add(ByteToken.of(value));
      }
    }
  }

  private static void vocabulary(ObjectNode model, LinkedHashSet<String> tokens) {
    var vocabulary = model.putObject("vocab");
    tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
  }

  /** Returns stretches of the texts, also as normalizers and pre-tokenizers leave them. */
  private List<String> pieces() {
    var pieces = new LinkedHashSet<String>();
    for (int i = 0; i < 1200; i++) {
      var text = one(texts);
      switch (random.nextInt(6)) {
        case 0 -> text = text.replace(' ', '\u2581');
        case 1 -> text = BERT.normalize(text);
        case 2 -> text = java.text.Normalizer.normalize(text, java.text.Normalizer.Form.NFKC);
        case 3 -> text = new Normalizer.ByteLevel().normalize(text);
        default -> {}
      }
      var characters = text.codePoints().toArray();
      if (characters.length > 0) {
        var start = random.nextInt(characters.length);
        var end = Math.min(characters.length, start + 1 + random.nextInt(random.nextInt(4) + 1));
        pieces.add(new String(characters, start, end - start));
      }
    }
    return new ArrayList<>(pieces);
  }
}
