// c[m, n] = (c +) a[m, k] · b[n, k]ᵀ + bias[n]: bf16 in, F32 accumulation, by cp.async, ldmatrix and mma.sync.
// A block has a tile of 128 x 128 x 32, 8 warps of 64 x 32, 4 stages; k and n are multiples of 8, edges are
// filled with zeros.
#include "mma.cuh"
constexpr int BM = 128, BN = 128, BK = 32, STAGES = 4, THREADS = 256;

// Rows of 64 bytes in shared memory: 16-byte chunk c of row r lies at chunk c ^ ((r >> 1) & 3).
__device__ __forceinline__ uint32_t swizzled(int row, int chunk) {
  return row * 64 + ((chunk ^ ((row >> 1) & 3)) << 4);
}

__device__ __forceinline__ void store2(__nv_bfloat16 *c, float x, float y) {
  *reinterpret_cast<__nv_bfloat162 *>(c) = __floats2bfloat162_rn(x, y);
}
__device__ __forceinline__ void store2(float *c, float x, float y) {
  *reinterpret_cast<float2 *>(c) = make_float2(x, y);
}

template <typename Out, bool ADD>
__device__ __forceinline__ void gemm(
    const __nv_bfloat16 *a, const __nv_bfloat16 *b, const float *bias, Out *c, int m, int n, int k) {
  extern __shared__ __align__(128) uint8_t memory[];
  const uint32_t base = sharedAddress(memory);
  const int tid = threadIdx.x, lane = tid & 31, warp = tid >> 5;
  const int wm = (warp >> 2) * 64, wn = (warp & 3) * 32;
  const int m0 = blockIdx.y * BM, n0 = blockIdx.x * BN;
  const int tiles = (k + BK - 1) / BK;
  float acc[4][4][4] = {};
  auto load = [&](int tile, int stage) {
    const uint32_t sa = base + stage * (BM + BN) * 64, sb = sa + BM * 64;
#pragma unroll
    for (int i = 0; i < 2; i++) {
      const int chunk = tid + i * THREADS, r = chunk >> 2, cc = chunk & 3, kk = tile * BK + cc * 8;
      const bool okA = m0 + r < m && kk < k, okB = n0 + r < n && kk < k;
      copy16(sa + swizzled(r, cc), a + (okA ? (size_t)(m0 + r) * k + kk : 0), okA);
      copy16(sb + swizzled(r, cc), b + (okB ? (size_t)(n0 + r) * k + kk : 0), okB);
    }
  };
#pragma unroll
  for (int s = 0; s < STAGES - 1; s++) {
    if (s < tiles) load(s, s);
    commitCopies();
  }
  for (int t = 0; t < tiles; t++) {
    waitCopies<STAGES - 2>();
    __syncthreads();
    const int next = t + STAGES - 1;
    if (next < tiles) load(next, next % STAGES);
    commitCopies();
    const uint32_t sa = base + (t % STAGES) * (BM + BN) * 64, sb = sa + BM * 64;
#pragma unroll
    for (int kk = 0; kk < 2; kk++) {
      uint32_t fa[4][4], fb[2][4];
#pragma unroll
      for (int i = 0; i < 4; i++) ldmatrix4(fa[i], sa + swizzled(wm + i * 16 + (lane & 15), kk * 2 + (lane >> 4)));
#pragma unroll
      for (int j = 0; j < 2; j++)
        ldmatrix4(fb[j], sb + swizzled(wn + j * 16 + (lane & 7) + ((lane >> 4) << 3), kk * 2 + ((lane >> 3) & 1)));
#pragma unroll
      for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) mma(acc[i][j], fa[i], fb[j >> 1][(j & 1) * 2], fb[j >> 1][(j & 1) * 2 + 1]);
    }
  }
#pragma unroll
  for (int i = 0; i < 4; i++)
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int row = m0 + wm + i * 16 + h * 8 + (lane >> 2);
      if (row >= m) continue;
#pragma unroll
      for (int j = 0; j < 4; j++) {
        const int col = n0 + wn + j * 8 + (lane & 3) * 2;
        if (col >= n) continue;
        float x = acc[i][j][2 * h], y = acc[i][j][2 * h + 1];
        if (bias) {
          x += bias[col];
          y += bias[col + 1];
        }
        Out *to = c + (size_t)row * n + col;
        if (ADD) {
          x += (float)to[0];
          y += (float)to[1];
        }
        store2(to, x, y);
      }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) gemmBf16(
    const __nv_bfloat16 *a, const __nv_bfloat16 *b, const float *bias, __nv_bfloat16 *c, int m, int n, int k) {
  gemm<__nv_bfloat16, false>(a, b, bias, c, m, n, k);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    gemmBf16AddF32(const __nv_bfloat16 *a, const __nv_bfloat16 *b, const float *bias, float *c, int m, int n, int k) {
  gemm<float, true>(a, b, bias, c, m, n, k);
}
