package crema.ptx.device;

import crema.ptx.Capability;
import crema.ptx.Counters;
import crema.ptx.Dim3;
import crema.ptx.LaunchConfig;
import crema.ptx.PtxFault;
import crema.ptx.machine.Addresses;
import crema.ptx.machine.Allocation;
import crema.ptx.machine.DeviceMemory;
import crema.ptx.machine.Executor;
import crema.ptx.machine.Program;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An emulated GPU. Everything happens at once: copies and launches have ended when their method returns. Not
 * thread-safe; a launch itself runs its blocks on several threads, with the same result on any number of them.
 */
public final class PtxDevice implements AutoCloseable {
  private static final long DEFAULT_CAPACITY = 4L << 30;

  private final Capability capability;
  private final DeviceMemory memory;
  private final int workers;
  private final ExecutorService pool;

  /** A device of that capability with 4 GiB of memory, which runs blocks on all processors. */
  public PtxDevice(Capability capability) {
    this(capability, DEFAULT_CAPACITY, Runtime.getRuntime().availableProcessors());
  }

  /**
   * A device.
   *
   * @param capacity bytes of memory
   * @param workers how many threads run blocks
   */
  public PtxDevice(Capability capability, long capacity, int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("a device needs at least one worker, not " + workers);
    }
    this.capability = capability;
    this.workers = workers;
    memory = new DeviceMemory(capacity);
    pool = Executors.newFixedThreadPool(Math.max(1, workers - 1),
        Thread.ofPlatform().name("ptx-", 0).daemon().factory());
  }

  /** Ends its threads. */
  @Override
  public void close() {
    pool.shutdown();
  }

  /** Its compute capability. */
  public Capability capability() {
    return capability;
  }

  /** Bytes of memory that it has. */
  public long memoryBytes() {
    return memory.capacity();
  }

  /** Bytes of memory in use. */
  public long usedBytes() {
    return memory.used();
  }

  /**
   * Loads a module.
   *
   * @param file what its text is called in messages
   * @throws crema.ptx.PtxSyntaxException if it is malformed, has an unknown instruction, or is for another capability
   */
  public PtxModule load(String file, String text) {
    return new PtxModule(this, file, text);
  }

  /**
   * Allocates memory. It is filled with NaN, and reading it before it is written is a fault.
   *
   * @param name what messages and counters call it
   * @return its address
   * @throws OutOfDeviceMemoryException if it does not fit
   */
  public long allocate(long bytes, String name) {
    return allocate(bytes, name, false).address();
  }

  Allocation allocate(long bytes, String name, boolean readOnly) {
    Allocation allocation = memory.allocate(bytes, name, readOnly);
    if (allocation == null) {
      throw new OutOfDeviceMemoryException(bytes, memory.used(), memory.capacity());
    }
    return allocation;
  }

  /**
   * Frees an allocation; later accesses are faults.
   *
   * @throws IllegalArgumentException if none starts at that address
   */
  public void free(long address) {
    memory.free(address);
  }

  /**
   * Copies to the device.
   *
   * @throws IllegalArgumentException if the range is not all in one allocation
   */
  public void write(long address, MemorySegment source) {
    Allocation allocation = memory.range(address, source.byteSize());
    int offset = (int) Addresses.offset(address);
    MemorySegment.copy(source, 0, MemorySegment.ofArray(allocation.contents()), offset, source.byteSize());
    allocation.markWritten(offset, (int) source.byteSize());
  }

  /** Copies bytes to the device, as {@link #write(long, MemorySegment)} does. */
  public void write(long address, byte[] source) {
    write(address, MemorySegment.ofArray(source));
  }

  /** Copies F32 to the device, as {@link #write(long, MemorySegment)} does. */
  public void write(long address, float[] source) {
    write(address, MemorySegment.ofArray(source));
  }

  /** Copies I32 to the device, as {@link #write(long, MemorySegment)} does. */
  public void write(long address, int[] source) {
    write(address, MemorySegment.ofArray(source));
  }

  /**
   * Copies from the device. Bytes that nothing has written are NaN.
   *
   * @throws IllegalArgumentException if the range is not all in one allocation
   */
  public void read(long address, MemorySegment target) {
    Allocation allocation = memory.range(address, target.byteSize());
    MemorySegment.copy(
        MemorySegment.ofArray(allocation.contents()), (int) Addresses.offset(address), target, 0, target.byteSize());
  }

  /** Copies F32 from the device. */
  public float[] readFloats(long address, int count) {
    float[] out = new float[count];
    read(address, MemorySegment.ofArray(out));
    return out;
  }

  /** Copies I32 from the device. */
  public int[] readInts(long address, int count) {
    int[] out = new int[count];
    read(address, MemorySegment.ofArray(out));
    return out;
  }

  /** Copies 16-bit numbers from the device. */
  public short[] readShorts(long address, int count) {
    short[] out = new short[count];
    read(address, MemorySegment.ofArray(out));
    return out;
  }

  /** Copies within the device; what is unwritten in the source counts as written in the target. */
  public void copy(long target, long source, long bytes) {
    Allocation from = memory.range(source, bytes);
    Allocation to = memory.range(target, bytes);
    System.arraycopy(from.contents(), (int) Addresses.offset(source), to.contents(), (int) Addresses.offset(target),
        (int) bytes);
    to.markWritten((int) Addresses.offset(target), (int) bytes);
  }

  /** Fills {@code bytes} with one byte. */
  public void fill(long address, long bytes, byte value) {
    Allocation allocation = memory.range(address, bytes);
    int offset = (int) Addresses.offset(address);
    Arrays.fill(allocation.contents(), offset, offset + (int) bytes, value);
    allocation.markWritten(offset, (int) bytes);
  }

  /** Makes bytes NaN and unwritten again, as a pool does with a block that it gets back. */
  public void poison(long address, long bytes) {
    memory.range(address, bytes).poison((int) Addresses.offset(address), (int) bytes);
  }

  /**
   * Runs a kernel to its end.
   *
   * @param parameters its parameters, packed as the kernel declares them; see {@link Parameters}
   * @return what it did
   * @throws PtxFault if the device refuses the launch, or the kernel does something wrong
   */
  public Counters launch(PtxKernel kernel, LaunchConfig config, byte[] parameters) {
    if (kernel.module().device() != this) {
      throw new IllegalArgumentException("kernel " + kernel.name() + " was loaded into another device");
    }
    checkLaunch(kernel, config, parameters);
    return Executor.run(kernel.program(), config, parameters.clone(), memory, pool, workers);
  }

  /** Runs a kernel to its end. */
  public Counters launch(PtxKernel kernel, LaunchConfig config, Parameters parameters) {
    return launch(kernel, config, parameters.pack());
  }

  private void checkLaunch(PtxKernel kernel, LaunchConfig config, byte[] parameters) {
    Program program = kernel.program();
    Dim3 grid = config.grid();
    Dim3 block = config.block();
    require(kernel, grid.x() >= 1 && grid.y() >= 1 && grid.z() >= 1 && grid.y() <= 65535 && grid.z() <= 65535,
        "a grid of " + grid + " blocks; y and z go to 65,535");
    require(kernel, block.x() >= 1 && block.y() >= 1 && block.z() >= 1 && block.z() <= 64
        && block.size() <= Capability.MAX_THREADS,
        "blocks of " + block + " threads; a block has at most " + Capability.MAX_THREADS);
    int cluster = config.clusterSize();
    require(kernel, cluster >= 1 && cluster <= Capability.MAX_CLUSTER && grid.x() % cluster == 0,
        "clusters of " + cluster + " blocks in a grid of " + grid + "; a cluster has at most " + Capability.MAX_CLUSTER
            + ", and whole clusters make up x");
    require(kernel, cluster == 1 || capability.major() >= 9,
        "clusters on capability " + capability + "; they came with 9.0");
    Dim3 most = program.maxThreads();
    require(kernel, most == null || block.size() <= most.size(),
        "blocks of " + block + " threads, more than the " + (most == null ? 0 : most.size()) + " of its launch bounds");
    Dim3 required = program.requiredThreads();
    require(kernel, required == null || block.equals(required),
        "blocks of " + block + " threads, where it needs " + required);
    int dynamic = config.dynamicSharedBytes();
    require(kernel, dynamic >= 0 && dynamic <= kernel.maxDynamicSharedBytes(),
        dynamic + " bytes of dynamic shared memory, more than the " + kernel.maxDynamicSharedBytes()
            + " that it was allowed");
    require(kernel, program.sharedBytes() + dynamic <= capability.maxSharedBytes(),
        program.sharedBytes() + dynamic + " bytes of shared memory, more than the " + capability.maxSharedBytes()
            + " of capability "
            + capability);
    require(kernel, parameters.length == program.parameterBytes(),
        parameters.length + " bytes of parameters, where it takes " + program.parameterBytes());
  }

  private static void require(PtxKernel kernel, boolean holds, String what) {
    if (!holds) {
      throw new PtxFault(kernel.name(), what);
    }
  }
}
