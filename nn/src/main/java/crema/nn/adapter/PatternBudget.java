package crema.nn.adapter;

import crema.base.UserError;
import java.util.regex.Pattern;

/** Matches patterns of untrusted files: one that would take forever, as {@code (a+)+$} can, is an error. */
final class PatternBudget {
  /** No file has longer patterns. */
  static final int LONGEST = 4096;

  /** A pattern reads each character some times, not a thousand. */
  private static final int MOST_READS = 1_000_000;

  private PatternBudget() {}

  static boolean matches(Pattern pattern, String text) {
    try {
      return pattern.matcher(new Counted(text)).matches();
    } catch (StackOverflowError e) {
      throw new UserError("the regular expression '" + pattern + "' takes too long to match " + text, e);
    }
  }

  /** A text that counts how often it is read. */
  private static final class Counted implements CharSequence {
    private final String text;
    private int reads;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++reads > MOST_READS) {
        throw new UserError("a regular expression takes too long to match " + text);
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
