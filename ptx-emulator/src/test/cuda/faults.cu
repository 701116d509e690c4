// Kernels with planted faults, each beside its sound twin, which is named sound_NAME. The fault is seen in a line that
// ends in FAULT: NAME; there are two such lines where it depends on the order of warps which of them comes second.
#include "mma.cuh"

#define KERNEL_PAIR(NAME, PARAMETERS, ARGUMENTS)                                     \
  extern "C" __global__ void __launch_bounds__(256) NAME PARAMETERS { NAME##Body<true> ARGUMENTS; } \
  extern "C" __global__ void __launch_bounds__(256) sound_##NAME PARAMETERS { NAME##Body<false> ARGUMENTS; }

#define FLOATS (const float *x, float *y, int n)
#define PASS (x, y, n)

// A guard that lets one thread too many through.
template <bool BROKEN>
__device__ __forceinline__ void outOfBoundsBody FLOATS {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (BROKEN ? i <= n : i < n) y[i] = x[i] + 1;  // FAULT: outOfBounds
}
KERNEL_PAIR(outOfBounds, FLOATS, PASS)

// 16 bytes from an address that is a multiple of 4.
template <bool BROKEN>
__device__ __forceinline__ void misalignedBody FLOATS {
  const int i = threadIdx.x;
  if (i >= n / 4 - 1) return;
  const float4 v = *reinterpret_cast<const float4 *>(x + (BROKEN ? 1 : 4) + 4 * i);
  *reinterpret_cast<float4 *>(y + 4 * i) = v;  // FAULT: misaligned
}
KERNEL_PAIR(misaligned, FLOATS, PASS)

// What another warp stored, without __syncthreads() between.
template <bool BROKEN>
__device__ __forceinline__ void missingBarrierBody FLOATS {
  __shared__ float part[256];
  part[threadIdx.x] = x[threadIdx.x];
  if (!BROKEN) __syncthreads();
  y[threadIdx.x] = part[255 - threadIdx.x];  // FAULT: missingBarrier
}
KERNEL_PAIR(missingBarrier, FLOATS, PASS)

// A buffer that is filled again while other warps may still read it.
template <bool BROKEN>
__device__ __forceinline__ void writeAfterReadBody FLOATS {
  __shared__ float part[256];
  float sum = 0;
  for (int round = 0; round < 3; round++) {
    part[threadIdx.x] = x[threadIdx.x] * round;  // FAULT: writeAfterRead
    __syncthreads();
    sum += part[(threadIdx.x + 32) & 255];  // FAULT: writeAfterRead
    if (!BROKEN) __syncthreads();
  }
  y[threadIdx.x] = sum;
}
KERNEL_PAIR(writeAfterRead, FLOATS, PASS)

// Halves of one word: different ones may be stored by different warps, the same one may not.
template <bool BROKEN>
__device__ __forceinline__ void halfWordBody FLOATS {
  __shared__ __nv_bfloat16 part[2];
  const int warp = threadIdx.x >> 5;
  const __nv_bfloat16 value = __float2bfloat16(x[threadIdx.x]);
  if (threadIdx.x == 0 || threadIdx.x == 32) part[BROKEN ? 0 : warp] = value;  // FAULT: halfWord
  __syncthreads();
  y[threadIdx.x] = __bfloat162float(part[threadIdx.x & (BROKEN ? 0 : 1)]);
}
KERNEL_PAIR(halfWord, FLOATS, PASS)

// Lanes of a warp that store to one word; they may if they store the same.
template <bool BROKEN>
__device__ __forceinline__ void laneRaceBody FLOATS {
  __shared__ float last;
  if (threadIdx.x < 32) last = BROKEN ? x[threadIdx.x] : x[0];  // FAULT: laneRace
  __syncthreads();
  y[threadIdx.x] = last;
}
KERNEL_PAIR(laneRace, FLOATS, PASS)

// Global memory that another warp of the block stored.
template <bool BROKEN>
__device__ __forceinline__ void globalRaceBody FLOATS {
  y[threadIdx.x] = x[threadIdx.x];
  if (!BROKEN) __syncthreads();
  const float other = y[threadIdx.x ^ 32];  // FAULT: globalRace
  __syncthreads();
  y[threadIdx.x] = other;
}
KERNEL_PAIR(globalRace, FLOATS, PASS)

// Shared memory that nothing has stored.
template <bool BROKEN>
__device__ __forceinline__ void unwrittenSharedBody FLOATS {
  __shared__ float part[256];
  if (!BROKEN || threadIdx.x != 7) part[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = part[threadIdx.x];  // FAULT: unwrittenShared
}
KERNEL_PAIR(unwrittenShared, FLOATS, PASS)

// Global memory that nothing has stored: y is only read after it is stored in the sound twin.
template <bool BROKEN>
__device__ __forceinline__ void unwrittenGlobalBody FLOATS {
  if (!BROKEN) y[threadIdx.x] = 1;
  y[threadIdx.x] += x[threadIdx.x];  // FAULT: unwrittenGlobal
}
KERNEL_PAIR(unwrittenGlobal, FLOATS, PASS)

// An array in local memory of which one element is missing.
template <bool BROKEN>
__device__ __forceinline__ void unwrittenLocalBody FLOATS {
  volatile float mine[16];
  for (int j = BROKEN ? 1 : 0; j < n; j++) mine[j & 15] = x[j];
  y[threadIdx.x] = mine[(threadIdx.x * n) & 15];  // FAULT: unwrittenLocal
}
KERNEL_PAIR(unwrittenLocal, FLOATS, PASS)

// A barrier that half of a warp does not reach.
template <bool BROKEN>
__device__ __forceinline__ void divergentBarrierBody FLOATS {
  if (threadIdx.x < (BROKEN ? 48 : 256)) {
    y[threadIdx.x] = x[threadIdx.x];
    asm volatile("bar.sync 0;" ::: "memory");  // FAULT: divergentBarrier
    y[threadIdx.x] += 1;
  } else {
    y[threadIdx.x] = 2;
    asm volatile("bar.sync 1, 32;" ::: "memory");
  }
}
KERNEL_PAIR(divergentBarrier, FLOATS, PASS)

// A shuffle of 32 lanes in a branch that 16 take.
template <bool BROKEN>
__device__ __forceinline__ void divergentShuffleBody FLOATS {
  float v = x[threadIdx.x];
  if ((threadIdx.x & 31) < 16) {
    v += __shfl_xor_sync(BROKEN ? 0xffffffffu : 0xffffu, v, 1);  // FAULT: divergentShuffle
  } else {
    v = v * v;
    asm volatile("bar.warp.sync 0xffff0000;");
  }
  __syncthreads();
  y[threadIdx.x] = v;
}
KERNEL_PAIR(divergentShuffle, FLOATS, PASS)

// A shuffle that reads a lane outside its mask.
template <bool BROKEN>
__device__ __forceinline__ void inactiveLaneBody FLOATS {
  float v = x[threadIdx.x];
  if ((threadIdx.x & 31) < 16) v += __shfl_xor_sync(0xffffu, v, BROKEN ? 16 : 8);  // FAULT: inactiveLane
  y[threadIdx.x] = v;
}
KERNEL_PAIR(inactiveLane, FLOATS, PASS)

// A named barrier for more warps than come.
template <bool BROKEN>
__device__ __forceinline__ void deadlockBody FLOATS {
  y[threadIdx.x] = x[threadIdx.x];
  if (threadIdx.x < 64) asm volatile("bar.sync 1, %0;" ::"r"(BROKEN ? 96 : 64) : "memory");  // FAULT: deadlock
}
KERNEL_PAIR(deadlock, FLOATS, PASS)

// Two warps that meet at a barrier with different ideas of how many come.
template <bool BROKEN>
__device__ __forceinline__ void barrierCountsBody FLOATS {
  y[threadIdx.x] = x[threadIdx.x];
  if (threadIdx.x < 32) {
    asm volatile("bar.sync 2, 64;" ::: "memory");  // FAULT: barrierCounts
  } else if (threadIdx.x < 64) {
    asm volatile("bar.sync 2, %0;" ::"r"(BROKEN ? 96 : 64) : "memory");  // FAULT: barrierCounts
  }
}
KERNEL_PAIR(barrierCounts, FLOATS, PASS)

// A producer that arrives without waiting, and a consumer that waits for it; or does not.
template <bool BROKEN>
__device__ __forceinline__ void namedBarrierBody FLOATS {
  __shared__ float part[32];
  if (threadIdx.x < 32) {
    part[threadIdx.x] = x[threadIdx.x];
    asm volatile("bar.arrive 3, 64;" ::: "memory");
  } else if (threadIdx.x < 64) {
    asm volatile("bar.sync %0, 64;" ::"r"(3) : "memory");
    y[threadIdx.x] = part[threadIdx.x - 32];
  } else if (BROKEN && threadIdx.x < 96) {
    y[threadIdx.x] = part[threadIdx.x - 64];  // FAULT: namedBarrier
  }
}
KERNEL_PAIR(namedBarrier, FLOATS, PASS)

// A thread that waits for a flag that nothing sets.
template <bool BROKEN>
__device__ __forceinline__ void livelockBody FLOATS {
  __shared__ volatile int flag;
  if (threadIdx.x == 0) flag = 0;
  __syncthreads();
  if (threadIdx.x == 0) atomicExch((int *)&flag, BROKEN ? 2 : 1);
  if (threadIdx.x == 32)
    while (atomicAdd((int *)&flag, 0) != 1)  // FAULT: livelock
      ;
  y[threadIdx.x] = x[threadIdx.x];
}
KERNEL_PAIR(livelock, FLOATS, PASS)

// Blocks that store the same word; the sound twin has a word a block.
template <bool BROKEN>
__device__ __forceinline__ void blockConflictBody FLOATS {
  if (threadIdx.x == 0) y[BROKEN ? blockIdx.x / 2 : blockIdx.x] = x[blockIdx.x];  // FAULT: blockConflict
}
KERNEL_PAIR(blockConflict, FLOATS, PASS)

// A block that loads what its neighbour stores.
template <bool BROKEN>
__device__ __forceinline__ void neighbourBody(float *x, float *y, int n) {
  if (threadIdx.x != 0) return;
  const float left = x[BROKEN ? (blockIdx.x + gridDim.x - 1) % gridDim.x : blockIdx.x];  // FAULT: neighbour
  x[blockIdx.x] = left + 1;  // FAULT: neighbour
}
KERNEL_PAIR(neighbour, (float *x, float *y, int n), PASS)

// Blocks that store neighbouring halves of a word, which is sound; or one that stores both.
template <bool BROKEN>
__device__ __forceinline__ void blockHalvesBody FLOATS {
  __nv_bfloat16 *out = reinterpret_cast<__nv_bfloat16 *>(y);
  const int at = BROKEN && blockIdx.x == 3 ? 2 : blockIdx.x;
  if (threadIdx.x == 0) out[at] = __float2bfloat16(x[blockIdx.x]);  // FAULT: blockHalves
}
KERNEL_PAIR(blockHalves, FLOATS, PASS)

// cp.async whose data is read without waiting for it.
template <bool BROKEN>
__device__ __forceinline__ void missingCopyWaitBody FLOATS {
  __shared__ __align__(16) float part[1024];
  copy16(sharedAddress(part + threadIdx.x * 4), x + threadIdx.x * 4, true);
  commitCopies();
  if (!BROKEN) waitCopies<0>();
  __syncthreads();
  y[threadIdx.x] = part[threadIdx.x];  // FAULT: missingCopyWait
}
KERNEL_PAIR(missingCopyWait, FLOATS, PASS)

// Two groups of copies, of which one too few is waited for.
template <bool BROKEN>
__device__ __forceinline__ void oneGroupTooFewBody FLOATS {
  __shared__ __align__(16) float part[2][1024];
  for (int stage = 0; stage < 2; stage++) {
    copy16(sharedAddress(part[stage] + threadIdx.x * 4), x + threadIdx.x * 4, true);
    commitCopies();
  }
  waitCopies<1>();
  __syncthreads();
  y[threadIdx.x] = part[0][threadIdx.x];
  waitCopies<BROKEN ? 1 : 0>();
  __syncthreads();
  y[threadIdx.x] += part[1][threadIdx.x];  // FAULT: oneGroupTooFew
}
KERNEL_PAIR(oneGroupTooFew, FLOATS, PASS)

// Data that has landed for the thread that waited, but not for others: no barrier after the wait.
template <bool BROKEN>
__device__ __forceinline__ void copyBarrierBody FLOATS {
  __shared__ __align__(16) float part[1024];
  copy16(sharedAddress(part + threadIdx.x * 4), x + threadIdx.x * 4, true);
  asm volatile("cp.async.wait_all;" ::: "memory");
  if (!BROKEN) __syncthreads();
  y[threadIdx.x] = part[1023 - threadIdx.x];  // FAULT: copyBarrier
}
KERNEL_PAIR(copyBarrier, FLOATS, PASS)

// A copy that overwrites what other warps may still read.
template <bool BROKEN>
__device__ __forceinline__ void copyOverwritesBody FLOATS {
  __shared__ __align__(16) float part[1024];
  float sum = 0;
  for (int round = 0; round < 2; round++) {
    copy16(sharedAddress(part + threadIdx.x * 4), x + threadIdx.x * 4, true);  // FAULT: copyOverwrites
    asm volatile("cp.async.wait_all;" ::: "memory");
    __syncthreads();
    sum += part[1023 - threadIdx.x];  // FAULT: copyOverwrites
    if (!BROKEN) __syncthreads();
  }
  y[threadIdx.x] = sum;
}
KERNEL_PAIR(copyOverwrites, FLOATS, PASS)

// A warp with fewer lanes than mma needs.
template <bool BROKEN>
__device__ __forceinline__ void partialMmaBody FLOATS {
  float d[4] = {};
  const uint32_t a[4] = {threadIdx.x, 0, 0, 0};
  if (!BROKEN || threadIdx.x % 32 < 31) mma(d, a, 0, 0);  // FAULT: partialMma
  y[threadIdx.x] = d[0];
}
KERNEL_PAIR(partialMma, FLOATS, PASS)

// A failed assertion.
template <bool BROKEN>
__device__ __forceinline__ void assertionBody FLOATS {
  if (x[threadIdx.x] > (BROKEN ? -100.f : 100.f)) __trap();  // FAULT: assertion
  y[threadIdx.x] = x[threadIdx.x];
}
KERNEL_PAIR(assertion, FLOATS, PASS)

// Lanes that part and meet again, over and over, and blocks that use atomics: nothing is wrong with it.
extern "C" __global__ void sound_divergence(const int *x, int *y, int *count, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  int v = i < n ? x[i] : 1, steps = 0;
  while (v != 1) {
    v = v & 1 ? 3 * v + 1 : v / 2;
    steps++;
  }
  __syncthreads();
  const int most = __reduce_max_sync(~0u, steps);
  if (i < n) y[i] = steps;
  if ((threadIdx.x & 31) == 0) atomicMax(count, most);
}
