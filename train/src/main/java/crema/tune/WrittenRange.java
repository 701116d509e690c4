package crema.tune;

import crema.settings.Assignment;
import crema.settings.Origin;
import java.util.List;

/**
 * A range of a setting as a user wrote it, such as {@code learning-rate: {log: [1e-5, 1e-3]}}.
 *
 * @param name the setting's name
 * @param scale how the values are spread, as it was written
 * @param values what is listed: the two ends, or the choices, each of which may be a list itself
 * @param origin where it stands
 */
public record WrittenRange(String name, String scale, List<Assignment> values, Origin origin) {
  /** Copies the list. */
  public WrittenRange {
    values = List.copyOf(values);
  }
}
