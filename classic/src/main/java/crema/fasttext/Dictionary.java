package crema.fasttext;

import crema.base.IntList;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The words and labels of a model, and how a line of text becomes rows of its input matrix.
 *
 * <p>Entries are numbered words first, then labels. Rows of the input matrix are the words, then the buckets of
 * n-grams (or those that pruning kept). Immutable and thread-safe.
 */
final class Dictionary {
  private final WordTable entries;
  private final long[] counts;
  private final int wordCount;
  private final long tokenCount;
  private final byte[] labelPrefix;
  private final Subwords subwords;
  private final @Nullable PruneIndex pruned;

  /** Word {@code w} has the rows {@code rowCache[rowStarts[w] .. rowStarts[w + 1])}; null if not worth its memory. */
  private final int @Nullable [] rowCache;

  private final int[] rowStarts;

  /**
   * A dictionary of entries already in order.
   *
   * @param counts how often each entry was seen
   * @param wordCount how many entries, from the first, are words
   * @param tokenCount how many tokens the training data had
   * @param cacheLimit the rows to remember at most for the words' n-grams; beyond, they are hashed again each time
   */
  Dictionary(
      WordTable entries,
      long[] counts,
      int wordCount,
      long tokenCount,
      byte[] labelPrefix,
      Subwords subwords,
      @Nullable PruneIndex pruned,
      long cacheLimit) {
    this.entries = entries;
    this.counts = counts;
    this.wordCount = wordCount;
    this.tokenCount = tokenCount;
    this.labelPrefix = labelPrefix;
    this.subwords = subwords;
    this.pruned = pruned;
    long bound = wordCount;
    for (int w = 0; w < wordCount; w++) {
      bound += subwords.ngramBound(entries.end(w) - entries.start(w));
    }
    if (bound <= Math.min(cacheLimit, 1 << 30)) {
      // Hashed twice: an array that grows would leave more garbage than the cache takes, and it is a large one.
      var rows = new IntList();
      rowStarts = new int[wordCount + 1];
      for (int w = 0; w < wordCount; w++) {
        rows.clear();
        hashWordRows(w, rows);
        rowStarts[w + 1] = rowStarts[w] + rows.size();
      }
      rowCache = new int[rowStarts[wordCount]];
      for (int w = 0; w < wordCount; w++) {
        rows.clear();
        hashWordRows(w, rows);
        System.arraycopy(rows.array(), 0, rowCache, rowStarts[w], rows.size());
      }
    } else {
      rowStarts = new int[0];
      rowCache = null;
    }
  }

  /** The same dictionary for other features, for instance after pruning. */
  Dictionary with(WordTable newEntries, long[] newCounts, int newWordCount, @Nullable PruneIndex newPruned) {
    return new Dictionary(
        newEntries, newCounts, newWordCount, tokenCount, labelPrefix, subwords, newPruned, Long.MAX_VALUE);
  }

  int size() {
    return entries.size();
  }

  int wordCount() {
    return wordCount;
  }

  int labelCount() {
    return entries.size() - wordCount;
  }

  long tokenCount() {
    return tokenCount;
  }

  WordTable entries() {
    return entries;
  }

  long count(int entry) {
    return counts[entry];
  }

  long[] wordCounts() {
    return Arrays.copyOf(counts, wordCount);
  }

  long[] labelCounts() {
    return Arrays.copyOfRange(counts, wordCount, counts.length);
  }

  @Nullable
  PruneIndex pruned() {
    return pruned;
  }

  Subwords subwords() {
    return subwords;
  }

  byte[] labelPrefix() {
    return labelPrefix;
  }

  /** The rows that the input matrix must have. */
  long rowCount() {
    return (long) wordCount + (pruned == null ? subwords.bucket() : pruned.size());
  }

  String word(int word) {
    return entries.string(word);
  }

  String label(int label) {
    return entries.string(wordCount + label);
  }

  /** The number of a word, or -1 if it is unknown or a label. */
  int wordId(String word) {
    int entry = entries.find(word);
    return entry < wordCount ? entry : -1;
  }

  /** The number of a label, or -1 if it is unknown or a word. */
  int labelId(String label) {
    int entry = entries.find(label);
    return entry < wordCount ? -1 : entry - wordCount;
  }

  /** Whether an unknown token looks like a label. */
  boolean hasLabelPrefix(byte[] bytes, int from, int to) {
    return to - from >= labelPrefix.length
        && Arrays.equals(bytes, from, from + labelPrefix.length, labelPrefix, 0, labelPrefix.length);
  }

  /** Appends the rows of a known word: its own, then those of its character n-grams. */
  void wordRows(int word, IntList rows) {
    if (rowCache != null) {
      rows.addAll(rowCache, rowStarts[word], rowStarts[word + 1]);
    } else {
      hashWordRows(word, rows);
    }
  }

  private void hashWordRows(int word, IntList rows) {
    rows.add(word);
    int from = entries.start(word);
    int to = entries.end(word);
    if (!TokenReader.isEndOfLine(entries.pool(), from, to)) {
      ngramRows(entries.pool(), from, to, rows);
    }
  }

  /** Appends the rows of a word's character n-grams, known or not. */
  void ngramRows(byte[] bytes, int from, int to, IntList rows) {
    if (subwords.maxn() > 0) {
      subwords.forEachNgram(Subwords.bracket(bytes, from, to), (bucket, start, end) -> addBucket(bucket, rows));
    }
  }

  /** Appends the rows of a line's word n-grams. */
  void wordNgramRows(IntList hashes, IntList rows) {
    if (subwords.wordNgrams() > 1) {
      subwords.forEachWordNgram(hashes, (bucket, _, _) -> addBucket(bucket, rows));
    }
  }

  private void addBucket(int bucket, IntList rows) {
    int row = bucketRow(bucket);
    if (row >= 0) {
      rows.add(row);
    }
  }

  /** The input row of a bucket, or -1 if it was pruned. */
  int bucketRow(int bucket) {
    int row = pruned == null ? bucket : pruned.row(bucket);
    return row < 0 ? -1 : wordCount + row;
  }

  /**
   * Reads a line of a classifier's text: the rows of its words and n-grams, and its known labels.
   *
   * @return the number of tokens; 0 only at the end of the input
   */
  int readLine(TokenReader tokens, Line line) throws IOException {
    line.clear();
    int count = 0;
    while (tokens.next()) {
      count++;
      int entry = entries.find(tokens.bytes(), tokens.start(), tokens.end(), tokens.hash());
      boolean endsLine = tokens.endsLine();
      if (entry >= wordCount) {
        line.labels.add(entry - wordCount);
      } else if (entry >= 0) {
        wordRows(entry, line.rows);
        line.hashes.add(tokens.hash());
      } else if (!hasLabelPrefix(tokens.bytes(), tokens.start(), tokens.end())) {
        if (!endsLine) {
          ngramRows(tokens.bytes(), tokens.start(), tokens.end(), line.rows);
        }
        line.hashes.add(tokens.hash());
      }
      if (endsLine) {
        break;
      }
    }
    wordNgramRows(line.hashes, line.rows);
    return count;
  }
}
