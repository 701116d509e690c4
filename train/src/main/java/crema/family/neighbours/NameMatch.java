package crema.family.neighbours;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of a category's name a text has: words, where those that few names have count more, and runs of three
 * characters within words, which also meet other forms of a word.
 */
final class NameMatch {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
  private static final int RUN = 3;

  private final List<Parts> names;
  private final Map<String, Integer> frequencies = new HashMap<>();

  /** The words and runs of a text, each once. */
  record Parts(Set<String> words, Set<String> runs) {
    static Parts of(String text) {
      var words = new LinkedHashSet<String>();
      var runs = new LinkedHashSet<String>();
      Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
      while (matcher.find()) {
        String word = matcher.group();
        if (words.add(word)) {
          String padded = " " + word + " ";
          for (int i = 0; i + RUN <= padded.length(); i++) {
            runs.add(padded.substring(i, i + RUN));
          }
        }
      }
      return new Parts(words, runs);
    }
  }

  NameMatch(List<String> names) {
    this.names = names.stream().map(Parts::of).toList();
    this.names.forEach(name -> name.words.forEach(word -> frequencies.merge(word, 1, Integer::sum)));
  }

  /** The share of a name's words that a text has, by weight, from 0 to 1. */
  double words(int category, Parts text) {
    double all = 0;
    double found = 0;
    for (String word : names.get(category).words) {
      double weight = StrictMath.log(1 + (double) names.size() / frequencies.getOrDefault(word, 1));
      all += weight;
      found += text.words.contains(word) ? weight : 0;
    }
    return all == 0 ? 0 : found / all;
  }

  /** The share of a name's runs of characters that a text has, from 0 to 1. */
  double runs(int category, Parts text) {
    Set<String> runs = names.get(category).runs;
    int found = 0;
    for (String run : runs) {
      found += text.runs.contains(run) ? 1 : 0;
    }
    return runs.isEmpty() ? 0 : (double) found / runs.size();
  }
}
