package crema.tokenizer;

import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Finds the parts of words that occur several times, and how often: those that cannot be made longer without losing
 * occurrences, as the nodes of a suffix tree. Works on a sorted array of all places in words, so that memory grows with
 * the characters of the distinct words.
 */
final class SubstringCounter {
  private static final int END = -1;

  private final WordCounts words;
  private final int longest;
  /** The code points of all words, each word followed by {@link #END}. */
  private final int[] text;
  /** The word of each place. */
  private final int[] wordOf;
  private final int[] places;

  /**
   * Prepares the search.
   *
   * @param longest how many code points a part has at most
   */
  SubstringCounter(WordCounts words, int longest) {
    this.words = words;
    this.longest = longest;
    long chars = words.size();
    for (int word = 0; word < words.size(); word++) {
      chars += words.length(word);
    }
    if (chars > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "the corpus has too many distinct words: " + words.size() + "; train on a sample of it");
    }
    text = new int[(int) chars];
    wordOf = new int[(int) chars];
    var found = new int[(int) chars];
    int end = 0;
    int count = 0;
    for (int word = 0; word < words.size(); word++) {
      for (int at = 0; at < words.length(word);) {
        found[count++] = end;
        wordOf[end] = word;
        text[end] = words.codePoint(word, at);
        at += Character.charCount(text[end++]);
      }
      text[end++] = END;
    }
    places = Arrays.copyOf(found, count);
  }

  /**
   * Passes on the parts of at least two characters that occur a number of times.
   *
   * @param found takes a part and how often it occurs, in the order of the parts' characters
   */
  void forEach(long minimumFrequency, BiConsumer<String, Long> found) {
    sort(0, places.length, 0);
    // The nodes on the way to a place: how deep they are, and how often those below them occur that are closed.
    var depths = new int[longest + 1];
    var counts = new long[longest + 1];
    int open = 0;
    for (int i = 0; i <= places.length; i++) {
      int shared = i == 0 || i == places.length ? 0 : shared(places[i - 1], places[i]);
      long closed = 0;
      while (open > 0 && depths[open - 1] > shared) {
        closed += counts[--open];
        if (depths[open] > 1 && closed >= minimumFrequency) {
          found.accept(new String(text, places[i - 1], depths[open]), closed);
        }
      }
      if (shared > 0 && closed > 0) {
        open = add(depths, counts, open, shared, closed);
      }
      if (i < places.length) {
        open = add(depths, counts, open, depth(places[i]), words.count(wordOf[places[i]]));
      }
    }
  }

  /** Adds occurrences to the deepest node, or opens one below it; returns how many are open. */
  private static int add(int[] depths, long[] counts, int open, int depth, long count) {
    if (open > 0 && depths[open - 1] == depth) {
      counts[open - 1] += count;
      return open;
    }
    depths[open] = depth;
    counts[open] = count;
    return open + 1;
  }

  /** How many characters there are from a place to the end of its word, up to the longest part. */
  private int depth(int place) {
    int depth = 0;
    while (depth < longest && text[place + depth] != END) {
      depth++;
    }
    return depth;
  }

  private int shared(int left, int right) {
    int depth = 0;
    while (depth < longest && text[left + depth] != END && text[left + depth] == text[right + depth]) {
      depth++;
    }
    return depth;
  }

  private int at(int index, int depth) {
    return text[places[index] + depth];
  }

  /** Sorts by the characters from a depth on: the quicksort of strings by Bentley and Sedgewick (SODA 1997). */
  private void sort(int from, int to, int depth) {
    while (to - from > 1) {
      if (depth == longest) {
        return;
      }
      int pivot = at(from + (to - from) / 2, depth);
      int less = from;
      int greater = to;
      for (int i = from; i < greater;) {
        int value = at(i, depth);
        if (value < pivot) {
          swap(less++, i++);
        } else if (value > pivot) {
          swap(i, --greater);
        } else {
          i++;
        }
      }
      sort(from, less, depth);
      if (pivot != END) {
        sort(less, greater, depth + 1);
      }
      from = greater;
    }
  }

  private void swap(int i, int j) {
    int place = places[i];
    places[i] = places[j];
    places[j] = place;
  }
}
