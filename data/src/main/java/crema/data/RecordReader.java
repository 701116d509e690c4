package crema.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads records of fields, the header among them. */
interface RecordReader extends AutoCloseable {
  /** Goes to the next record, sound or not; false at the end. */
  boolean advance();

  /** The fields of the current record; not to be looked at if it has a problem. */
  List<String> fields();

  /** The line on which the current record begins. */
  long line();

  /** What is wrong with the current record, or null. */
  @Nullable RowProblem problem();

  @Override
  void close();
}
