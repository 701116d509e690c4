package crema.tokenizer;

import static crema.tokenizer.JsonPart.quote;

import crema.tokenizer.PreTokenizer.Metaspace.PrependScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the key {@code pre_tokenizer} of a {@code tokenizer.json}. */
final class PreTokenizerReader {
  private static final String SUPPORTED = "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Metaspace, Whitespace, "
      + "WhitespaceSplit, Sequence, Split, Punctuation, Digits, UnicodeScripts, FixedLength";

  /**
   * The steps that a text goes through.
   *
   * @param steps the steps; without the byte letters of a last {@code ByteLevel}, if {@code endsInBytes}
   * @param addPrefixSpace whether a space is put before the text first
   * @param endsInBytes whether the pieces that come out are to be spelled in the byte alphabet
   */
  record Steps(List<PreTokenizer> steps, boolean addPrefixSpace, boolean endsInBytes) {
    /** Returns the steps with the spelling as one of them. */
    List<PreTokenizer> withByteLetters() {
      if (!endsInBytes) {
        return steps;
      }
      var all = new ArrayList<>(steps);
      all.add(new PreTokenizer.ByteLetters());
      return all;
    }
  }

  private PreTokenizerReader() {}

  /** Reads the steps; {@code notes} takes what was read otherwise than it is written. */
  static Steps read(JsonPart part, Consumer<String> notes) {
    var leaves = new ArrayList<JsonPart>();
    if (!part.isNull()) {
      flatten(part, leaves);
    }
    var steps = new ArrayList<PreTokenizer>();
    boolean addPrefixSpace = false;
    boolean endsInBytes = false;
    for (int i = 0; i < leaves.size(); i++) {
      var leaf = leaves.get(i);
      if (!leaf.get("type").string().equals("ByteLevel")) {
        steps.add(preTokenizer(leaf, notes));
        continue;
      }
      if (leaf.get("add_prefix_space").bool()) {
        if (i == 0) {
          addPrefixSpace = true;
        } else {
          steps.add(new PreTokenizer.PrefixSpace());
        }
      }
      if (leaf.get("use_regex").boolOr(true)) {
        steps.add(new PreTokenizer.Split(new Gpt2Scanner(), SplitBehavior.ISOLATED, false));
      }
      if (i == leaves.size() - 1) {
        endsInBytes = true;
      } else {
        steps.add(new PreTokenizer.ByteLetters());
      }
    }
    return new Steps(steps, addPrefixSpace, endsInBytes);
  }

  /** Appends a part, or, if it is a Sequence, what it consists of. */
  private static void flatten(JsonPart part, List<JsonPart> leaves) {
    if (!part.get("type").string().equals("Sequence")) {
      leaves.add(part);
      return;
    }
    for (var element : part.get("pretokenizers").elements()) {
      flatten(element, leaves);
    }
  }

  private static PreTokenizer preTokenizer(JsonPart part, Consumer<String> notes) {
    return switch (part.get("type").string()) {
      case "BertPreTokenizer" -> new PreTokenizer.Bert();
      case "CharDelimiterSplit" -> new PreTokenizer.Split(
          new LiteralScanner(Character.toString(part.get("delimiter").character())), SplitBehavior.REMOVED, false);
      case "Metaspace" -> metaspace(part, notes);
      case "Whitespace" -> new PreTokenizer.Words();
      case "WhitespaceSplit" -> new PreTokenizer.WhiteSpaceSplit();
      case "Split" -> new PreTokenizer.Split(
          PatternReader.read(part.get("pattern")), behavior(part.get("behavior")), part.get("invert").bool());
      case "Punctuation" -> new PreTokenizer.Split(new PropertyScanner(CharacterProperty.PUNCTUATION),
          part.get("behavior").isNull() ? SplitBehavior.ISOLATED : behavior(part.get("behavior")), false);
      case "Digits" -> new PreTokenizer.Digits(part.get("individual_digits").boolOr(false));
      case "UnicodeScripts" -> new PreTokenizer.UnicodeScripts();
      case "FixedLength" -> new PreTokenizer.FixedLength(
          part.get("length").isNull() ? 5 : part.get("length").intFrom(1));
      case "Delimiter" -> throw part.get("type").wrong("'Delimiter' is not supported; write CharDelimiterSplit");
      default -> throw part.unsupportedType(SUPPORTED);
    };
  }

  /** Reads a {@code Metaspace}, also as files have it that were written before {@code prepend_scheme}. */
  static PreTokenizer.Metaspace metaspace(JsonPart part, Consumer<String> notes) {
    return new PreTokenizer.Metaspace(
        part.get("replacement").character(), prependScheme(part, notes), part.get("split").boolOr(true));
  }

  static PrependScheme prependScheme(JsonPart part, Consumer<String> notes) {
    var name = part.get("prepend_scheme");
    var addPrefixSpace = part.get("add_prefix_space").boolOr(true);
    if (name.isNull()) {
      if (!addPrefixSpace) {
        notes.accept(part.get("add_prefix_space").path()
            + ": is false without prepend_scheme, which Hugging Face's library refuses; read as \"never\"");
      }
      return addPrefixSpace ? PrependScheme.ALWAYS : PrependScheme.NEVER;
    }
    for (var scheme : PrependScheme.values()) {
      if (scheme.jsonName.equals(name.string())) {
        if (!addPrefixSpace && scheme != PrependScheme.NEVER) {
          throw name.wrong("is " + quote(name.string()) + ", but add_prefix_space is false");
        }
        return scheme;
      }
    }
    throw name.wrong(quote(name.string()) + " is not supported; supported: always, first, never");
  }

  private static SplitBehavior behavior(JsonPart part) {
    @Nullable SplitBehavior behavior = null;
    for (var candidate : SplitBehavior.values()) {
      if (candidate.jsonName.equals(part.string())) {
        behavior = candidate;
      }
    }
    if (behavior == null) {
      throw part.wrong(quote(part.string()) + " is not a known behavior; known: Removed, Isolated, "
          + "MergedWithPrevious, MergedWithNext, Contiguous");
    }
    return behavior;
  }
}
