// Sums, softmax of rows, and pooling of sequences. Every sum has a fixed order: partial sums of fixed parts of the input,
// then the partials one after the other or by a fixed tree.
#include "common.cuh"

constexpr int THREADS = 256;

// partials [blocks]: the sums of parts of `part` elements.
template <typename T> __device__ __forceinline__ void sumParts(const T *x, long long n, long long part, float *partials) {
  const long long first = blockIdx.x * part, last = min(n, first + part);
  float sum = 0.f;
  for (long long i = first + threadIdx.x; i < last; i += THREADS) sum += widen(x[i]);
  sum = blockSum<THREADS>(sum);
  if (threadIdx.x == 0) partials[blockIdx.x] = sum;
}
ENTRY sum_parts_f32(const float *x, long long n, long long part, float *partials) { sumParts(x, n, part, partials); }
ENTRY sum_parts_bf16(const bf16 *x, long long n, long long part, float *partials) { sumParts(x, n, part, partials); }

// y[0] = the sum of partials, added to what is there if asked: one block.
template <typename T> __device__ __forceinline__ void sumPartials(const float *partials, int n, T *y, int add) {
  float sum = 0.f;
  for (int i = threadIdx.x; i < n; i += THREADS) sum += partials[i];
  sum = blockSum<THREADS>(sum);
  if (threadIdx.x == 0) y[0] = narrow<T>(add ? widen(y[0]) + sum : sum);
}
ENTRY sum_partials_f32(const float *partials, int n, float *y, int add) { sumPartials(partials, n, y, add); }
ENTRY sum_partials_bf16(const float *partials, int n, bf16 *y, int add) { sumPartials(partials, n, y, add); }

// y [columns] = the sum of partials [n, columns] over n, added to what is there if asked. Few columns are summed by many
// threads: a block has eight columns, which fill a sector of memory, and each of its 32 threads a column takes every 32nd
// row, so that all rows of the most parts that there are come in one turn of the loop.
template <typename T>
__device__ __forceinline__ void sumRowsOfPartials(const float *partials, int n, int columns, T *y, int add) {
  __shared__ float sums[THREADS / 32][8];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, column = lane & 7, c = blockIdx.x * 8 + column;
  float sum = 0.f;
  if (c < columns) {
#pragma unroll 8
    for (int i = warp * 4 + (lane >> 3); i < n; i += THREADS / 8) sum += partials[(long long)i * columns + c];
  }
  sum += __shfl_xor_sync(0xffffffffu, sum, 8);
  sum += __shfl_xor_sync(0xffffffffu, sum, 16);
  if (lane < 8) sums[warp][column] = sum;
  __syncthreads();
  if (threadIdx.x < 8 && c < columns) {
#pragma unroll
    for (int w = 1; w < THREADS / 32; w++) sum += sums[w][column];
    y[c] = narrow<T>(add ? widen(y[c]) + sum : sum);
  }
}
ENTRY sum_rows_of_partials_f32(const float *partials, int n, int columns, float *y, int add) {
  sumRowsOfPartials(partials, n, columns, y, add);
}
ENTRY sum_rows_of_partials_bf16(const float *partials, int n, int columns, bf16 *y, int add) {
  sumRowsOfPartials(partials, n, columns, y, add);
}
// The same for many columns and few partials, as of products that were cut along k: a thread has four columns.
__device__ __forceinline__ void sumRowsOfWidePartials(const float *partials, int n, int columns, float *y, int add) {
  const int c = 4 * (blockIdx.x * THREADS + threadIdx.x);
  if (c >= columns) return;
  float sum[4];
  if ((columns & 3) == 0 && aligned4(y)) {
    load4(partials + c, sum);
#pragma unroll 4
    for (int i = 1; i < n; i++) {
      float v[4];
      load4(partials + (long long)i * columns + c, v);
#pragma unroll
      for (int j = 0; j < 4; j++) sum[j] += v[j];
    }
    if (add) {
      float v[4];
      load4(y + c, v);
#pragma unroll
      for (int j = 0; j < 4; j++) sum[j] += v[j];
    }
    store4(y + c, sum);
    return;
  }
  for (int j = c; j < min(columns, c + 4); j++) {
    float total = partials[j];
    for (int i = 1; i < n; i++) total += partials[(long long)i * columns + j];
    y[j] = add ? y[j] + total : total;
  }
}
ENTRY sum_rows_of_wide_partials_f32(const float *partials, int n, int columns, float *y, int add) {
  sumRowsOfWidePartials(partials, n, columns, y, add);
}
// Up to three of those at once, of as many partials each.
struct WideSum {
  const float *partials;
  float *y;
  int columns;
  int add;
};
struct WideSums {
  WideSum sums[3];
};
ENTRY sum_rows_of_several_wide_partials_f32(const WideSums all, int n) {
  const WideSum s = all.sums[blockIdx.y];
  sumRowsOfWidePartials(s.partials, n, s.columns, s.y, s.add);
}
// Two such sums at once: the second's partials follow the first's.
ENTRY sum_rows_of_two_partials_f32(
    const float *partials, int n, int columns, float *y, int add, float *second, int addSecond) {
  if (blockIdx.y == 0) sumRowsOfPartials(partials, n, columns, y, add);
  else sumRowsOfPartials(partials + (long long)n * columns, n, columns, second, addSecond);
}

// partials [parts, columns]: column sums of `rowsPerPart` rows of x [rows, columns]; a warp has 32 columns, the 8 warps of
// a block take rows in turn.
template <typename T>
__device__ __forceinline__ void sumRows(const T *x, long long rows, int columns, int rowsPerPart, float *partials) {
  __shared__ float shared[8][33];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, c = blockIdx.x * 32 + lane;
  const long long first = (long long)blockIdx.y * rowsPerPart, last = min(rows, first + rowsPerPart);
  float sum = 0.f;
  if (c < columns) {
    for (long long r = first + warp; r < last; r += 8) sum += widen(x[r * columns + c]);
  }
  shared[warp][lane] = sum;
  __syncthreads();
  if (warp == 0 && c < columns) {
    for (int w = 1; w < 8; w++) sum += shared[w][lane];
    partials[(long long)blockIdx.y * columns + c] = sum;
  }
}
ENTRY sum_rows_f32(const float *x, long long rows, int columns, int rowsPerPart, float *partials) {
  sumRows(x, rows, columns, rowsPerPart, partials);
}
ENTRY sum_rows_bf16(const bf16 *x, long long rows, int columns, int rowsPerPart, float *partials) {
  sumRows(x, rows, columns, rowsPerPart, partials);
}

// partials [blocks]: sums of squares in double precision, which the host adds up.
ENTRY sum_of_squares_f32(const float *x, long long n, long long part, double *partials) {
  __shared__ double shared[THREADS / 32];
  const long long first = blockIdx.x * part, last = min(n, first + part);
  double sum = 0;
  for (long long i = first + threadIdx.x; i < last; i += THREADS) sum += (double)x[i] * (double)x[i];
  sum = warpSum(sum);
  if ((threadIdx.x & 31) == 0) shared[threadIdx.x >> 5] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int w = 1; w < THREADS / 32; w++) sum += shared[w];
    partials[blockIdx.x] = sum;
  }
}

// flags [blocks]: 1 where a part has an element that is not finite.
ENTRY not_finite_f32(const float *x, long long n, long long part, int *flags) {
  const long long first = blockIdx.x * part, last = min(n, first + part);
  int bad = 0;
  for (long long i = first + threadIdx.x; i < last; i += THREADS) {
    bad |= (__float_as_uint(x[i]) & 0x7f800000u) == 0x7f800000u;
  }
  bad = __syncthreads_or(bad);
  if (threadIdx.x == 0) flags[blockIdx.x] = bad != 0;
}

// y [rows, columns]: softmax of each row of x, or its logarithm: a block a row.
template <typename T, bool LOG> __device__ __forceinline__ void softmax(const T *x, T *y, int columns) {
  const T *in = x + (long long)blockIdx.x * columns;
  T *out = y + (long long)blockIdx.x * columns;
  float top = -INFINITY;
  for (int c = threadIdx.x; c < columns; c += THREADS) top = fmaxf(top, widen(in[c]));
  top = blockMax<THREADS>(top);
  float sum = 0.f;
  for (int c = threadIdx.x; c < columns; c += THREADS) sum += expf(widen(in[c]) - top);
  sum = blockSum<THREADS>(sum);
  const float log = logf(sum);
  for (int c = threadIdx.x; c < columns; c += THREADS) {
    const float shifted = widen(in[c]) - top;
    out[c] = narrow<T>(LOG ? shifted - log : expf(shifted) / sum);
  }
}

// dx = y (dy - sum y dy), or dy - exp(y) sum dy for the logarithm: a block a row.
template <typename T, bool LOG>
__device__ __forceinline__ void softmaxBackward(const T *y, const T *dy, T *dx, int columns) {
  const long long row = (long long)blockIdx.x * columns;
  float sum = 0.f;
  for (int c = threadIdx.x; c < columns; c += THREADS) {
    sum += LOG ? widen(dy[row + c]) : widen(y[row + c]) * widen(dy[row + c]);
  }
  sum = blockSum<THREADS>(sum);
  for (int c = threadIdx.x; c < columns; c += THREADS) {
    const float v = widen(y[row + c]), d = widen(dy[row + c]);
    dx[row + c] = narrow<T>(LOG ? d - expf(v) * sum : v * (d - sum));
  }
}

// The order of crema.tensor.Pooling.
enum Pooling { MEAN, MAX, FIRST, LAST };

// Pooling: a block has 32 features of a sequence, and its eight warps take the tokens in turn.
constexpr int POOL_WARPS = 8;

// The greatest of a feature and the first token that has it. A NaN is greater than all numbers.
struct Greatest {
  float value;
  int token;

  __device__ __forceinline__ void see(float other, int at) {
    if (token < 0 || other > value || (isnan(other) && !isnan(value)) || (at < token && other == value)) {
      value = other;
      token = at;
    }
  }
};

template <typename T>
__device__ __forceinline__ Greatest greatest(const T *column, int features, int first, int last) {
  __shared__ Greatest seen[POOL_WARPS][32];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  Greatest top{-INFINITY, -1};
  for (int t = first + warp; t < last; t += POOL_WARPS) top.see(widen(column[(long long)t * features]), t);
  seen[warp][lane] = top;
  __syncthreads();
  top = seen[0][lane];
  for (int w = 1; w < min(POOL_WARPS, last - first); w++) top.see(seen[w][lane].value, seen[w][lane].token);
  return top;
}

// y [sequences, features]: one vector a sequence of x [tokens, features].
template <typename T>
__device__ __forceinline__ void pool(int pooling, const T *x, const int *cuSeqlens, int features, float *y) {
  __shared__ float sums[POOL_WARPS][32];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, c = blockIdx.y * 32 + lane, sequence = blockIdx.x;
  const int first = cuSeqlens[sequence], last = cuSeqlens[sequence + 1];
  const bool inside = c < features;
  const T *column = x + (inside ? c : 0);
  float v = 0.f;
  if (pooling == MEAN) {
#pragma unroll 4
    for (int t = first + warp; t < last; t += POOL_WARPS) v += widen(column[(long long)t * features]);
    sums[warp][lane] = v;
    __syncthreads();
    for (int w = 1; w < POOL_WARPS; w++) v += sums[w][lane];
    v /= (float)(last - first);
  } else if (pooling == MAX) {
    v = greatest(column, features, first, last).value;
  } else if (warp == 0) {
    v = widen(column[(long long)(pooling == FIRST ? first : last - 1) * features]);
  }
  if (warp == 0 && inside) y[(long long)sequence * features + c] = v;
}

template <typename T>
__device__ __forceinline__ void poolBackward(
    int pooling, const T *x, const int *cuSeqlens, int features, const float *dy, T *dx) {
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, c = blockIdx.y * 32 + lane, sequence = blockIdx.x;
  const int first = cuSeqlens[sequence], last = cuSeqlens[sequence + 1];
  const bool inside = c < features;
  const int column = inside ? c : 0;
  const float d = dy[(long long)sequence * features + column];
  int target = pooling == LAST ? last - 1 : first;
  if (pooling == MAX) target = greatest(x + column, features, first, last).token;
  if (!inside) return;
  for (int t = first + warp; t < last; t += POOL_WARPS) {
    const float v = pooling == MEAN ? d / (float)(last - first) : t == target ? d : 0.f;
    dx[(long long)t * features + c] = narrow<T>(v);
  }
}

#define FOR_TYPE(T, S)                                                                                               \
  ENTRY softmax_##S(const T *x, T *y, int columns) { softmax<T, false>(x, y, columns); }                             \
  ENTRY log_softmax_##S(const T *x, T *y, int columns) { softmax<T, true>(x, y, columns); }                          \
  ENTRY softmax_backward_##S(const T *y, const T *dy, T *dx, int columns) {                                          \
    softmaxBackward<T, false>(y, dy, dx, columns);                                                                   \
  }                                                                                                                  \
  ENTRY log_softmax_backward_##S(const T *y, const T *dy, T *dx, int columns) {                                      \
    softmaxBackward<T, true>(y, dy, dx, columns);                                                                    \
  }                                                                                                                  \
  ENTRY pool_##S(int pooling, const T *x, const int *cuSeqlens, int features, float *y) {                            \
    pool(pooling, x, cuSeqlens, features, y);                                                                        \
  }                                                                                                                  \
  ENTRY pool_backward_##S(int pooling, const T *x, const int *cuSeqlens, int features, const float *dy, T *dx) {     \
    poolBackward(pooling, x, cuSeqlens, features, dy, dx);                                                           \
  }

FOR_TYPE(float, f32)
FOR_TYPE(bf16, bf16)
