package crema.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that is called by a name of its own, as in {@code german=data/de.csv}.
 *
 * @param name letters, digits, {@code _} and {@code -}; empty if the file has none
 * @param file its path
 */
public record NamedFile(String name, String file) {
  private static final Pattern NAMED = Pattern.compile("([\\w-]+)=(.+)");

  /** Reads {@code NAME=FILE} or {@code FILE}; a file whose path looks like the former is called {@code ./a=b}. */
  public static NamedFile of(String text) {
    Matcher named = NAMED.matcher(text);
    return named.matches() ? new NamedFile(named.group(1), named.group(2)) : new NamedFile("", text);
  }

  /** What {@link #of} reads. */
  @Override
  public String toString() {
    return name.isEmpty() ? file : name + "=" + file;
  }
}
