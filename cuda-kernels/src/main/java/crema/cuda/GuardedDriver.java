package crema.cuda;

import crema.cuda.driver.CudaException;
import crema.cuda.driver.DeviceFacts;
import crema.cuda.driver.DeviceFault;
import crema.cuda.driver.Driver;
import crema.cuda.driver.Event;
import crema.cuda.driver.Graph;
import crema.cuda.driver.Grid;
import crema.cuda.driver.Kernel;
import crema.cuda.driver.LoadedModule;
import crema.cuda.driver.MatrixMap;
import crema.cuda.driver.Stream;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A driver whose first fault is remembered with what was launched before it, and thrown by all later calls: after a fault a
 * device only says that there was one. Memory can still be given back, so that what holds some can be closed.
 *
 * <p>Kernels run later than they are launched, and so do their faults. With {@code -Dcrema.cuda.sync=true} each launch is
 * waited for, so that a fault has a name. A wait of more than a minute is reported.
 */
final class GuardedDriver implements Driver {
  private static final int NAMED = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Driver driver;
  private final boolean waits;
  private final LaunchLog log = new LaunchLog();
  private final Watchdog watchdog;
  private int captured = -1;
  private @Nullable DeviceFault fault;

  /** Guards a driver, which it closes. */
  GuardedDriver(Driver driver) {
    this(driver, Boolean.getBoolean("crema.cuda.sync"));
  }

  /**
   * Guards a driver.
   *
   * @param waits whether each launch is waited for
   */
  GuardedDriver(Driver driver, boolean waits) {
    this.driver = driver;
    this.waits = waits;
    watchdog = new Watchdog(PATIENCE, () -> String.join(", ", log.newest(NAMED)),
        message -> System.getLogger("crema.cuda").log(System.Logger.Level.WARNING, message));
  }

  /** Whether there was a fault. */
  boolean isFaulty() {
    return fault != null;
  }

  private void guard(Runnable call) {
    requireSound();
    try {
      call.run();
    } catch (CudaException e) {
      throw remember(e);
    }
  }

  private void requireSound() {
    if (fault != null) {
      // A trace of its own, of the call that fails now.
      throw withCause(new DeviceFault(String.valueOf(fault.getMessage()), fault.launches()), fault);
    }
  }

  private DeviceFault remember(CudaException cause) {
    var launches = log.newest(NAMED);
    String before = launches.isEmpty() ? "" : "; launched last: " + String.join(", ", launches);
    String how = waits ? "" : "; -Dcrema.cuda.sync=true names the kernel for certain";
    fault = withCause(new DeviceFault(cause.getMessage() + before + how
        + "; this process cannot use the GPU any more: start it again, a training run goes on from its last checkpoint",
        log.all()), cause);
    return fault;
  }

  private static DeviceFault withCause(DeviceFault fault, Throwable cause) {
    fault.initCause(cause);
    return fault;
  }

  @Override
  public DeviceFacts facts() {
    return driver.facts();
  }

  @Override
  public long freeBytes() {
    return driver.freeBytes();
  }

  @Override
  public long allocate(long bytes, String name) {
    requireSound();
    return driver.allocate(bytes, name);
  }

  @Override
  public void free(long address) {
    try {
      driver.free(address);
    } catch (CudaException e) {
      if (fault == null) {
        throw remember(e);
      }
    }
  }

  @Override
  public boolean checksAccesses() {
    return driver.checksAccesses();
  }

  @Override
  public MemorySegment allocatePinned(long bytes) {
    requireSound();
    return driver.allocatePinned(bytes);
  }

  @Override
  public Stream stream() {
    return driver.stream();
  }

  @Override
  public void write(long address, MemorySegment source, Stream stream) {
    guard(() -> driver.write(address, source, stream));
  }

  @Override
  public void read(long address, MemorySegment target, Stream stream) {
    guard(() -> watchdog.watch(() -> driver.read(address, target, stream)));
  }

  @Override
  public void copy(long target, long source, long bytes, Stream stream) {
    guard(() -> driver.copy(target, source, bytes, stream));
  }

  @Override
  public void fill(long address, long words, int word, Stream stream) {
    guard(() -> driver.fill(address, words, word, stream));
  }

  @Override
  public LoadedModule load(String name, byte[] image) {
    requireSound();
    return driver.load(name, image);
  }

  @Override
  public void launch(Kernel kernel, Grid grid, MemorySegment parameters, Stream stream) {
    if (captured >= 0) {
      captured++;
    } else {
      log.add(kernel.name(), grid);
    }
    guard(() -> driver.launch(kernel, grid, parameters, stream));
    waitIfAsked(stream);
  }

  private void waitIfAsked(Stream stream) {
    if (waits && captured < 0) {
      synchronize(stream);
    }
  }

  @Override
  public Event event() {
    return driver.event();
  }

  @Override
  public void record(Event event, Stream stream) {
    guard(() -> driver.record(event, stream));
  }

  @Override
  public void synchronize(Event event) {
    guard(() -> watchdog.watch(() -> driver.synchronize(event)));
  }

  @Override
  public void synchronize(Stream stream) {
    guard(() -> watchdog.watch(() -> driver.synchronize(stream)));
  }

  @Override
  public double milliseconds(Event from, Event to) {
    return driver.milliseconds(from, to);
  }

  @Override
  public void beginCapture(Stream stream) {
    guard(() -> driver.beginCapture(stream));
    captured = 0;
  }

  @Override
  public Graph endCapture(Stream stream) {
    requireSound();
    String name = "a graph of " + captured + " kernels";
    captured = -1;
    Graph graph = driver.endCapture(stream);
    return new Graph() {
      @Override
      public void launch(Stream on) {
        log.add(name, null);
        guard(() -> graph.launch(on));
        waitIfAsked(on);
      }

      @Override
      public void close() {
        graph.close();
      }
    };
  }

  @Override
  public void encodeTensorMap(MatrixMap map, MemorySegment descriptor) {
    driver.encodeTensorMap(map, descriptor);
  }

  /** What was launched last, newest first. */
  List<String> launches() {
    return log.all();
  }

  @Override
  public void close() {
    watchdog.close();
    driver.close();
  }
}
