package crema.cuda.graph;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Grid;
import crema.cuda.driver.Kernel;
import java.lang.foreign.MemorySegment;

/** A piece of work that was queued, with all that it takes to queue it again. */
sealed interface Command {
  /** Queues it. */
  void run(Driver driver, Lanes lanes);

  /** Where the work that follows goes. */
  enum Lane implements Command {
    /** To the second stream. */
    FORK {
      @Override
      public void run(Driver driver, Lanes lanes) {
        lanes.fork();
      }
    },
    /** To the first stream, beside what is on the second. */
    BACK {
      @Override
      public void run(Driver driver, Lanes lanes) {
        lanes.back();
      }
    },
    /** To the first stream, after what is on the second. */
    JOIN {
      @Override
      public void run(Driver driver, Lanes lanes) {
        lanes.join();
      }
    }
  }

  /**
   * A kernel with its parameters.
   *
   * @param parameters packed; the command's own
   */
  record Launch(Kernel kernel, Grid grid, MemorySegment parameters) implements Command {
    @Override
    public void run(Driver driver, Lanes lanes) {
      driver.launch(kernel, grid, parameters, lanes.current());
    }

    /** Whether the same kernel is launched with the same parameters. */
    boolean is(Kernel otherKernel, Grid otherGrid, MemorySegment otherParameters) {
      return kernel == otherKernel && grid.equals(otherGrid) && parameters.mismatch(otherParameters) < 0;
    }
  }

  /** Words that are filled with one. */
  record Fill(long address, long words, int word) implements Command {
    @Override
    public void run(Driver driver, Lanes lanes) {
      driver.fill(address, words, word, lanes.current());
    }
  }

  /** A copy within the device. */
  record Copy(long target, long source, long bytes) implements Command {
    @Override
    public void run(Driver driver, Lanes lanes) {
      driver.copy(target, source, bytes, lanes.current());
    }
  }

  /**
   * A copy from the host.
   *
   * @param staged pinned memory that holds what is copied
   */
  record Write(long address, MemorySegment staged) implements Command {
    @Override
    public void run(Driver driver, Lanes lanes) {
      driver.write(address, staged, lanes.current());
    }
  }
}
