package crema.cuda.driver;

import crema.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A GPU through NVIDIA's driver, by foreign calls: nothing but the driver need be there. */
public final class NvidiaDriver implements Driver {
  private static final int NO_DEVICE = 100;
  /** After these a context answers to nothing any more: illegal address, illegal instruction, launch failed and so on. */
  private static final Set<Integer> STICKY = Set.of(214, 220, 226, 700, 710, 714, 715, 716, 717, 718, 719);
  private static final int OUT_OF_MEMORY = 2;
  private static final int JIT_ERROR_LOG = 5;
  private static final int JIT_ERROR_LOG_BYTES = 6;
  private static final int LOG_BYTES = 8192;
  private static final int MULTIPROCESSORS = 16;
  private static final int MAJOR = 75;
  private static final int MINOR = 76;
  private static final int SHARED_BYTES = 97;
  private static final int MAX_DYNAMIC_SHARED = 8;
  private static final int NON_BLOCKING = 1;
  private static final int CAPTURE_RELAXED = 2;
  private static final long PARAM_BUFFER_POINTER = 1;
  private static final long PARAM_BUFFER_SIZE = 2;
  private static final int MOST_PARAMETER_BYTES = 4096;
  /** Of CUlaunchConfig and CUlaunchAttribute: an attribute's number, and where a value and the stream are. */
  private static final int CLUSTER_DIMENSION = 4;
  private static final int ATTRIBUTE_VALUE = 8;
  private static final int CONFIG_STREAM = 32;

  private static final int TENSOR_MAP_FLOAT32 = 7;
  private static final int TENSOR_MAP_BFLOAT16 = 9;
  private static final int PROMOTE_128_BYTES = 2;

  private final DriverCalls calls;
  private final Arena arena = Arena.ofShared();
  private final int device;
  private final long context;
  private final DeviceFacts facts;
  private final MemorySegment word = arena.allocate(16, 16);
  private final MemorySegment parameterBuffer = arena.allocate(MOST_PARAMETER_BYTES, 64);
  private final MemorySegment parameterSize = arena.allocate(Long.BYTES, 8);
  private final MemorySegment extra = arena.allocate(5L * Long.BYTES, 8);
  private final MemorySegment oneParameter = arena.allocate(Long.BYTES, 8);
  /** A CUlaunchConfig with one attribute: the extents of a cluster. */
  private final MemorySegment launchConfig = arena.allocate(56, 8);
  private final MemorySegment clusterAttribute = arena.allocate(72, 8);
  private final List<MemorySegment> pinned = new ArrayList<>();
  private final List<Long> modules = new ArrayList<>();
  private final List<Long> streams = new ArrayList<>();
  private final List<Long> events = new ArrayList<>();
  private Thread owner;
  private @Nullable CudaException broken;

  /**
   * A kernel.
   *
   * @param isWide whether its one parameter is of {@link WideStructures}
   */
  private record NvidiaKernel(String name, long function, boolean isWide) implements Kernel {}

  private NvidiaDriver(DriverCalls calls, int index) {
    this.calls = calls;
    owner = Thread.currentThread();
    call(calls.deviceGet, word, index);
    device = word.get(ValueLayout.JAVA_INT, 0);
    call(calls.primaryCtxRetain, word, device);
    context = word.get(ValueLayout.JAVA_LONG, 0);
    call(calls.ctxSetCurrent, context);
    facts = facts(calls, arena, device);
    extra.setAtIndex(ValueLayout.JAVA_LONG, 0, PARAM_BUFFER_POINTER);
    extra.setAtIndex(ValueLayout.JAVA_LONG, 1, parameterBuffer.address());
    extra.setAtIndex(ValueLayout.JAVA_LONG, 2, PARAM_BUFFER_SIZE);
    extra.setAtIndex(ValueLayout.JAVA_LONG, 3, parameterSize.address());
    extra.setAtIndex(ValueLayout.JAVA_LONG, 4, 0);
    oneParameter.set(ValueLayout.JAVA_LONG, 0, parameterBuffer.address());
    clusterAttribute.set(ValueLayout.JAVA_INT, 0, CLUSTER_DIMENSION);
    clusterAttribute.set(ValueLayout.JAVA_INT, ATTRIBUTE_VALUE + 4, 1);
    clusterAttribute.set(ValueLayout.JAVA_INT, ATTRIBUTE_VALUE + 8, 1);
    launchConfig.set(ValueLayout.JAVA_LONG, CONFIG_STREAM + 8, clusterAttribute.address());
    launchConfig.set(ValueLayout.JAVA_INT, CONFIG_STREAM + 16, 1);
  }

  /**
   * Opens a GPU.
   *
   * @param index which, as the driver counts them
   * @throws CudaException if there is no driver, it is too old, or has no such GPU
   */
  public static NvidiaDriver open(int index) {
    DriverCalls calls = load();
    int count = count(calls);
    if (index >= count) {
      throw new CudaException("no GPU cuda:" + index + "; there " + (count == 1 ? "is only cuda:0"
          : "are cuda:0 to cuda:" + (count - 1)));
    }
    var driver = new NvidiaDriver(calls, index);
    Optional<String> tooOld = new DriverVersion(driver.facts.driverVersion()).refusal(driver.facts.capability());
    if (tooOld.isPresent()) {
      driver.close();
      throw new CudaException(tooOld.get());
    }
    return driver;
  }

  /**
   * What GPUs there are.
   *
   * @throws CudaException if there is no driver, or it is too old
   */
  public static List<DeviceFacts> devices() {
    DriverCalls calls = load();
    var found = new ArrayList<DeviceFacts>();
    try (var arena = Arena.ofConfined()) {
      MemorySegment word = arena.allocate(16, 16);
      for (int i = 0; i < count(calls); i++) {
        check(calls, invoke(calls.deviceGet, word, i), "cuDeviceGet");
        found.add(facts(calls, arena, word.get(ValueLayout.JAVA_INT, 0)));
      }
    }
    return found;
  }

  private static DriverCalls load() {
    DriverCalls calls;
    String library = System.getProperty("crema.cuda.library", DriverCalls.LIBRARY);
    try {
      calls = new DriverCalls(library);
    } catch (IllegalArgumentException e) {
      throw new CudaException("no NVIDIA driver on this machine (" + library + " not found); use --device cpu");
    }
    int result = invoke(calls.init, 0);
    if (result == NO_DEVICE) {
      throw new CudaException("no NVIDIA GPU on this machine, though there is a driver; use --device cpu");
    }
    check(calls, result, "cuInit");
    return calls;
  }

  private static int count(DriverCalls calls) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment word = arena.allocate(ValueLayout.JAVA_INT);
      check(calls, invoke(calls.deviceGetCount, word), "cuDeviceGetCount");
      return word.get(ValueLayout.JAVA_INT, 0);
    }
  }

  private static DeviceFacts facts(DriverCalls calls, Arena arena, int device) {
    MemorySegment name = arena.allocate(256);
    check(calls, invoke(calls.deviceGetName, name, 256, device), "cuDeviceGetName");
    MemorySegment word = arena.allocate(16, 16);
    check(calls, invoke(calls.deviceTotalMem, word, device), "cuDeviceTotalMem");
    long memory = word.get(ValueLayout.JAVA_LONG, 0);
    check(calls, invoke(calls.driverGetVersion, word), "cuDriverGetVersion");
    int version = word.get(ValueLayout.JAVA_INT, 0);
    var capability = new Capability(attribute(calls, word, device, MAJOR), attribute(calls, word, device, MINOR));
    return new DeviceFacts(name.getString(0), capability, memory, attribute(calls, word, device, MULTIPROCESSORS),
        attribute(calls, word, device, SHARED_BYTES), version);
  }

  private static int attribute(DriverCalls calls, MemorySegment word, int device, int attribute) {
    check(calls, invoke(calls.deviceGetAttribute, word, attribute, device), "cuDeviceGetAttribute");
    return word.get(ValueLayout.JAVA_INT, 0);
  }

  private static int invoke(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw unreachable(e);
    }
  }

  /** A downcall throws nothing but what says that it was called with other types than it has. */
  private static IllegalStateException unreachable(Throwable e) {
    return new IllegalStateException("a call of the NVIDIA driver failed", e);
  }

  private static void check(DriverCalls calls, int result, String what) {
    if (result != 0) {
      throw failure(calls, result, what);
    }
  }

  private static CudaException failure(DriverCalls calls, int result, String what) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
      String name = "error " + result;
      if (invoke(calls.getErrorName, result, pointer) == 0) {
        name = pointer.get(ValueLayout.ADDRESS, 0).reinterpret(256).getString(0);
      }
      String text = "";
      if (invoke(calls.getErrorString, result, pointer) == 0) {
        text = ": " + pointer.get(ValueLayout.ADDRESS, 0).reinterpret(1024).getString(0);
      }
      return new CudaException("GPU: " + what + " gave " + name + text);
    }
  }

  private void call(MethodHandle function, Object... arguments) {
    enter();
    check(invoke(function, arguments), "the driver");
  }

  /** As {@link #call}, of a function of handles and sizes, without boxes: for what is called often. */
  private void callLongs(MethodHandle function, long a) {
    enter();
    int result;
    try {
      result = (int) function.invokeExact(a);
    } catch (Throwable e) {
      throw unreachable(e);
    }
    check(result, "the driver");
  }

  private void callLongs(MethodHandle function, long a, long b) {
    enter();
    int result;
    try {
      result = (int) function.invokeExact(a, b);
    } catch (Throwable e) {
      throw unreachable(e);
    }
    check(result, "the driver");
  }

  private void callLongs(MethodHandle function, long a, long b, long c, long d) {
    enter();
    int result;
    try {
      result = (int) function.invokeExact(a, b, c, d);
    } catch (Throwable e) {
      throw unreachable(e);
    }
    check(result, "the driver");
  }

  /**
   * The driver's state is one of threads: another thread than the last has to be told the context first. A device that
   * failed once answers with that failure from then on.
   */
  private void enter() {
    if (broken != null) {
      throw broken;
    }
    if (owner != Thread.currentThread()) {
      owner = Thread.currentThread();
      check(invoke(calls.ctxSetCurrent, context), "cuCtxSetCurrent");
    }
  }

  private void check(int result, String what) {
    if (result != 0) {
      CudaException failure = failure(calls, result, what);
      if (STICKY.contains(result)) {
        broken = failure;
      }
      throw failure;
    }
  }

  @Override
  public DeviceFacts facts() {
    return facts;
  }

  @Override
  public long freeBytes() {
    call(calls.memGetInfo, word, word.asSlice(Long.BYTES));
    return word.get(ValueLayout.JAVA_LONG, 0);
  }

  @Override
  public long allocate(long bytes, String name) {
    enter();
    int result = invoke(calls.memAlloc, word, Math.max(bytes, 1));
    if (result == OUT_OF_MEMORY) {
      throw new OutOfDeviceMemory(bytes);
    }
    check(result, "cuMemAlloc of " + bytes + " bytes for " + name);
    return word.get(ValueLayout.JAVA_LONG, 0);
  }

  @Override
  public void free(long address) {
    callLongs(calls.memFree, address);
  }

  @Override
  public MemorySegment allocatePinned(long bytes) {
    call(calls.memHostAlloc, word, Math.max(bytes, 1), 0);
    MemorySegment memory = word.get(ValueLayout.ADDRESS, 0).reinterpret(Math.max(bytes, 1), arena, null);
    pinned.add(memory);
    return memory.asSlice(0, bytes);
  }

  @Override
  public Stream stream() {
    call(calls.streamCreate, word, NON_BLOCKING);
    streams.add(word.get(ValueLayout.JAVA_LONG, 0));
    return new Stream(streams.getLast());
  }

  @Override
  public void write(long address, MemorySegment source, Stream stream) {
    if (source.byteSize() == 0) {
      return;
    }
    enter();
    if (source.isNative()) {
      check(invoke(calls.memcpyHtoDAsync, address, source, source.byteSize(), stream.handle()), "cuMemcpyHtoDAsync");
      return;
    }
    try (var temporary = Arena.ofConfined()) {
      MemorySegment copy = temporary.allocate(source.byteSize(), 64).copyFrom(source);
      check(invoke(calls.memcpyHtoDAsync, address, copy, copy.byteSize(), stream.handle()), "cuMemcpyHtoDAsync");
      // From memory that is not pinned the driver copies before it returns, or else must have it a while longer.
      synchronize(stream);
    }
  }

  @Override
  public void read(long address, MemorySegment target, Stream stream) {
    if (target.byteSize() == 0) {
      return;
    }
    enter();
    if (target.isNative()) {
      check(invoke(calls.memcpyDtoHAsync, target, address, target.byteSize(), stream.handle()), "cuMemcpyDtoHAsync");
      if (!isPinned(target)) {
        synchronize(stream);
      }
      return;
    }
    try (var temporary = Arena.ofConfined()) {
      MemorySegment copy = temporary.allocate(target.byteSize(), 64);
      check(invoke(calls.memcpyDtoHAsync, copy, address, copy.byteSize(), stream.handle()), "cuMemcpyDtoHAsync");
      synchronize(stream);
      target.copyFrom(copy);
    }
  }

  private boolean isPinned(MemorySegment memory) {
    for (MemorySegment block : pinned) {
      long offset = memory.address() - block.address();
      if (offset >= 0 && offset < block.byteSize()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void copy(long target, long source, long bytes, Stream stream) {
    callLongs(calls.memcpyDtoDAsync, target, source, bytes, stream.handle());
  }

  @Override
  public void fill(long address, long words, int value, Stream stream) {
    enter();
    int result;
    try {
      result = (int) calls.memsetD32Async.invokeExact(address, value, words, stream.handle());
    } catch (Throwable e) {
      throw unreachable(e);
    }
    check(result, "cuMemsetD32Async");
  }

  @Override
  public LoadedModule load(String name, byte[] image) {
    enter();
    try (var temporary = Arena.ofConfined()) {
      // PTX is text that ends with a zero.
      MemorySegment data = temporary.allocate(image.length + 1L, 64);
      MemorySegment.copy(image, 0, data, ValueLayout.JAVA_BYTE, 0, image.length);
      MemorySegment log = temporary.allocate(LOG_BYTES);
      MemorySegment options = temporary.allocateFrom(ValueLayout.JAVA_INT, JIT_ERROR_LOG, JIT_ERROR_LOG_BYTES);
      MemorySegment values = temporary.allocateFrom(ValueLayout.JAVA_LONG, log.address(), LOG_BYTES);
      int result = invoke(calls.moduleLoadDataEx, word, data, 2, options, values);
      if (result != 0) {
        String first = log.getString(0).lines().filter(line -> !line.isBlank()).findFirst().orElse("no log");
        throw new CudaException(failure(calls, result, "loading " + name).getMessage() + " (" + first + ")");
      }
    }
    long module = word.get(ValueLayout.JAVA_LONG, 0);
    modules.add(module);
    Set<String> wide = WideStructures.kernels(name, new String(image, StandardCharsets.US_ASCII));
    return (entry, sharedBytes) -> kernel(name, module, entry, sharedBytes, wide.contains(entry));
  }

  private Kernel kernel(String file, long module, String entry, int sharedBytes, boolean isWide) {
    enter();
    try (var temporary = Arena.ofConfined()) {
      check(invoke(calls.moduleGetFunction, word, module, temporary.allocateFrom(entry, StandardCharsets.US_ASCII)),
          "looking for kernel " + entry + " in " + file);
    }
    long function = word.get(ValueLayout.JAVA_LONG, 0);
    if (sharedBytes > 0) {
      check(invoke(calls.funcSetAttribute, function, MAX_DYNAMIC_SHARED, sharedBytes),
          sharedBytes + " bytes of shared memory for kernel " + entry);
    }
    return new NvidiaKernel(entry, function, isWide);
  }

  @Override
  public void launch(Kernel kernel, Grid grid, MemorySegment parameters, Stream stream) {
    enter();
    MemorySegment.copy(parameters, 0, parameterBuffer, 0, parameters.byteSize());
    parameterSize.set(ValueLayout.JAVA_LONG, 0, parameters.byteSize());
    var function = (NvidiaKernel) kernel;
    MemorySegment one = function.isWide ? oneParameter : MemorySegment.NULL;
    MemorySegment packed = function.isWide ? MemorySegment.NULL : extra;
    int result;
    try {
      result = grid.cluster() > 1
          ? launchClusters(function, grid, stream, one, packed)
          : (int) calls.launchKernel.invokeExact(function.function, grid.x(), grid.y(), grid.z(), grid.threads(),
              grid.threadsY(), 1, grid.sharedBytes(), stream.handle(), one, packed);
    } catch (Throwable e) {
      throw unreachable(e);
    }
    if (result != 0) {
      check(result, "launching " + kernel.name() + " as " + grid);
    }
  }

  /** A launch with what only a CUlaunchConfig says. */
  private int launchClusters(NvidiaKernel function, Grid grid, Stream stream, MemorySegment one, MemorySegment packed)
      throws Throwable {
    MethodHandle launch = calls.launchKernelEx;
    if (launch == null) {
      throw new CudaException("the NVIDIA driver is too old for this GPU; update it, or use --device cpu");
    }
    int[] extents = {grid.x(), grid.y(), grid.z(), grid.threads(), grid.threadsY(), 1, grid.sharedBytes()};
    MemorySegment.copy(extents, 0, launchConfig, ValueLayout.JAVA_INT, 0, extents.length);
    launchConfig.set(ValueLayout.JAVA_LONG, CONFIG_STREAM, stream.handle());
    clusterAttribute.set(ValueLayout.JAVA_INT, ATTRIBUTE_VALUE, grid.cluster());
    return (int) launch.invokeExact(launchConfig, function.function, one, packed);
  }

  @Override
  public Event event() {
    call(calls.eventCreate, word, 0);
    events.add(word.get(ValueLayout.JAVA_LONG, 0));
    return new Event(events.getLast());
  }

  @Override
  public void record(Event event, Stream stream) {
    callLongs(calls.eventRecord, event.handle(), stream.handle());
  }

  @Override
  public void synchronize(Event event) {
    callLongs(calls.eventSynchronize, event.handle());
  }

  @Override
  public void synchronize(Stream stream) {
    callLongs(calls.streamSynchronize, stream.handle());
  }

  @Override
  public double milliseconds(Event from, Event to) {
    call(calls.eventElapsedTime, word, from.handle(), to.handle());
    return word.get(ValueLayout.JAVA_FLOAT, 0);
  }

  @Override
  public void beginCapture(Stream stream) {
    call(calls.streamBeginCapture, stream.handle(), CAPTURE_RELAXED);
  }

  @Override
  public Graph endCapture(Stream stream) {
    call(calls.streamEndCapture, stream.handle(), word);
    long graph = word.get(ValueLayout.JAVA_LONG, 0);
    call(calls.graphInstantiate, word, graph, 0L);
    long executable = word.get(ValueLayout.JAVA_LONG, 0);
    call(calls.graphDestroy, graph);
    return new Graph() {
      @Override
      public void launch(Stream on) {
        callLongs(calls.graphLaunch, executable, on.handle());
      }

      @Override
      public void close() {
        call(calls.graphExecDestroy, executable);
      }
    };
  }

  @Override
  public void encodeTensorMap(MatrixMap map, MemorySegment descriptor) {
    MethodHandle encode = calls.tensorMapEncodeTiled;
    if (encode == null) {
      throw new CudaException("the NVIDIA driver is too old for this GPU; update it, or use --device cpu");
    }
    enter();
    int type = map.type() == DType.F32 ? TENSOR_MAP_FLOAT32 : TENSOR_MAP_BFLOAT16;
    int swizzle = switch (map.swizzleBytes()) {
      case 0 -> 0;
      case 32 -> 1;
      case 64 -> 2;
      case 128 -> 3;
      default -> throw new IllegalArgumentException("a swizzle of " + map.swizzleBytes() + " bytes");
    };
    try (var temporary = Arena.ofConfined()) {
      MemorySegment aligned = temporary.allocate(128, 64);
      MemorySegment extents = temporary.allocateFrom(ValueLayout.JAVA_LONG, map.columns(), map.rows());
      MemorySegment strides = temporary.allocateFrom(ValueLayout.JAVA_LONG, map.rowBytes());
      MemorySegment box = temporary.allocateFrom(ValueLayout.JAVA_INT, map.boxColumns(), map.boxRows());
      MemorySegment steps = temporary.allocateFrom(ValueLayout.JAVA_INT, 1, 1);
      check(invoke(encode, aligned, type, 2, map.address(), extents, strides, box, steps, 0, swizzle, PROMOTE_128_BYTES,
          0), "cuTensorMapEncodeTiled");
      descriptor.copyFrom(aligned);
    }
  }

  @Override
  public void close() {
    if (broken != null) {
      // Nothing can be given back; the driver does when the process ends.
      arena.close();
      return;
    }
    enter();
    events.forEach(event -> call(calls.eventDestroy, event));
    streams.forEach(stream -> call(calls.streamDestroy, stream));
    modules.forEach(module -> call(calls.moduleUnload, module));
    pinned.forEach(memory -> call(calls.memFreeHost, memory.address()));
    check(invoke(calls.primaryCtxRelease, device), "cuDevicePrimaryCtxRelease");
    arena.close();
  }
}
