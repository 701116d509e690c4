package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.tokenizer.PostProcessor.OffsetTrim;
import crema.tokenizer.PostProcessor.Piece;
import crema.tokenizer.PostProcessor.Sequence;
import crema.tokenizer.PostProcessor.Special;
import java.util.ArrayList;
import java.util.List;

/** Reads the key {@code post_processor} of a {@code tokenizer.json}. */
final class PostProcessorReader {
  private static final String SUPPORTED =
      "RobertaProcessing, BertProcessing, ByteLevel, TemplateProcessing, Sequence";

  private final int vocabularySize;

  private PostProcessorReader(int vocabularySize) {
    this.vocabularySize = vocabularySize;
  }

  /** Reads the post-processor, whose tokens must be below {@code vocabularySize}. */
  static PostProcessor read(JsonPart part, int vocabularySize) {
    return part.isNull() ? PostProcessor.NONE : new PostProcessorReader(vocabularySize).read(part);
  }

  private PostProcessor read(JsonPart part) {
    return switch (part.get("type").string()) {
      case "ByteLevel" -> new PostProcessor(
          PostProcessor.NONE.single(), PostProcessor.NONE.pair(), trims(part));
      case "BertProcessing" -> {
        var first = tokenWithId(part.get("cls"));
        var last = tokenWithId(part.get("sep"));
        yield new PostProcessor(
            List.of(new Special(first, 0), new Sequence(0, 0), new Special(last, 0)),
            List.of(new Special(first, 0), new Sequence(0, 0), new Special(last, 0), new Sequence(1, 1),
                new Special(last, 1)),
            List.of());
      }
      case "RobertaProcessing" -> {
        var first = tokenWithId(part.get("cls"));
        var last = tokenWithId(part.get("sep"));
        yield new PostProcessor(
            List.of(new Special(first, 0), new Sequence(0, 0), new Special(last, 0)),
            List.of(new Special(first, 0), new Sequence(0, 0), new Special(last, 0), new Special(last, 0),
                new Sequence(1, 0), new Special(last, 0)),
            trims(part));
      }
      case "TemplateProcessing" -> template(part);
      case "Sequence" -> {
        var result = PostProcessor.NONE;
        for (var element : part.get("processors").elements()) {
          result = nest(result, read(element));
        }
        yield result;
      }
      default -> throw part.unsupportedType(SUPPORTED);
    };
  }

  private static List<OffsetTrim> trims(JsonPart part) {
    return part.get("trim_offsets").boolOr(true)
        ? List.of(new OffsetTrim(part.get("add_prefix_space").boolOr(true)))
        : List.of();
  }

  /** Returns what becomes of texts that two post-processors deal with, the inner one first. */
  private static PostProcessor nest(PostProcessor inner, PostProcessor outer) {
    var trims = new ArrayList<>(inner.trims());
    trims.addAll(outer.trims());
    if (outer.specialTokens() == 0 && outer.specialTokensOfPair() == 0
        && outer.pair().equals(PostProcessor.NONE.pair())) {
      return new PostProcessor(inner.single(), inner.pair(), trims);
    }
    if (inner.specialTokens() == 0 && inner.specialTokensOfPair() == 0) {
      return new PostProcessor(outer.single(), outer.pair(), trims);
    }
    var single = outer.single().stream()
        .flatMap(piece -> piece instanceof Sequence ? inner.single().stream() : List.of(piece).stream()).toList();
    return new PostProcessor(single, outer.pair(), trims);
  }

  /** Reads a token given as {@code ["<s>", 0]}. */
  private int tokenWithId(JsonPart pair) {
    var elements = pair.elements();
    if (elements.size() != 2) {
      throw pair.wrong("must be a token and its id");
    }
    return knownId(elements.getLast());
  }

  private PostProcessor template(JsonPart part) {
    var single = pieces(part, "single");
    requireOnce(part.get("single"), single, 0);
    if (single.stream().anyMatch(piece -> piece instanceof Sequence sequence && sequence.index() == 1)) {
      throw part.get("single").wrong("must not have the second sequence, B");
    }
    List<Piece> pair = PostProcessor.NONE.pair();
    if (!part.get("pair").isNull()) {
      pair = pieces(part, "pair");
      requireOnce(part.get("pair"), pair, 0);
      requireOnce(part.get("pair"), pair, 1);
    }
    return new PostProcessor(single, pair, List.of());
  }

  private static void requireOnce(JsonPart part, List<Piece> pieces, int index) {
    var times = pieces.stream().filter(piece -> piece instanceof Sequence s && s.index() == index).count();
    if (times != 1) {
      throw part.wrong("must have the text's sequence " + (index == 0 ? "A" : "B") + " once, not " + times + " times");
    }
  }

  private List<Piece> pieces(JsonPart part, String key) {
    var pieces = new ArrayList<Piece>();
    for (var element : part.get(key).elements()) {
      var sequence = element.get("Sequence");
      if (!sequence.isNull()) {
        var name = sequence.get("id");
        var index = switch (name.string()) {
          case "A" -> 0;
          case "B" -> 1;
          default -> throw name.wrong(quote(name.string()) + " is not a sequence; A and B are");
        };
        pieces.add(new Sequence(index, typeId(sequence)));
        continue;
      }
      var special = element.get("SpecialToken");
      var name = special.get("id").string();
      var known = part.get("special_tokens").get(name);
      if (known.isNull()) {
        throw special.get("id").wrong(quote(name) + " is not among special_tokens");
      }
      for (var id : known.get("ids").elements()) {
        pieces.add(new Special(knownId(id), typeId(special)));
      }
    }
    return pieces;
  }

  private static int typeId(JsonPart part) {
    var typeId = part.get("type_id");
    return typeId.isNull() ? 0 : typeId.intFrom(0);
  }

  private int knownId(JsonPart part) {
    if (part.id() >= vocabularySize) {
      throw part.wrong("is " + part.id() + ", beyond the vocabulary of " + vocabularySize + " tokens");
    }
    return part.id();
  }
}
