package crema.cuda.graph;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Grid;
import crema.cuda.driver.Kernel;
import crema.cuda.driver.Stream;
import java.lang.foreign.MemorySegment;

/** A piece of work that was queued, with all that it takes to queue it again. */
sealed interface Command {
  /** Queues it. */
  void run(Driver driver, Stream stream);

  /**
   * A kernel with its parameters.
   *
   * @param parameters packed; the command's own
   */
  record Launch(Kernel kernel, Grid grid, MemorySegment parameters) implements Command {
    @Override
    public void run(Driver driver, Stream stream) {
      driver.launch(kernel, grid, parameters, stream);
    }

    /** Whether the same kernel is launched with the same parameters. */
    boolean is(Kernel otherKernel, Grid otherGrid, MemorySegment otherParameters) {
      return kernel == otherKernel && grid.equals(otherGrid) && parameters.mismatch(otherParameters) < 0;
    }
  }

  /** Words that are filled with one. */
  record Fill(long address, long words, int word) implements Command {
    @Override
    public void run(Driver driver, Stream stream) {
      driver.fill(address, words, word, stream);
    }
  }

  /** A copy within the device. */
  record Copy(long target, long source, long bytes) implements Command {
    @Override
    public void run(Driver driver, Stream stream) {
      driver.copy(target, source, bytes, stream);
    }
  }

  /**
   * A copy from the host.
   *
   * @param staged pinned memory that holds what is copied
   */
  record Write(long address, MemorySegment staged) implements Command {
    @Override
    public void run(Driver driver, Stream stream) {
      driver.write(address, staged, stream);
    }
  }
}
