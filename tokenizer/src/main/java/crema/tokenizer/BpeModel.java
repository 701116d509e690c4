package crema.tokenizer;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Byte-level byte pair encoding: a piece starts as the tokens of its UTF-8 bytes, and the merge rules join them.
 *
 * <p>Source: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016,
 * algorithm 1; on bytes as in Radford et al., "Language Models are Unsupervised Multitask Learners", 2019,
 * section 2.2.
 */
final class BpeModel implements Model {
  private final @Nullable String[] tokens;
  private final Map<String, Integer> ids;
  private final MergeTable merges;
  private final boolean ignoreMerges;
  private final int[] byteIds = new int[256];
  private final PieceCache cache = new PieceCache();

  /**
   * Makes a model that owns its arguments.
   *
   * @param tokens the token of each id, null where there is none
   * @param ids the id of each token; has every byte that occurs in UTF-8
   * @param ignoreMerges whether a piece that is a token as a whole becomes that token, whatever the rules say
   */
  BpeModel(@Nullable String[] tokens, Map<String, Integer> ids, MergeTable merges, boolean ignoreMerges) {
    this.tokens = tokens;
    this.ids = ids;
    this.merges = merges;
    this.ignoreMerges = ignoreMerges;
    for (int value = 0; value < 256; value++) {
      byteIds[value] = id(String.valueOf(ByteAlphabet.letter(value)));
    }
  }

  /** Whether a byte occurs in the UTF-8 of any text: all but C0, C1 and F5 to FF do. */
  static boolean occursInUtf8(int value) {
    return value < 0xC0 || value > 0xC1 && value < 0xF5;
  }

  @Override
  public int size() {
    return tokens.length;
  }

  @Override
  public @Nullable String token(int id) {
    return tokens[id];
  }

  @Override
  public int id(String token) {
    return ids.getOrDefault(token, -1);
  }

  @Override
  public byte[] bytes(int id) {
    var token = tokens[id];
    return token == null ? new byte[0] : ByteAlphabet.bytes(token);
  }

  MergeTable merges() {
    return merges;
  }

  boolean ignoresMerges() {
    return ignoreMerges;
  }

  @Override
  public void encode(char[] text, int from, int to, TokenBuffer out) {
    if (to - from > PieceCache.MAX_PIECE_LENGTH) {
      var count = merge(text, from, to, out.workspace().merger);
      out.addAll(out.workspace().merger.symbols(0), count);
      return;
    }
    var set = PieceCache.set(text, from, to);
    var entry = cache.find(set, text, from, to);
    if (entry == null) {
      var merger = out.workspace().merger;
      var count = merge(text, from, to, merger);
      entry = new PieceCache.Entry(Arrays.copyOfRange(text, from, to), Arrays.copyOf(merger.symbols(0), count));
      cache.put(set, entry);
    }
    out.addAll(entry.ids(), entry.ids().length);
  }

  /** Leaves the tokens of a piece in the merger's symbols and returns how many they are. */
  private int merge(char[] text, int from, int to, PieceMerger merger) {
    var bytes = merger.bytes(Math.multiplyExact(to - from, Utf8.MAX_BYTES_PER_CHAR));
    var count = Utf8.encode(text, from, to, bytes);
    var symbols = merger.symbols(count);
    if (ignoreMerges) {
      var whole = id(ByteAlphabet.spell(bytes, count));
      if (whole >= 0) {
        symbols[0] = whole;
        return 1;
      }
    }
    for (int i = 0; i < count; i++) {
      symbols[i] = byteIds[bytes[i] & 0xFF];
    }
    return merger.merge(count, merges);
  }
}
