package crema.base;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a misspelt one was probably meant to be. */
public final class NearestName {
  private NearestName() {}

  /**
   * The candidate with the fewest single-character edits and swaps of neighbours from the name, letter case aside, if
   * those are at most a third of its length (and at least one is allowed). The first candidate wins a tie.
   */
  public static Optional<String> among(String name, Collection<String> candidates) {
    var wanted = name.toLowerCase(Locale.ROOT);
    var best = Optional.<String>empty();
    int fewest = Math.max(1, wanted.length() / 3) + 1;
    for (var candidate : candidates) {
      int edits = edits(wanted, candidate.toLowerCase(Locale.ROOT));
      if (edits < fewest) {
        fewest = edits;
        best = Optional.of(candidate);
      }
    }
    return best;
  }

  /**
   * The {@linkplain #among nearest name} as the end of a sentence: {@code ; did you mean 'label'?}, or nothing if none
   * is near.
   */
  public static String suggestion(String name, Collection<String> candidates) {
    return among(name, candidates).map(near -> "; did you mean '" + near + "'?").orElse("");
  }

  /** The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
  private static int edits(String a, String b) {
    var beforeLast = new int[b.length() + 1];
    var last = new int[b.length() + 1];
    var current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(last[j], current[j - 1]) + 1);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          current[j] = Math.min(current[j], beforeLast[j - 2] + 1);
        }
      }
      var spare = beforeLast;
      beforeLast = last;
      last = current;
      current = spare;
    }
    return last[b.length()];
  }
}
