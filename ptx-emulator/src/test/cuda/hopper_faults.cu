// Kernels of sm_90a with planted faults, each beside its sound twin; see faults.cu.
#include "hopper.cuh"

#define MAPS const __grid_constant__ CUtensorMap in, const __grid_constant__ CUtensorMap out

#define KERNEL_PAIR(NAME)                                                          \
  extern "C" __global__ void __launch_bounds__(256) NAME(MAPS, float *y) {         \
    NAME##Body<true>(in, out, y);                                                  \
  }                                                                                \
  extern "C" __global__ void __launch_bounds__(256) sound_##NAME(MAPS, float *y) { \
    NAME##Body<false>(in, out, y);                                                 \
  }

// Both maps have tiles of 64 rows of 64 bf16, with 128-byte swizzle: 8 KiB.
constexpr int TILE = 64 * 128;

__device__ __forceinline__ float sharedFloat(uint32_t at) {
  float v;
  asm volatile("ld.shared.f32 %0, [%1];" : "=f"(v) : "r"(at) : "memory");
  return v;
}

__device__ __forceinline__ void storeShared(uint32_t at, float v) {
  asm volatile("st.shared.f32 [%0], %1;" ::"r"(at), "f"(v) : "memory");
}

__device__ __forceinline__ void start(uint64_t *barriers, int count, int arrivals) {
  if (threadIdx.x == 0) {
    for (int i = 0; i < count; i++) initBarrier(sharedAddress(barriers + i), arrivals);
    fenceInit();
  }
  __syncthreads();
}

// A tile that is read without waiting for it.
template <bool BROKEN>
__device__ __forceinline__ void missingTileWaitBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ __align__(1024) uint8_t memory[TILE];
  __shared__ uint64_t full[1];
  start(full, 1, 1);
  if (threadIdx.x == 0) {
    arriveExpecting(sharedAddress(full), TILE);
    loadTile(sharedAddress(memory), &in, 0, 0, sharedAddress(full));
  }
  if (!BROKEN || threadIdx.x < 128) waitParity(sharedAddress(full), 0);
  y[threadIdx.x] = sharedFloat(sharedAddress(memory) + threadIdx.x * 4);  // FAULT: missingTileWait
}
KERNEL_PAIR(missingTileWait)

// Two tiles, two barriers, and the wrong one waited for.
template <bool BROKEN>
__device__ __forceinline__ void wrongBarrierBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  extern __shared__ __align__(1024) uint8_t memory[];
  __shared__ uint64_t full[2];
  start(full, 2, 1);
  if (threadIdx.x == 0) {
    for (int i = 0; i < 2; i++) {
      arriveExpecting(sharedAddress(full + i), TILE);
      loadTile(sharedAddress(memory) + i * TILE, &in, 0, i * 64, sharedAddress(full + i));
    }
  }
  waitParity(sharedAddress(full + (BROKEN ? 1 : 0)), 0);
  y[threadIdx.x] = sharedFloat(sharedAddress(memory) + threadIdx.x * 4);  // FAULT: wrongBarrier
  waitParity(sharedAddress(full + 1), 0);
  y[threadIdx.x] += sharedFloat(sharedAddress(memory) + TILE + threadIdx.x * 4);
}
KERNEL_PAIR(wrongBarrier)

// A tile that overwrites what consumers may still read: the producer does not wait until they have arrived.
template <bool BROKEN>
__device__ __forceinline__ void tileOverwritesBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ __align__(1024) uint8_t memory[TILE];
  __shared__ uint64_t full[1], empty[1];
  start(full, 1, 1);
  start(empty, 1, 128);
  if (threadIdx.x >= 128) {
    if (threadIdx.x == 128) {
      for (int i = 0; i < 2; i++) {
        if (!BROKEN && i > 0) waitParity(sharedAddress(empty), 0);
        if (BROKEN && i > 0) waitParity(sharedAddress(full), 0);
        arriveExpecting(sharedAddress(full), TILE);
        loadTile(sharedAddress(memory), &in, 0, i * 64, sharedAddress(full));  // FAULT: tileOverwrites
      }
    }
    return;
  }
  float sum = 0;
  for (int i = 0; i < (BROKEN ? 1 : 2); i++) {
    waitParity(sharedAddress(full), i & 1);
    sum += sharedFloat(sharedAddress(memory) + threadIdx.x * 4);
    if (!BROKEN) arrive(sharedAddress(empty));
  }
  y[threadIdx.x] = sum;
}
KERNEL_PAIR(tileOverwrites)

// A barrier that waits for more bytes than come.
template <bool BROKEN>
__device__ __forceinline__ void tooManyBytesBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ __align__(1024) uint8_t memory[TILE];
  __shared__ uint64_t full[1];
  start(full, 1, 1);
  if (threadIdx.x == 0) {
    arriveExpecting(sharedAddress(full), BROKEN ? 2 * TILE : TILE);
    loadTile(sharedAddress(memory), &in, 0, 0, sharedAddress(full));
  }
  waitParity(sharedAddress(full), 0);
  y[threadIdx.x] = sharedFloat(sharedAddress(memory) + threadIdx.x * 4);
}
KERNEL_PAIR(tooManyBytes)

// A memory barrier that was not made.
template <bool BROKEN>
__device__ __forceinline__ void noInitBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ uint64_t full[1];
  if (!BROKEN) start(full, 1, 1);
  if (threadIdx.x == 0) arrive(sharedAddress(full));
  if (threadIdx.x == 0) y[0] = 1;
}
KERNEL_PAIR(noInit)

// More arrivals than a memory barrier expects.
template <bool BROKEN>
__device__ __forceinline__ void tooManyArrivalsBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ uint64_t full[1];
  start(full, 1, 256);
  arrive(sharedAddress(full));
  if (BROKEN && threadIdx.x < 32)
    asm volatile("mbarrier.arrive.release.cta.shared::cta.b64 _, [%0], 300;" ::"r"(sharedAddress(full)));
  if (threadIdx.x == 0) y[0] = 1;
}
KERNEL_PAIR(tooManyArrivals)

// A memory barrier that TMA may not see: its making is not fenced.
template <bool BROKEN>
__device__ __forceinline__ void unfencedInitBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ __align__(1024) uint8_t memory[TILE];
  __shared__ uint64_t full[1];
  if (threadIdx.x == 0) {
    initBarrier(sharedAddress(full), 1);
    if (!BROKEN) fenceProxy();
    arriveExpecting(sharedAddress(full), TILE);
    loadTile(sharedAddress(memory), &in, 0, 0, sharedAddress(full));  // FAULT: unfencedInit
  }
  __syncthreads();
  waitParity(sharedAddress(full), 0);
  y[threadIdx.x] = sharedFloat(sharedAddress(memory) + threadIdx.x * 4);
}
KERNEL_PAIR(unfencedInit)

// Ordinary stores that TMA reads without a fence.
template <bool BROKEN>
__device__ __forceinline__ void missingProxyFenceBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ __align__(1024) uint8_t memory[TILE];
  for (int i = threadIdx.x; i < TILE / 4; i += 256) storeShared(sharedAddress(memory) + i * 4, i);
  if (!BROKEN) fenceProxy();
  __syncthreads();
  if (threadIdx.x == 0) {
    storeTile(&out, 0, 0, sharedAddress(memory));  // FAULT: missingProxyFence
    commitStores();
    waitStores();
    y[0] = 1;
  }
}
KERNEL_PAIR(missingProxyFence)

// Shared memory that is stored to again while TMA may still read it.
template <bool BROKEN>
__device__ __forceinline__ void storeOverwritesBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ __align__(1024) uint8_t memory[TILE];
  for (int round = 0; round < 2; round++) {
    if (!BROKEN && threadIdx.x == 0) waitStoresRead();
    __syncthreads();
    for (int i = threadIdx.x; i < TILE / 4; i += 256) storeShared(sharedAddress(memory) + i * 4, i);
    fenceProxy();
    __syncthreads();
    if (threadIdx.x == 0) {
      storeTile(&out, 0, round * 64, sharedAddress(memory));
      commitStores();
    }
  }
  if (threadIdx.x == 0) waitStores();
  if (threadIdx.x == 0) y[0] = 1;
}
KERNEL_PAIR(storeOverwrites)

// A thread that ends while TMA may still read the block's memory.
template <bool BROKEN>
__device__ __forceinline__ void endsTooEarlyBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ __align__(1024) uint8_t memory[TILE];
  for (int i = threadIdx.x; i < TILE / 4; i += 256) storeShared(sharedAddress(memory) + i * 4, i);
  fenceProxy();
  __syncthreads();
  if (threadIdx.x == 0) {
    y[0] = 1;
    storeTile(&out, 0, 0, sharedAddress(memory));
    commitStores();
    if (!BROKEN) waitStoresRead();
  }
}
KERNEL_PAIR(endsTooEarly)

// A block that ends while TMA may still write its memory.
template <bool BROKEN>
__device__ __forceinline__ void endsBeforeLoadBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ __align__(1024) uint8_t memory[TILE];
  __shared__ uint64_t full[1];
  start(full, 1, 1);
  if (threadIdx.x == 0) {
    arriveExpecting(sharedAddress(full), TILE);
    loadTile(sharedAddress(memory), &in, 0, 0, sharedAddress(full));
    if (!BROKEN) waitParity(sharedAddress(full), 0);
    y[0] = 1;
  }
}
KERNEL_PAIR(endsBeforeLoad)

// A tile in shared memory that is not aligned to 128 bytes.
template <bool BROKEN>
__device__ __forceinline__ void misalignedTileBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  __shared__ __align__(1024) uint8_t memory[TILE + 1024];
  __shared__ uint64_t full[1];
  start(full, 1, 1);
  if (threadIdx.x == 0) {
    arriveExpecting(sharedAddress(full), TILE);
    loadTile(sharedAddress(memory) + (BROKEN ? 64 : 128), &in, 0, 0, sharedAddress(full));  // FAULT: misalignedTile
  }
  waitParity(sharedAddress(full), 0);
  if (threadIdx.x == 0) y[0] = 1;
}
KERNEL_PAIR(misalignedTile)

// Loads a tile of a and one of b for wgmma.
__device__ __forceinline__ void loadBoth(uint8_t *memory, uint64_t *full, const CUtensorMap &in) {
  start(full, 1, 1);
  if (threadIdx.x == 0) {
    arriveExpecting(sharedAddress(full), 2 * TILE);
    loadTile(sharedAddress(memory), &in, 0, 0, sharedAddress(full));
    loadTile(sharedAddress(memory) + TILE, &in, 0, 64, sharedAddress(full));
  }
  waitParity(sharedAddress(full), 0);
}

// Accumulators that are read without wgmma.wait_group.
template <bool BROKEN>
__device__ __forceinline__ void missingWgmmaWaitBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  extern __shared__ __align__(1024) uint8_t memory[];
  __shared__ uint64_t full[1];
  loadBoth(memory, full, in);
  if (threadIdx.x >= 128) return;
  float d[32] = {};
  wgmmaFence(d);
  wgmma(d, descriptor(sharedAddress(memory)), descriptor(sharedAddress(memory) + TILE));
  wgmmaCommit();
  if (!BROKEN) wgmmaWait<0>();
  float sum = 0;
  for (int i = 0; i < 32; i++) sum += d[i];  // FAULT: missingWgmmaWait
  y[threadIdx.x] = sum;
  if (BROKEN) wgmmaWait<0>();
}
KERNEL_PAIR(missingWgmmaWait)

// Accumulators that are set without wgmma.fence.
template <bool BROKEN>
__device__ __forceinline__ void missingWgmmaFenceBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  extern __shared__ __align__(1024) uint8_t memory[];
  __shared__ uint64_t full[1];
  loadBoth(memory, full, in);
  if (threadIdx.x >= 128) return;
  float d[32] = {};
  if (!BROKEN) wgmmaFence(d);
  wgmma(d, descriptor(sharedAddress(memory)), descriptor(sharedAddress(memory) + TILE));
  wgmmaCommit();
  wgmmaWait<0>();
  float sum = 0;
  for (int i = 0; i < 32; i++) sum += d[i];
  y[threadIdx.x] = sum;
}
KERNEL_PAIR(missingWgmmaFence)

// Ordinary stores that wgmma reads without a fence.
template <bool BROKEN>
__device__ __forceinline__ void wgmmaProxyBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  extern __shared__ __align__(1024) uint8_t memory[];
  for (int i = threadIdx.x; i < 2 * TILE / 4; i += 256) storeShared(sharedAddress(memory) + i * 4, 0);
  if (!BROKEN) fenceProxy();
  __syncthreads();
  if (threadIdx.x >= 128) return;
  float d[32] = {};
  wgmmaFence(d);
  wgmma(d, descriptor(sharedAddress(memory)), descriptor(sharedAddress(memory) + TILE));
  wgmmaCommit();
  wgmmaWait<0>();
  y[threadIdx.x] = d[0];
}
KERNEL_PAIR(wgmmaProxy)

// A consumer that gives its stage back before wgmma has read it.
template <bool BROKEN>
__device__ __forceinline__ void arrivesTooEarlyBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  extern __shared__ __align__(1024) uint8_t memory[];
  __shared__ uint64_t full[1], empty[1];
  start(empty, 1, 1);
  loadBoth(memory, full, in);
  if (threadIdx.x >= 128) {
    if (threadIdx.x == 128) {
      waitParity(sharedAddress(empty), 0);
      arriveExpecting(sharedAddress(full), TILE);
      loadTile(sharedAddress(memory), &in, 0, 0, sharedAddress(full));  // FAULT: arrivesTooEarly
      waitParity(sharedAddress(full), 1);
    }
    return;
  }
  float d[32] = {};
  wgmmaFence(d);
  wgmma(d, descriptor(sharedAddress(memory)), descriptor(sharedAddress(memory) + TILE));
  wgmmaCommit();
  if (BROKEN && threadIdx.x == 0) arrive(sharedAddress(empty));
  wgmmaWait<0>();
  if (!BROKEN && threadIdx.x == 0) arrive(sharedAddress(empty));
  y[threadIdx.x] = d[0];
}
KERNEL_PAIR(arrivesTooEarly)

// A warpgroup of which one warp does not take part.
template <bool BROKEN>
__device__ __forceinline__ void missingWarpBody(const CUtensorMap &in, const CUtensorMap &out, float *y) {
  extern __shared__ __align__(1024) uint8_t memory[];
  __shared__ uint64_t full[1];
  loadBoth(memory, full, in);
  if (threadIdx.x >= (BROKEN ? 96 : 128)) return;
  float d[32] = {};
  wgmmaFence(d);
  wgmma(d, descriptor(sharedAddress(memory)), descriptor(sharedAddress(memory) + TILE));
  wgmmaCommit();
  wgmmaWait<0>();
  y[threadIdx.x] = d[0];
}
KERNEL_PAIR(missingWarp)
