package crema.family.linear;

import crema.base.Keyed;
import crema.base.UserError;
import crema.linear.Analyzer;
import crema.linear.TfIdf;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Terms of one kind, of one text: a space of features with a vocabulary of its own, in which a text has length 1 or what
 * the weight says.
 *
 * @param column the text column whose terms they are; empty for all columns, joined
 * @param terms its vectors
 * @param weight their length
 */
record TermSpace(Optional<String> column, TfIdf terms, float weight) {
  /** The name of all columns joined, among names of columns. */
  static final String JOINED = "*";

  private static final Pattern SYNTAX = Pattern.compile("([^:]*)(?::(.+?)(?::([0-9.eE+-]+))?)?");

  /**
   * A space as it is asked for.
   *
   * @param analyzer what its terms are
   * @param column the text column that it reads, or {@link #JOINED}; empty if that is not said
   * @param weight the length of its vectors
   */
  record Wanted(Analyzer analyzer, Optional<String> column, double weight) {
    /**
     * Reads {@code ANALYZER}, {@code ANALYZER:COLUMN} or {@code ANALYZER:COLUMN:WEIGHT}.
     *
     * @throws UserError if it is none of these
     */
    static Wanted parse(String text) {
      Matcher parts = SYNTAX.matcher(text);
      if (!parts.matches()) {
        throw new UserError("'" + text + "' is not an analyzer: write NAME, NAME:COLUMN or NAME:COLUMN:WEIGHT");
      }
      double weight = parts.group(3) == null ? 1 : weight(parts.group(3), text);
      return new Wanted(Keyed.find(Analyzer.class, parts.group(1), "analyzer"), Optional.ofNullable(parts.group(2)),
          weight);
    }

    /** The same of a column; empty for all columns, joined. */
    Wanted of(Optional<String> other) {
      return new Wanted(analyzer, other, weight);
    }

    /** Whether another space has the same terms. */
    boolean isLike(Wanted other) {
      return analyzer == other.analyzer && column.equals(other.column);
    }

    @Override
    public String toString() {
      return analyzer.key() + ":" + column.orElse(JOINED);
    }

    private static double weight(String number, String text) {
      try {
        double weight = Double.parseDouble(number);
        if (weight > 0 && weight <= FrozenSettings.MOST_WEIGHT) {
          return weight;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw new UserError("the weight in '" + text + "' must be above 0 and at most " + FrozenSettings.MOST_WEIGHT);
    }
  }
}
