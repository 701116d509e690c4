// targets: sm_80
// Matrix products on tensor cores, BF16 in, F32 sums, F32 or BF16 out: c [m, n] = the sum over terms of op(a) op(b).
//
// A launch has up to three problems of one orientation, each with its own output: queries, keys and values from one
// activation, say. A problem has up to three terms, whose products are summed in registers: the gradient of that activation.
// Rows are dense; their lengths are multiples of 8 and their addresses of 16 bytes.
//
// Tiles of 128 x 128 or 64 x 64, 32 of k at a time, in a ring of four stages that asynchronous copies fill. An operand that
// is contiguous along k lies in shared memory as rows of 64 bytes, one that is contiguous along m or n as 32 rows of that;
// 16-byte parts are swapped within rows so that no bank is met twice, and ldmatrix transposes the latter.
#include "mma.cuh"

constexpr int BK = 32, STAGES = 4, MOST = 3;

struct Term {
  const bf16 *a;
  const bf16 *b;
  int k;
  int lda;
  int ldb;
  int unused;
};

struct Problem {
  Term terms[MOST];
  void *c;
  const float *bias;
  int termCount;
  int m;
  int n;
  int firstTile;
  int tilesOfN;
  int add;
};

struct Gemm {
  Problem problems[MOST];
  int count;
  // What part of k a block of grid.z has; its sums then go to c + z * m * n.
  int partOfK;
};

// Where a 16-byte part of a row of a tile lies: of BK elements along k, or of W along m or n.
template <bool ALONG_K, int W> __device__ __forceinline__ uint32_t place(int row, int part) {
  return ALONG_K ? row * (BK * 2) + ((part ^ ((row >> 1) & 3)) << 4) : row * (W * 2) + ((part ^ (row & 7)) << 4);
}

// Copies a tile of W rows of op(x) and BK of k: x is [rows, k] if ALONG_K, else [k, rows].
template <bool ALONG_K, int W, int THREADS>
__device__ __forceinline__ void copyTile(
    uint32_t to, const bf16 *x, int stride, int row0, int rows, int k0, int k1) {
  constexpr int PARTS = W * BK / 8;
#pragma unroll
  for (int i = 0; i < PARTS / THREADS; i++) {
    const int e = threadIdx.x + i * THREADS;
    const int r = ALONG_K ? e / (BK / 8) : e / (W / 8), part = ALONG_K ? e % (BK / 8) : e % (W / 8);
    const int row = ALONG_K ? row0 + r : k0 + r, column = (ALONG_K ? k0 : row0) + part * 8;
    const bool valid = row < (ALONG_K ? rows : k1) && column < (ALONG_K ? k1 : rows);
    copy16(to + place<ALONG_K, W>(r, part), valid ? x + (size_t)row * stride + column : x, valid);
  }
}

// WM x WN is the part of a warp.
template <bool AT, bool BT, typename C, int BM, int BN, int WM, int WN>
__device__ __forceinline__ void gemm(const Gemm &g) {
  constexpr int THREADS = BM / WM * (BN / WN) * 32;
  constexpr int STAGE_BYTES = (BM + BN) * BK * 2;
  extern __shared__ __align__(1024) uint8_t memory[];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  const int wm = warp / (BN / WN) * WM, wn = warp % (BN / WN) * WN;

  int which = 0;
  while (which + 1 < g.count && blockIdx.x >= g.problems[which + 1].firstTile) which++;
  const Problem &p = g.problems[which];
  const int tile = blockIdx.x - p.firstTile;
  const int m0 = tile / p.tilesOfN * BM, n0 = tile % p.tilesOfN * BN;

  const uint32_t ring = sharedAddress(memory);
  // What the copies come to next: a term, and where in its k.
  int term = 0, at = blockIdx.z * g.partOfK, end = min(p.terms[0].k, at + g.partOfK);
  int steps = 0;
  for (int t = 0; t < p.termCount; t++) {
    steps += t == 0 ? (max(0, end - at) + BK - 1) / BK : (p.terms[t].k + BK - 1) / BK;
  }
  int copied = 0;
  const auto copyNext = [&]() {
    if (copied < steps) {
      if (at >= end) {
        term++;
        at = 0;
        end = p.terms[term].k;
      }
      const Term &t = p.terms[term];
      const uint32_t stage = ring + copied % STAGES * STAGE_BYTES;
      copyTile<!AT, BM, THREADS>(stage, t.a, t.lda, m0, p.m, at, end);
      copyTile<BT, BN, THREADS>(stage + BM * BK * 2, t.b, t.ldb, n0, p.n, at, end);
      at += BK;
      copied++;
    }
    commitCopies();
  };
#pragma unroll
  for (int s = 0; s < STAGES - 1; s++) copyNext();

  float sums[WM / 16][WN / 8][4] = {};
  for (int step = 0; step < steps; step++) {
    waitCopies<STAGES - 2>();
    __syncthreads();
    copyNext();
    const uint32_t sa = ring + step % STAGES * STAGE_BYTES, sb = sa + BM * BK * 2;
#pragma unroll
    for (int kk = 0; kk < BK / 16; kk++) {
      uint32_t fa[WM / 16][4], fb[WN / 16][4];
#pragma unroll
      for (int i = 0; i < WM / 16; i++) {
        if (AT) {
          ldmatrix4Transposed(fa[i], sa + place<false, BM>(kk * 16 + (lane & 7) + ((lane >> 4) << 3),
                                         (wm + i * 16) / 8 + ((lane >> 3) & 1)));
        } else {
          ldmatrix4(fa[i], sa + place<true, BM>(wm + i * 16 + (lane & 15), kk * 2 + (lane >> 4)));
        }
      }
#pragma unroll
      for (int j = 0; j < WN / 16; j++) {
        if (BT) {
          ldmatrix4(fb[j], sb + place<true, BN>(wn + j * 16 + (lane & 7) + ((lane >> 4) << 3),
                                       kk * 2 + ((lane >> 3) & 1)));
        } else {
          ldmatrix4Transposed(fb[j], sb + place<false, BN>(kk * 16 + (lane & 15), (wn + j * 16) / 8 + (lane >> 4)));
        }
      }
#pragma unroll
      for (int i = 0; i < WM / 16; i++) {
#pragma unroll
        for (int j = 0; j < WN / 8; j++) mma(sums[i][j], fa[i], fb[j >> 1][(j & 1) * 2], fb[j >> 1][(j & 1) * 2 + 1]);
      }
    }
  }
  waitCopies<0>();

  // Rows of odd length, and outputs that start anywhere, are stored one by one.
  const bool both = (p.n & 1) == 0 && (reinterpret_cast<uintptr_t>(p.c) & (2 * sizeof(C) - 1)) == 0;
  C *const c = static_cast<C *>(p.c) + (size_t)blockIdx.z * p.m * p.n;
#pragma unroll
  for (int i = 0; i < WM / 16; i++) {
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int row = m0 + wm + i * 16 + h * 8 + (lane >> 2);
      if (row >= p.m) continue;
#pragma unroll
      for (int j = 0; j < WN / 8; j++) {
        const int column = n0 + wn + j * 8 + (lane & 3) * 2;
        if (column >= p.n) continue;
        const size_t to = (size_t)row * p.n + column;
        float x = sums[i][j][2 * h], y = sums[i][j][2 * h + 1];
        if (p.bias != nullptr) {
          x += p.bias[column];
          if (column + 1 < p.n) y += p.bias[column + 1];
        }
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
}

#define FOR_TILE(S, AT, BT, C, T, SIZE, BM, BN, WM, WN)                                                 \
  ENTRY __launch_bounds__(BM / WM *(BN / WN) * 32)                                                      \
      gemm_mma_##S##_##T##_##SIZE(const __grid_constant__ Gemm g) {                                     \
    gemm<AT, BT, C, BM, BN, WM, WN>(g);                                                                 \
  }
#define FOR_TYPE(S, AT, BT, C, T)                       \
  FOR_TILE(S, AT, BT, C, T, 128, 128, 128, 64, 32)      \
  FOR_TILE(S, AT, BT, C, T, 64, 64, 64, 32, 32)
#define FOR_ORIENTATION(S, AT, BT) \
  FOR_TYPE(S, AT, BT, float, f32)  \
  FOR_TYPE(S, AT, BT, bf16, bf16)

FOR_ORIENTATION(nn, false, false)
FOR_ORIENTATION(nt, false, true)
FOR_ORIENTATION(tn, true, false)
