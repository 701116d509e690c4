package crema.tokenizer;

import crema.base.WorkerPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Fits the probabilities of pieces to the words of a corpus, and leaves out pieces that say little. Words are cut into
 * shares by their number alone and sums are added in the order of the shares, so that the result has the same bits for
 * any number of threads.
 */
final class UnigramLearner {
  /** Shares of the words, whatever the number of threads. */
  private static final int SHARES = 16;
  /** Pieces that are expected less often are left out: {@code kExpectedFrequencyThreshold}. */
  private static final double LEAST_EXPECTED = 0.5;
  /** How much less than the lowest score a character without a piece has. */
  private static final double UNKNOWN_PENALTY = 10;
  /** In place of a piece: a character without one. */
  private static final int UNKNOWN = -1;
  /** In place of a piece that is not taken: all are. */
  private static final int NONE = -2;

  /**
   * A piece.
   *
   * @param score the logarithm of its probability
   */
  record Piece(String text, double score) {
    static final Comparator<Piece> BEST_FIRST =
        Comparator.comparingDouble(Piece::score).reversed().thenComparing(Piece::text);
  }

  private final WorkerPool pool;
  private final char[][] words;
  private final long[] counts;
  private final String[] texts;
  private final double[] scores;
  private final boolean[] isLeft;
  private final CharTrie trie = new CharTrie();
  private int size;
  private double unknownScore;

  /**
   * Begins with some pieces.
   *
   * @param seeds the pieces with their scores
   */
  UnigramLearner(WordCounts corpus, Map<String, Double> seeds, WorkerPool pool) {
    this.pool = pool;
    @SuppressWarnings("ArrayRecordComponent") // sorted by its text alone
    record Word(char[] text, long count) {}
    var all = new Word[corpus.size()];
    for (int word = 0; word < all.length; word++) {
      all[word] = new Word(new char[corpus.length(word)], corpus.count(word));
      corpus.copy(word, all[word].text, 0);
    }
    // In which order they were counted depends on the threads, and sums on the order.
    Arrays.sort(all, (a, b) -> Arrays.compare(a.text, b.text));
    words = Arrays.stream(all).map(Word::text).toArray(char[][]::new);
    counts = Arrays.stream(all).mapToLong(Word::count).toArray();
    size = seeds.size();
    texts = seeds.keySet().toArray(String[]::new);
    scores = new double[size];
    isLeft = new boolean[size];
    Arrays.fill(isLeft, true);
    int id = 0;
    for (double score : seeds.values()) {
      trie.add(texts[id], id);
      scores[id++] = score;
    }
    findUnknownScore();
  }

  /** Returns how many pieces are left. */
  int size() {
    return size;
  }

  /** Returns the pieces that are left. */
  List<Piece> pieces() {
    var left = new ArrayList<Piece>();
    for (int id = 0; id < texts.length; id++) {
      if (isLeft[id]) {
        left.add(new Piece(texts[id], scores[id]));
      }
    }
    return left;
  }

  private void findUnknownScore() {
    double lowest = 0;
    for (int id = 0; id < scores.length; id++) {
      lowest = isLeft[id] ? Math.min(lowest, scores[id]) : lowest;
    }
    unknownScore = lowest - UNKNOWN_PENALTY;
  }

  private void leaveOut(int id) {
    isLeft[id] = false;
    size--;
  }

  /** Takes pieces and sums for the words of each share, and adds them up in the order of the shares. */
  private double[] sum(ShareTask task) {
    int share = Math.ceilDiv(Math.max(words.length, 1), SHARES);
    var parts = pool.map(SHARES, part -> {
      var sums = new double[texts.length];
      var lattice = new Lattice();
      for (int word = part * share; word < Math.min(words.length, (part + 1) * share); word++) {
        task.add(word, lattice, sums);
      }
      return sums;
    });
    var total = parts.getFirst();
    for (var part : parts.subList(1, parts.size())) {
      for (int id = 0; id < total.length; id++) {
        total[id] += part[id];
      }
    }
    return total;
  }

  /** Adds what a word gives to the sums of its pieces. */
  @FunctionalInterface
  private interface ShareTask {
    void add(int word, Lattice lattice, double[] sums);
  }

  /** One step of expectation and maximization; pieces that are hardly expected are left out. */
  void fit() {
    var expected = sum((word, lattice, sums) -> {
      lattice.build(words[word]);
      lattice.addMarginals(counts[word], sums);
    });
    double total = 0;
    for (int id = 0; id < expected.length; id++) {
      if (isLeft[id] && expected[id] < LEAST_EXPECTED) {
        leaveOut(id);
      } else if (isLeft[id]) {
        total += expected[id];
      }
    }
    double logTotal = digamma(total);
    for (int id = 0; id < expected.length; id++) {
      if (isLeft[id]) {
        scores[id] = digamma(expected[id]) - logTotal;
      }
    }
    findUnknownScore();
  }

  /**
   * Leaves out pieces until so many are left: those that no best cut has, and those whose occurrences other pieces make
   * up for with the least loss of likelihood.
   */
  void prune(int wanted) {
    int[][] alternatives = alternatives();
    var frequency = sum((word, lattice, sums) -> {
      lattice.build(words[word]);
      lattice.best(id -> {
        if (id != UNKNOWN) {
          sums[id] += counts[word];
        }
      }, NONE);
    });
    // In how many words, not how often: a piece may be in a word several times.
    var inWords = sum((word, lattice, sums) -> {
      lattice.build(words[word]);
      var seen = new ArrayList<Integer>();
      lattice.best(id -> {
        if (id != UNKNOWN && !seen.contains(id)) {
          seen.add(id);
          sums[id] += counts[word];
        }
      }, NONE);
    });
    double all = Arrays.stream(frequency).sum();
    double words = Arrays.stream(counts).asDoubleStream().sum();
    double logAll = StrictMath.log(all);
    record Candidate(int id, double loss) {}
    var candidates = new ArrayList<Candidate>();
    int kept = 0;
    for (int id = 0; id < texts.length; id++) {
      if (!isLeft[id]) {
        continue;
      }
      int[] others = alternatives[id];
      if (others.length == 1 && others[0] == UNKNOWN) {
        kept++;
      } else if (others.length == 0 || frequency[id] == 0) {
        leaveOut(id);
      } else {
        double logAlternative = StrictMath.log(all + frequency[id] * (others.length - 1));
        double without = 0;
        for (int other : others) {
          without += other == UNKNOWN ? Double.NEGATIVE_INFINITY
              : StrictMath.log(frequency[other] + frequency[id]) - logAlternative;
        }
        candidates.add(
            new Candidate(id, inWords[id] / words * (StrictMath.log(frequency[id]) - logAll - without)));
      }
    }
    candidates.sort(Comparator.comparingDouble(Candidate::loss).reversed()
        .thenComparingInt(Candidate::id));
    candidates.stream().skip(Math.max(0, wanted - kept)).forEach(candidate -> leaveOut(candidate.id));
  }

  /**
   * What each piece that is left is cut into where it is no piece itself: {@link #UNKNOWN} for a character without one,
   * so that alone for a single character, which stays; nothing where even now another cut is the better one, so that it
   * is of no use.
   */
  private int[][] alternatives() {
    int share = Math.ceilDiv(texts.length, SHARES);
    var alternatives = new int[texts.length][0];
    pool.map(SHARES, part -> {
      var lattice = new Lattice();
      for (int id = part * share; id < Math.min(texts.length, (part + 1) * share); id++) {
        if (isLeft[id]) {
          lattice.build(texts[id].toCharArray());
          alternatives[id] = lattice.alternative(id);
        }
      }
      return part;
    });
    return alternatives;
  }

  /** The derivative of the logarithm of the gamma function, by its asymptotic series about x + 1/2. */
  static double digamma(double x) {
    double result = 0;
    double shifted = x;
    for (; shifted < 7; shifted++) {
      result -= 1 / shifted;
    }
    shifted -= 0.5;
    double square = 1 / (shifted * shifted);
    return result + StrictMath.log(shifted) + square * (1 / 24.0 - square * (7 / 960.0 - square * (31 / 8064.0
        - square * 127 / 30720.0)));
  }

  /** All ways to cut a word into pieces. */
  private final class Lattice {
    /** Of each edge, in the order of their starts: the start, the end, and the piece. */
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    private int[] ids = new int[64];
    private int edges;
    private int length;
    private double[] forward = {};
    private double[] backward = {};

    void build(char[] text) {
      edges = 0;
      length = text.length;
      for (int start = 0; start < length;) {
        int next = CharacterClass.after(text, start);
        boolean isSingle = false;
        int node = CharTrie.ROOT;
        for (int i = start; i < length; i++) {
          node = trie.child(node, text[i]);
          if (node == CharTrie.NONE) {
            break;
          }
          int id = trie.value(node);
          if (id != CharTrie.NONE && isLeft[id]) {
            add(start, i + 1, id);
            isSingle |= i + 1 == next;
          }
        }
        if (!isSingle) {
          add(start, next, UNKNOWN);
        }
        start = next;
      }
      if (forward.length <= length) {
        forward = new double[2 * length + 1];
        backward = new double[2 * length + 1];
      }
    }

    private void add(int start, int end, int id) {
      if (edges == starts.length) {
        starts = Arrays.copyOf(starts, 2 * edges);
        ends = Arrays.copyOf(ends, 2 * edges);
        ids = Arrays.copyOf(ids, 2 * edges);
      }
      starts[edges] = start;
      ends[edges] = end;
      ids[edges++] = id;
    }

    private double score(int edge) {
      return ids[edge] == UNKNOWN ? unknownScore : scores[ids[edge]];
    }

    /** Adds how often each piece is expected in a word that occurs a number of times. */
    void addMarginals(long count, double[] sums) {
      Arrays.fill(forward, 0, length + 1, Double.NEGATIVE_INFINITY);
      Arrays.fill(backward, 0, length + 1, Double.NEGATIVE_INFINITY);
      forward[0] = 0;
      backward[length] = 0;
      for (int edge = 0; edge < edges; edge++) {
        forward[ends[edge]] = logAdd(forward[ends[edge]], forward[starts[edge]] + score(edge));
      }
      for (int edge = edges - 1; edge >= 0; edge--) {
        backward[starts[edge]] = logAdd(backward[starts[edge]], backward[ends[edge]] + score(edge));
      }
      double all = forward[length];
      for (int edge = 0; edge < edges; edge++) {
        if (ids[edge] != UNKNOWN) {
          sums[ids[edge]] +=
              count * StrictMath.exp(forward[starts[edge]] + score(edge) + backward[ends[edge]] - all);
        }
      }
    }

    private static double logAdd(double a, double b) {
      double larger = Math.max(a, b);
      double smaller = Math.min(a, b);
      return smaller == Double.NEGATIVE_INFINITY ? larger : larger + StrictMath.log1p(StrictMath.exp(smaller - larger));
    }

    /**
     * Finds the best cut.
     *
     * @param piece takes its pieces, the last first
     * @param without a piece that is not taken, or {@link #NONE}
     */
    void best(IntConsumer piece, int without) {
      Arrays.fill(forward, 0, length + 1, Double.NEGATIVE_INFINITY);
      forward[0] = 0;
      var last = new int[length + 1];
      for (int edge = 0; edge < edges; edge++) {
        double score = forward[starts[edge]] + score(edge);
        if (ids[edge] != without && score > forward[ends[edge]]) {
          forward[ends[edge]] = score;
          last[ends[edge]] = edge;
        }
      }
      for (int end = length; end > 0; end = starts[last[end]]) {
        piece.accept(ids[last[end]]);
      }
    }

    /** What a piece, which the lattice was built of, is cut into without itself; see {@link #alternatives}. */
    int[] alternative(int id) {
      if (texts[id].codePointCount(0, texts[id].length()) == 1) {
        return new int[] {UNKNOWN};
      }
      var cut = new ArrayList<Integer>();
      best(cut::add, NONE);
      if (!cut.equals(List.of(id))) {
        return new int[0];
      }
      cut.clear();
      best(cut::add, id);
      return cut.stream().mapToInt(Integer::intValue).toArray();
    }
  }
}
