package crema.cli.fuzz;

import com.sun.management.ThreadMXBean;
import crema.base.UserError;
import crema.cli.CommandRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a reader has kept its promise: whatever a file holds, it is read, or refused in a line that says what is
 * wrong, with memory in proportion to the file. How long it takes is watched by who runs the target.
 */
final class Judge {
  private static final int LONGEST_LINE = 20_000;
  /** What any reader may allocate: buffers, a command line, a small model trained. */
  private static final long FREE_BYTES = 256L << 20;
  /** What it may allocate for a byte of the file: gzip makes a thousand of one. */
  private static final long BYTES_A_BYTE = 20_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Judge() {}

  /** A reader of files. */
  @FunctionalInterface
  interface Reader {
    /** Reads what it is given and asks what was read. */
    void read(Input input) throws IOException;
  }

  /**
   * Runs a reader, and counts what it allocates.
   *
   * @throws AssertionError when the promise is broken
   */
  static void checkWithMemory(Reader reader, Input input) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    check(reader, input);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (allocated > FREE_BYTES + BYTES_A_BYTE * input.bytes().length) {
      throw new AssertionError("%,d bytes were allocated for a file of %,d".formatted(allocated,
          input.bytes().length));
    }
  }

  /**
   * Runs a reader, within the heap.
   *
   * @throws AssertionError when the promise is broken
   */
  static void check(Reader reader, Input input) {
    try {
      reader.read(input);
    } catch (UserError | IOException e) {
      requireLine(e.getMessage());
    } catch (UncheckedIOException e) {
      requireLine(e.getCause().getMessage());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError("not an answer, and not an error that says what is wrong with the file: " + e, e);
    }
  }

  private static void requireLine(@Nullable String message) {
    if (message == null || message.isBlank() || message.length() > LONGEST_LINE) {
      throw new AssertionError("not a line that says what is wrong: " + message);
    }
  }

  /** Runs a command, which answers or refuses in one line. */
  static CommandRun command(String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    if (run.code() != 0 && run.code() != 2 && run.code() != 3 || run.err().contains("\tat ")
        || run.err().contains("this is a bug")) {
      throw new AssertionError(String.join(" ", arguments) + ": exit code " + run.code() + "\n" + run.err());
    }
    if (run.code() == 2 && !run.lastError().startsWith("crema: ")) {
      throw new AssertionError(String.join(" ", arguments) + ": does not say what is wrong\n" + run.err());
    }
    return run;
  }
}
