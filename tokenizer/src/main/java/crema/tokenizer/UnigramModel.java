package crema.tokenizer;

import crema.base.UserError;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Unigram as SentencePiece encodes with it: of all ways to cut a piece into tokens, the one whose scores have the
 * largest sum. A character that no token starts with costs 10 more than the worst token; neighbouring ones of that kind
 * are one unknown token, or, with byte fallback, the tokens of their bytes.
 *
 * <p>Source: Kudo, "Subword Regularization", ACL 2018, section 3.2; sums are of doubles, and of cuts with equal sums
 * the one stays whose last token starts first, as in Hugging Face's library.
 */
final class UnigramModel extends CachingModel {
  /** How much less than the lowest score an unknown character has. */
  private static final double UNKNOWN_PENALTY = 10;
  private static final int NO_ID = -1;

  private final double[] scores;
  private final int unknownId;
  private final boolean byteFallback;
  private final double unknownScore;
  /** The ids of the tokens of bytes, or -1. */
  private final int[] byteIds;
  private final CharTrie trie = new CharTrie();

  /**
   * Makes a model that owns its arguments.
   *
   * @param scores the score of each id
   * @param unknownId the id of the unknown token, or -1
   * @param byteFallback whether unknown characters become the tokens of their bytes, where there are all of them
   */
  UnigramModel(Vocabulary vocabulary, double[] scores, int unknownId, boolean byteFallback) {
    this(vocabulary, scores, unknownId, byteFallback, null, Arrays.stream(scores).min().orElse(0));
  }

  /**
   * Makes a model that owns its arguments.
   *
   * @param usable whether each token may occur in texts; null if all may
   * @param lowestScore the score below which that of unknown characters is
   */
  UnigramModel(Vocabulary vocabulary, double[] scores, int unknownId, boolean byteFallback,
      boolean @Nullable [] usable, double lowestScore) {
    super(vocabulary);
    this.scores = scores;
    this.unknownId = unknownId;
    this.byteFallback = byteFallback;
    for (int id = 0; id < scores.length; id++) {
      var token = vocabulary.token(id);
      if (token != null && !token.isEmpty() && (usable == null || usable[id])) {
        trie.add(token, id);
      }
    }
    unknownScore = lowestScore - UNKNOWN_PENALTY;
    byteIds = ByteToken.ids(vocabulary);
  }

  double score(int id) {
    return scores[id];
  }

  /** Returns the id of the unknown token, or -1. */
  int unknownId() {
    return unknownId;
  }

  boolean hasByteFallback() {
    return byteFallback;
  }

  @Override
  void tokenize(char[] text, int from, int to, Workspace workspace) {
    var lattice = workspace.lattice;
    lattice.reset(to - from);
    search(text, from, to, lattice);
    var tokens = workspace.tokens;
    for (int end = to - from; end > 0;) {
      var start = lattice.starts[end];
      var id = lattice.ids[end];
      if (id == unknownId) {
        while (start > 0 && lattice.ids[start] == unknownId) {
          start = lattice.starts[start];
        }
        addUnknown(text, from, start, end, workspace);
      } else {
        tokens.add(id, start, end);
      }
      end = start;
    }
    tokens.reverse(0);
  }

  /** Finds for each end the last token of the best cut. */
  private void search(char[] text, int from, int to, Lattice lattice) {
    for (int start = from; start < to;) {
      var next = CharacterClass.after(text, start);
      var before = lattice.scores[start - from];
      var single = false;
      var node = CharTrie.ROOT;
      for (int i = start; i < to; i++) {
        node = trie.child(node, text[i]);
        if (node == CharTrie.NONE) {
          break;
        }
        var id = trie.value(node);
        if (id != CharTrie.NONE) {
          lattice.offer(i + 1 - from, start - from, before + scores[id], id);
          single |= i + 1 == next;
        }
      }
      if (!single) {
        if (unknownId < 0) {
          throw new UserError("the tokenizer has no token for the character "
              + JsonPart.quote(Character.toString(Character.codePointAt(text, start, to)))
              + " and no unknown token: model.unk_id is null");
        }
        lattice.offer(next - from, start - from, before + unknownScore, unknownId);
      }
      start = next;
    }
  }

  /** Adds the tokens of an unknown stretch, the last first. */
  private void addUnknown(char[] text, int from, int start, int end, Workspace workspace) {
    var tokens = workspace.tokens;
    var node = trie.descend(CharTrie.ROOT, text, from + start, from + end);
    if (node != CharTrie.NONE && trie.value(node) != CharTrie.NONE) {
      tokens.add(trie.value(node), start, end);
      return;
    }
    if (byteFallback) {
      var bytes = workspace.merger.bytes(Math.multiplyExact(end - start, Utf8.MAX_BYTES_PER_CHAR));
      var count = Utf8.encode(text, from + start, from + end, bytes);
      if (ByteToken.areKnown(bytes, count, byteIds)) {
        for (int i = count - 1; i >= 0; i--) {
          tokens.add(byteIds[bytes[i] & 0xFF], start, end);
        }
        return;
      }
    }
    tokens.add(unknownId, start, end);
  }

  /** The best cut of each prefix of a piece: its score and its last token. */
  static final class Lattice {
    private double[] scores = {};
    private int[] starts = {};
    private int[] ids = {};

    void reset(int length) {
      if (scores.length <= length) {
        var capacity = Math.addExact(length + 1, length >> 1);
        scores = new double[capacity];
        starts = new int[capacity];
        ids = new int[capacity];
      }
      scores[0] = 0;
      Arrays.fill(starts, 0, length + 1, NO_ID);
    }

    private void offer(int end, int start, double score, int id) {
      if (starts[end] < 0 || score > scores[end]) {
        scores[end] = score;
        starts[end] = start;
        ids[end] = id;
      }
    }
  }
}
