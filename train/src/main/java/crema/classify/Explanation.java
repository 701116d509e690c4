package crema.classify;

import crema.data.TextWord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which words of a text speak for and against labels, and how much: numbers that are added to the logit of a label.
 *
 * @param kind where the numbers come from
 * @param words of the text, in their order
 * @param labels that are explained, in the order in which they were asked for; none for a blank text
 */
public record Explanation(Kind kind, List<TextWord> words, List<LabelEvidence> labels) {
  /** Where the numbers of an explanation come from. */
  public enum Kind {
    /** The logit is a sum over words and n-grams, which are shared out to the words that they touch. */
    EXACT,
    /** By how much the logit falls if the text lacks the word, at all of its places. */
    LEAVE_OUT
  }

  /** Copies the lists. */
  public Explanation {
    words = List.copyOf(words);
    labels = List.copyOf(labels);
  }

  /** That of a text with nothing in it. */
  public static Explanation ofBlank(Kind kind) {
    return new Explanation(kind, List.of(), List.of());
  }

  /**
   * What the words say of a label.
   *
   * @param label the label
   * @param probability of the label
   * @param logit where it is exact, the number that the model computes of the text, before any probabilities; otherwise
   *     the logarithm of the odds of the label
   * @param base what the logit is without any word: the intercept; NaN where it is not exact, which has none
   * @param words what each word adds, {@code [words]}; where it is exact, {@code logit} is {@code base} and their sum
   */
  public record LabelEvidence(String label, double probability, double logit, double base, List<Double> words) {
    /** Copies the list. */
    public LabelEvidence {
      words = List.copyOf(words);
    }
  }

  /**
   * A word with all of its places in a column.
   *
   * @param word how it is written
   * @param column the column that it is in, from 0
   * @param evidence what its places add together
   * @param places their numbers among the words of the text
   */
  public record WordEvidence(String word, int column, double evidence, List<Integer> places) {}

  /** What the words say of a label, equal words of a column together, from that which speaks most for it down. */
  public List<WordEvidence> ranked(LabelEvidence label) {
    List<WordEvidence> ranked = new ArrayList<>();
    for (List<Integer> places : places(words)) {
      TextWord word = words.get(places.getFirst());
      double sum = places.stream().mapToDouble(label.words::get).sum();
      ranked.add(new WordEvidence(word.text(), word.column(), sum, places));
    }
    ranked.sort(Comparator.comparingDouble((WordEvidence word) -> -word.evidence));
    return ranked;
  }

  /** The places of each word, equal words of a column together, in the order of their first places. */
  static List<List<Integer>> places(List<TextWord> words) {
    Map<Map.Entry<Integer, String>, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i++) {
      places.computeIfAbsent(Map.entry(words.get(i).column(), words.get(i).text()), _ -> new ArrayList<>()).add(i);
    }
    return List.copyOf(places.values());
  }
}
