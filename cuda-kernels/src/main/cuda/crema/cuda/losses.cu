// Losses with their gradients, from logits [rows, classes].
#include "common.cuh"

constexpr int THREADS = 256;

// What the mean divides by: the sum of the weights of the labels of rows that have one. One block.
ENTRY cross_entropy_weight(const int *labels, const float *weights, int rows, float *total) {
  float sum = 0.f;
  for (int r = threadIdx.x; r < rows; r += THREADS) {
    if (labels[r] >= 0) sum += weights != nullptr ? weights[labels[r]] : 1.f;
  }
  sum = blockSum<THREADS>(sum);
  if (threadIdx.x == 0) total[0] = sum;
}

// losses[r] = the loss of a row, not yet divided; dlogits, which may be the logits, the gradient of the mean. A block a row.
// With p = softmax(z), u = the sum of all weights: loss = (1 - e) w[y] (lse - z[y]) + e / C sum_j w[j] (lse - z[j]), and its
// gradient is (1 - e) w[y] (p[j] - [j = y]) + e / C (u p[j] - w[j]).
ENTRY cross_entropy(const float *logits, const int *labels, const float *weights, float smoothing, const float *total,
    float *losses, float *dlogits, int classes) {
  const long long row = (long long)blockIdx.x * classes;
  const int label = labels[blockIdx.x];
  if (label < 0) {
    if (threadIdx.x == 0) losses[blockIdx.x] = 0.f;
    if (dlogits != nullptr) {
      for (int c = threadIdx.x; c < classes; c += THREADS) dlogits[row + c] = 0.f;
    }
    return;
  }
  __shared__ float tops[THREADS / 32];
  float top = -INFINITY;
  for (int c = threadIdx.x; c < classes; c += THREADS) top = fmaxf(top, logits[row + c]);
  top = warpMax(top);
  if ((threadIdx.x & 31) == 0) tops[threadIdx.x >> 5] = top;
  __syncthreads();
  top = warpMax((threadIdx.x & 31) < THREADS / 32 ? tops[threadIdx.x & 31] : -INFINITY);
  float sum = 0.f, spread = 0.f, all = 0.f;
  for (int c = threadIdx.x; c < classes; c += THREADS) {
    const float z = logits[row + c] - top, w = weights != nullptr ? weights[c] : 1.f;
    sum += expf(z);
    spread = fmaf(w, z, spread);
    all += w;
  }
  sum = blockSum<THREADS>(sum);
  if (smoothing > 0.f) {
    spread = blockSum<THREADS>(spread);
    all = blockSum<THREADS>(all);
  }
  const float log = logf(sum), share = smoothing / classes;
  const float own = (1.f - smoothing) * (weights != nullptr ? weights[label] : 1.f);
  // In place the label's logit is gone once another thread has written its gradient.
  const float target = logits[row + label] - top;
  __syncthreads();
  if (threadIdx.x == 0) {
    losses[blockIdx.x] = own * (log - target) + (smoothing > 0.f ? share * (all * log - spread) : 0.f);
  }
  if (dlogits == nullptr) return;
  const float scale = 1.f / total[0];
  for (int c = threadIdx.x; c < classes; c += THREADS) {
    const float p = expf(logits[row + c] - top) / sum;
    float d = own * (c == label ? p - 1.f : p);
    if (smoothing > 0.f) d += share * (all * p - (weights != nullptr ? weights[c] : 1.f));
    dlogits[row + c] = d * scale;
  }
}

// loss[0] = the sum of the rows' losses / total, or 0 if no row counts. One block.
ENTRY cross_entropy_mean(const float *losses, int rows, const float *total, float *loss) {
  float sum = 0.f;
  for (int r = threadIdx.x; r < rows; r += THREADS) sum += losses[r];
  sum = blockSum<THREADS>(sum);
  if (threadIdx.x == 0) loss[0] = total[0] > 0.f ? sum / total[0] : 0.f;
}
