package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.base.json.ObjectNode;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads the parts of a {@code tokenizer.json} around the model. */
final class SettingsReader {
  private final JsonPart normalizer;
  private final JsonPart preTokenizer;
  private final JsonPart postProcessor;
  private final JsonPart decoder;

  /** Makes a reader of the file's keys {@code normalizer} to {@code decoder}; {@code source} names the file. */
  SettingsReader(String source, ObjectNode settings) {
    normalizer = new JsonPart(source, "normalizer", settings.path("normalizer"));
    preTokenizer = new JsonPart(source, "pre_tokenizer", settings.path("pre_tokenizer"));
    postProcessor = new JsonPart(source, "post_processor", settings.path("post_processor"));
    decoder = new JsonPart(source, "decoder", settings.path("decoder"));
  }

  TextPipeline pipeline(Collection<AddedToken> addedTokens) {
    var leaves = new ArrayList<JsonPart>();
    if (!preTokenizer.isNull()) {
      flatten(preTokenizer, "pretokenizers", leaves);
    }
    if (leaves.isEmpty() || !leaves.getLast().get("type").string().equals("ByteLevel")) {
      throw preTokenizer.wrong("must end with ByteLevel; only byte-level models are supported");
    }
    var byteLevel = leaves.getLast();
    var addPrefixSpace = byteLevel.get("add_prefix_space");
    if (addPrefixSpace.bool() && leaves.size() > 1) {
      throw addPrefixSpace.wrong("is supported only where ByteLevel is the only pre-tokenizer");
    }
    var steps = new ArrayList<PreTokenizer>();
    for (var leaf : leaves.subList(0, leaves.size() - 1)) {
      steps.add(preTokenizer(leaf));
    }
    if (byteLevel.get("use_regex").boolOr(true)) {
      steps.add(new PreTokenizer.Split(new Gpt2Scanner(), SplitBehavior.ISOLATED, false));
    }
    var whole = switch (steps.size()) {
      case 0 -> new PreTokenizer.Whole();
      case 1 -> steps.getFirst();
      default -> new PreTokenizer.Sequence(steps);
    };
    return new TextPipeline(
        addedTokens, normalizer.isNull() ? null : normalizer(normalizer), whole, addPrefixSpace.bool());
  }

  /** Reads the post-processor, whose tokens must be below {@code vocabularySize}. */
  PostProcessor postProcessor(int vocabularySize) {
    var leaves = new ArrayList<JsonPart>();
    if (!postProcessor.isNull()) {
      flatten(postProcessor, "processors", leaves);
    }
    var result = PostProcessor.NONE;
    for (var leaf : leaves) {
      var outer = postProcessor(leaf, vocabularySize);
      result = new PostProcessor(
          concat(outer.prefix(), result.prefix()), concat(result.suffix(), outer.suffix()));
    }
    return result;
  }

  /** Checks that the decoder is the one that this library has. */
  void checkDecoder() {
    if (!decoder.isNull() && !decoder.get("type").string().equals("ByteLevel")) {
      throw unsupported(decoder, "ByteLevel");
    }
  }

  /** Appends a part, or, if it is a Sequence, what it consists of. */
  private static void flatten(JsonPart part, String listKey, List<JsonPart> leaves) {
    if (!part.get("type").string().equals("Sequence")) {
      leaves.add(part);
      return;
    }
    for (var element : part.get(listKey).elements()) {
      flatten(element, listKey, leaves);
    }
  }

  private static PreTokenizer preTokenizer(JsonPart part) {
    return switch (part.get("type").string()) {
      case "Split" -> split(part);
      case "Digits" -> new PreTokenizer.Digits(part.get("individual_digits").boolOr(false));
      case "ByteLevel" -> throw part.wrong("ByteLevel must be the last pre-tokenizer");
      default -> throw unsupported(part, "Split, Digits, ByteLevel and Sequence");
    };
  }

  private static PreTokenizer split(JsonPart part) {
    var name = part.get("behavior").string();
    @Nullable SplitBehavior behavior = null;
    for (var candidate : SplitBehavior.values()) {
      if (candidate.jsonName.equals(name)) {
        behavior = candidate;
      }
    }
    if (behavior == null) {
      throw part.get("behavior").wrong(quote(name) + " is not a known behavior");
    }
    return new PreTokenizer.Split(scanner(part.get("pattern")), behavior, part.get("invert").bool());
  }

  private static PatternScanner scanner(JsonPart pattern) {
    var regex = pattern.get("Regex");
    if (regex.isNull()) {
      return new LiteralScanner(nonEmpty(pattern.get("String")));
    }
    try {
      return PatternScanner.ofRegex(nonEmpty(regex));
    } catch (IllegalArgumentException e) {
      throw regex.wrong(e.getMessage() == null ? "is not a supported pattern" : e.getMessage());
    }
  }

  private static Normalizer normalizer(JsonPart part) {
    return switch (part.get("type").string()) {
      case "NFC" -> new Normalizer.Unicode(Form.NFC);
      case "NFD" -> new Normalizer.Unicode(Form.NFD);
      case "NFKC" -> new Normalizer.Unicode(Form.NFKC);
      case "NFKD" -> new Normalizer.Unicode(Form.NFKD);
      case "Lowercase" -> new Normalizer.Lowercase();
      case "Strip" -> new Normalizer.Strip(part.get("strip_left").bool(), part.get("strip_right").bool());
      case "Replace" -> new Normalizer.Replace(
          nonEmpty(part.get("pattern").get("String")), part.get("content").string());
      case "Sequence" -> {
        var steps = new ArrayList<Normalizer>();
        for (var element : part.get("normalizers").elements()) {
          steps.add(normalizer(element));
        }
        yield new Normalizer.Sequence(steps);
      }
      default -> throw unsupported(part, "NFC, NFD, NFKC, NFKD, Lowercase, Strip, Replace and Sequence");
    };
  }

  private static PostProcessor postProcessor(JsonPart part, int vocabularySize) {
    return switch (part.get("type").string()) {
      case "ByteLevel" -> PostProcessor.NONE;
      case "BertProcessing", "RobertaProcessing" -> new PostProcessor(
          new int[] {tokenWithId(part.get("cls"), vocabularySize)},
          new int[] {tokenWithId(part.get("sep"), vocabularySize)});
      case "TemplateProcessing" -> template(part, vocabularySize);
      default -> throw unsupported(
          part, "ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing and Sequence");
    };
  }

  /** Reads a token given as {@code ["<s>", 0]}. */
  private static int tokenWithId(JsonPart pair, int vocabularySize) {
    var elements = pair.elements();
    if (elements.size() != 2) {
      throw pair.wrong("must be a token and its id");
    }
    return knownId(elements.getLast(), vocabularySize);
  }

  private static PostProcessor template(JsonPart part, int vocabularySize) {
    var prefix = IntStream.builder();
    var suffix = IntStream.builder();
    int sequences = 0;
    for (var piece : part.get("single").elements()) {
      if (!piece.get("Sequence").isNull()) {
        sequences++;
        continue;
      }
      var name = piece.get("SpecialToken").get("id").string();
      for (var id : part.get("special_tokens").get(name).get("ids").elements()) {
        (sequences == 0 ? prefix : suffix).add(knownId(id, vocabularySize));
      }
    }
    if (sequences != 1) {
      throw part.get("single").wrong("must have the text's sequence once, not " + sequences + " times");
    }
    return new PostProcessor(prefix.build().toArray(), suffix.build().toArray());
  }

  private static int knownId(JsonPart part, int vocabularySize) {
    if (part.id() >= vocabularySize) {
      throw part.wrong("is " + part.id() + ", beyond the vocabulary of " + vocabularySize + " tokens");
    }
    return part.id();
  }

  private static String nonEmpty(JsonPart part) {
    if (part.string().isEmpty()) {
      throw part.wrong("must not be empty");
    }
    return part.string();
  }

  private static TokenizerFormatException unsupported(JsonPart part, String supported) {
    var type = part.get("type");
    return type.wrong(quote(type.string()) + " is not supported here; supported: " + supported);
  }

  private static int[] concat(int[] first, int[] second) {
    return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
  }
}
