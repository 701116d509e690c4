// Rows of a table for tokens, and the gradient of that: table [vocabulary, features], ids [tokens], y [tokens, features].
#include "common.cuh"

// y[t] = factor * table[ids[t]]: a warp a token.
template <typename T>
__device__ __forceinline__ void gather(const T *table, const int *ids, float factor, float *y, int tokens, int features) {
  const int lane = threadIdx.x & 31, token = blockIdx.x * (blockDim.x >> 5) + (threadIdx.x >> 5);
  if (token >= tokens) return;
  const T *row = table + (long long)ids[token] * features;
  float *out = y + (long long)token * features;
  if ((features & 3) == 0 && aligned4(table) && aligned4(y)) {
    for (int c = lane * 4; c < features; c += 128) {
      float v[4];
      load4(row + c, v);
#pragma unroll
      for (int j = 0; j < 4; j++) v[j] *= factor;
      store4(out + c, v);
    }
  } else {
    for (int c = lane; c < features; c += 32) out[c] = factor * widen(row[c]);
  }
}
ENTRY gather_f32(const float *table, const int *ids, float factor, float *y, int tokens, int features) {
  gather(table, ids, factor, y, tokens, features);
}
ENTRY gather_bf16(const bf16 *table, const int *ids, float factor, float *y, int tokens, int features) {
  gather(table, ids, factor, y, tokens, features);
}

// positions[t] = padding + 1 + the tokens before t in its sequence that are not padding; padding for one that is. A block a
// sequence; each warp counts the whole sequence up to its own part.
ENTRY positions(const int *ids, const int *cuSeqlens, int padding, int *out) {
  const int first = cuSeqlens[blockIdx.x], last = cuSeqlens[blockIdx.x + 1];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, warps = blockDim.x >> 5;
  int before = 0;
  for (int start = first; start < last; start += 32) {
    const int t = start + lane;
    const bool counts = t < last && ids[t] != padding;
    const unsigned votes = __ballot_sync(0xffffffffu, counts);
    if (((start - first) >> 5) % warps == warp && t < last) {
      out[t] = counts ? padding + 1 + before + __popc(votes & ((1u << lane) - 1)) : padding;
    }
    before += __popc(votes);
  }
}

// values[i] = factor * the sum of dy over the tokens order[starts[i]] to order[starts[i + 1] - 1], in that order within each
// of 8 warps, which take tokens in turn: a block a row and 128 columns.
ENTRY gather_backward(const int *starts, const int *order, const float *dy, float factor, float *values, int features) {
  __shared__ float shared[8][128];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, column = blockIdx.y * 128 + lane * 4;
  const int first = starts[blockIdx.x], last = starts[blockIdx.x + 1];
  const bool aligned = (features & 3) == 0 && aligned4(dy);
  float sum[4] = {};
  for (int k = first + warp; k < last; k += 8) {
    const float *row = dy + (long long)order[k] * features;
    if (aligned) {
      if (column < features) {
        float v[4];
        load4(row + column, v);
#pragma unroll
        for (int j = 0; j < 4; j++) sum[j] += v[j];
      }
    } else {
#pragma unroll
      for (int j = 0; j < 4; j++) {
        if (column + j < features) sum[j] += row[column + j];
      }
    }
  }
#pragma unroll
  for (int j = 0; j < 4; j++) shared[warp][lane * 4 + j] = sum[j];
  __syncthreads();
  const int c = blockIdx.y * 128 + threadIdx.x;
  if (threadIdx.x < 128 && c < features) {
    const int used = min(8, last - first);
    float total = shared[0][threadIdx.x];
    for (int w = 1; w < used; w++) total += shared[w][threadIdx.x];
    values[(long long)blockIdx.x * features + c] = factor * total;
  }
}

// y[rows[i]] += values[i], each row once: a block a row.
ENTRY scatter_add(const int *rows, const float *values, float *y, int columns) {
  float *out = y + (long long)rows[blockIdx.x] * columns;
  const float *in = values + (long long)blockIdx.x * columns;
  for (int c = threadIdx.x; c < columns; c += blockDim.x) out[c] += in[c];
}
