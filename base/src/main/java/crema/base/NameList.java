package crema.base;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names in a message: as many as a line has room for, whatever a file calls its columns or labels. */
public final class NameList {
  private static final int MOST_NAMES = 30;
  private static final int MOST_CHARACTERS = 60;

  private NameList() {}

  /** The first names, cut where they are long, and how many more there are. */
  public static String of(Collection<String> names) {
    String first = names.stream().limit(MOST_NAMES).map(NameList::shortened).collect(Collectors.joining(", "));
    return names.size() > MOST_NAMES ? first + String.format(Locale.ROOT,
        " and %,d more", names.size() - MOST_NAMES) : first;
  }

  private static String shortened(String name) {
    return name.codePointCount(0, name.length()) <= MOST_CHARACTERS ? name
        : name.substring(0, name.offsetByCodePoints(0, MOST_CHARACTERS)) + "…";
  }
}
