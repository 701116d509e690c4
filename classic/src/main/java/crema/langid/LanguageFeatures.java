package crema.langid;

import java.util.Arrays;

/**
 * What a text's language is detected by: the set of its character n-grams of one to four letters, its words, and its
 * pairs of words, next to each other or one apart. Short n-grams know a language by its letters and endings; words and
 * pairs part near relatives that share all of those.
 *
 * <p>Words are runs of letters, marks and apostrophes in lower case, so that a word is the same at the start of a
 * sentence, before a comma and in quotes. An n-gram may begin and end with the space around a word, and does not go
 * past it. The start and the end of the text count as words in pairs.
 *
 * <p>A feature is known by a hash of {@value #HASH_BITS} bits, {@value FeatureKind#BITS} of which encode its
 * {@linkplain FeatureKind kind}. With 100,000 words in a model, one word in 170 that it does not know is taken for one
 * that it knows.
 */
final class LanguageFeatures {
  static final int HASH_BITS = 26;

  private static final int LONGEST_NGRAM = 4;
  private static final int LONGEST_SHORT_NGRAM = 3;

  /** Where hashes start, different above all code points to keep the kinds of features apart. */
  private static final long NGRAM = 1L << 32;
  private static final long WORD = 2L << 32;
  private static final long NEIGHBOURS = 3L << 32;
  private static final long ONE_APART = 4L << 32;

  private static final long TEXT_START = 5L << 32;
  private static final long TEXT_END = 6L << 32;

  /** Odd, with bits all over: 2^64 over the golden ratio. */
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final int[] hashes;
  private int count;

  private LanguageFeatures(int capacity) {
    hashes = new int[capacity];
  }

  /** The hashes of a text's features, ascending, each once; none if there is no word. */
  static int[] of(String text) {
    int[] words = words(text);
    if (words.length == 1) {
      return new int[0];
    }
    var features = new LanguageFeatures((LONGEST_NGRAM + 2) * words.length);
    features.addNgrams(words);
    features.addWords(words);
    return features.distinct();
  }

  /** The code points of a text's words, with one space before, between and after them. */
  private static int[] words(String text) {
    var words = new int[text.length() + 2];
    words[0] = ' ';
    int length = 1;
    for (int i = 0; i < text.length();) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (isOfWord(c)) {
        words[length++] = Character.toLowerCase(c);
      } else if (words[length - 1] != ' ') {
        words[length++] = ' ';
      }
    }
    if (words[length - 1] != ' ') {
      words[length++] = ' ';
    }
    return Arrays.copyOf(words, length);
  }

  private static boolean isOfWord(int c) {
    int type = Character.getType(c);
    return c == '\'' || Character.isLetter(c) || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }

  private void addNgrams(int[] words) {
    for (int from = 0; from < words.length; from++) {
      long hash = NGRAM;
      for (int to = from; to < Math.min(from + LONGEST_NGRAM, words.length); to++) {
        hash = mix(hash, words[to]);
        boolean endsWord = words[to] == ' ';
        if (to > from || !endsWord) {
          add(to - from < LONGEST_SHORT_NGRAM ? FeatureKind.SHORT_NGRAM : FeatureKind.LONG_NGRAM, hash);
        }
        if (to > from && endsWord) {
          break;
        }
      }
    }
  }

  private void addWords(int[] words) {
    long beforeLast = TEXT_START;
    long last = TEXT_START;
    long word = WORD;
    for (int i = 1; i < words.length; i++) {
      if (words[i] != ' ') {
        word = mix(word, words[i]);
        continue;
      }
      add(FeatureKind.WORD, word);
      addPairs(beforeLast, last, word);
      beforeLast = last;
      last = word;
      word = WORD;
    }
    addPairs(beforeLast, last, TEXT_END);
  }

  private void addPairs(long beforeLast, long last, long word) {
    add(FeatureKind.PAIR, mix(mix(NEIGHBOURS, last), word));
    add(FeatureKind.PAIR, mix(mix(ONE_APART, beforeLast), word));
  }

  private void add(FeatureKind kind, long hash) {
    hashes[count++] = kind.hash(hash);
  }

  private static long mix(long hash, long value) {
    long mixed = (hash ^ value) * MULTIPLIER;
    return (mixed ^ (mixed >>> 32)) * MULTIPLIER;
  }

  private int[] distinct() {
    Arrays.sort(hashes, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || hashes[i] != hashes[i - 1]) {
        hashes[distinct++] = hashes[i];
      }
    }
    return Arrays.copyOf(hashes, distinct);
  }
}
