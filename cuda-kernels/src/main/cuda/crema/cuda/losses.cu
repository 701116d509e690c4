// Softmax cross-entropy of logits [rows, classes], with the gradient written over the logits if need be. Rows of few classes
// take a warp, others a block. A row that fits the registers and the shared memory of its block is read once, and each
// exponential is made once. Of other rows the greatest logit and the sum of exponentials are found together in a first pass;
// of long ones few are under way at once, so that they are still in the L2 cache when they are read again.
#include <float.h>
#include "common.cuh"

constexpr int SUM_THREADS = 1024;

// factors[0] = 1 / the sum of the weights of the labels, or 0; factors[1] = the sum of the weights of all classes. One block.
ENTRY cross_entropy_factors(const int *labels, const float *weights, int rows, int classes, double *factors) {
  double sum = 0., all = 0.;
  for (int i = threadIdx.x; i < rows; i += SUM_THREADS) {
    const int label = labels[i];
    if (label >= 0 && label < classes) sum += weights == nullptr ? 1. : (double)weights[label];
  }
  if (weights != nullptr) {
    for (int i = threadIdx.x; i < classes; i += SUM_THREADS) all += (double)weights[i];
  }
  sum = blockSum<SUM_THREADS>(sum);
  all = blockSum<SUM_THREADS>(all);
  if (threadIdx.x == 0) {
    factors[0] = sum == 0. ? 0. : 1. / sum;
    factors[1] = weights == nullptr ? (double)classes : all;
  }
}

// loss[0] = factors[0] * the sum of the losses of rows. One block.
ENTRY cross_entropy_mean(const float *rowLosses, int rows, const double *factors, float *loss) {
  double sum = 0.;
  for (int i = threadIdx.x; i < rows; i += SUM_THREADS) sum += (double)rowLosses[i];
  sum = blockSum<SUM_THREADS>(sum);
  if (threadIdx.x == 0) loss[0] = (float)(sum * factors[0]);
}

// Four elements at a time where rows are aligned to that, single ones elsewhere, by the THREADS threads of a row.
template <int THREADS, typename Four, typename One>
__device__ __forceinline__ void forClasses(int classes, bool aligned, Four four, One one) {
  const int thread = THREADS == 32 ? threadIdx.x & 31 : threadIdx.x;
  if (aligned && classes % 4 == 0) {
    for (int c = 4 * thread; c < classes; c += 4 * THREADS) four(c);
  } else {
    for (int c = thread; c < classes; c += THREADS) one(c);
  }
}

// What the label of a row means: its target, and the smoothing over all classes.
struct Target {
  const float *weights;
  int label;
  float smoothing, ofTarget, even, scale, allWeights;

  __device__ __forceinline__ Target(const float *weights, float smoothing, const double *factors, int classes, int label)
      : weights(weights), label(label), smoothing(smoothing) {
    ofTarget = (1.f - smoothing) * (weights == nullptr ? 1.f : weights[label]);
    even = smoothing / (float)classes;
    scale = (float)factors[0];
    allWeights = (float)factors[1];
  }
  __device__ __forceinline__ float weight(int c) const { return weights == nullptr ? 1.f : weights[c]; }
  // sum: of exponentials of distances from the greatest; ofAll: weighted sum of distances from the label's logit.
  __device__ __forceinline__ float loss(float greatest, float ofLabel, float sum, float ofAll) const {
    const float surprise = greatest - ofLabel + logf(sum);
    return ofTarget * surprise + even * (allWeights * surprise - ofAll);
  }
  // What exponentials are multiplied by in the gradient.
  __device__ __forceinline__ float share(float sum) const { return (ofTarget + even * allWeights) * scale / sum; }
  __device__ __forceinline__ float gradient(int c, float share, float exponential) const {
    float d = share * exponential;
    if (smoothing != 0.f) d -= even * scale * weight(c);
    return c == label ? d - ofTarget * scale : d;
  }
};

// The row of a label that is no class: a loss of zero, or no number, and a gradient of zeros.
template <int THREADS>
__device__ __forceinline__ void passOver(int label, int classes, bool aligned, bool first, float *loss, float *dz) {
  if (first) *loss = label < 0 ? 0.f : NAN;
  if (dz != nullptr) {
    const float zeros[4] = {0.f, 0.f, 0.f, 0.f};
    forClasses<THREADS>(classes, aligned, [&](int c) { store4(dz + c, zeros); }, [&](int c) { dz[c] = 0.f; });
  }
}

// rowLosses [rows] and, unless null, dlogits [rows, classes], which may be the logits. A label that is no class gives a loss
// that is no number.
template <int THREADS>
__device__ __forceinline__ void crossEntropy(const float *logits, const int *labels, const float *weights, float smoothing,
    const double *factors, int rows, int classes, float *rowLosses, float *dlogits) {
  const int row = THREADS == 32 ? blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32 : blockIdx.x;
  if (row >= rows) return;
  const bool first = (THREADS == 32 ? threadIdx.x & 31 : threadIdx.x) == 0;
  const int label = labels[row];
  const float *z = logits + (long long)row * classes;
  float *dz = dlogits == nullptr ? nullptr : dlogits + (long long)row * classes;
  const bool aligned = aligned4(logits) && (dlogits == nullptr || aligned4(dlogits));
  if (label < 0 || label >= classes) {
    passOver<THREADS>(label, classes, aligned, first, rowLosses + row, dz);
    return;
  }
  // All but the exponentials is measured from the label's logit: what they have in common cancels before it is rounded.
  const float ofLabel = z[label];
  const Target target(weights, smoothing, factors, classes, label);
  float top = -FLT_MAX, sum = 0.f, ofAll = 0.f;
  forClasses<THREADS>(classes, aligned,
      [&](int c) {
        float v[4];
        load4(z + c, v);
        const float next = fmaxf(fmaxf(top, fmaxf(v[0], v[1])), fmaxf(v[2], v[3]));
        sum *= expf(top - next);
        top = next;
#pragma unroll
        for (int j = 0; j < 4; j++) {
          sum += expf(v[j] - next);
          if (smoothing != 0.f) ofAll = fmaf(target.weight(c + j), v[j] - ofLabel, ofAll);
        }
      },
      [&](int c) {
        const float v = z[c], next = fmaxf(top, v);
        sum = fmaf(sum, expf(top - next), expf(v - next));
        top = next;
        if (smoothing != 0.f) ofAll = fmaf(target.weight(c), v - ofLabel, ofAll);
      });
  const float greatest = blockMax<THREADS>(top);
  sum = blockSum<THREADS>(sum * expf(top - greatest));
  if (smoothing != 0.f) ofAll = blockSum<THREADS>(ofAll);

  if (first) rowLosses[row] = target.loss(greatest, ofLabel, sum, ofAll);
  if (dz == nullptr) return;
  const float share = target.share(sum);
  forClasses<THREADS>(classes, aligned,
      [&](int c) {
        float v[4];
        load4(z + c, v);
#pragma unroll
        for (int j = 0; j < 4; j++) v[j] = target.gradient(c + j, share, expf(v[j] - greatest));
        store4(dz + c, v);
      },
      [&](int c) { dz[c] = target.gradient(c, share, expf(z[c] - greatest)); });
}

// The same for aligned rows of at most 4 (HELD + KEPT) THREADS classes, in multiples of four: a thread has four of each
// 4 THREADS, the first HELD times in registers, the rest in its own part of shared memory.
template <int THREADS, int HELD, int KEPT>
__device__ __forceinline__ void crossEntropyOnce(const float *logits, const int *labels, const float *weights,
    float smoothing, const double *factors, int classes, float *rowLosses, float *dlogits) {
  extern __shared__ float4 kept[];
  const int row = blockIdx.x, label = labels[row];
  const float *z = logits + (long long)row * classes;
  float *dz = dlogits == nullptr ? nullptr : dlogits + (long long)row * classes;
  if (label < 0 || label >= classes) {
    passOver<THREADS>(label, classes, true, threadIdx.x == 0, rowLosses + row, dz);
    return;
  }
  auto column = [&](int i) { return 4 * (threadIdx.x + i * THREADS); };
  float held[HELD][4];
  // The part in shared memory is asked for first: what is in registers can wait for its first use.
#pragma unroll
  for (int i = 0; i < KEPT; i++) {
    const int c = column(HELD + i);
    if (c < classes) kept[i * THREADS + threadIdx.x] = *reinterpret_cast<const float4 *>(z + c);
  }
#pragma unroll
  for (int i = 0; i < HELD; i++) {
    if (column(i) < classes) load4(z + column(i), held[i]);
    else held[i][0] = held[i][1] = held[i][2] = held[i][3] = -INFINITY;
  }
  const float ofLabel = z[label];
  const Target target(weights, smoothing, factors, classes, label);
  float ofAll = 0.f, top = -FLT_MAX, sum = 0.f;
  // Calls f with the columns and values of each four; f may change them.
  auto each = [&](auto f) {
#pragma unroll
    for (int i = 0; i < HELD; i++) f(column(i), held[i]);
#pragma unroll 2
    for (int i = 0; i < KEPT; i++) {
      if (column(HELD + i) < classes) {
        float *const place = reinterpret_cast<float *>(kept + i * THREADS + threadIdx.x);
        float v[4];
        load4(place, v);
        f(column(HELD + i), v);
        store4(place, v);
      }
    }
  };
  each([&](int c, float (&v)[4]) {
#pragma unroll
    for (int j = 0; j < 4; j++) {
      top = fmaxf(top, v[j]);
      if (smoothing != 0.f && c < classes) ofAll = fmaf(target.weight(c + j), v[j] - ofLabel, ofAll);
    }
  });
  const float greatest = blockMax<THREADS>(top);
  each([&](int c, float (&v)[4]) {
#pragma unroll
    for (int j = 0; j < 4; j++) {
      v[j] = expf(v[j] - greatest);
      sum += v[j];
    }
  });
  sum = blockSum<THREADS>(sum);
  if (smoothing != 0.f) ofAll = blockSum<THREADS>(ofAll);
  if (threadIdx.x == 0) rowLosses[row] = target.loss(greatest, ofLabel, sum, ofAll);
  if (dz == nullptr) return;
  const float share = target.share(sum);
  each([&](int c, float (&v)[4]) {
#pragma unroll
    for (int j = 0; j < 4; j++) v[j] = c < classes ? target.gradient(c + j, share, v[j]) : 0.f;
    if (c < classes) store4(dz + c, v);
  });
}

#define FOR_ROWS(THREADS, BLOCK)                                                                                       \
  extern "C" __global__ void __launch_bounds__(BLOCK) cross_entropy_##THREADS##_f32(const float *logits,               \
      const int *labels, const float *weights, float smoothing, const double *factors, int rows, int classes,          \
      float *rowLosses, float *dlogits) {                                                                              \
    crossEntropy<THREADS>(logits, labels, weights, smoothing, factors, rows, classes, rowLosses, dlogits);             \
  }

FOR_ROWS(32, 128)
FOR_ROWS(256, 256)
FOR_ROWS(1024, 1024)

#define FOR_HELD_ROWS(NAME, THREADS, BLOCKS, HELD, KEPT)                                                               \
  extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) cross_entropy_##NAME##_f32(const float *logits,        \
      const int *labels, const float *weights, float smoothing, const double *factors, int rows, int classes,          \
      float *rowLosses, float *dlogits) {                                                                              \
    crossEntropyOnce<THREADS, HELD, KEPT>(logits, labels, weights, smoothing, factors, classes, rowLosses, dlogits);   \
  }

FOR_HELD_ROWS(held_8192, 256, 4, 8, 0)
FOR_HELD_ROWS(held_16384, 512, 2, 8, 0)
FOR_HELD_ROWS(held_32768, 512, 2, 6, 10)
