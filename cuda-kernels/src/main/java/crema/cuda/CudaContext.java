package crema.cuda;

import crema.base.Rng;
import crema.cuda.driver.Driver;
import crema.cuda.driver.Grid;
import crema.cuda.driver.Kernel;
import crema.cuda.driver.Stream;
import crema.cuda.memory.DevicePool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What the families of a backend share: the driver, the kernels, the memory and the stream on which all ops run. */
final class CudaContext implements AutoCloseable {
  private static final int RANDOM_STATE_BYTES = 16;

  private final Arena arena = Arena.ofShared();
  private final Driver driver;
  private final Stream stream;
  private final Kernels kernels;
  private final DevicePool pool;
  private final Launch launch;
  private final long randomState;
  private long seed;
  private long step;
  private boolean randomKnown;

  CudaContext(Driver driver) {
    this.driver = driver;
    stream = driver.stream();
    kernels = new Kernels(driver);
    pool = new DevicePool(driver);
    launch = new Launch(this, arena.allocate(4096, 64));
    randomState = driver.allocate(RANDOM_STATE_BYTES, "random state");
  }

  Driver driver() {
    return driver;
  }

  Stream stream() {
    return stream;
  }

  Kernels kernels() {
    return kernels;
  }

  DevicePool pool() {
    return pool;
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
    driver.launch(kernel, grid, parameters, stream);
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
        driver.write(randomState, words, stream);
      }
    }
    return randomState;
  }

  @Override
  public void close() {
    driver.synchronize(stream);
    driver.free(randomState);
    pool.close();
    arena.close();
    driver.close();
  }
}
