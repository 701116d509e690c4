// c [m, n] = op(a) op(b), F32: tiles of 64 x 64 x 16, 256 threads with 4 x 4 sums each. Any sizes, any alignment.
//
// A block's part of k is that of its grid.z; with several parts each writes partial sums [part, m, n], which are added up
// in order elsewhere.
#include "common.cuh"

constexpr int BM = 64, BN = 64, BK = 16, THREADS = 256;

// Element (i, k) of op(a) and (k, j) of op(b) for row-major a [m, k] or [k, m], b [k, n] or [n, k].
template <bool AT, bool BT>
__device__ __forceinline__ void gemm(const float *a, const float *b, const float *bias, float *c, int m, int n,
    int k, int partOfK, int add) {
  __shared__ float as[2][BK][BM + 4], bs[2][BK][BN + 4];
  const int tid = threadIdx.x, tx = tid & 15, ty = tid >> 4;
  const int m0 = blockIdx.y * BM, n0 = blockIdx.x * BN;
  const int k0 = blockIdx.z * partOfK, k1 = min(k, k0 + partOfK);
  float sums[4][4] = {}, ra[4], rb[4];
  // A thread loads four elements of either tile: along k where that is contiguous, else along m or n.
  const auto load = [&](int at) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int e = tid + i * THREADS;
      const int ar = AT ? e & 63 : e >> 4, ak = AT ? e >> 6 : e & 15;
      const int row = m0 + ar, ka = at + ak;
      ra[i] = row < m && ka < k1 ? (AT ? a[(size_t)ka * m + row] : a[(size_t)row * k + ka]) : 0.f;
      const int bc = BT ? e >> 4 : e & 63, bk = BT ? e & 15 : e >> 6;
      const int column = n0 + bc, kb = at + bk;
      rb[i] = column < n && kb < k1 ? (BT ? b[(size_t)column * k + kb] : b[(size_t)kb * n + column]) : 0.f;
    }
  };
  const auto store = [&](int stage) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int e = tid + i * THREADS;
      as[stage][AT ? e >> 6 : e & 15][AT ? e & 63 : e >> 4] = ra[i];
      bs[stage][BT ? e & 15 : e >> 6][BT ? e >> 4 : e & 63] = rb[i];
    }
  };
  load(k0);
  store(0);
  __syncthreads();
  int stage = 0;
  for (int at = k0; at < k1; at += BK, stage ^= 1) {
    const bool more = at + BK < k1;
    if (more) load(at + BK);
#pragma unroll
    for (int kk = 0; kk < BK; kk++) {
      float va[4], vb[4];
      load4(&as[stage][kk][ty * 4], va);
      load4(&bs[stage][kk][tx * 4], vb);
#pragma unroll
      for (int i = 0; i < 4; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) sums[i][j] = fmaf(va[i], vb[j], sums[i][j]);
      }
    }
    if (more) {
      store(stage ^ 1);
      __syncthreads();
    }
  }
  c += (size_t)blockIdx.z * m * n;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int row = m0 + ty * 4 + i;
#pragma unroll
    for (int j = 0; j < 4; j++) {
      const int column = n0 + tx * 4 + j;
      if (row >= m || column >= n) continue;
      const size_t at = (size_t)row * n + column;
      float v = sums[i][j];
      if (bias != nullptr) v += bias[column];
      c[at] = add ? c[at] + v : v;
    }
  }
}

#define FOR_ORIENTATION(S, AT, BT)                                                                                   \
  ENTRY __launch_bounds__(THREADS) gemm_f32_##S(const float *a, const float *b, const float *bias, float *c, int m,  \
      int n, int k, int partOfK, int add) {                                                                          \
    gemm<AT, BT>(a, b, bias, c, m, n, k, partOfK, add);                                                              \
  }

FOR_ORIENTATION(nn, false, false)
FOR_ORIENTATION(nt, false, true)
FOR_ORIENTATION(tn, true, false)
