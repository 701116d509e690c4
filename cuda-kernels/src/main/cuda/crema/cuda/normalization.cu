// RMSNorm and LayerNorm of rows [rows, features], and the residual connection that comes before one. Each tensor is read
// and written once: a row lies in the registers of one warp, or of all warps of a block where it is long.
// Gradients of weights are summed over the rows of a block in registers, then over its warps, into partials
// [blocks, features], which another kernel adds up in order.
#include "common.cuh"

// How a block works on rows: blockDim.x threads for each row, blockDim.y rows at a time. A thread has columns
// 4 * (threadIdx.x + chunk * blockDim.x) to + 3 of each chunk.
struct Layout {
  int features;
  bool vectors;

  __device__ __forceinline__ int column(int chunk) const { return 4 * (threadIdx.x + chunk * blockDim.x); }
};

template <int CHUNKS, typename T>
__device__ __forceinline__ void loadRow(const Layout &l, const T *row, float (&v)[CHUNKS][4], float nothing = 0.f) {
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
    const int at = l.column(c);
    if (l.vectors) {
      if (at < l.features) load4(row + at, v[c]);
      else {
#pragma unroll
        for (int j = 0; j < 4; j++) v[c][j] = nothing;
      }
    } else {
#pragma unroll
      for (int j = 0; j < 4; j++) v[c][j] = at + j < l.features ? widen(row[at + j]) : nothing;
    }
  }
}

template <int CHUNKS, typename T>
__device__ __forceinline__ void storeRow(const Layout &l, T *row, const float (&v)[CHUNKS][4]) {
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
    const int at = l.column(c);
    if (l.vectors) {
      if (at < l.features) store4(row + at, v[c]);
    } else {
#pragma unroll
      for (int j = 0; j < 4; j++) {
        if (at + j < l.features) row[at + j] = narrow<T>(v[c][j]);
      }
    }
  }
}

// The sum over the threads of a row, in each of them. Rows of more than a warp have a block of their own.
__device__ __forceinline__ float rowSum(float v) {
  v = warpSum(v);
  if (blockDim.x == 32) return v;
  __shared__ float partial[32];
  __syncthreads();
  if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = v;
  __syncthreads();
  v = (threadIdx.x & 31) < blockDim.x / 32 ? partial[threadIdx.x & 31] : 0.f;
  return warpSum(v);
}

template <int CHUNKS> __device__ __forceinline__ void zero(float (&v)[CHUNKS][4]) {
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
    for (int j = 0; j < 4; j++) v[c][j] = 0.f;
  }
}

template <int CHUNKS, typename F> __device__ __forceinline__ void each(F f) {
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
    for (int j = 0; j < 4; j++) f(c, j);
  }
}

// partials[block] = the sums of the rows' threads, over blockDim.y in order.
template <int CHUNKS>
__device__ __forceinline__ void storePartials(const Layout &l, const float (&sums)[CHUNKS][4], float *partials) {
  extern __shared__ float shared[];
  if (partials == nullptr) return;
  __syncthreads();
  each<CHUNKS>([&](int c, int j) {
    const int at = l.column(c) + j;
    if (at < l.features) shared[threadIdx.y * l.features + at] = sums[c][j];
  });
  __syncthreads();
  for (int at = threadIdx.y * blockDim.x + threadIdx.x; at < l.features; at += blockDim.x * blockDim.y) {
    float sum = 0.f;
    for (int y = 0; y < blockDim.y; y++) sum += shared[y * l.features + at];
    partials[(long long)blockIdx.x * l.features + at] = sum;
  }
}

// y = weight * x / sqrt(mean(x^2) + epsilon).
template <int CHUNKS, typename X, typename Y>
__device__ __forceinline__ void rmsNorm(const X *x, const float *weight, float epsilon, Y *y, float *inverseRms, int rows,
    int features, int vectors) {
  const Layout l{features, vectors != 0};
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  float v[CHUNKS][4], w[CHUNKS][4];
  loadRow(l, x + (long long)row * features, v);
  float sum = 0.f;
  each<CHUNKS>([&](int c, int j) { sum = fmaf(v[c][j], v[c][j], sum); });
  const float inverse = 1.f / sqrtf(rowSum(sum) / features + epsilon);
  loadRow(l, weight, w);
  each<CHUNKS>([&](int c, int j) { v[c][j] = w[c][j] * (v[c][j] * inverse); });
  storeRow(l, y + (long long)row * features, v);
  if (inverseRms != nullptr && threadIdx.x == 0) inverseRms[row] = inverse;
}

// sum = x + gamma * kept * branch, y = rmsNorm(sum): see pointwise.cu for what is kept.
template <int CHUNKS, typename B, typename Y>
__device__ __forceinline__ void residualRmsNorm(const float *x, const B *branch, const float *gamma, const int *cuSeqlens,
    int sequences, float p, const RandomState *state, int op, const float *weight, float epsilon, float *sumOut, Y *y,
    float *inverseRms, int rows, int features, int vectors) {
  const Layout l{features, vectors != 0};
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  const float keep = keptBranch(cuSeqlens, sequences, row, p, state, op);
  float v[CHUNKS][4], b[CHUNKS][4], w[CHUNKS][4];
  loadRow(l, x + (long long)row * features, v);
  loadRow(l, branch + (long long)row * features, b);
  if (gamma != nullptr) loadRow(l, gamma, w);
  float sum = 0.f;
  each<CHUNKS>([&](int c, int j) {
    v[c][j] = fmaf((gamma != nullptr ? w[c][j] : 1.f) * keep, b[c][j], v[c][j]);
    sum = fmaf(v[c][j], v[c][j], sum);
  });
  storeRow(l, sumOut + (long long)row * features, v);
  const float inverse = 1.f / sqrtf(rowSum(sum) / features + epsilon);
  loadRow(l, weight, w);
  each<CHUNKS>([&](int c, int j) { v[c][j] = w[c][j] * (v[c][j] * inverse); });
  storeRow(l, y + (long long)row * features, v);
  if (inverseRms != nullptr && threadIdx.x == 0) inverseRms[row] = inverse;
}

// dx = inverse * (weight * dy - x * inverse^2 * mean(weight * dy * x)), set or added to; dweight += dy * x * inverse.
template <int CHUNKS, typename X, typename Y>
__device__ __forceinline__ void rmsNormBackward(const X *x, const float *weight, const float *inverseRms, const Y *dy,
    X *dx, int add, float *dweight, int rows, int features, int vectors, int rowsPerBlock) {
  const Layout l{features, vectors != 0};
  float w[CHUNKS][4], dw[CHUNKS][4];
  loadRow(l, weight, w);
  zero(dw);
  const int first = blockIdx.x * rowsPerBlock, last = min(rows, first + rowsPerBlock);
  for (int row = first + threadIdx.y; row < last; row += blockDim.y) {
    float v[CHUNKS][4], d[CHUNKS][4], before[CHUNKS][4];
    loadRow(l, x + (long long)row * features, v);
    loadRow(l, dy + (long long)row * features, d);
    if (add) loadRow(l, dx + (long long)row * features, before);
    const float inverse = inverseRms[row];
    float dot = 0.f;
    each<CHUNKS>([&](int c, int j) {
      const float normalized = v[c][j] * inverse;
      dw[c][j] = fmaf(d[c][j], normalized, dw[c][j]);
      d[c][j] *= w[c][j];
      dot = fmaf(d[c][j], normalized, dot);
      v[c][j] = normalized;
    });
    const float mean = rowSum(dot) / features;
    each<CHUNKS>([&](int c, int j) {
      const float g = inverse * fmaf(-v[c][j], mean, d[c][j]);
      d[c][j] = add ? before[c][j] + g : g;
    });
    storeRow(l, dx + (long long)row * features, d);
  }
  storePartials(l, dw, dweight);
}

// The gradients of residualRmsNorm: dsum as dx above; dbranch = gamma * kept * dsum; dgamma += kept * branch * dsum.
template <int CHUNKS, typename B, typename Y>
__device__ __forceinline__ void residualRmsNormBackward(const B *branch, const float *gamma, const int *cuSeqlens,
    int sequences, float p, const RandomState *state, int op, const float *weight, const float *sum,
    const float *inverseRms, const Y *dy, float *dsum, int add, float *dweight, B *dbranch, float *dgamma, int rows,
    int features, int vectors, int rowsPerBlock) {
  const Layout l{features, vectors != 0};
  float dw[CHUNKS][4], dg[CHUNKS][4];
  zero(dw);
  zero(dg);
  const int first = blockIdx.x * rowsPerBlock, last = min(rows, first + rowsPerBlock);
  for (int row = first + threadIdx.y; row < last; row += blockDim.y) {
    float v[CHUNKS][4], d[CHUNKS][4], other[CHUNKS][4];
    loadRow(l, sum + (long long)row * features, v);
    loadRow(l, dy + (long long)row * features, d);
    loadRow(l, weight, other);
    const float inverse = inverseRms[row], keep = keptBranch(cuSeqlens, sequences, row, p, state, op);
    float dot = 0.f;
    each<CHUNKS>([&](int c, int j) {
      const float normalized = v[c][j] * inverse;
      dw[c][j] = fmaf(d[c][j], normalized, dw[c][j]);
      d[c][j] *= other[c][j];
      dot = fmaf(d[c][j], normalized, dot);
      v[c][j] = normalized;
    });
    const float mean = rowSum(dot) / features;
    if (add) loadRow(l, dsum + (long long)row * features, other);
    each<CHUNKS>([&](int c, int j) {
      const float g = inverse * fmaf(-v[c][j], mean, d[c][j]);
      d[c][j] = add ? other[c][j] + g : g;
    });
    storeRow(l, dsum + (long long)row * features, d);
    loadRow(l, branch + (long long)row * features, other);
    each<CHUNKS>([&](int c, int j) {
      d[c][j] *= keep;
      dg[c][j] = fmaf(d[c][j], other[c][j], dg[c][j]);
    });
    if (gamma != nullptr) {
      loadRow(l, gamma, other);
      each<CHUNKS>([&](int c, int j) { d[c][j] *= other[c][j]; });
    }
    storeRow(l, dbranch + (long long)row * features, d);
  }
  storePartials(l, dw, dweight);
  storePartials(l, dg, dgamma);
}

// y = weight * (x - mean) / sqrt(variance + epsilon) + bias.
template <int CHUNKS, typename X, typename Y>
__device__ __forceinline__ void layerNorm(const X *x, const float *weight, const float *bias, float epsilon, Y *y,
    float *means, float *inverseDeviations, int rows, int features, int vectors) {
  const Layout l{features, vectors != 0};
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  float v[CHUNKS][4], w[CHUNKS][4];
  loadRow(l, x + (long long)row * features, v);
  float sum = 0.f;
  each<CHUNKS>([&](int c, int j) { sum += v[c][j]; });
  const float mean = rowSum(sum) / features;
  float squares = 0.f;
  each<CHUNKS>([&](int c, int j) {
    v[c][j] -= mean;
    // What is past the end of the row is no element of it.
    squares = l.column(c) + j < features ? fmaf(v[c][j], v[c][j], squares) : squares;
  });
  const float inverse = 1.f / sqrtf(rowSum(squares) / features + epsilon);
  loadRow(l, weight, w);
  each<CHUNKS>([&](int c, int j) { v[c][j] = w[c][j] * (v[c][j] * inverse); });
  if (bias != nullptr) {
    loadRow(l, bias, w);
    each<CHUNKS>([&](int c, int j) { v[c][j] += w[c][j]; });
  }
  storeRow(l, y + (long long)row * features, v);
  if (threadIdx.x == 0) {
    if (means != nullptr) means[row] = mean;
    if (inverseDeviations != nullptr) inverseDeviations[row] = inverse;
  }
}

// dx = inverse * (g - mean(g) - n * mean(g * n)) with g = weight * dy and n the normalized x.
template <int CHUNKS, typename X, typename Y>
__device__ __forceinline__ void layerNormBackward(const X *x, const float *weight, const float *means,
    const float *inverseDeviations, const Y *dy, X *dx, int add, float *dweight, float *dbias, int rows, int features,
    int vectors, int rowsPerBlock) {
  const Layout l{features, vectors != 0};
  float w[CHUNKS][4], dw[CHUNKS][4], db[CHUNKS][4];
  loadRow(l, weight, w);
  zero(dw);
  zero(db);
  const int first = blockIdx.x * rowsPerBlock, last = min(rows, first + rowsPerBlock);
  for (int row = first + threadIdx.y; row < last; row += blockDim.y) {
    float v[CHUNKS][4], d[CHUNKS][4], before[CHUNKS][4];
    loadRow(l, x + (long long)row * features, v);
    loadRow(l, dy + (long long)row * features, d);
    if (add) loadRow(l, dx + (long long)row * features, before);
    const float mean = means[row], inverse = inverseDeviations[row];
    float sum = 0.f, dot = 0.f;
    each<CHUNKS>([&](int c, int j) {
      const float normalized = (v[c][j] - mean) * inverse;
      dw[c][j] = fmaf(d[c][j], normalized, dw[c][j]);
      db[c][j] += d[c][j];
      d[c][j] *= w[c][j];
      sum += d[c][j];
      dot = fmaf(d[c][j], normalized, dot);
      v[c][j] = normalized;
    });
    const float meanOfG = rowSum(sum) / features, meanOfDot = rowSum(dot) / features;
    each<CHUNKS>([&](int c, int j) {
      const float g = inverse * fmaf(-v[c][j], meanOfDot, d[c][j] - meanOfG);
      d[c][j] = add ? before[c][j] + g : g;
    });
    storeRow(l, dx + (long long)row * features, d);
  }
  storePartials(l, dw, dweight);
  storePartials(l, db, dbias);
}

#define FOR_TYPES(CHUNKS, X, Y, S)                                                                                   \
  ENTRY rms_norm_##S##_##CHUNKS(const X *x, const float *weight, float epsilon, Y *y, float *inverseRms, int rows,   \
      int features, int vectors) {                                                                                   \
    rmsNorm<CHUNKS>(x, weight, epsilon, y, inverseRms, rows, features, vectors);                                     \
  }                                                                                                                  \
  ENTRY rms_norm_backward_##S##_##CHUNKS(const X *x, const float *weight, const float *inverseRms, const Y *dy,      \
      X *dx, int add, float *dweight, int rows, int features, int vectors, int rowsPerBlock) {                       \
    rmsNormBackward<CHUNKS>(x, weight, inverseRms, dy, dx, add, dweight, rows, features, vectors, rowsPerBlock);     \
  }                                                                                                                  \
  ENTRY layer_norm_##S##_##CHUNKS(const X *x, const float *weight, const float *bias, float epsilon, Y *y,           \
      float *means, float *inverseDeviations, int rows, int features, int vectors) {                                 \
    layerNorm<CHUNKS>(x, weight, bias, epsilon, y, means, inverseDeviations, rows, features, vectors);               \
  }                                                                                                                  \
  ENTRY layer_norm_backward_##S##_##CHUNKS(const X *x, const float *weight, const float *means,                      \
      const float *inverseDeviations, const Y *dy, X *dx, int add, float *dweight, float *dbias, int rows,           \
      int features, int vectors, int rowsPerBlock) {                                                                 \
    layerNormBackward<CHUNKS>(                                                                                       \
        x, weight, means, inverseDeviations, dy, dx, add, dweight, dbias, rows, features, vectors, rowsPerBlock);    \
  }

#define FOR_BRANCH(CHUNKS, B, Y, S)                                                                                  \
  ENTRY residual_rms_norm_##S##_##CHUNKS(const float *x, const B *branch, const float *gamma, const int *cuSeqlens,  \
      int sequences, float p, const RandomState *state, int op, const float *weight, float epsilon, float *sum,      \
      Y *y, float *inverseRms, int rows, int features, int vectors) {                                                \
    residualRmsNorm<CHUNKS>(x, branch, gamma, cuSeqlens, sequences, p, state, op, weight, epsilon, sum, y,           \
        inverseRms, rows, features, vectors);                                                                        \
  }                                                                                                                  \
  ENTRY residual_rms_norm_backward_##S##_##CHUNKS(const B *branch, const float *gamma, const int *cuSeqlens,         \
      int sequences, float p, const RandomState *state, int op, const float *weight, const float *sum,               \
      const float *inverseRms, const Y *dy, float *dsum, int add, float *dweight, B *dbranch, float *dgamma,         \
      int rows, int features, int vectors, int rowsPerBlock) {                                                       \
    residualRmsNormBackward<CHUNKS>(branch, gamma, cuSeqlens, sequences, p, state, op, weight, sum, inverseRms, dy,  \
        dsum, add, dweight, dbranch, dgamma, rows, features, vectors, rowsPerBlock);                                 \
  }

#define FOR_CHUNKS(CHUNKS)                       \
  FOR_TYPES(CHUNKS, float, float, f32)           \
  FOR_TYPES(CHUNKS, float, bf16, f32_bf16)       \
  FOR_TYPES(CHUNKS, bf16, float, bf16_f32)       \
  FOR_TYPES(CHUNKS, bf16, bf16, bf16)            \
  FOR_BRANCH(CHUNKS, float, float, f32)          \
  FOR_BRANCH(CHUNKS, bf16, float, bf16_f32)      \
  FOR_BRANCH(CHUNKS, bf16, bf16, bf16)

FOR_CHUNKS(1)
FOR_CHUNKS(3)
