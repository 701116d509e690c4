package crema.cuda;

import crema.base.Rng;
import crema.cuda.driver.Driver;
import crema.cuda.driver.Grid;
import crema.cuda.driver.Kernel;
import crema.cuda.driver.Stream;
import crema.cuda.graph.CommandQueue;
import crema.cuda.memory.DevicePool;
import crema.cuda.memory.Mailbox;
import crema.cuda.memory.PinnedRing;
import crema.tensor.Deferred;
import crema.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What the families of a backend share: the driver, the kernels, the memory and the stream on which all ops run. */
final class CudaContext implements AutoCloseable {
  private static final int RANDOM_STATE_BYTES = 16;

  private final Arena arena = Arena.ofShared();
  private final GuardedDriver driver;
  private final Stream stream;
  private final PinnedRing uploads;
  private final Mailbox mailbox;
  private final CommandQueue queue;
  private final Kernels kernels;
  private final DevicePool pool;
  private final Launch launch;
  private final RopeTables ropeTables;
  private final long randomState;
  private long seed;
  private long step;
  private boolean randomKnown;

  CudaContext(Driver unguarded) {
    driver = unguarded instanceof GuardedDriver guarded ? guarded : new GuardedDriver(unguarded);
    stream = driver.stream();
    uploads = new PinnedRing(driver);
    mailbox = new Mailbox(driver);
    queue = new CommandQueue(driver, stream, !driver.checksAccesses());
    kernels = new Kernels(driver);
    pool = new DevicePool(driver, () -> driver.synchronize(stream()));
    launch = new Launch(this, arena.allocate(4096, 128));
    ropeTables = new RopeTables(this);
    randomState = driver.allocate(RANDOM_STATE_BYTES, "random state");
  }

  Driver driver() {
    return driver;
  }

  /** The stream, for work that is queued past the {@link #queue}: what that holds back goes first. */
  Stream stream() {
    queue.cut();
    return stream;
  }

  /** Where all work is queued that may be part of a graph. */
  CommandQueue queue() {
    return queue;
  }

  Kernels kernels() {
    return kernels;
  }

  DevicePool pool() {
    return pool;
  }

  RopeTables ropeTables() {
    return ropeTables;
  }

  /** A launch of a kernel of a file; its parameters follow, then {@link Launch#run}. */
  Launch launch(String file, String entry) {
    return launch.of(kernels.get(file, entry));
  }

  /** A launch of a kernel that takes up to so much dynamic shared memory. */
  Launch launch(String file, String entry, int sharedBytes) {
    return launch.of(kernels.get(file, entry, sharedBytes));
  }

  void launch(Kernel kernel, Grid grid, MemorySegment parameters) {
    queue.launch(kernel, grid, parameters);
  }

  /** Fills a tensor of 32-bit elements. */
  void fill(Tensor tensor, int word) {
    queue.fill(CudaStorage.overwritten(tensor), tensor.elements(), word);
  }

  /** Copies a tensor to one of the same type. */
  void copy(Tensor from, Tensor to) {
    long source = CudaStorage.address(from);
    long target = CudaStorage.overwritten(to);
    if (from.bytes() > 0 && source != target) {
      queue.copy(target, source, from.bytes());
    }
  }

  /** Copies from the device, waiting for what was queued before. */
  void read(long address, MemorySegment target) {
    driver.read(address, target, stream());
    driver.synchronize(stream);
  }

  /** Memory for what an op needs in between. */
  Scratch scratch(long bytes) {
    return new Scratch(pool, bytes == 0 ? 0 : pool.take(bytes, "scratch"), bytes);
  }

  /** The address of seed and step of a random stream: written to the device when they change. */
  long randomState(Rng.Stream random) {
    if (!randomKnown || seed != random.seed() || step != random.step()) {
      seed = random.seed();
      step = random.step();
      randomKnown = true;
      try (var temporary = Arena.ofConfined()) {
        MemorySegment words = temporary.allocate(RANDOM_STATE_BYTES, Long.BYTES);
        words.set(ValueLayout.JAVA_LONG, 0, seed);
        words.set(ValueLayout.JAVA_LONG, Long.BYTES, step);
        write(randomState, words);
      }
    }
    return randomState;
  }

  /** Queues a copy from the host, which may write over the source at once. */
  void write(long address, MemorySegment source) {
    if (!queue.write(address, source)) {
      uploads.write(address, source, stream);
    }
  }

  /** A float or double as it is when the work that was queued so far is done. */
  Deferred defer(long address, boolean wide) {
    return mailbox.defer(address, wide, stream());
  }

  /** Queues a copy of an array, which may be written over at once. */
  void write(long address, int[] words) {
    write(address, MemorySegment.ofArray(words));
  }

  @Override
  public void close() {
    if (!driver.isFaulty()) {
      driver.synchronize(stream);
    }
    queue.close();
    driver.free(randomState);
    ropeTables.close();
    pool.close();
    arena.close();
    driver.close();
  }
}
