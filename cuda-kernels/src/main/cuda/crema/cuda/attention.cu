// Attention within packed sequences, for any head size up to 256, in F32 arithmetic: see attention.cuh.
#include "attention.cuh"

#define ENTRIES(DIM, T, SUFFIX)                                                                                       \
  ENTRY __launch_bounds__(THREADS)                                                                                    \
      attention_##DIM##_##SUFFIX(const T *q, const T *k, const T *v, const int *cuSeqlens, T *y, float *logSumExp,    \
                                 SPEC_PARAMETERS) {                                                                   \
    forward<DIM, T, false>(q, k, v, cuSeqlens, y, logSumExp, SPEC, tiles, {});                                        \
  }                                                                                                                   \
  ENTRY __launch_bounds__(THREADS) attention_backward_queries_##DIM##_##SUFFIX(                                       \
      const T *q, const T *k, const T *v, const T *dy, const float *logSumExp, const float *dots,                     \
      const int *cuSeqlens, T *dq, SPEC_PARAMETERS) {                                                                 \
    backwardQueries<DIM, T, false>(q, k, v, dy, logSumExp, dots, cuSeqlens, dq, SPEC, tiles, {});                     \
  }                                                                                                                   \
  ENTRY __launch_bounds__(THREADS) attention_backward_keys_##DIM##_##SUFFIX(                                          \
      const T *q, const T *k, const T *v, const T *dy, const float *logSumExp, const float *dots,                     \
      const int *cuSeqlens, T *dk, T *dv, SPEC_PARAMETERS) {                                                          \
    backwardKeys<DIM, T, false>(q, k, v, dy, logSumExp, dots, cuSeqlens, dk, dv, SPEC, tiles, {});                    \
  }
ENTRIES(32, float, f32)
ENTRIES(64, float, f32)
ENTRIES(128, float, f32)
ENTRIES(256, float, f32)
ENTRIES(32, bf16, bf16)
ENTRIES(64, bf16, bf16)
ENTRIES(128, bf16, bf16)
ENTRIES(256, bf16, bf16)

// dots[row] = dy[row] times y[row], rows being those of a head: a warp each.
template <typename T>
__device__ __forceinline__ void dotRows(const T *y, const T *dy, float *dots, long long rows, int headDim) {
  const long long row = blockIdx.x * (long long)(blockDim.x / 32) + threadIdx.x / 32;
  if (row >= rows) return;
  float sum = 0.f;
  for (int d = threadIdx.x & 31; d < headDim; d += 32)
    sum = fmaf(widen(y[row * headDim + d]), widen(dy[row * headDim + d]), sum);
  sum = warpSum(sum);
  if ((threadIdx.x & 31) == 0) dots[row] = sum;
}

ENTRY attention_dots_f32(const float *y, const float *dy, float *dots, long long rows, int headDim) {
  dotRows(y, dy, dots, rows, headDim);
}
ENTRY attention_dots_bf16(const bf16 *y, const bf16 *dy, float *dots, long long rows, int headDim) {
  dotRows(y, dy, dots, rows, headDim);
}
