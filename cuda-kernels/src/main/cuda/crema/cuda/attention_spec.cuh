// What an attention computes (crema.tensor.AttentionSpec), and its parameters in the order in which kernels take them.
#pragma once
#include "common.cuh"

struct Spec {
  int heads, kvHeads, headDim, longest, causal, window;
  float scale, dropout, kept;  // kept: 1 / (1 - dropout)
  const RandomState *state;
  int op;

  __device__ __forceinline__ int group() const { return heads / kvHeads; }
  // Random numbers from one query and head to the next.
  __device__ __forceinline__ long long pitch() const { return (longest + 3) & ~3; }
  // Whether a query sees a key, both being positions in the sequence.
  __device__ __forceinline__ bool sees(int query, int key) const {
    return causal ? key <= query && query - key <= window : query - key <= window && key - query <= window;
  }
  // Whether all queries in [q0, q1] see all keys in [k0, k1].
  __device__ __forceinline__ bool seesAll(int q0, int q1, int k0, int k1) const {
    return (causal ? k1 <= q0 : k1 - q0 <= window) && q1 - k0 <= window;
  }
  // The keys that some query in [q0, q1) sees, and the queries that see some key in [k0, k1).
  __device__ __forceinline__ int firstKey(int q0) const { return max(0, q0 - window); }
  __device__ __forceinline__ int endKey(int q1, int length) const {
    return causal ? q1 : window >= length - q1 ? length : q1 + window;
  }
  __device__ __forceinline__ int firstQuery(int k0) const { return causal ? k0 : max(0, k0 - window); }
  __device__ __forceinline__ int endQuery(int k1, int length) const {
    return window >= length - k1 ? length : k1 + window;
  }
};
#define SPEC_PARAMETERS                                                                                               \
  int heads, int kvHeads, int headDim, int longest, int causal, int window, float scale, float dropout, float kept,   \
      const RandomState *state, int op, int tiles
#define SPEC                                                                                                          \
  { heads, kvHeads, headDim, longest, causal, window, scale, dropout, kept, state, op }
