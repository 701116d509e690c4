// Rotary positions. x, y: [tokens, heads * headDim], cut by cuSeqlens: [sequences + 1]; y may be x. table: [positions,
// headDim / 2] pairs of cosine and sine. Block b has the four positions from 4 (b % tiles) on of sequence b / tiles, and
// a thread for each four pairs if there may be as many.
#include "common.cuh"

constexpr int POSITIONS = 4;

template <typename T>
__device__ __forceinline__ void rotate(const T *x, const int *cuSeqlens, const float2 *table, T *y, int heads,
                                       int headDim, float turn, int tiles) {
  const int sequence = blockIdx.x / tiles, first = (blockIdx.x - sequence * tiles) * POSITIONS;
  const int start = cuSeqlens[sequence], length = cuSeqlens[sequence + 1] - start;
  if (first >= length) return;
  const int half = headDim / 2;
  // Four pairs a thread where they lie on addresses that allow it.
  const int width = half % 4 == 0 && aligned4(x) && aligned4(y) ? 4 : 1;
  const int groups = half / width, count = min(POSITIONS, length - first) * heads * groups;
  for (int item = threadIdx.x; item < count; item += blockDim.x) {
    const int row = item / groups, i = (item - row * groups) * width, position = first + row / heads;
    const long long at = ((long long)(start + first) * heads + row) * headDim + i;
    const float2 *angles = table + (long long)position * half + i;
    if (width == 4) {
      float a[4], b[4], p[4], q[4];
      load4(x + at, a);
      load4(x + at + half, b);
#pragma unroll
      for (int j = 0; j < 4; j++) {
        const float cosine = angles[j].x, sine = turn * angles[j].y;
        p[j] = fmaf(a[j], cosine, -(b[j] * sine));
        q[j] = fmaf(b[j], cosine, a[j] * sine);
      }
      store4(y + at, p);
      store4(y + at + half, q);
    } else {
      const float a = widen(x[at]), b = widen(x[at + half]), cosine = angles->x, sine = turn * angles->y;
      y[at] = narrow<T>(fmaf(a, cosine, -(b * sine)));
      y[at + half] = narrow<T>(fmaf(b, cosine, a * sine));
    }
  }
}

ENTRY rope_f32(const float *x, const int *cuSeqlens, const float2 *table, float *y, int heads, int headDim,
               float turn, int tiles) {
  rotate(x, cuSeqlens, table, y, heads, headDim, turn, tiles);
}
ENTRY rope_bf16(const bf16 *x, const int *cuSeqlens, const float2 *table, bf16 *y, int heads, int headDim,
                float turn, int tiles) {
  rotate(x, cuSeqlens, table, y, heads, headDim, turn, tiles);
}
