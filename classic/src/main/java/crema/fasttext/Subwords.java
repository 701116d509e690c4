package crema.fasttext;

import crema.base.IntList;

/**
 * The hashed features of a model: the character n-grams of a word in brackets, and the n-grams of words in a line.
 *
 * @param wordNgrams the longest word n-gram
 * @param bucket the number of buckets that hashes are reduced to
 * @param minn the shortest character n-gram
 * @param maxn the longest; 0 for none
 */
record Subwords(int wordNgrams, int bucket, int minn, int maxn) {
  private static final long WORD_NGRAM_FACTOR = 116049371L;

  /** Receives a character n-gram: its bucket, and the bytes of the bracketed word that it spans. */
  interface Visitor {
    void ngram(int bucket, int from, int to);
  }

  /** The word between {@code <} and {@code >}. */
  static byte[] bracket(byte[] word, int from, int to) {
    var bracketed = new byte[to - from + 2];
    bracketed[0] = '<';
    System.arraycopy(word, from, bracketed, 1, to - from);
    bracketed[bracketed.length - 1] = '>';
    return bracketed;
  }

  /** Visits the n-grams of a bracketed word, counted in UTF-8 characters; a bracket alone is none. */
  void forEachNgram(byte[] word, Visitor visitor) {
    if (bucket == 0) {
      return;
    }
    for (int i = 0; i < word.length; i++) {
      if (isContinuation(word[i])) {
        continue;
      }
      int hash = Fnv.BASIS;
      int j = i;
      for (int n = 1; j < word.length && n <= maxn; n++) {
        do {
          hash = Fnv.add(hash, word[j++]);
        } while (j < word.length && isContinuation(word[j]));
        if (n >= minn && !(n == 1 && (i == 0 || j == word.length))) {
          visitor.ngram(Integer.remainderUnsigned(hash, bucket), i, j);
        }
      }
    }
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  /** At most so many n-grams does {@link #forEachNgram} visit for a word of so many bytes. */
  long ngramBound(int bytes) {
    return bucket == 0 ? 0 : (bytes + 2L) * Math.min(maxn, bytes + 2L);
  }

  /** Receives a word n-gram: its bucket, and its first and last word. */
  interface WordNgramVisitor {
    void ngram(int bucket, int first, int last);
  }

  /** Visits the word n-grams of a line, from the hashes of its words. */
  void forEachWordNgram(IntList hashes, WordNgramVisitor visitor) {
    if (bucket == 0) {
      return;
    }
    for (int i = 0; i < hashes.size(); i++) {
      long hash = hashes.get(i);
      long end = Math.min(hashes.size(), (long) i + wordNgrams);
      for (int j = i + 1; j < end; j++) {
        hash = hash * WORD_NGRAM_FACTOR + hashes.get(j);
        visitor.ngram((int) Long.remainderUnsigned(hash, bucket), i, j);
      }
    }
  }
}
