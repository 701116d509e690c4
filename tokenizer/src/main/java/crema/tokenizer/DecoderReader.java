package crema.tokenizer;

import java.util.ArrayList;
import java.util.function.Consumer;

/** Reads the key {@code decoder} of a {@code tokenizer.json}. */
final class DecoderReader {
  private static final String SUPPORTED =
      "BPEDecoder, ByteLevel, WordPiece, Metaspace, CTC, Sequence, Replace, Fuse, Strip, ByteFallback";

  private DecoderReader() {}

  /** Reads a decoder; {@code notes} takes what was read otherwise than it is written. */
  static Decoder read(JsonPart part, Consumer<String> notes) {
    return switch (part.get("type").string()) {
      case "BPEDecoder" -> new Decoder.Bpe(part.get("suffix").stringOr("</w>"));
      case "ByteLevel" -> new Decoder.ByteLevel();
      case "WordPiece" -> new Decoder.WordPiece(
          part.get("prefix").stringOr(WordPieceModel.DEFAULT_PREFIX), part.get("cleanup").boolOr(true));
      case "Metaspace" -> new Decoder.Metaspace(
          part.get("replacement").character(), PreTokenizerReader.prependScheme(part, notes));
      case "CTC" -> new Decoder.Ctc(part.get("pad_token").stringOr("<pad>"),
          part.get("word_delimiter_token").stringOr("|"), part.get("cleanup").boolOr(true));
      case "Sequence" -> {
        var steps = new ArrayList<Decoder>();
        for (var element : part.get("decoders").elements()) {
          steps.add(read(element, notes));
        }
        yield new Decoder.Sequence(steps);
      }
      case "Replace" -> new Decoder.Replace(PatternReader.read(part.get("pattern")), part.get("content").string());
      case "Fuse" -> new Decoder.Fuse();
      case "Strip" -> new Decoder.Strip(
          part.get("content").character(), part.get("start").intFrom(0), part.get("stop").intFrom(0));
      case "ByteFallback" -> new Decoder.ByteFallback();
      default -> throw part.unsupportedType(SUPPORTED);
    };
  }
}
