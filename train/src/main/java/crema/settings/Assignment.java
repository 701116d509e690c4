package crema.settings;

import crema.base.UserError;
import java.util.List;

/**
 * A value for a setting as a user wrote it.
 *
 * @param name the setting's name, as it was written
 * @param texts the items of a list, or the one value
 * @param isList whether it was written as a list
 * @param origin where it stands
 */
public record Assignment(String name, List<String> texts, boolean isList, Origin origin) {
  /** Copies the list. */
  public Assignment {
    texts = List.copyOf(texts);
  }

  /** A single value. */
  public Assignment(String name, String text, Origin origin) {
    this(name, List.of(text), false, origin);
  }

  /** An error in this value. */
  public UserError error(String what) {
    return origin.error(name, what);
  }
}
