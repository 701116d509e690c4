// AdamW of all parameters at once. What is updated stands in a table in device memory; a block finds its parameter by the
// chunks before each. The norm of all gradients is summed in double precision and fixed order, and stays on the device: the
// updates read from there by how much they clip, or that they must not happen.
#include "common.cuh"

constexpr int THREADS = 256;
constexpr int CHUNK = 4096;  // elements of a dense parameter or a gradient that a block takes
constexpr int MOST_ROWS = 32, ELEMENTS = 768;  // of a parameter with a sparse gradient that a warp takes

// As crema.cuda.CudaOptimizers writes it.
struct Slot {
  float *parameter;
  float *first;
  float *second;
  const float *gradient;
  bf16 *half;       // the parameter's copy, kept up to date, or null
  const int *rows;  // ascending, of a sparse gradient, or null
  double gradientScale;
  long long elements;          // of the parameter
  long long gradientElements;
  int columns;
  int rowCount;
  int chunk;          // the first block that has a part of the parameter
  int gradientChunk;  // the first block that has a part of the gradient
  float decay, beta1, gradientShare, beta2, squareShare, rootFactor, epsilon, stepSize;
};

// What the norm means for the updates.
struct Clipping {
  double norm;
  double factor;  // on all gradients; 0 where the norm is not finite
};

// The last of the slots that starts at or before this block. All threads call it.
template <typename Start> __device__ __forceinline__ int slotOf(int slots, Start start) {
  int before = 0;
  for (int i = 0; i < slots; i += THREADS) {
    before += __syncthreads_count(i + threadIdx.x < slots && start(i + threadIdx.x) <= blockIdx.x);
  }
  return before - 1;
}

// partials [blocks]: sums of squares of chunks of the gradients.
ENTRY gradient_squares(const Slot *table, int slots, double *partials) {
  const Slot &slot = table[slotOf(slots, [&](int i) { return table[i].gradientChunk; })];
  const long long from = (long long)(blockIdx.x - slot.gradientChunk) * CHUNK;
  const int n = (int)min((long long)CHUNK, slot.gradientElements - from);
  const float *x = slot.gradient + from;
  double sum = 0.;
  if (aligned4(x) && n == CHUNK) {
    float v[CHUNK / (4 * THREADS)][4];
#pragma unroll
    for (int i = 0; i < CHUNK / (4 * THREADS); i++) load4(x + 4 * (i * THREADS + threadIdx.x), v[i]);
#pragma unroll
    for (int i = 0; i < CHUNK / (4 * THREADS); i++) {
#pragma unroll
      for (int j = 0; j < 4; j++) sum = fma((double)v[i][j], (double)v[i][j], sum);
    }
  } else {
    for (int i = threadIdx.x; i < n; i += THREADS) sum = fma((double)x[i], (double)x[i], sum);
  }
  sum = blockSum<THREADS>(sum);
  if (threadIdx.x == 0) partials[blockIdx.x] = sum;
}

// One block.
ENTRY gradient_clipping(const double *partials, int n, double maxNorm, Clipping *clipping) {
  double sum = 0.;
  for (int i = threadIdx.x; i < n; i += THREADS) sum += partials[i];
  sum = blockSum<THREADS>(sum);
  if (threadIdx.x == 0) {
    const double norm = sqrt(sum);
    clipping->norm = norm;
    clipping->factor = norm <= 1.7976931348623157e308 ? fmin(1., maxNorm / (norm + 1e-6)) : 0.;
  }
}

// The update of one element, in the arithmetic of the CPU.
__device__ __forceinline__ void adamW(const Slot &s, float scale, float &p, float g, float &m, float &v) {
  g = scale * g;
  m = fmaf(s.beta1, m, s.gradientShare * g);
  v = fmaf(s.beta2, v, s.squareShare * g * g);
  p = fmaf(-s.stepSize, m / fmaf(sqrtf(v), s.rootFactor, s.epsilon), s.decay * p);
}

// Elements i to i + 3 of a parameter. Several are loaded before the first is stored: a load after a store waits for it,
// since the compiler cannot know that they differ.
struct Four {
  float p[4], m[4], v[4], g[4];

  // The gradient is null where it is zero.
  __device__ __forceinline__ void load(const Slot &s, int i, const float *gradient) {
    load4(s.parameter + i, p);
    load4(s.first + i, m);
    load4(s.second + i, v);
    if (gradient != nullptr) load4(gradient, g);
    else g[0] = g[1] = g[2] = g[3] = 0.f;
  }
  __device__ __forceinline__ void updateAndStore(const Slot &s, float scale, int i) {
#pragma unroll
    for (int j = 0; j < 4; j++) adamW(s, scale, p[j], g[j], m[j], v[j]);
    store4(s.parameter + i, p);
    store4(s.first + i, m);
    store4(s.second + i, v);
    if (s.half != nullptr) store4(s.half + i, p);
  }
};

// n elements from `from` on, fours aligned, by `stride` threads of which this is `thread`. gradient: of the fours at a distance.
template <typename Gradient>
__device__ __forceinline__ void adamWFours(Slot s, float scale, long long from, int n, int thread, int stride,
    Gradient gradient) {
  s.parameter += from;
  s.first += from;
  s.second += from;
  if (s.half != nullptr) s.half += from;
  for (int i = 4 * thread; i < n; i += 8 * stride) {
    const int next = i + 4 * stride;
    Four a, b;
    a.load(s, i, gradient(i));
    if (next < n) b.load(s, next, gradient(next));
    a.updateAndStore(s, scale, i);
    if (next < n) b.updateAndStore(s, scale, next);
  }
}
__device__ __forceinline__ void adamW1(const Slot &s, float scale, long long i, const float *gradient) {
  float p = s.parameter[i], m = s.first[i], v = s.second[i];
  adamW(s, scale, p, gradient == nullptr ? 0.f : *gradient, m, v);
  s.parameter[i] = p;
  s.first[i] = m;
  s.second[i] = v;
  if (s.half != nullptr) s.half[i] = narrow<bf16>(p);
}

__device__ __forceinline__ bool aligned(const Slot &s) {
  return aligned4(s.parameter) && aligned4(s.first) && aligned4(s.second) && aligned4(s.gradient) && aligned4(s.half);
}

// The scale of a slot's gradients, false where there is to be no update. Without clipping there is always one.
__device__ __forceinline__ bool scaleOf(const Slot &s, const Clipping *clipping, float *scale) {
  const double factor = clipping == nullptr ? 1. : clipping->factor;
  *scale = (float)(s.gradientScale * factor);
  return factor != 0.;
}

// Parameters with dense gradients: a block a chunk.
extern "C" __global__ void __launch_bounds__(THREADS, 2) adamw_dense(
    const Slot *table, int slots, const Clipping *clipping) {
  const Slot s = table[slotOf(slots, [&](int i) { return table[i].chunk; })];
  float scale;
  if (!scaleOf(s, clipping, &scale)) return;
  const long long from = (long long)(blockIdx.x - s.chunk) * CHUNK, to = min(from + CHUNK, s.elements);
  const long long wide = aligned(s) ? to - (to - from) % 4 : from;
  adamWFours(s, scale, from, (int)(wide - from), threadIdx.x, THREADS, [&](int i) { return s.gradient + from + i; });
  for (long long i = wide + threadIdx.x; i < to; i += THREADS) adamW1(s, scale, i, s.gradient + i);
}

// Where in the ascending rows the first is that is not below a row: a search in which each lane looks at one place.
__device__ __forceinline__ int lowerBound(const int *rows, int count, int row) {
  const int lane = threadIdx.x & 31;
  int low = 0, n = count;
  while (n > 0) {
    const int step = (n + 31) / 32, at = low + (lane + 1) * step - 1;
    const int below = __popc(__ballot_sync(0xffffffffu, at < low + n && rows[at] < row));
    const int end = low + n;
    low += below * step;
    // What is left is the part in which the answer lies, without its last place, which is not below the row.
    n = step == 1 ? 0 : min(step - 1, end - low);
  }
  return low;
}

// Parameters [rows, columns] with row-sparse gradients: a warp has so many rows that there are enough warps, and not so few
// elements that it searches longer than it updates; rows without a gradient have a zero.
extern "C" __global__ void __launch_bounds__(THREADS) adamw_sparse(
    const Slot *table, int slots, const Clipping *clipping) {
  const Slot s = table[slotOf(slots, [&](int i) { return table[i].chunk; })];
  float scale;
  if (!scaleOf(s, clipping, &scale)) return;
  const int lane = threadIdx.x & 31;
  const int most = min(MOST_ROWS, max(1, ELEMENTS / s.columns));
  const long long rows = s.elements / s.columns;
  const long long from = ((long long)(blockIdx.x - s.chunk) * (THREADS / 32) + (threadIdx.x >> 5)) * most;
  if (from >= rows) return;
  const int count = (int)min((long long)most, rows - from), next = lowerBound(s.rows, s.rowCount, (int)from);
  // Bit r: whether row `from` + r has a gradient. As many of them before it are before its gradient.
  const long long distance = lane < count && next + lane < s.rowCount ? s.rows[next + lane] - from : MOST_ROWS;
  unsigned present = 0;
  for (int r = 0; r < count; r++) present |= __any_sync(0xffffffffu, distance == r) ? 1u << r : 0u;
  const long long start = from * s.columns;
  const int n = count * s.columns;
  auto gradient = [&](int i) -> const float * {
    const unsigned row = (unsigned)i / (unsigned)s.columns;
    if (!(present >> row & 1)) return nullptr;
    return s.gradient + ((long long)(next + __popc(present & ((1u << row) - 1))) * s.columns + (i - row * s.columns));
  };
  if (aligned(s) && s.columns % 4 == 0) {
    adamWFours(s, scale, start, n, lane, 32, gradient);
  } else {
    for (int i = lane; i < n; i += 32) adamW1(s, scale, start + i, gradient(i));
  }
}
