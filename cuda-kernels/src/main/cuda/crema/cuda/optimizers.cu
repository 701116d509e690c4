// Updates of parameters. All of a model's parameters are updated by one launch: a block has a chunk of one of them, which it
// finds in a table of slots.
#include "common.cuh"

constexpr int THREADS = 256;
constexpr int CHUNK = 8192;

// The numbers of crema.cuda.AdamWFactors.
struct Factors {
  float gradientScale, decay, beta1, gradientShare, beta2, squareShare, rootFactor, epsilon, stepSize;
};

// A parameter. The gradient of element i is gradient[i] or, where there is an index of rows, that of gradient row
// index[i / columns], and zero where that is negative. The parameter's BF16 copy, if there is one, is written too.
struct Slot {
  float *parameter;
  const float *gradient;
  float *first;
  float *second;
  bf16 *half;
  const int *index;
  long long elements;
  long long firstChunk;
  int columns;
  Factors factors;
};

// The last slot whose first chunk is not after this one.
template <typename S> __device__ __forceinline__ const S &slotOf(const S *slots, int count, long long chunk) {
  int low = 0, high = count;
  while (high - low > 1) {
    const int middle = (low + high) >> 1;
    if (slots[middle].firstChunk <= chunk) low = middle; else high = middle;
  }
  return slots[low];
}

__device__ __forceinline__ void update(const Factors &f, float scale, float gradient, float &p, float &m, float &v) {
  const float g = gradient * scale;
  m = fmaf(f.beta1, m, f.gradientShare * g);
  v = fmaf(f.beta2, v, f.squareShare * (g * g));
  p = f.decay * p - f.stepSize * (m / fmaf(sqrtf(v), f.rootFactor, f.epsilon));
}

// Updates all slots; clipping[0] multiplies the gradients, and if it is not a number nothing is updated.
ENTRY adamw_all(const Slot *slots, int count, const float *clipping) {
  const Slot s = slotOf(slots, count, blockIdx.x);
  const float clip = clipping[0];
  if (clip != clip) return;
  const float scale = s.factors.gradientScale * clip;
  const long long start = (blockIdx.x - s.firstChunk) * CHUNK, end = min(s.elements, start + CHUNK);
  const bool aligned = aligned4(s.parameter) && aligned4(s.gradient) && aligned4(s.first) && aligned4(s.second)
      && (s.half == nullptr || aligned4(s.half)) && (s.elements & 3) == 0 && (s.index == nullptr || (s.columns & 3) == 0);
  if (aligned) {
    for (long long i = start + 4 * threadIdx.x; i < end; i += 4 * THREADS) {
      float p[4], g[4] = {}, m[4], v[4];
      if (s.index == nullptr) {
        load4(s.gradient + i, g);
      } else {
        const long long row = i / s.columns;
        const int at = s.index[row];
        if (at >= 0) load4(s.gradient + (long long)at * s.columns + (i - row * s.columns), g);
      }
      load4(s.parameter + i, p);
      load4(s.first + i, m);
      load4(s.second + i, v);
#pragma unroll
      for (int j = 0; j < 4; j++) update(s.factors, scale, g[j], p[j], m[j], v[j]);
      store4(s.parameter + i, p);
      store4(s.first + i, m);
      store4(s.second + i, v);
      if (s.half != nullptr) store4(s.half + i, p);
    }
    return;
  }
  for (long long i = start + threadIdx.x; i < end; i += THREADS) {
    float g;
    if (s.index == nullptr) {
      g = s.gradient[i];
    } else {
      const long long row = i / s.columns;
      const int at = s.index[row];
      g = at >= 0 ? s.gradient[(long long)at * s.columns + (i - row * s.columns)] : 0.f;
    }
    float p = s.parameter[i], m = s.first[i], v = s.second[i];
    update(s.factors, scale, g, p, m, v);
    s.parameter[i] = p;
    s.first[i] = m;
    s.second[i] = v;
    if (s.half != nullptr) s.half[i] = narrow<bf16>(p);
  }
}

// Values whose squares count.
struct Values {
  const float *values;
  long long elements;
  long long firstChunk;
};

// partials [chunks]: sums of squares.
ENTRY squares_all(const Values *all, int count, double *partials) {
  __shared__ double shared[THREADS / 32];
  const Values s = slotOf(all, count, blockIdx.x);
  const long long start = (blockIdx.x - s.firstChunk) * CHUNK, end = min(s.elements, start + CHUNK);
  float sum = 0.f;
  if (aligned4(s.values) && (s.elements & 3) == 0) {
    for (long long i = start + 4 * threadIdx.x; i < end; i += 4 * THREADS) {
      float g[4];
      load4(s.values + i, g);
#pragma unroll
      for (int j = 0; j < 4; j++) sum = fmaf(g[j], g[j], sum);
    }
  } else {
    for (long long i = start + threadIdx.x; i < end; i += THREADS) sum = fmaf(s.values[i], s.values[i], sum);
  }
  double total = sum;
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) total += __shfl_xor_sync(0xffffffffu, total, o);
  if ((threadIdx.x & 31) == 0) shared[threadIdx.x >> 5] = total;
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int w = 1; w < THREADS / 32; w++) total += shared[w];
    partials[blockIdx.x] = total;
  }
}

// norm[0] = the root of the sum of partials; clipping[0] = min(1, maxNorm / (norm + 1e-6)), not a number if the norm is not
// finite. One block.
ENTRY clip(const double *partials, int n, double maxNorm, double *norm, float *clipping) {
  __shared__ double shared[THREADS];
  double sum = 0;
  for (int i = threadIdx.x; i < n; i += THREADS) sum += partials[i];
  shared[threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int i = 1; i < THREADS; i++) sum += shared[i];
    const double root = sqrt(sum);
    norm[0] = root;
    const double factor = maxNorm / (root + 1e-6);
    // An infinite or missing number minus itself is no number.
    clipping[0] = root - root == 0 ? (float)(factor < 1 ? factor : 1) : __uint_as_float(0x7fc00000u);
  }
}

// index[rows[i]] = i.
ENTRY index_rows(const int *rows, int n, int *index) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) index[rows[i]] = i;
}

ENTRY sgd(float factor, const float *gradient, float *parameter, long long n) {
  for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < n; i += gridDim.x * (long long)blockDim.x) {
    parameter[i] = fmaf(-factor, gradient[i], parameter[i]);
  }
}
