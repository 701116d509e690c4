package crema.tune;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Is notified of the trials of a search. */
public interface TuneListener {
  /**
   * A training begins, or is found to be done.
   *
   * @param trial what is tried
   * @param place of the training in its rung
   */
  void begins(Trial trial, Place place);

  /**
   * A training ended.
   *
   * @param trial what was tried
   * @param place of the training in its rung
   * @param score what it reached; null if it failed
   */
  void ended(Trial trial, Place place, @Nullable Double score);

  /**
   * Where in a search a training is; all is counted from 1.
   *
   * @param rung its rung
   * @param rungs how many there are
   * @param number which one it is of those in the rung
   * @param count how many there are in the rung
   */
  record Place(int rung, int rungs, int number, int count) {
    /** In words. */
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "[%d/%d]", number, count) + (rungs == 1 ? "" : String.format(Locale.ROOT,
          " rung %d of %d", rung, rungs));
    }
  }
}
