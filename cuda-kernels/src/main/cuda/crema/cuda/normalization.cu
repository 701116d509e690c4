// RMSNorm and LayerNorm of rows [rows, features]: see rows.cuh. Weights and statistics are F32.
#include "rows.cuh"

// y = weight * x / sqrt(mean(x^2) + epsilon).
template <typename X, typename Y>
__device__ __forceinline__ void rmsNorm(const X *x, const float *weight, float epsilon, Y *y, float *inverseRms, int rows,
    const Layout &l) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  const long long at = (long long)row * l.features;
  const Row<X> xs(l, x + at);
  const Row<float> weights(l, weight);
  Values v, w;
  xs.widen(v);
  float squares = 0.f;
  each([&](int c, int j) { squares = fmaf(v[c][j], v[c][j], squares); });
  const float inverse = 1.f / sqrtf(rowSum(squares) / l.features + epsilon);
  weights.widen(w);
  each([&](int c, int j) { v[c][j] = w[c][j] * (v[c][j] * inverse); });
  storeRow(l, y + at, v);
  if (inverseRms != nullptr && threadIdx.x == 0) inverseRms[row] = inverse;
}

// dx = inverse * (weight * dy - n * mean(weight * dy * n)) with n = x * inverse, set or added to; dweight += dy * n.
template <typename X, typename Y>
__device__ __forceinline__ void rmsNormBackward(const X *x, const float *weight, const float *inverseRms, const Y *dy,
    X *dx, int add, float *dweight, int rows, const Layout &l, int rowsPerBlock) {
  const Row<float> weights(l, weight);
  Values w, dw = {};
  weights.widen(w);
  const int last = min(rows, (int)(blockIdx.x + 1) * rowsPerBlock);
  Row<X> xs;
  Row<Y> dys;
  float nextInverse = 0.f;
  auto load = [&](int row) {
    xs.load(l, x + (long long)row * l.features);
    dys.load(l, dy + (long long)row * l.features);
    nextInverse = inverseRms[row];
  };
  int row = blockIdx.x * rowsPerBlock + threadIdx.y;
  if (row < last) load(row);
  for (; row < last; row += blockDim.y) {
    const long long at = (long long)row * l.features;
    Row<X> before;
    if (add) before.load(l, dx + at);
    else before.clear();
    Values n, d, b;
    xs.widen(n);
    dys.widen(d);
    const float inverse = nextInverse;
    // The next row is under way while this one is summed over.
    if (row + blockDim.y < last) load(row + blockDim.y);
    float dot = 0.f;
    each([&](int c, int j) {
      n[c][j] *= inverse;
      dw[c][j] = fmaf(d[c][j], n[c][j], dw[c][j]);
      d[c][j] *= w[c][j];
      dot = fmaf(d[c][j], n[c][j], dot);
    });
    const float mean = rowSum(dot) / l.features;
    before.widen(b);
    each([&](int c, int j) { d[c][j] = fmaf(inverse, fmaf(-n[c][j], mean, d[c][j]), b[c][j]); });
    storeRow(l, dx + at, d);
  }
  storePartials(l, dw, dweight);
}

// y = weight * (x - mean) / sqrt(variance + epsilon) + bias.
template <typename X, typename Y>
__device__ __forceinline__ void layerNorm(const X *x, const float *weight, const float *bias, float epsilon, Y *y,
    float *means, float *inverseDeviations, int rows, const Layout &l) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  const long long at = (long long)row * l.features;
  const Row<X> xs(l, x + at);
  const Row<float> weights(l, weight);
  Row<float> biases;
  if (bias != nullptr) biases.load(l, bias);
  else biases.clear();
  Values v, w, b;
  xs.widen(v);
  float sum = 0.f;
  each([&](int c, int j) { sum += v[c][j]; });
  const float mean = rowSum(sum) / l.features;
  float squares = 0.f;
  each([&](int c, int j) {
    v[c][j] -= mean;
    // What is past the end of the row is no element of it.
    squares = l.column(c) + j < l.features ? fmaf(v[c][j], v[c][j], squares) : squares;
  });
  const float inverse = 1.f / sqrtf(rowSum(squares) / l.features + epsilon);
  weights.widen(w);
  biases.widen(b);
  each([&](int c, int j) { v[c][j] = fmaf(w[c][j], v[c][j] * inverse, b[c][j]); });
  storeRow(l, y + at, v);
  if (threadIdx.x == 0) {
    if (means != nullptr) means[row] = mean;
    if (inverseDeviations != nullptr) inverseDeviations[row] = inverse;
  }
}

// dx = inverse * (g - mean(g) - n * mean(g * n)) with g = weight * dy and n the normalized x, set or added to;
// dweight += dy * n; dbias += dy.
template <typename X, typename Y>
__device__ __forceinline__ void layerNormBackward(const X *x, const float *weight, const float *means,
    const float *inverseDeviations, const Y *dy, X *dx, int add, float *dweight, float *dbias, int rows, const Layout &l,
    int rowsPerBlock) {
  Values dw = {}, db = {};
  const int first = blockIdx.x * rowsPerBlock, last = min(rows, first + rowsPerBlock);
  for (int row = first + threadIdx.y; row < last; row += blockDim.y) {
    const long long at = (long long)row * l.features;
    const Row<X> xs(l, x + at);
    const Row<Y> dys(l, dy + at);
    const Row<float> weights(l, weight);
    const float mean = means[row], inverse = inverseDeviations[row];
    Row<X> before;
    if (add) before.load(l, dx + at);
    else before.clear();
    Values n, d, other;
    xs.widen(n);
    dys.widen(d);
    weights.widen(other);
    float sums[2] = {};
    each([&](int c, int j) {
      n[c][j] = (n[c][j] - mean) * inverse;
      dw[c][j] = fmaf(d[c][j], n[c][j], dw[c][j]);
      db[c][j] += d[c][j];
      d[c][j] *= other[c][j];
      sums[0] += d[c][j];
      sums[1] = fmaf(d[c][j], n[c][j], sums[1]);
    });
    rowSums(sums);
    const float mean0 = sums[0] / l.features, mean1 = sums[1] / l.features;
    before.widen(other);
    each([&](int c, int j) {
      d[c][j] = fmaf(inverse, fmaf(-n[c][j], mean1, d[c][j] - mean0), other[c][j]);
    });
    storeRow(l, dx + at, d);
  }
  storePartials(l, dw, dweight);
  storePartials(l, db, dbias);
}

#define FOR_TYPES(X, Y, S)                                                                                           \
  ROW_ENTRY rms_norm_##S(const X *x, const float *weight, float epsilon, Y *y, float *inverseRms, int rows,          \
      int features, int vectors) {                                                                                   \
    rmsNorm(x, weight, epsilon, y, inverseRms, rows, {features, vectors});                                           \
  }                                                                                                                  \
  ROW_ENTRY rms_norm_backward_##S(const X *x, const float *weight, const float *inverseRms, const Y *dy, X *dx,      \
      int add, float *dweight, int rows, int features, int vectors, int rowsPerBlock) {                              \
    rmsNormBackward(x, weight, inverseRms, dy, dx, add, dweight, rows, {features, vectors}, rowsPerBlock);           \
  }                                                                                                                  \
  ROW_ENTRY layer_norm_##S(const X *x, const float *weight, const float *bias, float epsilon, Y *y, float *means,    \
      float *inverseDeviations, int rows, int features, int vectors) {                                               \
    layerNorm(x, weight, bias, epsilon, y, means, inverseDeviations, rows, {features, vectors});                     \
  }                                                                                                                  \
  ROW_ENTRY layer_norm_backward_##S(const X *x, const float *weight, const float *means,                             \
      const float *inverseDeviations, const Y *dy, X *dx, int add, float *dweight, float *dbias, int rows,           \
      int features, int vectors, int rowsPerBlock) {                                                                 \
    layerNormBackward(x, weight, means, inverseDeviations, dy, dx, add, dweight, dbias, rows, {features, vectors},   \
        rowsPerBlock);                                                                                               \
  }

FOR_TYPES(float, float, f32)
FOR_TYPES(float, bf16, f32_bf16)
FOR_TYPES(bf16, float, bf16_f32)
FOR_TYPES(bf16, bf16, bf16)
