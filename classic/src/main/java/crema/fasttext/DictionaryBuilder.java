package crema.fasttext;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Counts the words and labels of a corpus. */
final class DictionaryBuilder {
  /** The size at which the rarest entries are dropped while counting, as the original does. */
  private static final int MOST_ENTRIES = 22_500_000;

  private final byte[] labelPrefix;
  private final int mostEntries;
  private WordTable entries = new WordTable();
  private long[] counts = new long[16];
  private long tokenCount;
  private long rarest = 1;

  DictionaryBuilder(String labelPrefix) {
    this(labelPrefix, MOST_ENTRIES);
  }

  DictionaryBuilder(String labelPrefix, int mostEntries) {
    this.labelPrefix = labelPrefix.getBytes(StandardCharsets.UTF_8);
    this.mostEntries = mostEntries;
  }

  /** Adds the entries of a dictionary, with their counts. */
  void addAll(Dictionary dictionary) {
    add(dictionary, dictionary.entries().size());
  }

  /** Adds the words of a dictionary with their counts, without its labels. */
  void addWords(Dictionary dictionary) {
    add(dictionary, dictionary.wordCount());
  }

  /** Adds the first entries: words come before labels. */
  private void add(Dictionary dictionary, int entryCount) {
    long tokensBefore = tokenCount;
    WordTable known = dictionary.entries();
    for (int e = 0; e < entryCount; e++) {
      add(known.pool(), known.start(e), known.end(e), known.hash(e), dictionary.count(e));
    }
    tokenCount = tokensBefore + dictionary.tokenCount();
  }

  /** Sets the counts of words, or of labels, back to what they are in a dictionary, and to 1 where it lacks them. */
  void restoreCounts(Dictionary dictionary, boolean ofLabels) {
    for (int e = 0; e < entries.size(); e++) {
      if (isLabel(e) == ofLabels) {
        int known = dictionary.entries().find(
            entries.pool(), entries.start(e), entries.end(e), entries.hash(e));
        counts[e] = known < 0 ? 1 : dictionary.count(known);
      }
    }
  }

  void add(TokenReader token) {
    add(token.bytes(), token.start(), token.end(), token.hash(), 1);
  }

  private void add(byte[] bytes, int from, int to, int hash, long count) {
    int entry = entries.intern(bytes, from, to, hash);
    if (entry == counts.length) {
      counts = Arrays.copyOf(counts, 2 * entry);
    }
    counts[entry] += count;
    tokenCount += count;
    if (entries.size() > mostEntries) {
      rarest++;
      keep(order(rarest, rarest));
    }
  }

  /** Adds a word that the corpus need not have, for instance one of a file of pretrained vectors. */
  void addWord(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    add(bytes, 0, bytes.length, Fnv.hash(bytes, 0, bytes.length), 1);
  }

  boolean isLabel(int entry) {
    int from = entries.start(entry);
    return entries.end(entry) - from >= labelPrefix.length
        && Arrays.equals(entries.pool(), from, from + labelPrefix.length, labelPrefix, 0, labelPrefix.length);
  }

  /** Whether there is a word. */
  boolean hasWords() {
    return IntStream.range(0, entries.size()).anyMatch(entry -> !isLabel(entry));
  }

  /** Whether there is a label. */
  boolean hasLabels() {
    return IntStream.range(0, entries.size()).anyMatch(this::isLabel);
  }

  /** The entries that are frequent enough: words, then labels, each by falling count and then by first appearance. */
  private int[] order(long minCount, long minCountLabel) {
    return IntStream.range(0, entries.size())
        .filter(e -> counts[e] >= (isLabel(e) ? minCountLabel : minCount))
        .boxed()
        .sorted(Comparator.<Integer, Boolean>comparing(this::isLabel)
            .thenComparing(e -> counts[e], Comparator.reverseOrder()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private void keep(int[] order) {
    var kept = new WordTable();
    var keptCounts = new long[Math.max(16, order.length)];
    for (int entry : order) {
      int from = entries.start(entry);
      int id = kept.intern(entries.pool(), from, entries.end(entry), entries.hash(entry));
      keptCounts[id] = counts[entry];
    }
    entries = kept;
    counts = keptCounts;
  }

  /** Drops rare entries and sorts the others. */
  void threshold(long minCount, long minCountLabel) {
    keep(order(minCount, minCountLabel));
  }

  /** The dictionary of the entries as {@link #threshold} left them. */
  Dictionary build(Subwords subwords) {
    int words = 0;
    while (words < entries.size() && !isLabel(words)) {
      words++;
    }
    return new Dictionary(
        entries, Arrays.copyOf(counts, entries.size()), words, tokenCount, labelPrefix, subwords, null,
        Long.MAX_VALUE);
  }
}
