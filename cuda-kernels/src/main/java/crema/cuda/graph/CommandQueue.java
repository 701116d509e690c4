package crema.cuda.graph;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Graph;
import crema.cuda.driver.Grid;
import crema.cuda.driver.Kernel;
import crema.cuda.driver.Stream;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Queues a backend's work on one stream. In a <em>step</em>, a part of a program that is likely to ask for the same work
 * again, it remembers the work; when the same step comes a second time with the very same work it records that as a
 * {@link Graph}; and from then on it compares what is asked for with what was recorded, command by command, and launches the
 * graph in the end instead. So a device starts hundreds of kernels as one, and whoever asks for them need not know: work
 * that differs in anything, a shape or an address, is queued as it always was, after what was held back before it.
 *
 * <p>That works where memory comes from a pool that gives the same addresses in the same order when the same step is
 * repeated. What the host writes in a step may differ from time to time: a graph copies it from pinned memory of its own.
 * Two recordings of each step take turns, so that the host prepares the next step while the device is at this one.
 */
public final class CommandQueue implements AutoCloseable {
  /** Parts of steps that are recorded; those beyond them are queued command by command. */
  private static final int MOST_PARTS = 256;

  /** What the key of a step means is the caller's affair; each part of it, between two reads, is recorded on its own. */
  private record PartKey(Object step, int part, int turn) {}

  private final Driver driver;
  private final Stream stream;
  private final boolean records;
  private final Map<PartKey, Recording> recordings = new HashMap<>();
  private final Map<Object, Integer> turns = new HashMap<>();
  private @Nullable Recording current;
  private @Nullable Object step;
  private int turn;
  private int part;
  private long replays;

  /**
   * A queue.
   *
   * @param records whether steps are recorded at all
   */
  public CommandQueue(Driver driver, Stream stream, boolean records) {
    this.driver = driver;
    this.stream = stream;
    this.records = records;
  }

  /** How often a part of a step was done by launching a graph. */
  public long replays() {
    return replays;
  }

  /**
   * Runs a body that asks for work.
   *
   * @param key equal where the body is likely to ask for the same work
   */
  public <T> T step(Object key, Supplier<T> body) {
    if (!records || step != null) {
      return body.get();
    }
    step = key;
    part = 0;
    turn = turns.merge(key, 1, (before, one) -> 1 - before);
    begin();
    try {
      return body.get();
    } finally {
      end();
      step = null;
    }
  }

  /**
   * Ends the part of the step up to here: what was held back is launched. To be called before work that is queued past this
   * queue, and where what follows differs from time to time.
   */
  public void cut() {
    if (step != null) {
      end();
      part++;
      begin();
    }
  }

  private void begin() {
    Object key = Objects.requireNonNull(step);
    var partKey = new PartKey(key, part, turn);
    current = recordings.get(partKey);
    if (current == null && recordings.size() < MOST_PARTS) {
      current = new Recording(driver, stream);
      recordings.put(partKey, current);
    }
    if (current != null && !current.begin()) {
      current = null;
    }
  }

  private void end() {
    Recording recording = current;
    current = null;
    if (recording != null && recording.end()) {
      replays++;
    }
  }

  /** Queues a kernel with its packed parameters, which are copied. */
  public void launch(Kernel kernel, Grid grid, MemorySegment parameters) {
    if (current != null) {
      current.launch(kernel, grid, parameters);
    } else {
      driver.launch(kernel, grid, parameters, stream);
    }
  }

  /** Queues a fill with 32-bit words. */
  public void fill(long address, long words, int word) {
    run(new Command.Fill(address, words, word));
  }

  /** Queues a copy within the device. */
  public void copy(long target, long source, long bytes) {
    run(new Command.Copy(target, source, bytes));
  }

  private void run(Command command) {
    if (current != null) {
      current.run(command);
    } else {
      command.run(driver, stream);
    }
  }

  /**
   * Queues a copy from the host, which may write over the source at once.
   *
   * @return false outside of steps, where the caller stages it itself
   */
  public boolean write(long address, MemorySegment source) {
    if (current == null) {
      return false;
    }
    current.write(address, source);
    return true;
  }

  @Override
  public void close() {
    recordings.values().forEach(Recording::close);
    recordings.clear();
  }
}
