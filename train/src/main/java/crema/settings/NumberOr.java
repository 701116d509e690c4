package crema.settings;

import crema.base.Keyed;

/**
 * A number, or a word in place of one.
 *
 * @param <K> the words
 */
public sealed interface NumberOr<K extends Enum<K> & Keyed> {
  /**
   * A number.
   *
   * @param <K> the words that it is in place of
   */
  record Number<K extends Enum<K> & Keyed>(double value) implements NumberOr<K> {}

  /**
   * A word.
   *
   * @param <K> the words
   */
  record Word<K extends Enum<K> & Keyed>(K value) implements NumberOr<K> {}

  /** A number. */
  static <K extends Enum<K> & Keyed> NumberOr<K> of(double value) {
    return new Number<>(value);
  }

  /** A word. */
  static <K extends Enum<K> & Keyed> NumberOr<K> of(K word) {
    return new Word<>(word);
  }
}
