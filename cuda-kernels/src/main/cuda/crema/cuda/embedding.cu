// Rows of tables. A warp has a row and 128 columns, four a lane. What is done with which rows was planned on the host,
// which knows the ids; grids depend on the number of tokens alone, so that a recorded launch fits any batch of that size.
#include "common.cuh"

constexpr int WARPS = 4;
constexpr int TOKENS = 4;  // that a warp gathers

// Calls four(c) for the groups of four columns of this lane, or one(c) for single columns where rows are not aligned.
template <typename Four, typename One>
__device__ __forceinline__ void forColumns(int columns, bool aligned, Four four, One one) {
  const int c = blockIdx.y * 128 + 4 * (threadIdx.x & 31);
  if (aligned && columns % 4 == 0) {
    if (c < columns) four(c);
    return;
  }
  for (int i = c; i < min(c + 4, columns); i++) one(i);
}

// y [tokens, features] = factor * table[ids]. A warp has four tokens, whose rows are asked for at once.
template <typename T>
__device__ __forceinline__ void gather(const T *table, const int *ids, float factor, float *y, int tokens, int features) {
  const int first = (blockIdx.x * WARPS + (threadIdx.x >> 5)) * TOKENS, count = min(TOKENS, tokens - first);
  if (count <= 0) return;
  ids += first;
  float *out = y + (long long)first * features;
  forColumns(features, aligned4(table) && aligned4(y),
      [&](int c) {
        float v[TOKENS][4];
#pragma unroll
        for (int i = 0; i < TOKENS; i++) {
          if (i < count) load4(table + (long long)ids[i] * features + c, v[i]);
        }
#pragma unroll
        for (int i = 0; i < TOKENS; i++) {
          if (i >= count) break;
#pragma unroll
          for (int j = 0; j < 4; j++) v[i][j] *= factor;
          store4(out + (long long)i * features + c, v[i]);
        }
      },
      [&](int c) {
        for (int i = 0; i < count; i++) out[(long long)i * features + c] = factor * widen(table[(long long)ids[i] * features + c]);
      });
}
ENTRY gather_f32(const float *table, const int *ids, float factor, float *y, int tokens, int features) {
  gather(table, ids, factor, y, tokens, features);
}
ENTRY gather_bf16(const bf16 *table, const int *ids, float factor, float *y, int tokens, int features) {
  gather(table, ids, factor, y, tokens, features);
}

// sum += four columns of a row.
__device__ __forceinline__ void addRow(const float *row, float sum[4]) {
  float v[4];
  load4(row, v);
#pragma unroll
  for (int j = 0; j < 4; j++) sum[j] += v[j];
}

// sum += four columns of n rows, one after the other; BATCH of them are asked for at once.
template <int BATCH, typename Row> __device__ __forceinline__ void sumRows(int n, Row row, float (&sum)[4]) {
  for (int i = 0; i < n; i += BATCH) {
    float v[BATCH][4];
#pragma unroll
    for (int j = 0; j < BATCH; j++) {
      if (i + j < n) load4(row(i + j), v[j]);
      else v[j][0] = v[j][1] = v[j][2] = v[j][3] = 0.f;
    }
#pragma unroll
    for (int j = 0; j < BATCH; j++) {
#pragma unroll
      for (int k = 0; k < 4; k++) sum[k] += v[j][k];
    }
  }
}

// values[target] = factor * the sum of the rows of dy of n tokens; or partials[~target] = their sum.
__device__ __forceinline__ void sumRun(const int *tokens, int n, int target, const float *dy, float factor, float *values,
    float *partials, int features) {
  const float scale = target < 0 ? 1.f : factor;
  float *out = target < 0 ? partials + (long long)~target * features : values + (long long)target * features;
  forColumns(features, aligned4(dy) && aligned4(values) && aligned4(partials),
      [&](int c) {
        float sum[4] = {0.f, 0.f, 0.f, 0.f};
        sumRows<8>(n, [&](int i) { return dy + (long long)tokens[i] * features + c; }, sum);
#pragma unroll
        for (int k = 0; k < 4; k++) sum[k] *= scale;
        store4(out + c, sum);
      },
      [&](int c) {
        float sum = 0.f;
        for (int i = 0; i < n; i++) sum += dy[(long long)tokens[i] * features + c];
        out[c] = scale * sum;
      });
}

// The first pass of the gradient of a table: sums of runs of at most 32 tokens with the same id, in ascending order.
// order [tokens]: tokens by id; starts [runs + 1]: where runs begin in it; targets [runs]: the row of values [ids, features]
// that a run gives, or the complement of a row of partials [splits, features] where an id has several runs.
extern "C" __global__ void __launch_bounds__(32 * WARPS) gather_backward_f32(const int *runCount, const int *order, const int *starts, const int *targets, const float *dy,
    float factor, float *values, float *partials, int features) {
  const int runs = *runCount;
  for (int run = blockIdx.x * WARPS + (threadIdx.x >> 5); run < runs; run += gridDim.x * WARPS) {
    const int first = starts[run];
    sumRun(order + first, starts[run + 1] - first, targets[run], dy, factor, values, partials, features);
  }
}

// The second pass: values[row] = factor * the sum of the partials of its runs, for the ids that have several. splits
// [splitCount, 3]: row, first partial, number of partials.
extern "C" __global__ void __launch_bounds__(32 * WARPS) gather_backward_splits_f32(const int *splitCount, const int *splits, const float *partials, float factor,
    float *values, int features) {
  const int split = blockIdx.x * WARPS + (threadIdx.x >> 5);
  if (split >= *splitCount) return;
  const int n = splits[3 * split + 2];
  const float *in = partials + (long long)splits[3 * split + 1] * features;
  float *out = values + (long long)splits[3 * split] * features;
  forColumns(features, aligned4(values) && aligned4(partials),
      [&](int c) {
        float sum[4] = {0.f, 0.f, 0.f, 0.f};
        sumRows<16>(n, [&](int i) { return in + (long long)i * features + c; }, sum);
#pragma unroll
        for (int k = 0; k < 4; k++) sum[k] *= factor;
        store4(out + c, sum);
      },
      [&](int c) {
        float sum = 0.f;
        for (int i = 0; i < n; i++) sum += in[(long long)i * features + c];
        out[c] = factor * sum;
      });
}

// sum[i] = a[sources[2 i]] + b[sources[2 i + 1]] for *count rows; a source of -1 has no such row.
ENTRY add_sparse_f32(const int *count, const int *sources, const float *a, const float *b, float *sum, int columns) {
  const int row = blockIdx.x * WARPS + (threadIdx.x >> 5);
  if (row >= *count) return;
  const int inA = sources[2 * row], inB = sources[2 * row + 1];
  const float *x = inA < 0 ? b + (long long)inB * columns : a + (long long)inA * columns;
  const float *y = inA < 0 || inB < 0 ? nullptr : b + (long long)inB * columns;
  float *out = sum + (long long)row * columns;
  forColumns(columns, aligned4(a) && aligned4(b) && aligned4(sum),
      [&](int c) {
        float v[4];
        load4(x + c, v);
        if (y != nullptr) addRow(y + c, v);
        store4(out + c, v);
      },
      [&](int c) { out[c] = y == nullptr ? x[c] : x[c] + y[c]; });
}

// y[rows[i]] += values[i] for i < *count; rows differ.
ENTRY scatter_add_f32(const int *count, const int *rows, const float *values, float *y, int columns) {
  const int row = blockIdx.x * WARPS + (threadIdx.x >> 5);
  if (row >= *count) return;
  const float *in = values + (long long)row * columns;
  float *out = y + (long long)rows[row] * columns;
  forColumns(columns, aligned4(values) && aligned4(y),
      [&](int c) {
        float v[4];
        load4(out + c, v);
        addRow(in + c, v);
        store4(out + c, v);
      },
      [&](int c) { out[c] += in[c]; });
}
