package crema.data;

import org.jspecify.annotations.Nullable;

/** The texts of JSON values of a file, one after the other. */
interface JsonTexts extends AutoCloseable {
  /** Goes to the next one, sound or not; false at the end of the file. */
  boolean advancePastBlanks();

  /** The text. */
  String text();

  /** The line on which it begins, from 1. */
  long number();

  /** What is wrong with it as a text, or null. */
  @Nullable
  RowProblem problem();

  @Override
  void close();
}
