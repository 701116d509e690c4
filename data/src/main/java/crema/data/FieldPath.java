package crema.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Where a value stands in a raw row: a column, and keys in it with dots between them, as {@code text_fields.title}. A
 * column or key may have dots in its own name: the longest name that there is counts.
 *
 * @param text the path
 */
public record FieldPath(String text) {
  private static final int MOST_SEGMENTS = 32;

  /**
   * Checks the path.
   *
   * @throws DataException if it is empty, or a part of it is, or there are too many
   */
  public FieldPath {
    String[] segments = text.split("\\.", -1);
    if (List.of(segments).stream().anyMatch(String::isBlank)) {
      throw new DataException("'" + text + "' is no path to a field: write a column, and keys in it with a dot before "
          + "each, as text_fields.title");
    }
    if (segments.length > MOST_SEGMENTS) {
      throw new DataException("a path to a field has at most " + MOST_SEGMENTS + " parts, not " + segments.length);
    }
  }

  /** The names that its first part may have, the longest first: all of it, and what stands before each dot. */
  List<String> heads() {
    var heads = new ArrayList<String>();
    for (int end = text.length(); end > 0; end = text.lastIndexOf('.', end - 1)) {
      heads.add(text.substring(0, end));
    }
    return heads;
  }

  /** What follows one of the {@link #heads}; empty behind the last part. */
  String behind(String head) {
    return head.length() == text.length() ? "" : text.substring(head.length() + 1);
  }

  /**
   * The column that it begins with.
   *
   * @param existing the columns of a file
   * @return the longest that there is, or the first part if there is none
   */
  String column(Collection<String> existing) {
    List<String> heads = heads();
    return heads.stream().filter(existing::contains).findFirst().orElse(heads.getLast());
  }

  /** The path. */
  @Override
  public String toString() {
    return text;
  }
}
