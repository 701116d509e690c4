// Attention with terms for the distance of query and key, for head sizes up to 128: attention.cuh, and the gradients of
// the terms' tables. These come in two steps: first by distance, in partial sums over runs of sequences, F32 [runs,
// heads, distances, headDim]; then those of a bucket's distances are summed in order.
#include "attention.cuh"

// Whatever a tile of distances (rows) and queries (columns) adds to the tables. Block (x, y) has tile x % tiles of
// distances, run x / tiles of sequences and head y. Keys and values lie in windows, row (column - row + ROWS - 1) being
// that of a query and a distance.
template <int DIM, typename T>
__device__ __forceinline__ void backwardTables(const T *q, const T *k, const T *v, const T *dy, const float *logSumExp,
                                               const float *dots, const int *cuSeqlens, float *keyPartials,
                                               float *queryPartials, float *biasPartials, const Spec &spec, int tiles,
                                               int sequences, int runs, const Relative &relative) {
  using S = Tile<DIM, true>;
  __shared__ __align__(16) float queries[S::ROWS * S::STRIDE], upstream[S::ROWS * S::STRIDE],
      keys[S::DISTANCES * S::STRIDE], values[S::DISTANCES * S::STRIDE], keyTerms[S::ROWS * S::STRIDE],
      queryTerms[S::ROWS * S::STRIDE], biasTerms[S::ROWS];
  __shared__ __align__(16) float weights[S::ROWS * S::WEIGHTS];
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const int run = blockIdx.x / tiles, tile = blockIdx.x - run * tiles, head = blockIdx.y;
  const int distance = tile * S::ROWS - (spec.longest - 1), last = distance + S::ROWS - 1;
  const long long step = (long long)spec.heads * spec.headDim;
  loadTerms<S>(keyTerms, queryTerms, biasTerms, relative, spec, head, distance, S::ROWS);
  float keySum[S::R][S::G][4] = {}, querySum[S::R][S::G][4] = {}, biasSum[S::R] = {};
  const bool seen = distance <= spec.window && (spec.causal ? last >= 0 : -last <= spec.window);
  const int from = (int)((long long)sequences * run / runs);
  const int to = seen ? (int)((long long)sequences * (run + 1) / runs) : from;
  for (int sequence = from; sequence < to; sequence++) {
    const int start = cuSeqlens[sequence], length = cuSeqlens[sequence + 1] - start;
    const int end = min(length, length + last);
    for (int q0 = max(0, distance); q0 < end; q0 += S::ROWS) {
      const int count = min(S::ROWS, length - q0), firstKey = q0 - distance - (S::ROWS - 1);
      const long long place = (start + q0) * step + head * spec.headDim;
      const long long kvPlace = (start + firstKey) * step + head * spec.headDim;
      __syncthreads();
      loadRows<S>(queries, q + place, step, count, spec.headDim);
      loadRows<S>(upstream, dy + place, step, count, spec.headDim);
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const int skipped = h * S::ROWS;
        const long long windowPlace = kvPlace + skipped * step;
        loadRows<S>(keys + skipped * S::STRIDE, k + windowPlace, step, length - firstKey - skipped, spec.headDim,
                    -firstKey - skipped);
        loadRows<S>(values + skipped * S::STRIDE, v + windowPlace, step, length - firstKey - skipped, spec.headDim,
                    -firstKey - skipped);
      }
      __syncthreads();
      float s[S::R][S::R] = {}, dp[S::R][S::R] = {};
      if (relative.keys) products<S>(s, keyTerms, queries, spec.headDim);
      addTerms<S, true>(s, queryTerms, queries, keys, relative.queries ? keys : nullptr, spec.headDim);
      addTerms<S, true>(dp, nullptr, upstream, values, nullptr, spec.headDim);
      if (spec.dropout > 0.f) {
#pragma unroll 1
        for (int n = 0; n < S::R * S::R; n++) {
          const int row = ty + 8 * (n / S::R), column = tx + 8 * (n % S::R);
          const int query = q0 + column, key = query - (distance + row);
          const float u = uniformAt(spec.state, spec.op,
                                    ((long long)(start + query) * spec.heads + head) * spec.pitch() + max(0, key));
          weights[row * S::WEIGHTS + column] = u >= spec.dropout ? spec.kept : 0.f;
        }
      }
#pragma unroll
      for (int j = 0; j < S::R; j++) {
        const int query = q0 + tx + 8 * j;
        const bool there = query < length;
        const long long at = (long long)(start + query) * spec.heads + head;
        const float normalizer = there ? logSumExp[at] : 0.f, dot = there ? dots[at] : 0.f;
#pragma unroll
        for (int i = 0; i < S::R; i++) {
          const int row = ty + 8 * i, key = query - (distance + row);
          float *to = weights + row * S::WEIGHTS + tx + 8 * j, ds = 0.f;
          if (there && key >= 0 && key < length && spec.sees(query, key)) {
            const float keep = spec.dropout > 0.f ? *to : 1.f;
            ds = expf(fmaf(s[i][j], spec.scale, biasTerms[row] - normalizer)) * fmaf(keep, dp[i][j], -dot);
          }
          biasSum[i] += ds;
          *to = ds * spec.scale;
        }
      }
      __syncwarp();
      if (relative.keys) mix<S>(keySum, weights, queries, spec.headDim);
      if (relative.queries) mixTerms<S, true>(querySum, weights, keys, spec.headDim);
    }
  }
  const int distances = 2 * spec.longest - 1, rows = distances - tile * S::ROWS;
  const long long place = ((long long)run * spec.heads + head) * distances + tile * S::ROWS;
  if (relative.keys) storeRows<S>(keyPartials + place * spec.headDim, keySum, spec.headDim, rows, spec.headDim);
  if (relative.queries) storeRows<S>(queryPartials + place * spec.headDim, querySum, spec.headDim, rows, spec.headDim);
#pragma unroll
  for (int i = 0; i < S::R; i++) {
    const float sum = rowSum(biasSum[i]);
    if (relative.bias && tx == 0 && ty + 8 * i < rows) biasPartials[place + ty + 8 * i] = sum;
  }
}

// table[bucket][head] = the sum of the partial sums of all distances that fall into the bucket: a block each, with as
// many threads as a row has features or more.
ENTRY relative_attention_table_f32(const float *partials, const int *buckets, float *table, int runs, int heads,
                                   int distances, int features) {
  __shared__ int found[128];
  __shared__ int before[4];
  const int bucket = blockIdx.x, head = blockIdx.y, lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  float sum = 0.f;
  for (int d0 = 0; d0 < distances; d0 += 128) {
    // Distances of the bucket, in order.
    const int distance = d0 + threadIdx.x;
    const bool mine = distance < distances && buckets[distance] == bucket;
    const unsigned votes = __ballot_sync(0xffffffffu, mine);
    if (lane == 0) before[warp] = __popc(votes);
    __syncthreads();
    int place = __popc(votes & ((1u << lane) - 1)), count = 0;
#pragma unroll
    for (int w = 0; w < 4; w++) {
      if (w < warp) place += before[w];
      count += before[w];
    }
    if (mine) found[place] = distance;
    __syncthreads();
    if (threadIdx.x < features)
      for (int n = 0; n < count; n++)
        for (int run = 0; run < runs; run++)
          sum += partials[(((long long)run * heads + head) * distances + found[n]) * features + threadIdx.x];
    __syncthreads();
  }
  if (threadIdx.x < features) table[((long long)bucket * heads + head) * features + threadIdx.x] = sum;
}

#define ENTRIES(DIM, T, SUFFIX)                                                                                       \
  ENTRY __launch_bounds__(THREADS)                                                                                    \
      relative_attention_##DIM##_##SUFFIX(const T *q, const T *k, const T *v, RELATIVE_PARAMETERS,                    \
                                          const int *cuSeqlens, T *y, float *logSumExp, SPEC_PARAMETERS) {            \
    forward<DIM, T, true>(q, k, v, cuSeqlens, y, logSumExp, SPEC, tiles, RELATIVE_TERMS);                             \
  }                                                                                                                   \
  ENTRY __launch_bounds__(THREADS) relative_attention_backward_queries_##DIM##_##SUFFIX(                              \
      const T *q, const T *k, const T *v, const T *dy, const float *logSumExp, const float *dots,                     \
      RELATIVE_PARAMETERS, const int *cuSeqlens, T *dq, SPEC_PARAMETERS) {                                            \
    backwardQueries<DIM, T, true>(q, k, v, dy, logSumExp, dots, cuSeqlens, dq, SPEC, tiles, RELATIVE_TERMS);          \
  }                                                                                                                   \
  ENTRY __launch_bounds__(THREADS) relative_attention_backward_keys_##DIM##_##SUFFIX(                                 \
      const T *q, const T *k, const T *v, const T *dy, const float *logSumExp, const float *dots,                     \
      RELATIVE_PARAMETERS, const int *cuSeqlens, T *dk, T *dv, SPEC_PARAMETERS) {                                     \
    backwardKeys<DIM, T, true>(q, k, v, dy, logSumExp, dots, cuSeqlens, dk, dv, SPEC, tiles, RELATIVE_TERMS);         \
  }                                                                                                                   \
  ENTRY __launch_bounds__(THREADS) relative_attention_backward_tables_##DIM##_##SUFFIX(                               \
      const T *q, const T *k, const T *v, const T *dy, const float *logSumExp, const float *dots,                     \
      RELATIVE_PARAMETERS, const int *cuSeqlens, float *keyPartials, float *queryPartials, float *biasPartials,       \
      SPEC_PARAMETERS, int sequences, int runs) {                                                                     \
    backwardTables<DIM, T>(q, k, v, dy, logSumExp, dots, cuSeqlens, keyPartials, queryPartials, biasPartials, SPEC,   \
                           tiles, sequences, runs, RELATIVE_TERMS);                                                   \
  }
ENTRIES(64, float, f32)
ENTRIES(128, float, f32)
ENTRIES(64, bf16, bf16)
ENTRIES(128, bf16, bf16)
