package crema.settings;

import crema.base.UserError;
import java.util.List;

/** Checks that settings are in their ranges. */
public final class Checks {
  private Checks() {}

  public static void requireAtLeast(String key, long value, long least) {
    if (value < least) {
      throw new UserError(key + " must be at least " + least + ", not " + value);
    }
  }

  public static void requireIn(String key, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new UserError(key + " must be from " + low + " to " + high + ", not " + value);
    }
  }

  public static void requireOneOf(String key, String value, List<String> allowed) {
    if (!allowed.contains(value)) {
      throw new UserError(key + " must be one of " + String.join(", ", allowed) + ", not '" + value + "'");
    }
  }
}
