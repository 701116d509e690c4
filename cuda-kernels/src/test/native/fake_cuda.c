/*
 * A driver without a GPU, for NvidiaDriverTest: device memory is the host's, and calls are written down. Its functions have the
 * types of cuda.h, against which the compiler checks them where it finds that file; where it does not, the types below stand in.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_include) && __has_include(<cuda.h>)
#include <cuda.h>
#else
typedef int CUresult, CUdevice, CUdevice_attribute, CUfunction_attribute, CUjit_option, CUstreamCaptureMode;
typedef int CUtensorMapDataType, CUtensorMapInterleave, CUtensorMapSwizzle, CUtensorMapL2promotion, CUtensorMapFloatOOBfill;
typedef void *CUcontext, *CUmodule, *CUfunction, *CUstream, *CUevent, *CUgraph, *CUgraphExec;
typedef unsigned long long CUdeviceptr;
typedef uint32_t cuuint32_t;
typedef uint64_t cuuint64_t;
typedef struct { _Alignas(64) uint64_t opaque[16]; } CUtensorMap;
#define CUDA_SUCCESS 0
#endif

static char written[1 << 16];
static size_t used;
static char failing[64];
static int failure, version = 13000, devices = 2;
static long handles = 0x1000;

static CUresult note(const char *function, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (used < sizeof written - 1024) {
    char line[900];
    vsnprintf(line, sizeof line, format, arguments);
    used += (size_t)snprintf(written + used, 1000, "%s %s\n", function, line);
  }
  va_end(arguments);
  return (CUresult)(strcmp(function, failing) == 0 ? failure : CUDA_SUCCESS);
}

/* What was called since the last time this was asked. */
const char *fake_calls(void) {
  written[used] = 0;
  used = 0;
  return written;
}

/* Lets a function fail, or none. */
void fake_failure(const char *function, int result) {
  snprintf(failing, sizeof failing, "%s", function);
  failure = result;
}

void fake_version(int cuda) { version = cuda; }

#define HANDLE(type) ((type)(intptr_t)(handles += 0x10))
#define PTR(x) ((long)(intptr_t)(x))

CUresult cuInit(unsigned int flags) { return note("cuInit", "%u", flags); }
CUresult cuDriverGetVersion(int *value) {
  *value = version;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGetCount(int *count) {
  *count = devices;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  *device = ordinal + 7;
  return CUDA_SUCCESS;
}
CUresult cuDeviceGetName(char *name, int size, CUdevice device) {
  snprintf(name, (size_t)size, "Fake %d", device);
  return CUDA_SUCCESS;
}
CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
  *bytes = 80ull << 30;
  return note("cuDeviceTotalMem", "%d", device);
}
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
  (void)device;
  *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 16 ? 132 : attribute == 97 ? 232448 : -1;
  return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  *context = (CUcontext)0xC0;
  return note("cuDevicePrimaryCtxRetain", "%d", device);
}
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) { return note("cuDevicePrimaryCtxRelease", "%d", device); }
CUresult cuCtxSetCurrent(CUcontext context) { return note("cuCtxSetCurrent", "%lx", PTR(context)); }
CUresult cuMemGetInfo_v2(size_t *available, size_t *total) {
  *available = 79ull << 30;
  *total = 80ull << 30;
  return CUDA_SUCCESS;
}
CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
  CUresult result = note("cuMemAlloc", "%zu", bytes);
  *address = result == CUDA_SUCCESS ? (CUdeviceptr)(intptr_t)malloc(bytes) : 0;
  return result;
}
CUresult cuMemFree_v2(CUdeviceptr address) {
  free((void *)(intptr_t)address);
  return note("cuMemFree", "");
}
CUresult cuMemHostAlloc(void **memory, size_t bytes, unsigned int flags) {
  *memory = malloc(bytes);
  return note("cuMemHostAlloc", "%zu %u", bytes, flags);
}
CUresult cuMemFreeHost(void *memory) {
  free(memory);
  return note("cuMemFreeHost", "");
}
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
  memcpy((void *)(intptr_t)to, from, bytes);
  return note("cuMemcpyHtoDAsync", "%zu on %lx", bytes, PTR(stream));
}
CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
  memcpy(to, (void *)(intptr_t)from, bytes);
  return note("cuMemcpyDtoHAsync", "%zu on %lx", bytes, PTR(stream));
}
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  memcpy((void *)(intptr_t)to, (void *)(intptr_t)from, bytes);
  return note("cuMemcpyDtoDAsync", "%zu on %lx", bytes, PTR(stream));
}
CUresult cuMemsetD32Async(CUdeviceptr to, unsigned int word, size_t words, CUstream stream) {
  for (size_t i = 0; i < words; i++) ((uint32_t *)(intptr_t)to)[i] = word;
  return note("cuMemsetD32Async", "%x %zu on %lx", word, words, PTR(stream));
}
CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int options, CUjit_option *keys, void **values) {
  CUresult result = note("cuModuleLoadDataEx", "'%s' %u %d %d %ld", (const char *)image, options, (int)keys[0], (int)keys[1], PTR(values[1]));
  if (result != CUDA_SUCCESS) {
    snprintf((char *)values[0], (size_t)(intptr_t)values[1], "\nptxas application ptx input, line 3; fatal\nmore");
  }
  *module = HANDLE(CUmodule);
  return result;
}
CUresult cuModuleUnload(CUmodule module) {
  (void)module;
  return note("cuModuleUnload", "");
}
CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  (void)module;
  *function = (CUfunction)0xF0;
  return note("cuModuleGetFunction", "%s", name);
}
CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value) {
  return note("cuFuncSetAttribute", "%lx %d %d", PTR(function), (int)attribute, value);
}
CUresult cuLaunchKernel(CUfunction function, unsigned int x, unsigned int y, unsigned int z, unsigned int threads, unsigned int threadsY,
    unsigned int threadsZ, unsigned int shared, CUstream stream, void **parameters, void **extra) {
  char bytes[256] = "";
  if (parameters == NULL && extra[0] == (void *)1 && extra[2] == (void *)2 && extra[4] == NULL) {
    size_t size = *(size_t *)extra[3];
    for (size_t i = 0; i < size && i < 100; i++) snprintf(bytes + 2 * i, 3, "%02x", ((unsigned char *)extra[1])[i]);
  }
  if (parameters != NULL && extra == NULL) snprintf(bytes, sizeof bytes, "one that begins with %02x", *(unsigned char *)parameters[0]);
  return note("cuLaunchKernel", "%lx %u,%u,%u %u,%u,%u shared %u on %lx with %s", PTR(function), x, y, z, threads, threadsY, threadsZ, shared,
      PTR(stream), bytes);
}
CUresult cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction function, void **parameters, void **extra) {
  const CUlaunchAttribute *cluster = config->attrs;
  if (config->numAttrs != 1 || cluster->id != CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) return CUDA_ERROR_INVALID_VALUE;
  return note("cuLaunchKernelEx", "%lx %u,%u,%u %u,%u,%u shared %u on %lx in clusters of %u,%u,%u with %s", PTR(function), config->gridDimX,
      config->gridDimY, config->gridDimZ, config->blockDimX, config->blockDimY, config->blockDimZ, config->sharedMemBytes, PTR(config->hStream),
      cluster->value.clusterDim.x, cluster->value.clusterDim.y, cluster->value.clusterDim.z,
      extra != NULL ? "packed" : "one");
}
CUresult cuStreamCreate(CUstream *stream, unsigned int flags) {
  *stream = (CUstream)0x50;
  return note("cuStreamCreate", "%u", flags);
}
CUresult cuStreamDestroy_v2(CUstream stream) { return note("cuStreamDestroy", "%lx", PTR(stream)); }
CUresult cuStreamSynchronize(CUstream stream) { return note("cuStreamSynchronize", "%lx", PTR(stream)); }
CUresult cuEventCreate(CUevent *event, unsigned int flags) {
  *event = (CUevent)0xE0;
  return note("cuEventCreate", "%u", flags);
}
CUresult cuEventDestroy_v2(CUevent event) { return note("cuEventDestroy", "%lx", PTR(event)); }
CUresult cuEventRecord(CUevent event, CUstream stream) { return note("cuEventRecord", "%lx %lx", PTR(event), PTR(stream)); }
CUresult cuEventSynchronize(CUevent event) { return note("cuEventSynchronize", "%lx", PTR(event)); }
CUresult cuEventQuery(CUevent event) { return note("cuEventQuery", "%lx", PTR(event)); }
#undef cuEventElapsedTime
#if defined(CUDA_VERSION) && CUDA_VERSION >= 13000
CUresult cuEventElapsedTime_v2(float *ms, CUevent from, CUevent to) {
  *ms = 1.5f;
  return note("cuEventElapsedTime", "%lx %lx", PTR(from), PTR(to));
}
#endif
CUresult cuEventElapsedTime(float *ms, CUevent from, CUevent to) {
  *ms = 1.5f;
  return note("cuEventElapsedTime", "%lx %lx", PTR(from), PTR(to));
}
CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
  return note("cuStreamBeginCapture", "%lx %d", PTR(stream), (int)mode);
}
CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  *graph = (CUgraph)0x60;
  return note("cuStreamEndCapture", "%lx", PTR(stream));
}
CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long flags) {
  *executable = (CUgraphExec)0x70;
  return note("cuGraphInstantiateWithFlags", "%lx %llu", PTR(graph), flags);
}
CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream) { return note("cuGraphLaunch", "%lx %lx", PTR(executable), PTR(stream)); }
CUresult cuGraphExecDestroy(CUgraphExec executable) { return note("cuGraphExecDestroy", "%lx", PTR(executable)); }
CUresult cuGraphDestroy(CUgraph graph) { return note("cuGraphDestroy", "%lx", PTR(graph)); }
CUresult cuGetErrorName(CUresult error, const char **text) {
  (void)error;
  *text = "CUDA_ERROR_FAKE";
  return CUDA_SUCCESS;
}
CUresult cuGetErrorString(CUresult error, const char **text) {
  (void)error;
  *text = "what it means";
  return CUDA_SUCCESS;
}
CUresult cuTensorMapEncodeTiled(CUtensorMap *map, CUtensorMapDataType type, cuuint32_t rank, void *address, const cuuint64_t *extents,
    const cuuint64_t *strides, const cuuint32_t *box, const cuuint32_t *steps, CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle,
    CUtensorMapL2promotion promotion, CUtensorMapFloatOOBfill fill) {
  memset(map, 0x5A, sizeof *map);
  return note("cuTensorMapEncodeTiled", "%d %u %lx extents %lu,%lu stride %lu box %u,%u steps %u,%u interleave %d swizzle %d promotion %d fill %d%s",
      (int)type, rank, PTR(address), (unsigned long)extents[0], (unsigned long)extents[1], (unsigned long)strides[0], box[0], box[1], steps[0],
      steps[1], (int)interleave, (int)swizzle, (int)promotion, (int)fill, (intptr_t)map % 64 == 0 ? "" : " unaligned");
}
