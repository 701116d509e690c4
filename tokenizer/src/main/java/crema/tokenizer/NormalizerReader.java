package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads the key {@code normalizer} of a {@code tokenizer.json}. */
final class NormalizerReader {
  private static final String SUPPORTED = "BertNormalizer, Strip, StripAccents, NFC, NFD, NFKC, NFKD, Sequence, "
      + "Lowercase, Nmt, Precompiled, Replace, Prepend, ByteLevel";

  private NormalizerReader() {}

  static Normalizer read(JsonPart part) {
    return switch (part.get("type").string()) {
      // Old versions of the library wrote the short name.
      case "BertNormalizer", "Bert" -> {
        var strip = part.get("strip_accents");
        yield new BertNormalizer(part.get("clean_text").boolOr(true), part.get("handle_chinese_chars").boolOr(true),
            strip.isNull() ? null : strip.bool(), part.get("lowercase").boolOr(true));
      }
      case "Strip" -> new Normalizer.Strip(part.get("strip_left").bool(), part.get("strip_right").bool());
      case "StripAccents" -> new Normalizer.StripAccents();
      case "NFC" -> new UnicodeNormalizer(Form.NFC);
      case "NFD" -> new UnicodeNormalizer(Form.NFD);
      case "NFKC" -> new UnicodeNormalizer(Form.NFKC);
      case "NFKD" -> new UnicodeNormalizer(Form.NFKD);
      case "Lowercase" -> new Normalizer.Lowercase();
      case "Nmt" -> new Normalizer.Nmt();
      case "Precompiled" -> precompiled(part);
      case "Replace" -> new Normalizer.Replace(PatternReader.read(part.get("pattern")), text(part.get("content")));
      case "Prepend" -> new Normalizer.Prepend(text(part.get("prepend")));
      case "ByteLevel" -> new Normalizer.ByteLevel();
      case "Sequence" -> {
        var steps = new ArrayList<Normalizer>();
        for (var element : part.get("normalizers").elements()) {
          steps.add(read(element));
        }
        yield new Normalizer.Sequence(steps);
      }
      default -> throw part.unsupportedType(SUPPORTED);
    };
  }

  private static Normalizer precompiled(JsonPart part) {
    var encoded = part.get("precompiled_charsmap");
    if (encoded.isNull() || encoded.string().isEmpty()) {
      return new Normalizer.Sequence(List.of());
    }
    try {
      var matching = part.get(CharsMapNormalizer.LONGEST_PREFIX_KEY).boolOr(false)
          ? CharsMapNormalizer.Matching.LONGEST_PREFIX
          : CharsMapNormalizer.Matching.GRAPHEMES;
      return new CharsMapNormalizer(CharsMap.of(Base64.getDecoder().decode(encoded.string())), matching);
    } catch (IllegalArgumentException e) {
      throw encoded.wrong(e.getMessage() == null ? "is not in base64" : e.getMessage());
    }
  }

  /** Returns a text without unpaired surrogates, which a normalizer puts into texts. */
  private static String text(JsonPart part) {
    if (!Utf8.isWellFormed(part.string())) {
      throw part.wrong(quote(part.string()) + " has an unpaired surrogate");
    }
    return part.string();
  }
}
