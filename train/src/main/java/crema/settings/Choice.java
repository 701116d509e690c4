package crema.settings;

import java.util.Objects;

/**
 * A value that suits the data of a run, for a setting that nobody gave.
 *
 * @param setting of which it is a value
 * @param value it has where nobody gives another
 * @param reason in a few words for people: what there is in the data, and why the value suits that
 */
public record Choice<T>(Setting<T> setting, T value, String reason) {
  /** Checks that the setting can have the value. */
  public Choice {
    Objects.requireNonNull(reason);
    setting.checked(value, setting.name(), Origin.CODE);
  }

  /** The setting, the value and the reason, for people. */
  @Override
  public String toString() {
    return setting.name() + " " + setting.text(value) + ": " + reason;
  }
}
