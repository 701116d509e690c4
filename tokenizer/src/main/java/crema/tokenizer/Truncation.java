package crema.tokenizer;

/**
 * How texts are cut that have too many tokens.
 *
 * @param maxLength how many tokens may be left, special tokens included; at least 0
 * @param direction which end is cut off
 * @param strategy which text of a pair is cut
 * @param stride how many tokens a window shares with the one before it, in {@link Tokenizer#windows}
 */
public record Truncation(int maxLength, Direction direction, Strategy strategy, int stride) {
  /** Which end of a text is cut off. */
  public enum Direction {
    /** The beginning. */
    LEFT("Left"),
    /** The end. */
    RIGHT("Right");

    /** The name in {@code tokenizer.json}. */
    final String jsonName;

    Direction(String jsonName) {
      this.jsonName = jsonName;
    }
  }

  /** Which text of a pair is cut. */
  public enum Strategy {
    /** The longer one, then both alike. */
    LONGEST_FIRST("LongestFirst"),
    /** The first one only. */
    ONLY_FIRST("OnlyFirst"),
    /** The second one only. */
    ONLY_SECOND("OnlySecond");

    /** The name in {@code tokenizer.json}. */
    final String jsonName;

    Strategy(String jsonName) {
      this.jsonName = jsonName;
    }
  }

  /** Checks the values. */
  public Truncation {
    if (maxLength < 0 || stride < 0) {
      throw new IllegalArgumentException("maxLength is " + maxLength + " and stride " + stride
          + "; both must be at least 0");
    }
  }

  /** Returns the truncation at the end to {@code maxLength} tokens, of a pair the longer text first. */
  public static Truncation to(int maxLength) {
    return new Truncation(maxLength, Direction.RIGHT, Strategy.LONGEST_FIRST, 0);
  }
}
