// c [m, n] = op(a) op(b), F32: tiles of 128 x 128 x 8, 256 threads with 8 x 8 sums each, or of 64 x 64 x 16 with 4 x 4, which
// are for products with few of the former. Any sizes, any alignment.
//
// A block's part of k is that of its grid.z; with several parts each writes partial sums [part, m, n], which are added up
// in order elsewhere.
#include "common.cuh"

constexpr int THREADS = 256;

// Four elements of a tile of op(x): along k if ALONG_K, where x is [rows, k], else along rows, where x is [k, rows]. Those
// past the edges are 0.
template <bool ALONG_K>
__device__ __forceinline__ void loadPart(
    const float *x, int rows, int length, int row, int k, int k1, bool wide, float (&v)[4]) {
  const float *const from = ALONG_K ? x + (size_t)row * length + k : x + (size_t)k * length + row;
  if (wide) {
    // Both the tile and the matrix end where a part ends.
    if (row < rows && k < k1) load4(from, v);
    else v[0] = v[1] = v[2] = v[3] = 0.f;
  } else {
#pragma unroll
    for (int i = 0; i < 4; i++) v[i] = row + (ALONG_K ? 0 : i) < rows && k + (ALONG_K ? i : 0) < k1 ? from[i] : 0.f;
  }
}

// Tiles are SIZE x SIZE, and KS of k at a time.
template <bool AT, bool BT, int SIZE, int KS>
__device__ __forceinline__ void gemm(const float *a, const float *b, const float *bias, float *c, int m, int n,
    int k, int partOfK, int add) {
  static_assert(SIZE * KS == 4 * THREADS, "a thread copies four elements of either operand");
  // Of 64 rows and columns a thread has four of each side by side, so that a warp reads shared memory without conflicts.
  constexpr int BLOCKS = SIZE / 64;
  __shared__ __align__(16) float as[2][KS][SIZE + 4], bs[2][KS][SIZE + 4];
  const int tid = threadIdx.x, tx = tid & 15, ty = tid >> 4;
  const int m0 = blockIdx.y * SIZE, n0 = blockIdx.x * SIZE;
  const int k0 = blockIdx.z * partOfK, k1 = min(k, k0 + partOfK);
  const int lda = AT ? m : k, ldb = BT ? k : n;
  const bool wideA = aligned4(a) && (lda & 3) == 0, wideB = aligned4(b) && (ldb & 3) == 0;
  // Where this thread's four elements are in a tile: rows along k have KS / 4 such parts, rows along m or n SIZE / 4.
  const int rowAlong = tid / (KS / 4), kAlong = tid % (KS / 4) * 4, rowAcross = tid % (SIZE / 4) * 4, kAcross = tid / (SIZE / 4);
  const int ar = AT ? rowAcross : rowAlong, ak = AT ? kAcross : kAlong;
  const int br = BT ? rowAlong : rowAcross, bk = BT ? kAlong : kAcross;
  float ra[4], rb[4];
  const auto load = [&](int at) {
    loadPart<!AT>(a, m, lda, m0 + ar, at + ak, k1, wideA, ra);
    loadPart<BT>(b, n, ldb, n0 + br, at + bk, k1, wideB, rb);
  };
  const auto store = [&](int stage) {
    if (AT) store4(&as[stage][ak][ar], ra);
    if (!BT) store4(&bs[stage][bk][br], rb);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if (!AT) as[stage][ak + i][ar] = ra[i];
      if (BT) bs[stage][bk + i][br] = rb[i];
    }
  };
  float sums[BLOCKS * 4][BLOCKS * 4] = {};
  load(k0);
  store(0);
  __syncthreads();
  int stage = 0;
  for (int at = k0; at < k1; at += KS, stage ^= 1) {
    const bool more = at + KS < k1;
    if (more) load(at + KS);
#pragma unroll
    for (int kk = 0; kk < KS; kk++) {
      float va[BLOCKS][4], vb[BLOCKS][4];
#pragma unroll
      for (int i = 0; i < BLOCKS; i++) {
        load4(&as[stage][kk][i * 64 + ty * 4], va[i]);
        load4(&bs[stage][kk][i * 64 + tx * 4], vb[i]);
      }
#pragma unroll
      for (int i = 0; i < BLOCKS * 4; i++) {
#pragma unroll
        for (int j = 0; j < BLOCKS * 4; j++) sums[i][j] = fmaf(va[i >> 2][i & 3], vb[j >> 2][j & 3], sums[i][j]);
      }
    }
    if (more) {
      store(stage ^ 1);
      __syncthreads();
    }
  }
  c += (size_t)blockIdx.z * m * n;
  const bool wideC = aligned4(c) && (n & 3) == 0;
#pragma unroll
  for (int i = 0; i < BLOCKS * 4; i++) {
    const int row = m0 + (i >> 2) * 64 + ty * 4 + (i & 3);
    if (row >= m) continue;
#pragma unroll
    for (int j = 0; j < BLOCKS; j++) {
      const int column = n0 + j * 64 + tx * 4;
      float *const to = c + (size_t)row * n + column;
      float v[4];
#pragma unroll
      for (int l = 0; l < 4; l++) {
        v[l] = sums[i][j * 4 + l];
        if (bias != nullptr && column + l < n) v[l] += bias[column + l];
        if (add && column + l < n) v[l] = to[l] + v[l];
      }
      if (wideC) {
        if (column < n) store4(to, v);
      } else {
#pragma unroll
        for (int l = 0; l < 4; l++) {
          if (column + l < n) to[l] = v[l];
        }
      }
    }
  }
}

#define FOR_TILE(S, AT, BT, SIZE, KS)                                                                                 \
  ENTRY __launch_bounds__(THREADS, 2) gemm_f32_##S##_##SIZE(const float *a, const float *b, const float *bias,        \
      float *c, int m, int n, int k, int partOfK, int add) {                                                          \
    gemm<AT, BT, SIZE, KS>(a, b, bias, c, m, n, k, partOfK, add);                                                     \
  }
#define FOR_ORIENTATION(S, AT, BT) \
  FOR_TILE(S, AT, BT, 128, 8)      \
  FOR_TILE(S, AT, BT, 64, 16)

FOR_ORIENTATION(nn, false, false)
FOR_ORIENTATION(nt, false, true)
FOR_ORIENTATION(tn, true, false)
