package crema.tokenizer;

import crema.base.UserError;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Byte pair encoding: a piece starts as the tokens of its bytes or characters, and the merge rules join them.
 *
 * <p>Source: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016,
 * algorithm 1; on bytes as in Radford et al., "Language Models are Unsupervised Multitask Learners", 2019,
 * section 2.2.
 */
final class BpeModel extends CachingModel {
  /** What a piece starts as. */
  enum Symbols {
    /** The tokens of its UTF-8 bytes, each spelled as a letter of the byte alphabet. */
    BYTES,
    /** The tokens of its characters. */
    CHARACTERS
  }

  /**
   * What a model does with characters.
   *
   * @param unknownToken what a character becomes that the vocabulary lacks; null if it is dropped
   * @param prefix what stands before the token of a character that is not a piece's first; may be empty
   * @param suffix what stands behind the token of a piece's last character; may be empty
   * @param fuseUnknown whether neighbouring unknown characters become one token
   * @param byteFallback whether an unknown character becomes the tokens of its bytes, if there are all of them
   * @param ignoreMerges whether a piece that is a token as a whole becomes that token, whatever the rules say
   */
  record Options(
      @Nullable String unknownToken,
      String prefix,
      String suffix,
      boolean fuseUnknown,
      boolean byteFallback,
      boolean ignoreMerges) {
    static final Options NONE = new Options(null, "", "", false, false, false);
  }

  private final MergeTable merges;
  private final Options options;
  private final Symbols symbols;
  /** The ids of the letters of the bytes, or the ids of the tokens that stand for a byte; -1 where there is none. */
  private final int[] byteIds;
  /** The tokens of single characters, with their prefix and suffix. */
  private final CharTrie characters = new CharTrie();
  private final int prefixNode;
  private final int unknownId;
  private final PieceSeams seams;

  /**
   * Makes a model that owns its arguments.
   *
   * @param symbols what a piece starts as; if bytes, the vocabulary has each that occurs in UTF-8
   */
  BpeModel(Vocabulary vocabulary, MergeTable merges, Options options, Symbols symbols) {
    super(vocabulary);
    this.merges = merges;
    this.options = options;
    this.symbols = symbols;
    if (symbols == Symbols.BYTES) {
      byteIds = new int[256];
      for (int value = 0; value < 256; value++) {
        byteIds[value] = id(String.valueOf(ByteAlphabet.letter(value)));
      }
      seams = PieceSeams.NONE;
    } else {
      byteIds = ByteToken.ids(vocabulary);
      addCharacters(vocabulary);
      seams = options.ignoreMerges() || !options.prefix().isEmpty() || !options.suffix().isEmpty()
          ? PieceSeams.NONE
          : PieceSeams.of(vocabulary, merges);
    }
    prefixNode = characters.descend(CharTrie.ROOT, options.prefix());
    unknownId = options.unknownToken() == null ? CharTrie.NONE : id(options.unknownToken());
  }

  private void addCharacters(Vocabulary vocabulary) {
    var longest = 2 + options.prefix().length() + options.suffix().length();
    for (int id = 0; id < vocabulary.size(); id++) {
      var token = vocabulary.token(id);
      if (token != null && token.length() <= longest) {
        characters.add(token, id);
      }
    }
  }

  /** Whether a byte occurs in the UTF-8 of any text: all but C0, C1 and F5 to FF do. */
  static boolean occursInUtf8(int value) {
    return value < 0xC0 || value > 0xC1 && value < 0xF5;
  }

  MergeTable merges() {
    return merges;
  }

  Options options() {
    return options;
  }

  Symbols symbols() {
    return symbols;
  }

  @Override
  public void encode(char[] text, int from, int to, TokenBuffer out) {
    if (seams == PieceSeams.NONE) {
      super.encode(text, from, to, out);
      return;
    }
    var start = from;
    for (int i = from + 1; i < to; i++) {
      if (seams.isBefore(text, i)) {
        super.encode(text, start, i, out);
        start = i;
      }
    }
    super.encode(text, start, to, out);
  }

  @Override
  void tokenize(char[] text, int from, int to, Workspace workspace) {
    if (symbols == Symbols.BYTES) {
      tokenizeBytes(text, from, to, workspace);
    } else {
      tokenizeCharacters(text, from, to, workspace);
    }
  }

  private void tokenizeBytes(char[] text, int from, int to, Workspace workspace) {
    var merger = workspace.merger;
    var bytes = merger.bytes(Math.multiplyExact(to - from, Utf8.MAX_BYTES_PER_CHAR));
    var count = Utf8.encode(text, from, to, bytes);
    var tokens = workspace.tokens;
    if (options.ignoreMerges()) {
      var whole = id(ByteAlphabet.spell(bytes, count));
      if (whole >= 0) {
        tokens.add(whole, 0, to - from);
        return;
      }
    }
    var symbols = merger.symbols(count);
    for (int i = 0; i < count; i++) {
      symbols[i] = byteIds[bytes[i] & 0xFF];
    }
    var merged = merger.merge(count, merges);
    // A token's chars: from the one that its first byte is of to the one that its last byte is of.
    var position = from;
    int positionBytes = 0;
    for (int i = 0; i < merged; i++) {
      var firstByte = merger.firstSymbol(i);
      var afterLastByte = i + 1 < merged ? merger.firstSymbol(i + 1) : count;
      while (positionBytes + Utf8.length(text, position) <= firstByte) {
        positionBytes += Utf8.length(text, position);
        position = CharacterClass.after(text, position);
      }
      var end = position;
      for (int endBytes = positionBytes; endBytes < afterLastByte; end = CharacterClass.after(text, end)) {
        endBytes += Utf8.length(text, end);
      }
      tokens.add(symbols[i], position - from, end - from);
    }
  }

  private void tokenizeCharacters(char[] text, int from, int to, Workspace workspace) {
    var tokens = workspace.tokens;
    if (options.ignoreMerges()) {
      var whole = id(new String(text, from, to - from));
      if (whole >= 0) {
        tokens.add(whole, 0, to - from);
        return;
      }
    }
    addSymbols(text, from, to, workspace);
    var count = tokens.size;
    var merger = workspace.merger;
    var symbols = merger.symbols(count);
    System.arraycopy(tokens.ids, 0, symbols, 0, count);
    var merged = merger.merge(count, merges);
    for (int i = 0; i < merged; i++) {
      var last = (i + 1 < merged ? merger.firstSymbol(i + 1) : count) - 1;
      tokens.ids[i] = symbols[i];
      tokens.starts[i] = tokens.starts[merger.firstSymbol(i)];
      tokens.ends[i] = tokens.ends[last];
    }
    tokens.size = merged;
  }

  /** Adds the tokens that the characters of a piece start as. */
  private void addSymbols(char[] text, int from, int to, Workspace workspace) {
    var tokens = workspace.tokens;
    // Where the unknown characters start that are not added yet.
    int unknownStart = -1;
    int unknownEnd = -1;
    for (int i = from; i < to;) {
      var next = CharacterClass.after(text, i);
      var id = characterId(text, i, next, i == from, next == to);
      if (id != CharTrie.NONE) {
        addUnknown(unknownStart, unknownEnd, tokens);
        unknownStart = -1;
        tokens.add(id, i - from, next - from);
      } else if (!addBytes(text, from, i, next, next == to, workspace) && options.unknownToken() != null) {
        if (unknownStart < 0 || !options.fuseUnknown()) {
          addUnknown(unknownStart, unknownEnd, tokens);
          unknownStart = i - from;
        }
        unknownEnd = next - from;
      }
      i = next;
    }
    addUnknown(unknownStart, unknownEnd, tokens);
  }

  private void addUnknown(int start, int end, TokenScratch tokens) {
    if (start >= 0) {
      if (unknownId == CharTrie.NONE) {
        throw new UserError("the tokenizer's model.unk_token, " + JsonPart.quote(String.valueOf(options.unknownToken()))
            + ", is not in its model.vocab, and a text has a character that is not there either");
      }
      tokens.add(unknownId, start, end);
    }
  }

  private int characterId(char[] text, int start, int end, boolean first, boolean last) {
    var node = first ? CharTrie.ROOT : prefixNode;
    if (node != CharTrie.NONE) {
      node = characters.descend(node, text, start, end);
    }
    if (last && node != CharTrie.NONE) {
      node = characters.descend(node, options.suffix());
    }
    return node == CharTrie.NONE ? CharTrie.NONE : characters.value(node);
  }

  /** Adds the tokens of a character's bytes, prefix and suffix included, if it shall have them and all are there. */
  private boolean addBytes(char[] text, int from, int start, int end, boolean last, Workspace workspace) {
    if (!options.byteFallback()) {
      return false;
    }
    var spelled = (start == from ? "" : options.prefix()) + new String(text, start, end - start)
        + (last ? options.suffix() : "");
    var bytes = spelled.getBytes(StandardCharsets.UTF_8);
    if (!ByteToken.areKnown(bytes, bytes.length, byteIds)) {
      return false;
    }
    for (var value : bytes) {
      workspace.tokens.add(byteIds[value & 0xFF], start - from, end - from);
    }
    return true;
  }
}
