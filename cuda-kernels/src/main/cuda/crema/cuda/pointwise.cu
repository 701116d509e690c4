// Functions of each element: arrays of n elements, read and written once, four elements a thread at a time where all
// arrays are aligned to that.
#include "common.cuh"

// Calls body(i, 4) for the aligned groups of four and body(i, 1) for what is left, each index once, over the grid.
template <typename Four, typename One>
__device__ __forceinline__ void forElements(long long n, bool aligned, Four four, One one) {
  const long long start = blockIdx.x * (long long)blockDim.x + threadIdx.x;
  const long long stride = gridDim.x * (long long)blockDim.x;
  const long long groups = aligned ? n / 4 : 0;
  for (long long g = start; g < groups; g += stride) four(4 * g);
  for (long long i = 4 * groups + start; i < n; i += stride) one(i);
}

template <typename T> __device__ __forceinline__ void scale(float factor, const T *x, T *y, long long n) {
  forElements(n, aligned4(x) && aligned4(y),
      [&](long long i) {
        float v[4];
        load4(x + i, v);
#pragma unroll
        for (int j = 0; j < 4; j++) v[j] *= factor;
        store4(y + i, v);
      },
      [&](long long i) { y[i] = narrow<T>(factor * widen(x[i])); });
}
ENTRY scale_f32(float factor, const float *x, float *y, long long n) { scale(factor, x, y, n); }
ENTRY scale_bf16(float factor, const bf16 *x, bf16 *y, long long n) { scale(factor, x, y, n); }

ENTRY f32_to_bf16(const float *x, bf16 *y, long long n) {
  forElements(n, aligned4(x) && aligned4(y),
      [&](long long i) {
        float v[4];
        load4(x + i, v);
        store4(y + i, v);
      },
      [&](long long i) { y[i] = narrow<bf16>(x[i]); });
}
