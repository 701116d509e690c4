package crema.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the CUDA driver that are used, by their names in {@code cuda.h}: one handle each, bound when this is
 * made. Handles of the driver (contexts, streams, events) and addresses in device memory are passed as {@code long}s.
 */
final class DriverCalls {
  /** The driver's library on Linux. */
  static final String LIBRARY = "libcuda.so.1";

  final MethodHandle init;
  final MethodHandle driverGetVersion;
  final MethodHandle deviceGetCount;
  final MethodHandle deviceGet;
  final MethodHandle deviceGetName;
  final MethodHandle deviceTotalMem;
  final MethodHandle deviceGetAttribute;
  final MethodHandle primaryCtxRetain;
  final MethodHandle primaryCtxRelease;
  final MethodHandle ctxSetCurrent;
  final MethodHandle memGetInfo;
  final MethodHandle memAlloc;
  final MethodHandle memFree;
  final MethodHandle memHostAlloc;
  final MethodHandle memFreeHost;
  final MethodHandle memcpyHtoDAsync;
  final MethodHandle memcpyDtoHAsync;
  final MethodHandle memcpyDtoDAsync;
  final MethodHandle memsetD32Async;
  final MethodHandle moduleLoadDataEx;
  final MethodHandle moduleUnload;
  final MethodHandle moduleGetFunction;
  final MethodHandle funcSetAttribute;
  final MethodHandle launchKernel;
  final MethodHandle streamCreate;
  final MethodHandle streamDestroy;
  final MethodHandle streamSynchronize;
  final MethodHandle eventCreate;
  final MethodHandle eventDestroy;
  final MethodHandle eventRecord;
  final MethodHandle eventSynchronize;
  final MethodHandle eventQuery;
  final MethodHandle eventElapsedTime;
  final MethodHandle streamBeginCapture;
  final MethodHandle streamEndCapture;
  final MethodHandle graphInstantiate;
  final MethodHandle graphLaunch;
  final MethodHandle graphExecDestroy;
  final MethodHandle graphDestroy;
  final MethodHandle getErrorName;
  final MethodHandle getErrorString;
  /** Null in drivers older than CUDA 11.8, which don't know the devices that need it. */
  final @Nullable MethodHandle launchKernelEx;
  /** Null in drivers older than CUDA 12, which don't know the devices that need it. */
  final @Nullable MethodHandle tensorMapEncodeTiled;

  private final SymbolLookup library;

  DriverCalls(String name) {
    library = SymbolLookup.libraryLookup(name, Arena.global());
    init = bind("cuInit", JAVA_INT);
    driverGetVersion = bind("cuDriverGetVersion", ADDRESS);
    deviceGetCount = bind("cuDeviceGetCount", ADDRESS);
    deviceGet = bind("cuDeviceGet", ADDRESS, JAVA_INT);
    deviceGetName = bind("cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT);
    deviceTotalMem = bind("cuDeviceTotalMem_v2", ADDRESS, JAVA_INT);
    deviceGetAttribute = bind("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
    primaryCtxRetain = bind("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT);
    primaryCtxRelease = bind("cuDevicePrimaryCtxRelease_v2", JAVA_INT);
    ctxSetCurrent = bind("cuCtxSetCurrent", JAVA_LONG);
    memGetInfo = bind("cuMemGetInfo_v2", ADDRESS, ADDRESS);
    memAlloc = bind("cuMemAlloc_v2", ADDRESS, JAVA_LONG);
    memFree = bind("cuMemFree_v2", JAVA_LONG);
    memHostAlloc = bind("cuMemHostAlloc", ADDRESS, JAVA_LONG, JAVA_INT);
    memFreeHost = bind("cuMemFreeHost", JAVA_LONG);
    memcpyHtoDAsync = bind("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
    memcpyDtoHAsync = bind("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    memcpyDtoDAsync = bind("cuMemcpyDtoDAsync_v2", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    memsetD32Async = bind("cuMemsetD32Async", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    moduleLoadDataEx = bind("cuModuleLoadDataEx", ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    moduleUnload = bind("cuModuleUnload", JAVA_LONG);
    moduleGetFunction = bind("cuModuleGetFunction", ADDRESS, JAVA_LONG, ADDRESS);
    funcSetAttribute = bind("cuFuncSetAttribute", JAVA_LONG, JAVA_INT, JAVA_INT);
    launchKernel = bind("cuLaunchKernel", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
        JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
    launchKernelEx = bindIfThere("cuLaunchKernelEx", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    streamCreate = bind("cuStreamCreate", ADDRESS, JAVA_INT);
    streamDestroy = bind("cuStreamDestroy_v2", JAVA_LONG);
    streamSynchronize = bind("cuStreamSynchronize", JAVA_LONG);
    eventCreate = bind("cuEventCreate", ADDRESS, JAVA_INT);
    eventDestroy = bind("cuEventDestroy_v2", JAVA_LONG);
    eventRecord = bind("cuEventRecord", JAVA_LONG, JAVA_LONG);
    eventSynchronize = bind("cuEventSynchronize", JAVA_LONG);
    eventQuery = bind("cuEventQuery", JAVA_LONG);
    eventElapsedTime = bind("cuEventElapsedTime", ADDRESS, JAVA_LONG, JAVA_LONG);
    streamBeginCapture = bind("cuStreamBeginCapture_v2", JAVA_LONG, JAVA_INT);
    streamEndCapture = bind("cuStreamEndCapture", JAVA_LONG, ADDRESS);
    graphInstantiate = bind("cuGraphInstantiateWithFlags", ADDRESS, JAVA_LONG, JAVA_LONG);
    graphLaunch = bind("cuGraphLaunch", JAVA_LONG, JAVA_LONG);
    graphExecDestroy = bind("cuGraphExecDestroy", JAVA_LONG);
    graphDestroy = bind("cuGraphDestroy", JAVA_LONG);
    getErrorName = bind("cuGetErrorName", JAVA_INT, ADDRESS);
    getErrorString = bind("cuGetErrorString", JAVA_INT, ADDRESS);
    tensorMapEncodeTiled = bindIfThere("cuTensorMapEncodeTiled", ADDRESS, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS,
        ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  private MethodHandle bind(String name, MemoryLayout... parameters) {
    MemorySegment symbol = library.find(name)
        .orElseThrow(() -> new CudaException("the NVIDIA driver has no function " + name
            + "; update it, or use --device cpu"));
    return Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  private @Nullable MethodHandle bindIfThere(String name, MemoryLayout... parameters) {
    return library.find(name).isPresent() ? bind(name, parameters) : null;
  }
}
