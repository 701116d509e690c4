package crema.cuda;

import crema.cuda.driver.Capability;
import crema.cuda.driver.CudaException;
import crema.cuda.driver.DeviceFacts;
import crema.cuda.driver.Driver;
import crema.cuda.driver.Event;
import crema.cuda.driver.Graph;
import crema.cuda.driver.Grid;
import crema.cuda.driver.Kernel;
import crema.cuda.driver.LoadedModule;
import crema.cuda.driver.MatrixMap;
import crema.cuda.driver.OutOfDeviceMemory;
import crema.cuda.driver.Stream;
import crema.cuda.driver.WideStructures;
import crema.ptx.Counters;
import crema.ptx.Dim3;
import crema.ptx.LaunchConfig;
import crema.ptx.PtxFault;
import crema.ptx.PtxSyntaxException;
import crema.ptx.Schedule;
import crema.ptx.Swizzle;
import crema.ptx.TensorMap;
import crema.ptx.device.OutOfDeviceMemoryException;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import crema.ptx.device.PtxModule;
import crema.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A GPU that runs PTX on the JVM, every access checked. All work is done at once; what is queued between {@link
 * #beginCapture} and {@link #endCapture} is remembered instead.
 */
public final class EmulatedDriver implements Driver {
  private final PtxDevice device;
  private DeviceFacts facts;
  private final Schedule schedule;
  private final Arena arena = Arena.ofShared();
  private final Map<String, Long> launches = new LinkedHashMap<>();
  private BiConsumer<String, Counters> observer = (kernel, counters) -> {};
  private List<Runnable> captured;
  private boolean pooled;

  private record EmulatedKernel(PtxKernel kernel) implements Kernel {
    @Override
    public String name() {
      return kernel.name();
    }
  }

  /** A device of a capability, such as {@code crema.ptx.Capability.SM_80}. */
  public EmulatedDriver(crema.ptx.Capability capability) {
    this(capability, Schedule.IN_ORDER);
  }

  /**
   * A device.
   *
   * @param schedule the order in which warps and blocks run
   */
  public EmulatedDriver(crema.ptx.Capability capability, Schedule schedule) {
    this(new PtxDevice(capability), schedule);
  }

  /** A device of so many bytes of memory. */
  public EmulatedDriver(crema.ptx.Capability capability, long memoryBytes) {
    this(new PtxDevice(capability, memoryBytes, 1), Schedule.IN_ORDER);
  }

  private EmulatedDriver(PtxDevice device, Schedule schedule) {
    this.device = device;
    this.schedule = schedule;
    facts =
        new DeviceFacts("emulated GPU", new Capability(device.capability().major(), device.capability().minor()),
            device.memoryBytes(), 8, device.capability().maxSharedBytes(), 13_000);
  }

  /**
   * Lets a pool cut allocations into blocks, as on a real device: then accesses past a block are not caught, but a repeated
   * step uses the same addresses. Returns this driver.
   */
  public EmulatedDriver pooled() {
    pooled = true;
    return this;
  }

  /** Says that it has so many multiprocessors, so that grids of persistent blocks are small. Returns this driver. */
  public EmulatedDriver withMultiprocessors(int count) {
    facts = new DeviceFacts(facts.name(), facts.capability(), facts.memoryBytes(), count, facts.sharedBytes(),
        facts.driverVersion());
    return this;
  }

  /** Calls back with what each launch did. */
  public void observe(BiConsumer<String, Counters> listener) {
    observer = listener;
  }

  /** How often each kernel was launched. */
  public Map<String, Long> launches() {
    return launches;
  }

  @Override
  public DeviceFacts facts() {
    return facts;
  }

  @Override
  public long freeBytes() {
    return device.memoryBytes() - device.usedBytes();
  }

  @Override
  public long allocate(long bytes, String name) {
    try {
      return device.allocate(bytes, name);
    } catch (OutOfDeviceMemoryException e) {
      throw new OutOfDeviceMemory(bytes);
    }
  }

  @Override
  public void free(long address) {
    device.free(address);
  }

  @Override
  public boolean checksAccesses() {
    return !pooled;
  }

  @Override
  public MemorySegment allocatePinned(long bytes) {
    return arena.allocate(bytes, 64);
  }

  @Override
  public Stream stream() {
    return new Stream(1);
  }

  private void queue(Runnable work) {
    if (captured != null) {
      captured.add(work);
    } else {
      work.run();
    }
  }

  @Override
  public void write(long address, MemorySegment source, Stream stream) {
    queue(() -> device.write(address, source));
  }

  @Override
  public void read(long address, MemorySegment target, Stream stream) {
    queue(() -> device.read(address, target));
  }

  @Override
  public void copy(long target, long source, long bytes, Stream stream) {
    queue(() -> device.copy(target, source, bytes));
  }

  @Override
  public void fill(long address, long words, int word, Stream stream) {
    var values = new int[Math.toIntExact(words)];
    Arrays.fill(values, word);
    queue(() -> device.write(address, values));
  }

  @Override
  public LoadedModule load(String name, byte[] image) {
    try {
      String ptx = new String(image, StandardCharsets.UTF_8);
      // The device itself takes parameters in any order; a real driver is told where they are, and refuses these.
      WideStructures.kernels(name, ptx);
      PtxModule module = device.load(name, ptx);
      return (entry, sharedBytes) -> {
        if (!module.kernels().contains(entry)) {
          throw new CudaException(name + " has no kernel " + entry);
        }
        PtxKernel kernel = module.kernel(entry);
        if (sharedBytes > crema.ptx.Capability.DEFAULT_SHARED_BYTES - kernel.staticSharedBytes()) {
          kernel.allowDynamicShared(sharedBytes);
        }
        return new EmulatedKernel(kernel);
      };
    } catch (PtxSyntaxException e) {
      throw new CudaException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void launch(Kernel kernel, Grid grid, MemorySegment parameters, Stream stream) {
    byte[] packed = parameters.toArray(ValueLayout.JAVA_BYTE);
    PtxKernel emulated = ((EmulatedKernel) kernel).kernel();
    var config = LaunchConfig.of(new Dim3(grid.x(), grid.y(), grid.z()), new Dim3(grid.threads(), grid.threadsY(), 1))
        .withDynamicShared(grid.sharedBytes()).withSchedule(schedule).withClusters(grid.cluster());
    queue(() -> {
      launches.merge(kernel.name(), 1L, Long::sum);
      try {
        observer.accept(kernel.name(), device.launch(emulated, config, packed));
      } catch (PtxFault e) {
        throw new CudaException(String.valueOf(e.getMessage()));
      }
    });
  }

  @Override
  public Event event() {
    return new Event(1);
  }

  @Override
  public void record(Event event, Stream stream) {}

  @Override
  public void synchronize(Event event) {}

  @Override
  public void synchronize(Stream stream) {}

  @Override
  public double milliseconds(Event from, Event to) {
    return 0;
  }

  @Override
  public void beginCapture(Stream stream) {
    captured = new ArrayList<>();
  }

  @Override
  public Graph endCapture(Stream stream) {
    List<Runnable> work = List.copyOf(captured);
    captured = null;
    return new Graph() {
      @Override
      public void launch(Stream on) {
        work.forEach(Runnable::run);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void encodeTensorMap(MatrixMap map, MemorySegment descriptor) {
    TensorMap.ElementType type =
        map.type() == DType.F32 ? TensorMap.ElementType.F32 : TensorMap.ElementType.BF16;
    Swizzle swizzle = switch (map.swizzleBytes()) {
      case 32 -> Swizzle.BYTES_32;
      case 64 -> Swizzle.BYTES_64;
      case 128 -> Swizzle.BYTES_128;
      default -> Swizzle.NONE;
    };
    descriptor.copyFrom(MemorySegment.ofArray(TensorMap.matrix(type, map.address(), map.rows(), map.columns(),
        map.rowBytes(), map.boxRows(), map.boxColumns(), swizzle).encode()));
  }

  @Override
  public void close() {
    device.close();
    arena.close();
  }
}
