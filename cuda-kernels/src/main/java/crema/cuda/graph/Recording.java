package crema.cuda.graph;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Event;
import crema.cuda.driver.Graph;
import crema.cuda.driver.Grid;
import crema.cuda.driver.Kernel;
import crema.cuda.driver.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The work of a part of a step in one of its turns, as it was asked for the last time, and its graph. */
final class Recording implements AutoCloseable {
  /** A graph of fewer commands gains nothing. */
  private static final int FEWEST = 8;

  /** After so many times in a row on which other work came than that of the time before, it is not recorded any more. */
  private static final int MOST_SURPRISES = 4;

  private final Driver driver;
  private final Stream stream;
  private final List<Command> commands = new ArrayList<>();
  /** Pinned memory of copies that are not asked for any more. */
  private final List<MemorySegment> spare = new ArrayList<>();
  private final Event done;
  private @Nullable Graph graph;
  /** How much of the commands was asked for again. */
  private int position;
  /** Whether the commands up to the position are held back rather than queued. */
  private boolean holding;
  /** Whether all that was asked for this time is what was asked for the last time. */
  private boolean same;
  private boolean ran;
  private int surprises;

  Recording(Driver driver, Stream stream) {
    this.driver = driver;
    this.stream = stream;
    done = driver.event();
  }

  /** Starts over; waits until the last run, whose pinned memory is written again, is done. False: queue without it. */
  boolean begin() {
    if (surprises > MOST_SURPRISES) {
      return false;
    }
    if (ran) {
      driver.synchronize(done);
    }
    position = 0;
    same = true;
    holding = graph != null;
    return true;
  }

  void launch(Kernel kernel, Grid grid, MemorySegment parameters) {
    if (position < commands.size() && commands.get(position) instanceof Command.Launch known
        && known.is(kernel, grid, parameters)) {
      expected(known);
      return;
    }
    MemorySegment own =
        Arena.ofAuto().allocate(Math.max(parameters.byteSize(), 1), 64).asSlice(0, parameters.byteSize());
    surprise(new Command.Launch(kernel, grid, own.copyFrom(parameters)));
  }

  void run(Command command) {
    if (position < commands.size() && commands.get(position).equals(command)) {
      expected(command);
    } else {
      surprise(command);
    }
  }

  void write(long address, MemorySegment source) {
    if (position < commands.size() && commands.get(position) instanceof Command.Write known
        && known.address() == address && known.staged().byteSize() == source.byteSize()) {
      known.staged().copyFrom(source);
      expected(known);
      return;
    }
    surprise(new Command.Write(address, pinned(source.byteSize()).copyFrom(source)));
  }

  private MemorySegment pinned(long bytes) {
    for (int i = 0; i < spare.size(); i++) {
      if (spare.get(i).byteSize() == bytes) {
        return spare.remove(i);
      }
    }
    return driver.allocatePinned(bytes);
  }

  private void expected(Command command) {
    position++;
    if (!holding) {
      command.run(driver, stream);
    }
  }

  /** Another command than the last time: what was held back goes first, and from here on all is queued at once. */
  private void surprise(Command command) {
    release();
    forgetRest();
    same = false;
    commands.add(command);
    position++;
    command.run(driver, stream);
  }

  /** Forgets the commands that were asked for the last time and not this time. */
  private void forgetRest() {
    List<Command> rest = commands.subList(position, commands.size());
    for (Command command : rest) {
      if (command instanceof Command.Write write) {
        spare.add(write.staged());
      }
    }
    rest.clear();
  }

  private void release() {
    if (holding) {
      holding = false;
      for (int i = 0; i < position; i++) {
        commands.get(i).run(driver, stream);
      }
    }
    dropGraph();
  }

  /** Ends the run; true if a graph did it. */
  boolean end() {
    boolean complete = same && position == commands.size();
    boolean replayed = holding && complete;
    if (complete) {
      surprises = 0;
    }
    if (replayed && graph != null) {
      graph.launch(stream);
    } else {
      release();
      if (!complete) {
        surprises++;
        forgetRest();
      } else if (commands.size() >= FEWEST) {
        capture();
      }
    }
    driver.record(done, stream);
    ran = true;
    return replayed;
  }

  private void capture() {
    driver.beginCapture(stream);
    for (Command command : commands) {
      command.run(driver, stream);
    }
    graph = driver.endCapture(stream);
  }

  private void dropGraph() {
    if (graph != null) {
      // It may still be running.
      driver.synchronize(stream);
      graph.close();
      graph = null;
    }
  }

  @Override
  public void close() {
    dropGraph();
  }
}
