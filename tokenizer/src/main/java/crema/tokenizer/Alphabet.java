package crema.tokenizer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often the characters of a corpus occur. */
final class Alphabet {
  private final Map<Integer, Long> counts = new HashMap<>();
  private final long total;

  Alphabet(WordCounts words) {
    long sum = 0;
    for (int word = 0; word < words.size(); word++) {
      var count = words.count(word);
      for (int at = 0; at < words.length(word);) {
        var character = words.codePoint(word, at);
        counts.merge(character, count, Long::sum);
        sum += count;
        at += Character.charCount(character);
      }
    }
    total = sum;
  }

  /** Returns how often a code point occurs. */
  long count(int codePoint) {
    return counts.getOrDefault(codePoint, 0L);
  }

  /** Returns the code points by their frequency, the most frequent first; among equals the lower one first. */
  private List<Map.Entry<Integer, Long>> sorted() {
    return counts.entrySet().stream().sorted(
        Map.Entry.<Integer, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey())).toList();
  }

  /** Returns the most frequent code points, in ascending order. */
  List<Integer> mostFrequent(int atMost) {
    return sorted().stream().limit(atMost).map(Map.Entry::getKey).sorted().toList();
  }

  /**
   * Returns the most frequent code points, in ascending order: so many that they are a share of all characters.
   *
   * @param atMost no more than that
   */
  List<Integer> covering(double share, int atMost) {
    var sorted = sorted();
    long covered = 0;
    int count = 0;
    while (count < Math.min(atMost, sorted.size()) && covered < share * total) {
      covered += sorted.get(count++).getValue();
    }
    return mostFrequent(count);
  }
}
