package crema.run;

import java.io.IOException;

/** Writes the files of a model that depend on its family. */
public interface ModelFiles {
  /** Writes what prediction needs besides the labels and {@code config.json}. */
  void writeWeights() throws IOException;

  /** Writes {@code config.json}, which makes the directory a whole model. */
  void writeDescription() throws IOException;
}
