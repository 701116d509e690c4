package crema.tokenizer;

import crema.base.WorkerPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * Learns merge rules from counted words: again and again the most frequent pair of adjacent tokens becomes a token,
 * among equals the pair with the lower left id, then the lower right id. That order is the one of Hugging Face's
 * trainer. The outcome depends on the counts alone, not on the order of words or the number of threads.
 *
 * <p>Source: Sennrich, Haddow and Birch, ACL 2016, algorithm 1, with counts kept up to date incrementally.
 */
final class MergeLearner {
  /** How many words one task rewrites; fewer are not worth handing to another thread. */
  private static final int WORDS_PER_TASK = 4096;

  /** A pair and its count when it was queued; the count may have changed since. */
  private record Candidate(long count, long pair) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      return count != other.count ? Long.compare(other.count, count) : Long.compare(pair, other.pair);
    }
  }

  /** Spells the words of a corpus in tokens. */
  @FunctionalInterface
  interface Spelling {
    /**
     * Writes the tokens of a word to {@code out} from {@code at} on and returns their number: at most
     * {@link Utf8#MAX_BYTES_PER_CHAR} a char.
     */
    int spell(int word, int[] out, int at);
  }

  private final WorkerPool pool;
  private final Set<String> forbidden;
  private final BinaryOperator<String> join;
  private final List<String> tokens;
  private final Map<String, Integer> ids = new HashMap<>();
  /** Word {@code w} is {@code symbols[starts[w], starts[w] + lengths[w])}; it shrinks in place. */
  private final int[] symbols;
  private final int[] starts;
  private final int[] lengths;
  private final long[] wordCounts;
  private final PairTable pairs;
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>();
  private final List<Long> merges = new ArrayList<>();
  private final List<Integer> merged = new ArrayList<>();
  private final Set<Long> learnedPairs = new HashSet<>();

  /**
   * Counts the pairs.
   *
   * @param tokens the tokens to start from by id, which words are spelled in and no merge may spell again
   * @param join spells the token that two become
   * @param spelling of words
   */
  MergeLearner(WordCounts words, List<String> tokens, BinaryOperator<String> join, WorkerPool pool,
      Spelling spelling) {
    this.pool = pool;
    this.join = join;
    forbidden = Set.copyOf(tokens);
    this.tokens = new ArrayList<>(tokens);
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    starts = new int[words.size()];
    lengths = new int[words.size()];
    wordCounts = new long[words.size()];
    symbols = spell(words, spelling);
    pairs = countPairs();
    for (int index = 0; index < pairs.size(); index++) {
      queue.add(new Candidate(pairs.count(index), pairs.pair(index)));
    }
  }

  /** Learns until there are {@code vocabularySize} tokens or no pair occurs {@code minimumFrequency} times. */
  void learn(int vocabularySize, long minimumFrequency, TrainingProgress progress) {
    while (tokens.size() < vocabularySize) {
      var candidate = queue.poll();
      if (candidate == null) {
        break;
      }
      var index = pairs.index(candidate.pair);
      var count = pairs.count(index);
      if (count < minimumFrequency) {
        continue;
      }
      if (count != candidate.count) {
        queue.add(new Candidate(count, candidate.pair));
        continue;
      }
      merge(index);
      progress.update(TrainingProgress.Phase.LEARNING_MERGES, tokens.size(), vocabularySize);
    }
  }

  /** Returns the tokens learned so far. */
  Vocabulary vocabulary() {
    return new Vocabulary(tokens.toArray(String[]::new), new HashMap<>(ids));
  }

  /** Returns the merges learned so far. */
  MergeTable merges() {
    return new MergeTable(
        merges.stream().mapToInt(PairTable::left).toArray(),
        merges.stream().mapToInt(PairTable::right).toArray(),
        merged.stream().mapToInt(Integer::intValue).toArray());
  }

  private void merge(int index) {
    var pair = pairs.pair(index);
    var token = join.apply(tokens.get(PairTable.left(pair)), tokens.get(PairTable.right(pair)));
    if (forbidden.contains(token)) {
      pairs.setCount(index, 0);
      return;
    }
    // Two pairs may spell the same token; then the later rule leads to the token that is there.
    var id = ids.computeIfAbsent(token, _ -> tokens.size());
    if (id == tokens.size()) {
      tokens.add(token);
    }
    // A pair that was merged everywhere can come back when another rule spells one of its halves anew. The rule is
    // there already.
    if (learnedPairs.add(pair)) {
      merges.add(pair);
      merged.add(id);
    }
    var words = pairs.takeWords(index);
    var changes = rewrite(words, pair, id);
    pairs.addAll(changes);
    pairs.setCount(index, 0);
    for (int change = 0; change < changes.size(); change++) {
      if (changes.count(change) > 0) {
        var changed = changes.pair(change);
        queue.add(new Candidate(pairs.count(pairs.index(changed)), changed));
      }
    }
  }

  private int[] spell(WordCounts words, Spelling spelling) {
    var total = 0L;
    for (int word = 0; word < words.size(); word++) {
      total += (long) words.length(word) * Utf8.MAX_BYTES_PER_CHAR;
    }
    if (total > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "the corpus has too many distinct words: " + words.size() + "; train on a sample of it");
    }
    var spelled = new int[(int) total];
    int end = 0;
    for (int word = 0; word < words.size(); word++) {
      starts[word] = end;
      lengths[word] = spelling.spell(word, spelled, end);
      wordCounts[word] = words.count(word);
      end += lengths[word];
    }
    return Arrays.copyOf(spelled, end);
  }

  private PairTable countPairs() {
    return inTasks(starts.length, (from, to) -> {
      var counted = new PairTable();
      for (int word = from; word < to; word++) {
        for (int i = starts[word]; i < starts[word] + lengths[word] - 1; i++) {
          counted.add(PairTable.pair(symbols[i], symbols[i + 1]), wordCounts[word], word);
        }
      }
      return counted;
    });
  }

  /** Joins a pair to the token {@code id} in some words and returns what changes in the counts of other pairs. */
  private PairTable rewrite(int[] words, long pair, int id) {
    return inTasks(words.length, (from, to) -> {
      var changes = new PairTable();
      for (int i = from; i < to; i++) {
        rewrite(words[i], pair, id, changes);
      }
      return changes;
    });
  }

  private void rewrite(int word, long pair, int id, PairTable changes) {
    var left = PairTable.left(pair);
    var right = PairTable.right(pair);
    var count = wordCounts[word];
    var start = starts[word];
    var end = start + lengths[word];
    var write = start;
    for (int read = start; read < end; write++) {
      if (symbols[read] != left || read + 1 == end || symbols[read + 1] != right) {
        symbols[write] = symbols[read++];
        continue;
      }
      if (write > start) {
        changes.remove(PairTable.pair(symbols[write - 1], left), count);
        changes.add(PairTable.pair(symbols[write - 1], id), count, word);
      }
      read += 2;
      if (read < end) {
        changes.remove(PairTable.pair(right, symbols[read]), count);
        changes.add(PairTable.pair(id, symbols[read]), count, word);
      }
      symbols[write] = id;
    }
    lengths[word] = write - start;
  }

  /** Something done to the words {@code [from, to)} of a list, none of which another task touches. */
  private interface Task {
    PairTable run(int from, int to);
  }

  /** Cuts a list of words into tasks by its length and sums up what they return. */
  private PairTable inTasks(int length, Task task) {
    if (length <= WORDS_PER_TASK) {
      return task.run(0, length);
    }
    var parts = pool.map(Math.ceilDiv(length, WORDS_PER_TASK),
        part -> task.run(part * WORDS_PER_TASK, Math.min(length, (part + 1) * WORDS_PER_TASK)));
    var total = parts.getFirst();
    parts.subList(1, parts.size()).forEach(total::addAll);
    return total;
  }
}
