// targets: sm_90a
// Matrix products on Hopper's tensor cores, BF16 in, F32 sums, F32 or BF16 out: c [m, n] = the sum over terms of op(a) op(b).
// Problems and terms are those of gemm_mma.cu, but operands are described by tensor maps, which also fill what is past their
// edges with zeros; a launch has at most three pairs of them, as terms or as problems.
//
// Tiles of 128 x 128, 64 of k at a time. One warp asks for boxes of the operands, which land in a ring of stages; two
// warpgroups multiply, 64 rows each. An operand that is contiguous along k is copied as one box of 128 rows of 64, one that is
// contiguous along m or n as two boxes of 64 rows of 64; wgmma takes either. Two blocks fit a multiprocessor, so that one
// multiplies while the other begins or ends.
#include "wgmma.cuh"

constexpr int BM = 128, BN = 128, BK = 64, STAGES = 3, MOST = 3;
constexpr int A_BYTES = BM * BK * 2, STAGE_BYTES = (BM + BN) * BK * 2, BOX_BYTES = 64 * 64 * 2;
constexpr int CONSUMERS = 256, THREADS = CONSUMERS + 32;
// A row of the output in shared memory, and some bytes so that rows begin in different banks.
constexpr int OUT_ROW_BYTES = BN * 2 + 16;

struct Problem {
  void *c;
  const float *bias;
  int termCount;
  int firstTerm;
  int m;
  int n;
  int firstTile;
  int tilesOfN;
  int add;
  int unused;
};

struct Gemm {
  CUtensorMap a[MOST];
  CUtensorMap b[MOST];
  int k[MOST];
  int count;
  Problem problems[MOST];
  // What part of k a block of grid.z has; its sums then go to c + z * m * n.
  int partOfK;
  int unused;
};

template <bool ALONG_K> __device__ __forceinline__ void copyTile(
    uint32_t to, const CUtensorMap *map, int row, int k, uint32_t barrier) {
  if (ALONG_K) {
    copyBox(to, map, k, row, barrier);
  } else {
    copyBox(to, map, row, k, barrier);
    copyBox(to + BOX_BYTES, map, row + 64, k, barrier);
  }
}

template <typename C> __device__ __forceinline__ void store2(C *p, float x, float y);
template <> __device__ __forceinline__ void store2(float *p, float x, float y) {
  *reinterpret_cast<float2 *>(p) = make_float2(x, y);
}
template <> __device__ __forceinline__ void store2(bf16 *p, float x, float y) {
  *reinterpret_cast<uint32_t *>(p) = pack2(x, y);
}

template <bool AT, bool BT, typename C> __device__ __forceinline__ void gemm(const Gemm &g) {
  extern __shared__ __align__(1024) uint8_t memory[];
  __shared__ __align__(8) uint64_t full[STAGES], empty[STAGES];
  const uint32_t ring = sharedAddress(memory);
  if (threadIdx.x == 0) {
    for (int i = 0; i < STAGES; i++) {
      initBarrier(sharedAddress(full + i), 1);
      initBarrier(sharedAddress(empty + i), 2);
    }
    fenceBarrierInit();
    fenceProxy();
  }
  __syncthreads();

  int which = 0;
  while (which + 1 < g.count && blockIdx.x >= g.problems[which + 1].firstTile) which++;
  const Problem p = g.problems[which];
  const int tile = blockIdx.x - p.firstTile;
  const int m0 = tile / p.tilesOfN * BM, n0 = tile % p.tilesOfN * BN;
  const int k0 = blockIdx.z * g.partOfK;

  if (threadIdx.x >= CONSUMERS) {
    if (threadIdx.x == CONSUMERS) {
      int stage = 0, phase = 0;
      for (int t = p.firstTerm; t < p.firstTerm + p.termCount; t++) {
        const int last = min(g.k[t], k0 + g.partOfK);
        for (int k = k0; k < last; k += BK) {
          waitParity(sharedAddress(empty + stage), phase ^ 1);
          const uint32_t to = ring + stage * STAGE_BYTES, barrier = sharedAddress(full + stage);
          arriveExpecting(barrier, STAGE_BYTES);
          copyTile<!AT>(to, &g.a[t], m0, k, barrier);
          copyTile<BT>(to + A_BYTES, &g.b[t], n0, k, barrier);
          if (++stage == STAGES) {
            stage = 0;
            phase ^= 1;
          }
        }
      }
    }
    return;
  }

  const int group = threadIdx.x >> 7, tid = threadIdx.x & 127, warp = tid >> 5, lane = tid & 31;
  float d[64];
#pragma unroll
  for (int i = 0; i < 64; i++) d[i] = 0.f;
  int stage = 0, phase = 0, before = -1;
  for (int t = p.firstTerm; t < p.firstTerm + p.termCount; t++) {
    const int last = min(g.k[t], k0 + g.partOfK);
    for (int k = k0; k < last; k += BK) {
      waitParity(sharedAddress(full + stage), phase);
      const uint32_t a = ring + stage * STAGE_BYTES + group * BOX_BYTES, b = ring + stage * STAGE_BYTES + A_BYTES;
      wgmmaFence(d);
#pragma unroll
      for (int kk = 0; kk < BK / 16; kk++) {
        // 16 of k are 32 bytes of a row, or 16 rows.
        wgmma<!AT, BT>(d, descriptor<!AT>(a + kk * (AT ? 2048 : 32)), descriptor<BT>(b + kk * (BT ? 32 : 2048)));
      }
      wgmmaCommit();
      // The products of the stage before are done, and so its boxes may be overwritten.
      wgmmaWait<1>();
      if (before >= 0 && tid == 0) arrive(sharedAddress(empty + before));
      before = stage;
      if (++stage == STAGES) {
        stage = 0;
        phase ^= 1;
      }
    }
  }
  wgmmaWait<0>();
#pragma unroll
  for (int i = 0; i < 64; i++) asm volatile("" : "+f"(d[i])::"memory");

  C *const c = static_cast<C *>(p.c) + (size_t)blockIdx.z * p.m * p.n;
  const int rowInGroup = warp * 16 + (lane >> 2), row0 = m0 + group * 64;
  const bool whole = sizeof(C) == 2 && !p.add && (p.n & 7) == 0 && (reinterpret_cast<uintptr_t>(p.c) & 15) == 0;
  if (p.bias != nullptr) {
#pragma unroll
    for (int j = 0; j < 16; j++) {
      const int column = n0 + j * 8 + (lane & 3) * 2;
      const float x = column < p.n ? p.bias[column] : 0.f, y = column + 1 < p.n ? p.bias[column + 1] : 0.f;
      d[j * 4] += x; d[j * 4 + 1] += y; d[j * 4 + 2] += x; d[j * 4 + 3] += y;
    }
  }
  if (whole) {
    // Through shared memory, so that threads store 16 bytes of one row side by side. Both groups are past their last
    // product, whose operands lie where the output goes.
    asm volatile("bar.sync 1, 256;" ::: "memory");
    uint8_t *const out = memory + group * 64 * OUT_ROW_BYTES;
#pragma unroll
    for (int j = 0; j < 16; j++) {
      uint8_t *const at = out + rowInGroup * OUT_ROW_BYTES + j * 16 + (lane & 3) * 4;
      *reinterpret_cast<uint32_t *>(at) = pack2(d[j * 4], d[j * 4 + 1]);
      *reinterpret_cast<uint32_t *>(at + 8 * OUT_ROW_BYTES) = pack2(d[j * 4 + 2], d[j * 4 + 3]);
    }
    if (group == 0) asm volatile("bar.sync 2, 128;" ::: "memory");
    else asm volatile("bar.sync 3, 128;" ::: "memory");
#pragma unroll
    for (int i = 0; i < 8; i++) {
      const int e = tid + i * 128, row = e >> 4, part = e & 15;
      if (row0 + row < p.m && n0 + part * 8 < p.n) {
        *reinterpret_cast<uint4 *>(c + (size_t)(row0 + row) * p.n + n0 + part * 8) =
            *reinterpret_cast<const uint4 *>(out + row * OUT_ROW_BYTES + part * 16);
      }
    }
    return;
  }
  const bool both = (p.n & 1) == 0 && (reinterpret_cast<uintptr_t>(p.c) & (2 * sizeof(C) - 1)) == 0;
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int row = row0 + rowInGroup + h * 8;
    if (row >= p.m) continue;
#pragma unroll
    for (int j = 0; j < 16; j++) {
      const int column = n0 + j * 8 + (lane & 3) * 2;
      if (column >= p.n) continue;
      const size_t to = (size_t)row * p.n + column;
      float x = d[j * 4 + 2 * h], y = d[j * 4 + 2 * h + 1];
      if (p.add) {
        x += widen(c[to]);
        if (column + 1 < p.n) y += widen(c[to + 1]);
      }
      if (both) store2(c + to, x, y);
      else {
        c[to] = narrow<C>(x);
        if (column + 1 < p.n) c[to + 1] = narrow<C>(y);
      }
    }
  }
}

#define FOR_TYPE(S, AT, BT, C, T)                                                                       \
  ENTRY __launch_bounds__(THREADS, 2) gemm_wgmma_##S##_##T(const __grid_constant__ Gemm g) { gemm<AT, BT, C>(g); }
#define FOR_ORIENTATION(S, AT, BT) \
  FOR_TYPE(S, AT, BT, float, f32)  \
  FOR_TYPE(S, AT, BT, bf16, bf16)

FOR_ORIENTATION(nn, false, false)
FOR_ORIENTATION(nt, false, true)
FOR_ORIENTATION(tn, true, false)
