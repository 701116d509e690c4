package crema.nn.io;

import crema.base.ByteSource;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;

/**
 * What a file of weights holds.
 *
 * @param tensors by name, views of mapped bytes
 * @param metadata free texts that the writer added
 * @param config what the file says about the architecture, as {@code config.json} would
 */
record StoredContents(Map<String, StoredTensor> tensors, Map<String, String> metadata, Map<String, Object> config) {
  StoredContents(Map<String, StoredTensor> tensors) {
    this(tensors, Map.of(), Map.of());
  }

  /** Reads a file's directory. */
  @FunctionalInterface
  interface Parser<F> {
    /**
     * Parses a file.
     *
     * @param arena what the bytes of tensors are mapped into
     * @throws InvalidWeightsException when it is malformed; the message does not name the file
     */
    StoredContents parse(F file, Arena arena) throws IOException;
  }

  /** Opens a file of a known format, and unmaps it again if it cannot be parsed. */
  static <F> StoredWeights open(F file, WeightFormat format, Parser<F> parser) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return new StoredWeights(file instanceof ByteSource source ? source.name() : file.toString(), format, arena,
          parser.parse(file, arena));
    } catch (InvalidWeightsException e) {
      arena.close();
      throw new InvalidWeightsException(file + " is not a valid " + format.description() + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }
}
