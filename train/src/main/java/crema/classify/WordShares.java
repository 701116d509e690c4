package crema.classify;

import crema.data.TextWord;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Shares out what n-grams of a text add to logits to the words that they touch: a run of words in equal parts, a run of
 * characters by how many of its characters lie in each word. What touches no word, such as white space, goes in equal
 * parts to the words before and after it.
 */
public final class WordShares {
  private final List<TextWord> words;
  /** The word of each place in the text, -1 for none. */
  private final int[] wordAt;
  private final double[][] sums;

  /**
   * Nothing yet.
   *
   * @param text at least one word
   * @param words of this text
   * @param labels how many labels are explained
   */
  public WordShares(String text, List<TextWord> words, int labels) {
    this.words = words;
    wordAt = new int[text.length()];
    Arrays.fill(wordAt, -1);
    for (int word = 0; word < words.size(); word++) {
      Arrays.fill(wordAt, words.get(word).start(), words.get(word).end(), word);
    }
    sums = new double[labels][words.size()];
  }

  /** Which words an n-gram is shared by. */
  public enum Rule {
    /** Those that it touches, in equal parts. */
    EQUAL,
    /** Those that it touches, by the characters that each has of it. */
    BY_CHARACTERS
  }

  /**
   * Adds what an n-gram says.
   *
   * @param places in the text of its characters; -1 for a character that the text does not have
   * @param added to each label, {@code [labels]}
   */
  public void add(int[] places, Rule rule, double[] added) {
    int[] touched = Arrays.stream(places).filter(place -> place >= 0).map(place -> wordAt[place])
        .filter(word -> word >= 0).toArray();
    if (touched.length == 0) {
      touched = neighbours(places);
    } else if (rule == Rule.EQUAL) {
      touched = Arrays.stream(touched).distinct().toArray();
    }
    for (int word : touched) {
      for (int label = 0; label < added.length; label++) {
        sums[label][word] += added[label] / touched.length;
      }
    }
  }

  private int[] neighbours(int[] places) {
    int[] real = Arrays.stream(places).filter(place -> place >= 0).toArray();
    int first = real.length == 0 ? 0 : real[0];
    int last = real.length == 0 ? wordAt.length - 1 : real[real.length - 1];
    int before = IntStream.iterate(first, place -> place >= 0, place -> place - 1).map(place -> wordAt[place])
        .filter(word -> word >= 0).findFirst().orElse(-1);
    int after = IntStream.range(last, wordAt.length).map(place -> wordAt[place]).filter(word -> word >= 0)
        .findFirst().orElse(-1);
    int[] found = IntStream.of(before, after).filter(word -> word >= 0).toArray();
    return found.length > 0 ? found : IntStream.range(0, words.size()).toArray();
  }

  /** What each word adds to a label, {@code [words]}. */
  public List<Double> of(int label) {
    return Arrays.stream(sums[label]).boxed().toList();
  }
}
