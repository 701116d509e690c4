package crema.run;

import java.io.IOException;
import java.util.Map;

/** Writes the files of a model that depend on its family. */
public interface ModelFiles {
  /** Writes what prediction needs besides the labels and {@code config.json}. */
  void writeWeights() throws IOException;

  /**
   * Writes what is needed to go on with the test, should the run end in it: nothing, where it then goes on from its last
   * checkpoint.
   *
   * @param facts what the report says of the model, in order
   */
  default void writeUntested(Map<String, String> facts) throws IOException {}

  /** Writes {@code config.json}, which makes the directory a whole model. */
  void writeDescription() throws IOException;
}
