package crema.cli;

import crema.classify.Prediction;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Where predictions go: to a stream, or into a table. */
interface PredictionOutput extends AutoCloseable {
  /** Writes the predictions of some texts. */
  void write(List<InputText> texts, List<List<Prediction>> predictions) throws IOException;

  /** Whether nobody reads it any more: there is no use in predicting more. */
  boolean isClosed();

  /** Tells of texts that were empty, and returns the exit code that says whether there were any. */
  int report(PrintStream err);

  /** Ends what was written; a stream that is not its own stays open. */
  @Override
  void close() throws IOException;
}
