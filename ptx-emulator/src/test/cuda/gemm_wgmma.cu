// c[m, n] = a[m, k] · b[n, k]ᵀ, bf16, on Hopper: a producer thread feeds a ring of tiles by TMA, two consumer
// warpgroups multiply 64 x 64 each by wgmma; the grid is persistent, and tiles leave through shared memory by TMA.
#include "hopper.cuh"
constexpr int BM = 128, BN = 64, BK = 64, STAGES = 3;
constexpr int A_BYTES = BM * BK * 2, B_BYTES = BN * BK * 2, STAGE_BYTES = A_BYTES + B_BYTES;

extern "C" __global__ void __launch_bounds__(384, 1) gemmWgmma(
    const __grid_constant__ CUtensorMap mapA, const __grid_constant__ CUtensorMap mapB,
    const __grid_constant__ CUtensorMap mapC, int m, int n, int k) {
  extern __shared__ __align__(1024) uint8_t memory[];
  __shared__ __align__(8) uint64_t full[STAGES], empty[STAGES];
  const uint32_t base = sharedAddress(memory), out0 = base + STAGES * STAGE_BYTES;
  const int group = threadIdx.x >> 7, tid = threadIdx.x & 127;
  if (threadIdx.x == 0) {
    for (int i = 0; i < STAGES; i++) {
      initBarrier(sharedAddress(full + i), 1);
      initBarrier(sharedAddress(empty + i), 2);
    }
    fenceInit();
    fenceProxy();
  }
  __syncthreads();
  const int tilesM = (m + BM - 1) / BM, tilesN = (n + BN - 1) / BN, steps = (k + BK - 1) / BK;
  int stage = 0, phase = 0;
  if (group == 0) {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
    if (tid == 0) {
      asm volatile("prefetch.tensormap [%0];" ::"l"(&mapA) : "memory");
      for (int tile = blockIdx.x; tile < tilesM * tilesN; tile += gridDim.x) {
        const int m0 = tile % tilesM * BM, n0 = tile / tilesM * BN;
        for (int s = 0; s < steps; s++) {
          waitParity(sharedAddress(empty + stage), phase ^ 1);
          const uint32_t a = base + stage * STAGE_BYTES, barrier = sharedAddress(full + stage);
          arriveExpecting(barrier, STAGE_BYTES);
          loadTile(a, &mapA, s * BK, m0, barrier);
          loadTile(a + A_BYTES, &mapB, s * BK, n0, barrier);
          if (++stage == STAGES) {
            stage = 0;
            phase ^= 1;
          }
        }
      }
    }
  } else {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
    const int warp = tid >> 5, lane = tid & 31;
    const uint32_t out = out0 + (group - 1) * 64 * 128;
    for (int tile = blockIdx.x; tile < tilesM * tilesN; tile += gridDim.x) {
      const int m0 = tile % tilesM * BM, n0 = tile / tilesM * BN;
      float d[32] = {};
      for (int s = 0; s < steps; s++) {
        waitParity(sharedAddress(full + stage), phase);
        const uint32_t tiles = base + stage * STAGE_BYTES, a = tiles + (group - 1) * 64 * 128, b = tiles + A_BYTES;
        wgmmaFence(d);
#pragma unroll
        for (int kk = 0; kk < BK / 16; kk++) wgmma(d, descriptor(a + kk * 32), descriptor(b + kk * 32));
        wgmmaCommit();
        wgmmaWait<0>();
        if (tid == 0) arrive(sharedAddress(empty + stage));
        if (++stage == STAGES) {
          stage = 0;
          phase ^= 1;
        }
      }
      if (tid == 0) waitStoresRead();
      asm volatile("bar.sync %0, 128;" ::"r"(group) : "memory");
#pragma unroll
      for (int j = 0; j < BN / 16; j++) {
        uint32_t r[4];
#pragma unroll
        for (int q = 0; q < 4; q++) {
          const __nv_bfloat162 p = __floats2bfloat162_rn(d[j * 8 + q * 2], d[j * 8 + q * 2 + 1]);
          r[q] = *reinterpret_cast<const uint32_t *>(&p);
        }
        const int row = warp * 16 + (lane & 15), chunk = j * 2 + (lane >> 4);
        asm volatile("stmatrix.sync.aligned.m8n8.x4.shared::cta.b16 [%0], {%1, %2, %3, %4};" ::"r"(
                         out + row * 128 + ((chunk ^ (row & 7)) << 4)),
                     "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3])
                     : "memory");
      }
      fenceProxy();
      asm volatile("bar.sync %0, 128;" ::"r"(group) : "memory");
      if (tid == 0) {
        storeTile(&mapC, n0, m0 + (group - 1) * 64, out);
        commitStores();
      }
    }
    if (tid == 0) waitStores();
  }
}
