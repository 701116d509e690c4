package crema.tokenizer;

import crema.base.ByteSource;
import crema.base.json.ObjectNode;
import crema.tokenizer.Truncation.Direction;
import crema.tokenizer.Truncation.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Turns text into token ids and back. Made by {@link #load} from a {@code tokenizer.json} of Hugging Face's
 * {@code tokenizers} library, or by a trainer. Immutable and thread-safe.
 *
 * <p>Encoding gives the ids that Hugging Face's library gives for the same file, the post-processor's special tokens
 * included; a text with too many tokens is cut as the file's {@code truncation} says, or as {@link #withTruncation}
 * does, and keeps its special tokens. A {@code char} that is an unpaired surrogate has no UTF-8; it is encoded like
 * U+FFFD. Two things differ: {@code padding} of a file is kept when it is saved but not applied, as batches here are
 * packed; and letters that Unicode added after the version that a library was built with may be cut differently.
 *
 * <p>An added token's text, such as {@code <pad>}, becomes that token wherever it occurs in the input.
 */
public final class Tokenizer {
  private final TokenizerParts parts;
  private final @Nullable Truncation truncation;
  private final Map<Integer, AddedToken> addedById;
  private final Map<String, Integer> addedIds;
  private final int vocabularySize;
  /** How many tokens of a text itself may be left. */
  private final int contentLimit;
  private final int[] prefix;
  private final int[] suffix;

  Tokenizer(TokenizerParts parts, @Nullable Truncation truncation) {
    this.parts = parts;
    this.truncation = truncation;
    addedById = new HashMap<>();
    addedIds = new HashMap<>();
    var size = parts.model().size();
    for (var token : parts.addedTokens()) {
      addedById.put(token.id(), token);
      addedIds.put(token.content(), token.id());
      size = Math.max(size, token.id() + 1);
    }
    vocabularySize = size;
    contentLimit = truncation == null ? Integer.MAX_VALUE
        : Math.max(0, truncation.maxLength() - parts.postProcessor().specialTokens());
    var single = parts.postProcessor().single();
    var text =
        single.indexOf(single.stream().filter(PostProcessor.Sequence.class::isInstance).findFirst().orElseThrow());
    prefix = specialIds(single.subList(0, text));
    suffix = specialIds(single.subList(text + 1, single.size()));
  }

  private static int[] specialIds(List<PostProcessor.Piece> pieces) {
    return pieces.stream().mapToInt(piece -> ((PostProcessor.Special) piece).id()).toArray();
  }

  /**
   * Reads a {@code tokenizer.json}, version 1.0, a SentencePiece model (its name ends in {@code .model}) or BERT's
   * vocabulary (a name that ends in {@code .txt}, with the {@code tokenizer_config.json} beside it, if there is one).
   * The file is not trusted: whatever it holds, the result is a tokenizer or an exception.
   *
   * @throws TokenizerFormatException if the file is damaged or uses what is not supported; the message names the key
   * @throws IOException if the file cannot be read
   */
  public static Tokenizer load(Path file) throws IOException {
    var config = file.resolveSibling("tokenizer_config.json");
    if (file.toString().endsWith(".txt") && Files.exists(config)) {
      return VocabularyFile.read(ByteSource.of(file), ByteSource.of(config));
    }
    return load(ByteSource.of(file));
  }

  /**
   * Reads a {@code tokenizer.json}, a SentencePiece model or a vocabulary by its name, as {@link #load(Path)} does; a
   * vocabulary without its configuration.
   *
   * @throws TokenizerFormatException if the file is damaged or uses what is not supported; the message names the key
   * @throws IOException if the file cannot be read
   */
  public static Tokenizer load(ByteSource file) throws IOException {
    if (file.name().endsWith(".model")) {
      return SentencePieceFile.read(file, PieceOrder.STORED);
    }
    return file.name().endsWith(".txt") ? VocabularyFile.read(file, null) : TokenizerReader.read(file);
  }

  /**
   * Reads a SentencePiece model whose pieces have the ids of an architecture.
   *
   * @throws TokenizerFormatException if the file is damaged or uses what is not supported
   * @throws IOException if the file cannot be read
   */
  public static Tokenizer loadSentencePiece(Path file, PieceOrder order) throws IOException {
    return SentencePieceFile.read(ByteSource.of(file), order);
  }

  /**
   * Reads the merge rules of CLIP, as they were published ({@code bpe_simple_vocab_16e6.txt.gz}) or as Hugging Face's
   * folders have them ({@code merges.txt}).
   *
   * @throws TokenizerFormatException if the file is damaged
   * @throws IOException if the file cannot be read
   */
  public static Tokenizer loadClip(Path file) throws IOException {
    return ClipMergesFile.read(ByteSource.of(file));
  }

  /**
   * Returns this tokenizer with tokens around every text and every pair of texts, in place of those that it has put there
   * so far.
   *
   * @param before what a text starts with
   * @param between what is between the two texts of a pair
   * @param after what ends a text or a pair
   * @throws IllegalArgumentException if one of them is not in the vocabulary; the message names it
   */
  public Tokenizer withSpecialTokens(List<String> before, List<String> between, List<String> after) {
    var settings = new ObjectNode();
    parts.settings().properties().forEach(entry -> settings.set(entry.getKey(), entry.getValue()));
    settings.set("post_processor", new TokenFrame(before, between, after).describe(token -> id(token)
        .orElseThrow(() -> new IllegalArgumentException("the tokenizer has no token '" + token + "'"))));
    return TokenizerReader.assemble("tokenizer", settings, model(), parts.addedTokens(), parts.notes())
        .withTruncation(truncation);
  }

  /**
   * Writes a {@code tokenizer.json} that this class and Hugging Face's library load. It is written beside the
   * target, forced to disk and renamed, so a crash leaves the old file or the new one.
   *
   * @throws IOException if the file cannot be written
   */
  public void save(Path file) throws IOException {
    TokenizerWriter.write(this, file);
  }

  /** Returns the ids of a text, special tokens included, cut to {@link #maxLength}. */
  public int[] encode(CharSequence text) {
    var out = new TokenBuffer();
    encode(text, out);
    return out.toArray();
  }

  /**
   * Appends the ids of a text to {@code out}, which is not cleared first: special tokens included, cut to
   * {@link #maxLength}.
   *
   * @return whether the text had too many tokens and was cut
   */
  public boolean encode(CharSequence text, TokenBuffer out) {
    out.addAll(prefix, prefix.length);
    var start = out.size();
    var fromLeft = truncation != null && truncation.direction() == Direction.LEFT;
    parts.pipeline().run(text, out.workspace(), new TextPipeline.Sink() {
      @Override
      public void piece(char[] chars, int from, int to) {
        parts.model().encode(chars, from, to, out);
      }

      @Override
      public void token(int id) {
        out.add(id);
      }

      @Override
      public boolean wantsMore() {
        return fromLeft || out.size() - start <= contentLimit;
      }
    });
    var cut = out.size() - start > contentLimit;
    if (cut && fromLeft) {
      out.remove(start, out.size() - contentLimit);
    } else if (cut) {
      out.truncate(start + contentLimit);
    }
    out.addAll(suffix, suffix.length);
    return cut;
  }

  /** Returns the tokens of a text with their places, special tokens included, cut to {@link #maxLength}. */
  public Encoding encodeWithOffsets(CharSequence text) {
    return windows(text).getFirst();
  }

  /**
   * Returns the tokens of two texts with their places, special tokens included, cut to {@link #maxLength} by the
   * {@link Truncation.Strategy}.
   *
   * @throws IllegalArgumentException if the strategy cuts one text only, and that is too short to be cut enough
   */
  public Encoding encodeWithOffsets(CharSequence first, CharSequence second) {
    var left = columns(first, 0);
    var right = columns(second, 1);
    var limit = truncation == null ? Integer.MAX_VALUE
        : Math.max(0, truncation.maxLength() - specialTokensOfPair());
    var keep = new int[] {left.size(), right.size()};
    var excess = (long) left.size() + right.size() - limit;
    if (truncation != null && excess > 0) {
      cutPair(keep, limit, excess, truncation.strategy());
    }
    return encoding(List.of(first, second), parts.postProcessor().pair(), List.of(window(left, keep[0], 0),
        window(right, keep[1], 0)), excess > 0);
  }

  /**
   * Returns a text in windows of at most {@link #maxLength} tokens, special tokens included in each, that share the
   * {@link Truncation#stride} tokens; one window if the text is short enough or nothing limits it.
   *
   * @throws IllegalArgumentException if the stride is not smaller than a window without its special tokens
   */
  public List<Encoding> windows(CharSequence text) {
    var all = columns(text, 0);
    var cut = all.size() > contentLimit;
    var windows = new ArrayList<Encoding>();
    if (!cut || truncation == null || contentLimit == 0) {
      windows.add(encoding(List.of(text), parts.postProcessor().single(),
          List.of(window(all, Math.min(all.size(), contentLimit), 0)), cut));
      return windows;
    }
    var step = contentLimit - truncation.stride();
    if (step < 1) {
      throw new IllegalArgumentException("a stride of " + truncation.stride() + " is too large for windows of "
          + contentLimit + " tokens without their special tokens");
    }
    for (int skipped = 0;; skipped += step) {
      windows.add(encoding(List.of(text), parts.postProcessor().single(),
          List.of(window(all, contentLimit, skipped)), true));
      if (skipped + contentLimit >= all.size()) {
        return windows;
      }
    }
  }

  /**
   * Returns the text of some ids, special tokens included, as the file's decoder has it. Bytes that are not UTF-8, as
   * where ids cut a character in two, become U+FFFD.
   *
   * @throws IllegalArgumentException if an id is not of the vocabulary
   */
  public String decode(int[] ids) {
    return decode(ids, false);
  }

  /**
   * Returns the text of some ids, as the file's decoder has it.
   *
   * @param skipSpecialTokens whether control tokens such as {@code <pad>} are left out
   * @throws IllegalArgumentException if an id is not of the vocabulary
   */
  public String decode(int[] ids, boolean skipSpecialTokens) {
    var tokens = new ArrayList<String>(ids.length);
    for (var id : ids) {
      var added = addedById.get(id);
      if (added == null) {
        tokens.add(checkId(id));
      } else if (!(skipSpecialTokens && added.special())) {
        tokens.add(added.content());
      }
    }
    return String.join("", parts.decoder().decode(tokens));
  }

  /** Returns the largest id plus one, added tokens included: the number of rows of an embedding table. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** Returns how texts are cut, if they are. */
  public Optional<Truncation> truncation() {
    return Optional.ofNullable(truncation);
  }

  /** Returns how many tokens a text has at most, special tokens included, if anything limits it. */
  public OptionalInt maxLength() {
    return truncation == null ? OptionalInt.empty() : OptionalInt.of(truncation.maxLength());
  }

  /** Returns this tokenizer with another rule for texts that are too long; null for none. */
  public Tokenizer withTruncation(@Nullable Truncation truncation) {
    return new Tokenizer(parts, truncation);
  }

  /** Returns this tokenizer with texts cut to {@code maxLength} tokens, special tokens included, otherwise as before. */
  public Tokenizer withMaxLength(int maxLength) {
    return withTruncation(truncation == null ? Truncation.to(maxLength)
        : new Truncation(maxLength, truncation.direction(), truncation.strategy(), truncation.stride()));
  }

  /** Returns how a file would have its texts padded; nothing here applies it. */
  public Optional<Padding> padding() {
    return parts.padding();
  }

  /** Returns how many special tokens a text gets. */
  public int specialTokens() {
    return parts.postProcessor().specialTokens();
  }

  /** Returns how many special tokens a pair of texts gets. */
  public int specialTokensOfPair() {
    return parts.postProcessor().specialTokensOfPair();
  }

  /** Returns what was read otherwise than the file has it, one line each, for a user to see. */
  public List<String> notes() {
    return parts.notes();
  }

  /**
   * Returns the token of an id as the vocabulary spells it: in a byte-level one in the byte alphabet, where a space is
   * {@code Ġ}.
   *
   * @throws IllegalArgumentException if the id is not of the vocabulary
   */
  public String token(int id) {
    var added = addedById.get(id);
    return added != null ? added.content() : checkId(id);
  }

  /** Whether an id is that of a token: the ids below {@link #vocabularySize} may have gaps. */
  public boolean hasToken(int id) {
    return addedById.containsKey(id) || ofModel(id) != null;
  }

  /** Returns the id of a token as the vocabulary spells it. */
  public OptionalInt id(String token) {
    var added = addedIds.get(token);
    var id = added != null ? added : model().id(token);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Whether an id is that of a control token such as {@code [CLS]}, which decoding can leave out. */
  public boolean isSpecial(int id) {
    var added = addedById.get(id);
    return added != null && added.special();
  }

  TextPipeline pipeline() {
    return parts.pipeline();
  }

  Model model() {
    return parts.model();
  }

  TokenizerParts parts() {
    return parts;
  }

  /** Returns all tokens of a text, without special ones. */
  private Encoding.Columns columns(CharSequence text, int sequence) {
    var columns = new Encoding.Columns();
    var out = new TokenBuffer();
    var spans = new Pieces();
    out.workspace().spans = spans;
    var trims = !parts.postProcessor().trims().isEmpty();
    // The tokens as Hugging Face's library has them in its results: what was found, if that is no token of the model.
    var spellings = new ArrayList<String>();
    parts.pipeline().runAligned(text, out.workspace(), new TextPipeline.AlignedSink() {
      private int word;

      @Override
      public void piece(AlignedText chars, int from, int to) {
        out.clear();
        spans.clear();
        parts.model().encode(chars.chars(), from, to, out);
        for (int i = 0; i < out.size(); i++) {
          columns.add(out.get(i), 0, sequence, word, chars.start(spans.start(i)), chars.end(spans.end(i) - 1));
          if (trims) {
            spellings.add(parts.model() instanceof UnigramModel unigram && out.get(i) == unigram.unknownId()
                ? new String(chars.chars(), spans.start(i), spans.end(i) - spans.start(i))
                : Tokenizer.this.token(out.get(i)));
          }
        }
        word++;
      }

      @Override
      public void token(int id, String found, int start, int end) {
        columns.add(id, 0, sequence, word++, start, end);
        if (trims) {
          spellings.add(found);
        }
      }
    });
    for (var trim : parts.postProcessor().trims()) {
      trim(columns, spellings, trim, text);
    }
    return columns;
  }

  /** Takes the spaces that a token has out of its offsets, as Hugging Face's library does, which counts code points. */
  private static void trim(Encoding.Columns columns, List<String> spellings, PostProcessor.OffsetTrim trim,
      CharSequence text) {
    for (int i = 0; i < columns.size(); i++) {
      var token = spellings.get(i);
      var leading = (int) token.chars().takeWhile(Tokenizer::isSpace).count();
      var trailing = (int) new StringBuilder(token).reverse().chars().takeWhile(Tokenizer::isSpace).count();
      var start = columns.start(i);
      var end = columns.end(i);
      var isFirst = i == 0 || start == 0;
      if (isFirst && trim.addPrefixSpace() && leading == 1) {
        leading = 0;
      }
      while (leading > 0 && start < end) {
        start += Character.charCount(Character.codePointAt(text, start));
        leading--;
      }
      while (trailing > 0 && end > start) {
        end -= Character.charCount(Character.codePointBefore(text, end));
        trailing--;
      }
      columns.setSpan(i, start, end);
    }
  }

  private static boolean isSpace(int c) {
    return c == ByteAlphabet.letter(' ') || CharacterClass.isWhiteSpace(c);
  }

  /** Returns {@code keep} tokens, of which {@code skipped} are left out at the end that is kept otherwise. */
  private Encoding.Columns window(Encoding.Columns all, int keep, int skipped) {
    var window = new Encoding.Columns();
    if (truncation != null && truncation.direction() == Direction.LEFT) {
      var to = all.size() - skipped;
      window.addAll(all, Math.max(0, to - keep), to, 0);
    } else {
      window.addAll(all, skipped, Math.min(all.size(), skipped + keep), 0);
    }
    return window;
  }

  private Encoding encoding(List<CharSequence> texts, List<PostProcessor.Piece> pieces, List<Encoding.Columns> contents,
      boolean cut) {
    var columns = new Encoding.Columns();
    for (var piece : pieces) {
      switch (piece) {
        case PostProcessor.Special special ->
            columns.add(special.id(), special.typeId(), Encoding.NONE, Encoding.NONE, 0, 0);
        case PostProcessor.Sequence sequence -> {
          var content = contents.get(sequence.index());
          columns.addAll(content, 0, content.size(), sequence.typeId());
        }
      }
    }
    return new Encoding(this, texts, columns, cut);
  }

  /** Says how many tokens of each text are kept, so that {@code limit} are in all. */
  private static void cutPair(int[] keep, int limit, long excess, Strategy strategy) {
    if (strategy == Strategy.LONGEST_FIRST || limit == 0) {
      var shorter = keep[0] <= keep[1] ? 0 : 1;
      var most = Math.max(keep[shorter], limit - keep[shorter]);
      if (keep[shorter] > limit || keep[shorter] + (long) most > limit) {
        keep[shorter] = limit / 2;
        most = limit - limit / 2;
      }
      keep[1 - shorter] = most;
      return;
    }
    var only = strategy == Strategy.ONLY_FIRST ? 0 : 1;
    if (keep[only] <= excess) {
      throw new IllegalArgumentException("the " + (only == 0 ? "first" : "second") + " text has " + keep[only]
          + " tokens, too few to be cut by " + excess + "; the other alone is too long");
    }
    keep[only] -= (int) excess;
  }

  private @Nullable String ofModel(int id) {
    return id >= 0 && id < model().size() ? model().token(id) : null;
  }

  private String checkId(int id) {
    @Nullable String token = ofModel(id);
    if (token == null) {
      throw new IllegalArgumentException("id " + id + " is not of the vocabulary of " + vocabularySize + " tokens");
    }
    return token;
  }
}
