// Softmax cross-entropy of logits [rows, classes] in one pass and a half: the greatest logit and the sum of exponentials are
// found together, then the gradient is written, over the logits if need be. Rows of few classes take a warp, others a block;
// of long rows few are under way at once, so that they are still in the L2 cache when they are read again.
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
    if (first) rowLosses[row] = label < 0 ? 0.f : NAN;
    if (dz != nullptr) {
      const float zeros[4] = {0.f, 0.f, 0.f, 0.f};
      forClasses<THREADS>(classes, aligned, [&](int c) { store4(dz + c, zeros); }, [&](int c) { dz[c] = 0.f; });
    }
    return;
  }
  // All but the exponentials is measured from the label's logit: what they have in common cancels before it is rounded.
  const float ofLabel = z[label];
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
          if (smoothing != 0.f) ofAll = fmaf(weights == nullptr ? 1.f : weights[c + j], v[j] - ofLabel, ofAll);
        }
      },
      [&](int c) {
        const float v = z[c], next = fmaxf(top, v);
        sum = fmaf(sum, expf(top - next), expf(v - next));
        top = next;
        if (smoothing != 0.f) ofAll = fmaf(weights == nullptr ? 1.f : weights[c], v - ofLabel, ofAll);
      });
  const float greatest = blockMax<THREADS>(top);
  sum = blockSum<THREADS>(sum * expf(top - greatest));
  if (smoothing != 0.f) ofAll = blockSum<THREADS>(ofAll);

  const float scale = (float)factors[0], allWeights = (float)factors[1];
  const float ofTarget = (1.f - smoothing) * (weights == nullptr ? 1.f : weights[label]);
  const float even = smoothing / (float)classes;
  if (first) {
    const float surprise = greatest - ofLabel + logf(sum);
    rowLosses[row] = ofTarget * surprise + even * (allWeights * surprise - ofAll);
  }
  if (dz == nullptr) return;
  const float share = (ofTarget + even * allWeights) * scale / sum;
  const float evenScale = even * scale, targetScale = ofTarget * scale;
  auto gradient = [&](int c, float v) {
    float d = share * expf(v - greatest);
    if (smoothing != 0.f) d -= evenScale * (weights == nullptr ? 1.f : weights[c]);
    return c == label ? d - targetScale : d;
  };
  forClasses<THREADS>(classes, aligned,
      [&](int c) {
        float v[4];
        load4(z + c, v);
#pragma unroll
        for (int j = 0; j < 4; j++) v[j] = gradient(c + j, v[j]);
        store4(dz + c, v);
      },
      [&](int c) { dz[c] = gradient(c, z[c]); });
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
