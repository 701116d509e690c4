// The residual connection with LayerScale and stochastic depth, alone and before an RMSNorm: rows [tokens, features], see
// rows.cuh. A sequence's branch is kept or dropped as a whole: see keptBranch. The stream is F32.
#include "rows.cuh"

// How a branch is added: gamma is null for ones.
struct Connection {
  const float *gamma;
  const int *cuSeqlens;
  int sequences;
  float p;
  const RandomState *state;
  int op;

  __device__ __forceinline__ float kept(int token) const {
    return keptBranch(cuSeqlens, sequences, token, p, state, op);
  }
  __device__ __forceinline__ void loadGamma(const Layout &l, Values &g) const {
    if (gamma != nullptr) Row<float>(l, gamma).widen(g);
    else each([&](int c, int j) { g[c][j] = 1.f; });
  }
};
#define CONNECTION                                                                                                   \
  const float *gamma, const int *cuSeqlens, int sequences, float p, const RandomState *state, int op

// y = x + gamma * kept * branch.
template <typename B>
__device__ __forceinline__ void residual(const float *x, const B *branch, const Connection &connection, float *y,
    int rows, const Layout &l) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  const long long at = (long long)row * l.features;
  const Row<float> xs(l, x + at);
  const Row<B> branches(l, branch + at);
  Values v, b, g;
  connection.loadGamma(l, g);
  const float kept = connection.kept(row);
  xs.widen(v);
  branches.widen(b);
  each([&](int c, int j) { v[c][j] = fmaf(g[c][j] * kept, b[c][j], v[c][j]); });
  storeRow(l, y + at, v);
}

// Loads a branch if the gradient of gamma is wanted: nothing else needs it.
template <typename B>
__device__ __forceinline__ void loadBranch(const Layout &l, const B *branch, const float *dgamma, Row<B> &to) {
  if (dgamma != nullptr) to.load(l, branch);
  else to.clear();
}

// dbranch = gamma * kept * dy; dgamma += kept * branch * dy.
template <typename B>
__device__ __forceinline__ void residualBackward(const B *branch, const Connection &connection, const float *dy,
    B *dbranch, float *dgamma, int rows, const Layout &l, int rowsPerBlock) {
  Values g, dg = {};
  connection.loadGamma(l, g);
  const int first = blockIdx.x * rowsPerBlock, last = min(rows, first + rowsPerBlock);
  for (int row = first + threadIdx.y; row < last; row += blockDim.y) {
    const long long at = (long long)row * l.features;
    const Row<float> dys(l, dy + at);
    Row<B> branches;
    loadBranch(l, branch + at, dgamma, branches);
    const float kept = connection.kept(row);
    Values d, b;
    dys.widen(d);
    branches.widen(b);
    each([&](int c, int j) {
      d[c][j] *= kept;
      dg[c][j] = fmaf(d[c][j], b[c][j], dg[c][j]);
      d[c][j] *= g[c][j];
    });
    storeRow(l, dbranch + at, d);
  }
  storePartials(l, dg, dgamma);
}

// sum = x + gamma * kept * branch; y = weight * sum / sqrt(mean(sum^2) + epsilon).
template <typename B, typename Y>
__device__ __forceinline__ void residualRmsNorm(const float *x, const B *branch, const Connection &connection,
    const float *weight, float epsilon, float *sum, Y *y, float *inverseRms, int rows, const Layout &l) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  const long long at = (long long)row * l.features;
  const Row<float> xs(l, x + at);
  const Row<B> branches(l, branch + at);
  Values v, b, other;
  connection.loadGamma(l, other);
  const Row<float> weights(l, weight);
  const float kept = connection.kept(row);
  xs.widen(v);
  branches.widen(b);
  float squares = 0.f;
  each([&](int c, int j) {
    v[c][j] = fmaf(other[c][j] * kept, b[c][j], v[c][j]);
    squares = fmaf(v[c][j], v[c][j], squares);
  });
  storeRow(l, sum + at, v);
  const float inverse = 1.f / sqrtf(rowSum(squares) / l.features + epsilon);
  weights.widen(other);
  each([&](int c, int j) { v[c][j] = other[c][j] * (v[c][j] * inverse); });
  storeRow(l, y + at, v);
  if (inverseRms != nullptr && threadIdx.x == 0) inverseRms[row] = inverse;
}

// With n = sum * inverse: dsum = inverse * (weight * dy - n * mean(weight * dy * n)), set or added to; dweight += dy * n;
// then dbranch = gamma * kept * dsum; dgamma += kept * branch * dsum.
template <typename B, typename Y>
__device__ __forceinline__ void residualRmsNormBackward(const B *branch, const Connection &connection,
    const float *weight, const float *sum, const float *inverseRms, const Y *dy, float *dsum, int add, float *dweight,
    B *dbranch, float *dgamma, int rows, const Layout &l, int rowsPerBlock) {
  Values dw = {}, dg = {};
  const int first = blockIdx.x * rowsPerBlock, last = min(rows, first + rowsPerBlock);
  for (int row = first + threadIdx.y; row < last; row += blockDim.y) {
    const long long at = (long long)row * l.features;
    const Row<float> sums(l, sum + at);
    const Row<Y> dys(l, dy + at);
    const float inverse = inverseRms[row];
    Row<float> before;
    if (add) before.load(l, dsum + at);
    else before.clear();
    // Registers have room for a branch of half the size meanwhile.
    constexpr bool EARLY = sizeof(B) == 2;
    Row<B> branches;
    if (EARLY) loadBranch(l, branch + at, dgamma, branches);
    const float kept = connection.kept(row);
    Values n, d, other;
    sums.widen(n);
    dys.widen(d);
    each([&](int c, int j) {
      n[c][j] *= inverse;
      dw[c][j] = fmaf(d[c][j], n[c][j], dw[c][j]);
    });
    Row<float>(l, weight).widen(other);
    float dot = 0.f;
    each([&](int c, int j) {
      d[c][j] *= other[c][j];
      dot = fmaf(d[c][j], n[c][j], dot);
    });
    const float mean = rowSum(dot) / l.features;
    before.widen(other);
    each([&](int c, int j) { d[c][j] = fmaf(inverse, fmaf(-n[c][j], mean, d[c][j]), other[c][j]); });
    storeRow(l, dsum + at, d);
    if (!EARLY) loadBranch(l, branch + at, dgamma, branches);
    branches.widen(n);
    connection.loadGamma(l, other);
    each([&](int c, int j) {
      d[c][j] *= kept;
      dg[c][j] = fmaf(d[c][j], n[c][j], dg[c][j]);
      d[c][j] *= other[c][j];
    });
    storeRow(l, dbranch + at, d);
  }
  storePartials(l, dw, dweight);
  storePartials(l, dg, dgamma);
}

#define FOR_BRANCH(B, S)                                                                                             \
  ROW_ENTRY residual_##S(const float *x, const B *branch, CONNECTION, float *y, int rows, int features,              \
      int vectors) {                                                                                                 \
    residual(x, branch, {gamma, cuSeqlens, sequences, p, state, op}, y, rows, {features, vectors});                  \
  }                                                                                                                  \
  ROW_ENTRY residual_backward_##S(const B *branch, CONNECTION, const float *dy, B *dbranch, float *dgamma, int rows, \
      int features, int vectors, int rowsPerBlock) {                                                                 \
    residualBackward(branch, {gamma, cuSeqlens, sequences, p, state, op}, dy, dbranch, dgamma, rows,                 \
        {features, vectors}, rowsPerBlock);                                                                          \
  }

#define FOR_TYPES(B, Y, S)                                                                                           \
  ROW_ENTRY residual_rms_norm_##S(const float *x, const B *branch, CONNECTION, const float *weight, float epsilon,   \
      float *sum, Y *y, float *inverseRms, int rows, int features, int vectors) {                                    \
    residualRmsNorm(x, branch, {gamma, cuSeqlens, sequences, p, state, op}, weight, epsilon, sum, y, inverseRms,     \
        rows, {features, vectors});                                                                                  \
  }                                                                                                                  \
  ROW_ENTRY residual_rms_norm_backward_##S(const B *branch, CONNECTION, const float *weight, const float *sum,       \
      const float *inverseRms, const Y *dy, float *dsum, int add, float *dweight, B *dbranch, float *dgamma,         \
      int rows, int features, int vectors, int rowsPerBlock) {                                                       \
    residualRmsNormBackward(branch, {gamma, cuSeqlens, sequences, p, state, op}, weight, sum, inverseRms, dy, dsum,  \
        add, dweight, dbranch, dgamma, rows, {features, vectors}, rowsPerBlock);                                     \
  }

FOR_BRANCH(float, f32)
FOR_BRANCH(bf16, bf16)
FOR_TYPES(float, float, f32)
FOR_TYPES(float, bf16, f32_bf16)
FOR_TYPES(bf16, float, bf16_f32)
FOR_TYPES(bf16, bf16, bf16)
