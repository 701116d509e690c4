package crema.settings;

import crema.base.UserError;
import java.nio.file.Path;

/**
 * Where a setting was given its value, so that an error can name the place.
 *
 * @param place how an error begins, such as {@code train.yaml, line 3: }; empty if the name says enough
 * @param prefix what stands before a setting's name there: two dashes for a flag
 */
public record Origin(String place, String prefix) {
  /** A program that uses the library. */
  public static final Origin CODE = new Origin("", "");

  /** A flag of the command line. */
  public static final Origin FLAG = new Origin("", "--");

  /** A line of a config file, from 1. */
  public static Origin line(Path file, int line) {
    return new Origin(file + ", line " + line + ": ", "");
  }

  /** A file that was written by a program and has no lines to speak of. */
  public static Origin file(Path file) {
    return new Origin(file + ": ", "");
  }

  /** An error in a setting: its name as it is spelt here, and what is wrong with it. */
  public UserError error(String setting, String what) {
    return new UserError(place + prefix + setting + what);
  }

  /** An error that names no setting, or several. */
  public UserError error(String sentence) {
    return new UserError(place + sentence);
  }
}
