// Attention within packed sequences, for any head size up to 256, in F32 arithmetic. q, y, dq: [tokens, heads *
// headDim]; k, v, dk, dv: [tokens, kvHeads * headDim]; logSumExp, dots: F32 [tokens, heads]; cuSeqlens: [sequences + 1].
//
// FlashAttention-2's loops (Dao, arXiv 2307.08691) on square tiles of queries and keys in shared memory. Each output
// belongs to one block, which sums in the order of positions: the forward pass and dq to a tile of queries and a head,
// dk and dv to a tile of keys and a key head. Block (x, y) has tile x % tiles of sequence x / tiles, which may lie past
// the sequence's end: so a grid depends on the batch's counts alone, and a recorded launch fits other lengths.
//
// 64 threads are 8 x 8: thread (ty, tx) has rows ty + 8 i and columns tx + 8 j of a tile of scores, and of a tile of
// rows of features the rows ty + 8 i and the groups of four columns tx + 8 g. Rows of features are padded by 16 bytes:
// eight of them, or eight neighbours in one, lie in different banks.
#pragma once
#include "attention_spec.cuh"

constexpr int THREADS = 64;

// RELATIVE: with terms for the distance of query and key, whose tables take shared memory too.
template <int DIM, bool RELATIVE> struct Tile {
  // What fits 48 KiB in the backward pass.
  static constexpr int ROWS = RELATIVE ? (DIM <= 64 ? 16 : 8) : DIM <= 64 ? 32 : DIM <= 128 ? 16 : 8;
  static constexpr int R = ROWS / 8;                                 // rows, and columns of scores, of a thread
  static constexpr int G = DIM / 32;                                 // groups of four features of a thread
  static constexpr int STRIDE = DIM + 4;
  static constexpr int WEIGHTS = ROWS + 4;
  static constexpr int DISTANCES = RELATIVE ? 2 * ROWS : 0;  // of a tile's queries and keys; one is unused
};

// The sequence and the tile of a block.
struct Place {
  int start, length, first;

  __device__ __forceinline__ Place(const int *cuSeqlens, int tiles, int rows) {
    const int sequence = blockIdx.x / tiles;
    start = cuSeqlens[sequence];
    length = cuSeqlens[sequence + 1] - start;
    first = (blockIdx.x - sequence * tiles) * rows;
  }
};

// Loads the rows of features from `first` on and before `rows`, and zeros around them and after a row's last feature.
template <typename S, typename T>
__device__ __forceinline__ void loadRows(float *to, const T *from, long long step, int rows, int headDim,
                                         int first = 0) {
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const bool wide = (headDim & 3) == 0 && (step & 3) == 0 && aligned4(from);
#pragma unroll
  for (int i = 0; i < S::R; i++) {
    const int row = ty + 8 * i;
#pragma unroll
    for (int g = 0; g < S::G; g++) {
      const int d = 4 * (tx + 8 * g);
      float v[4] = {0.f, 0.f, 0.f, 0.f};
      if (row >= first && row < rows && d < headDim) {
        const T *p = from + row * step + d;
        if (wide) {
          load4(p, v);
        } else {
#pragma unroll
          for (int e = 0; e < 4; e++)
            if (d + e < headDim) v[e] = widen(p[e]);
        }
      }
      store4(to + row * S::STRIDE + d, v);
    }
  }
}

template <typename S, typename T>
__device__ __forceinline__ void storeRows(T *to, const float (&rowsOf)[S::R][S::G][4], long long step,
                                          int rows, int headDim) {
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const bool wide = (headDim & 3) == 0 && (step & 3) == 0 && aligned4(to);
#pragma unroll
  for (int i = 0; i < S::R; i++) {
    const int row = ty + 8 * i;
#pragma unroll
    for (int g = 0; g < S::G; g++) {
      const int d = 4 * (tx + 8 * g);
      if (row < rows && d < headDim) {
        T *p = to + row * step + d;
        if (wide) {
          store4(p, rowsOf[i][g]);
        } else {
#pragma unroll
          for (int e = 0; e < 4; e++)
            if (d + e < headDim) p[e] = narrow<T>(rowsOf[i][g][e]);
        }
      }
    }
  }
}

// s[i][j] = row ty + 8 i of a times row tx + 8 j of b.
template <typename S>
__device__ __forceinline__ void products(float (&s)[S::R][S::R], const float *a, const float *b,
                                         int headDim) {
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
#pragma unroll
  for (int i = 0; i < S::R; i++)
#pragma unroll
    for (int j = 0; j < S::R; j++) s[i][j] = 0.f;
#pragma unroll 2
  for (int d = 0; d < headDim; d += 4) {
    float x[S::R][4], y[S::R][4];
#pragma unroll
    for (int i = 0; i < S::R; i++) {
      load4(a + (ty + 8 * i) * S::STRIDE + d, x[i]);
      load4(b + (tx + 8 * i) * S::STRIDE + d, y[i]);
    }
#pragma unroll
    for (int i = 0; i < S::R; i++)
#pragma unroll
      for (int j = 0; j < S::R; j++)
#pragma unroll
        for (int e = 0; e < 4; e++) s[i][j] = fmaf(x[i][e], y[j][e], s[i][j]);
  }
}

// sum += w x: w is a tile of weights, x of rows of features.
template <typename S>
__device__ __forceinline__ void mix(float (&sum)[S::R][S::G][4], const float *w, const float *x,
                                    int headDim) {
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  for (int n = 0; n < S::ROWS; n += 4) {
    float weights[S::R][4];
#pragma unroll
    for (int i = 0; i < S::R; i++) load4(w + (ty + 8 * i) * S::WEIGHTS + n, weights[i]);
#pragma unroll
    for (int g = 0; g < S::G; g++) {
      if (32 * g >= headDim) break;
#pragma unroll
      for (int e = 0; e < 4; e++) {
        float v[4];
        load4(x + (n + e) * S::STRIDE + 4 * (tx + 8 * g), v);
#pragma unroll
        for (int i = 0; i < S::R; i++)
#pragma unroll
          for (int c = 0; c < 4; c++) sum[i][g][c] = fmaf(weights[i][e], v[c], sum[i][g][c]);
      }
    }
  }
}

// Terms for the distance of query and key: scale (q keys[b] + queries[b] k) + bias[b], b being the distance's bucket.
// buckets: [2 longest - 1], distance i - j at longest - 1 + i - j; keys, queries: F32 [buckets, heads * headDim]; bias:
// F32 [buckets, heads]; each may be null.
struct Relative {
  const int *buckets;
  const float *keys, *queries, *bias;
};
#define RELATIVE_PARAMETERS                                                                                           \
  const int *buckets, const float *keyTable, const float *queryTable, const float *biasTable
#define RELATIVE_TERMS                                                                                                \
  { buckets, keyTable, queryTable, biasTable }

// Loads rows of tables for `count` neighbouring distances from `distance` on; zeros for those that the batch has not.
template <typename S>
__device__ __forceinline__ void loadTerms(float *keys, float *queries, float *bias, const Relative &relative,
                                          const Spec &spec, int head, int distance, int count) {
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  for (int row = ty; row < count; row += 8) {
    const int at = spec.longest - 1 + distance + row;
    const bool there = at >= 0 && at < 2 * spec.longest - 1;
    const long long place = there ? (long long)relative.buckets[at] * spec.heads + head : 0;
    if (tx == 0) bias[row] = there && relative.bias ? relative.bias[place] : 0.f;
    for (int d = tx; d < S::STRIDE; d += 8) {
      const bool valid = there && d < spec.headDim;
      if (relative.keys) keys[row * S::STRIDE + d] = valid ? relative.keys[place * spec.headDim + d] : 0.f;
      if (relative.queries) queries[row * S::STRIDE + d] = valid ? relative.queries[place * spec.headDim + d] : 0.f;
    }
  }
}

// In which row of what was loaded for a tile's distances a thread finds that of its row i and its column j, j - i or i - j
// being `apart`: distances are those of row and column, or of column and row if the tile is TRANSPOSED.
template <typename S, bool TRANSPOSED> __device__ __forceinline__ int distanceRow(int apart) {
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  return (TRANSPOSED ? tx - ty : ty - tx) + 8 * apart + S::ROWS - 1;
}

// Adds to s[i][j] the products of row i of a, or row j of b, with rows for distances: query times keys, and queries times
// key. Queries are the rows, a, or in a TRANSPOSED tile the columns, b.
template <typename S, bool TRANSPOSED>
__device__ __forceinline__ void addTerms(float (&s)[S::R][S::R], const float *a, const float *b, const float *keys,
                                         const float *queries, int headDim) {
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
#pragma unroll
  for (int side = 0; side < 2; side++) {
    const float *table = side == 0 ? keys : queries;
    if (!table) continue;
    const bool byRow = (side == 0) != TRANSPOSED;  // which of the two is multiplied
    for (int d = 0; d < headDim; d += 4) {
      float x[S::R][4], t[2 * S::R - 1][4];
#pragma unroll
      for (int i = 0; i < S::R; i++)
        load4(byRow ? a + (ty + 8 * i) * S::STRIDE + d : b + (tx + 8 * i) * S::STRIDE + d, x[i]);
#pragma unroll
      for (int n = 0; n < 2 * S::R - 1; n++)
        load4(table + distanceRow<S, TRANSPOSED>(n - (S::R - 1)) * S::STRIDE + d, t[n]);
#pragma unroll
      for (int i = 0; i < S::R; i++)
#pragma unroll
        for (int j = 0; j < S::R; j++)
#pragma unroll
          for (int e = 0; e < 4; e++) {
            const int n = (TRANSPOSED ? j - i : i - j) + S::R - 1;
            s[i][j] = fmaf(byRow ? x[i][e] : x[j][e], t[n][e], s[i][j]);
          }
    }
  }
}

// sum[i] += w[i][n] times the row for the distance of i and n.
template <typename S, bool TRANSPOSED>
__device__ __forceinline__ void mixTerms(float (&sum)[S::R][S::G][4], const float *w, const float *table,
                                         int headDim) {
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  for (int n = 0; n < S::ROWS; n++) {
#pragma unroll
    for (int i = 0; i < S::R; i++) {
      const int row = ty + 8 * i;
      const float weight = w[row * S::WEIGHTS + n];
      const float *from = table + ((TRANSPOSED ? n - row : row - n) + S::ROWS - 1) * S::STRIDE;
#pragma unroll
      for (int g = 0; g < S::G; g++) {
        if (32 * g >= headDim) break;
        float v[4];
        load4(from + 4 * (tx + 8 * g), v);
#pragma unroll
        for (int c = 0; c < 4; c++) sum[i][g][c] = fmaf(weight, v[c], sum[i][g][c]);
      }
    }
  }
}

// Over the eight threads of a row.
__device__ __forceinline__ float rowMax(float v) {
#pragma unroll
  for (int o = 4; o > 0; o >>= 1) v = fmaxf(v, __shfl_xor_sync(0xffffffffu, v, o));
  return v;
}
__device__ __forceinline__ float rowSum(float v) {
#pragma unroll
  for (int o = 4; o > 0; o >>= 1) v += __shfl_xor_sync(0xffffffffu, v, o);
  return v;
}

// Fills a tile with what dropout multiplies weights by, keys being its columns or its rows, from its first query and key
// on. A warp fills the rows that it reads; four neighbouring keys share a block of random words.
template <typename S, bool KEYS_ARE_ROWS>
__device__ __forceinline__ void drawKept(float *tile, const Spec &spec, long long token, int head, int key) {
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7, lane = threadIdx.x & 31;
  if (KEYS_ARE_ROWS ? lane < S::ROWS : tx < S::ROWS / 4) {
#pragma unroll 1
    for (int i = 0; i < S::R; i++) {
      const int query = KEYS_ARE_ROWS ? lane : ty + 8 * i, first = KEYS_ARE_ROWS ? (ty & 4) + 8 * i : 4 * tx;
      const long long row = ((token + query) * spec.heads + head) * spec.pitch();
      uint32_t words[4];
      philox(spec.state, spec.op, (row + key + first) >> 2, words);
#pragma unroll
      for (int e = 0; e < 4; e++)
        tile[KEYS_ARE_ROWS ? (first + e) * S::WEIGHTS + query : query * S::WEIGHTS + first + e] =
            uniform(words[e]) >= spec.dropout ? spec.kept : 0.f;
    }
  }
  __syncwarp();
}

template <int DIM, typename T, bool RELATIVE>
__device__ __forceinline__ void forward(const T *q, const T *k, const T *v, const int *cuSeqlens, T *y,
                                        float *logSumExp, const Spec &spec,
    int tiles, const Relative &relative) {
  using S = Tile<DIM, RELATIVE>;
  __shared__ __align__(16) float queries[S::ROWS * S::STRIDE], keys[S::ROWS * S::STRIDE], values[S::ROWS * S::STRIDE];
  __shared__ __align__(16) float weights[S::ROWS * S::WEIGHTS];
  __shared__ __align__(16) float keyTerms[RELATIVE ? S::DISTANCES * S::STRIDE : 4],
      queryTerms[RELATIVE ? S::DISTANCES * S::STRIDE : 4], biasTerms[RELATIVE ? S::DISTANCES : 1];
  const Place at(cuSeqlens, tiles, S::ROWS);
  if (at.first >= at.length) return;
  const bool drops = spec.dropout > 0.f;
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const int head = blockIdx.y, kvHead = head / (spec.heads / spec.kvHeads);
  const int rows = min(S::ROWS, at.length - at.first);
  const long long step = (long long)spec.heads * spec.headDim, kvStep = (long long)spec.kvHeads * spec.headDim;
  const long long place = (at.start + at.first) * step + head * spec.headDim;
  const long long kvPlace = at.start * kvStep + kvHead * spec.headDim;
  loadRows<S>(queries, q + place, step, rows, spec.headDim);
  float sum[S::R][S::G][4] = {}, top[S::R], total[S::R];
#pragma unroll
  for (int i = 0; i < S::R; i++) {
    top[i] = -INFINITY;
    total[i] = 0.f;
  }
  const int end = spec.endKey(at.first + rows, at.length);
  for (int k0 = spec.firstKey(at.first) / S::ROWS * S::ROWS; k0 < end; k0 += S::ROWS) {
    const int count = min(S::ROWS, at.length - k0);
    __syncthreads();  // the tile before was read by all
    loadRows<S>(keys, k + kvPlace + k0 * kvStep, kvStep, count, spec.headDim);
    loadRows<S>(values, v + kvPlace + k0 * kvStep, kvStep, count, spec.headDim);
    if constexpr (RELATIVE)
      loadTerms<S>(keyTerms, queryTerms, biasTerms, relative, spec, head, at.first - k0 - (S::ROWS - 1), 2 * S::ROWS - 1);
    __syncthreads();
    float s[S::R][S::R];
    products<S>(s, queries, keys, spec.headDim);
    if constexpr (RELATIVE)
      addTerms<S, false>(s, queries, keys, relative.keys ? keyTerms : nullptr, relative.queries ? queryTerms : nullptr,
                         spec.headDim);
    if (drops) drawKept<S, false>(weights, spec, at.start + at.first, head, k0);
#pragma unroll
    for (int i = 0; i < S::R; i++) {
      const int query = at.first + ty + 8 * i;
      float max = top[i];
#pragma unroll
      for (int j = 0; j < S::R; j++) {
        const int key = k0 + tx + 8 * j;
        const float added = RELATIVE ? biasTerms[distanceRow<S, false>(i - j)] : 0.f;
        s[i][j] = key < at.length && spec.sees(query, key) ? fmaf(s[i][j], spec.scale, added) : -INFINITY;
        max = fmaxf(max, s[i][j]);
      }
      max = rowMax(max);
      // A row that has seen no key yet keeps its zeros: the difference of two infinities is no number.
      const float base = max == -INFINITY ? 0.f : max, shrink = expf(top[i] - base);
      top[i] = max;
      float added = 0.f;
#pragma unroll
      for (int j = 0; j < S::R; j++) {
        const float weight = expf(s[i][j] - base);
        added += weight;
        float *to = weights + (ty + 8 * i) * S::WEIGHTS + tx + 8 * j;
        *to = drops ? weight * *to : weight;
      }
      total[i] = fmaf(total[i], shrink, rowSum(added));
#pragma unroll
      for (int g = 0; g < S::G; g++)
#pragma unroll
        for (int e = 0; e < 4; e++) sum[i][g][e] *= shrink;
    }
    __syncwarp();  // a row's weights are read by the warp that wrote them
    mix<S>(sum, weights, values, spec.headDim);
  }
#pragma unroll
  for (int i = 0; i < S::R; i++) {
    const float inverse = 1.f / total[i];
#pragma unroll
    for (int g = 0; g < S::G; g++)
#pragma unroll
      for (int e = 0; e < 4; e++) sum[i][g][e] *= inverse;
    if (logSumExp && tx == 0 && ty + 8 * i < rows)
      logSumExp[(long long)(at.start + at.first + ty + 8 * i) * spec.heads + head] = top[i] + logf(total[i]);
  }
  storeRows<S>(y + place, sum, step, rows, spec.headDim);
}

// dq of a tile of queries: with P = exp(S - logSumExp) and dP = keep (dy v^T), dS = P (dP - dots), dq = scale dS k.
template <int DIM, typename T, bool RELATIVE>
__device__ __forceinline__ void backwardQueries(const T *q, const T *k, const T *v, const T *dy,
                                                const float *logSumExp, const float *dots, const int *cuSeqlens,
                                                T *dq, const Spec &spec,
    int tiles, const Relative &relative) {
  using S = Tile<DIM, RELATIVE>;
  __shared__ __align__(16) float queries[S::ROWS * S::STRIDE], upstream[S::ROWS * S::STRIDE],
      keys[S::ROWS * S::STRIDE], values[S::ROWS * S::STRIDE];
  __shared__ __align__(16) float weights[S::ROWS * S::WEIGHTS];
  __shared__ __align__(16) float keyTerms[RELATIVE ? S::DISTANCES * S::STRIDE : 4],
      queryTerms[RELATIVE ? S::DISTANCES * S::STRIDE : 4], biasTerms[RELATIVE ? S::DISTANCES : 1];
  const Place at(cuSeqlens, tiles, S::ROWS);
  if (at.first >= at.length) return;
  const bool drops = spec.dropout > 0.f;
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const int head = blockIdx.y, kvHead = head / (spec.heads / spec.kvHeads);
  const int rows = min(S::ROWS, at.length - at.first);
  const long long step = (long long)spec.heads * spec.headDim, kvStep = (long long)spec.kvHeads * spec.headDim;
  const long long place = (at.start + at.first) * step + head * spec.headDim;
  const long long kvPlace = at.start * kvStep + kvHead * spec.headDim;
  loadRows<S>(queries, q + place, step, rows, spec.headDim);
  loadRows<S>(upstream, dy + place, step, rows, spec.headDim);
  float sum[S::R][S::G][4] = {}, normalizer[S::R], dot[S::R];
#pragma unroll
  for (int i = 0; i < S::R; i++) {
    const int row = ty + 8 * i;
    const long long token = at.start + at.first + row;
    normalizer[i] = row < rows ? logSumExp[token * spec.heads + head] : 0.f;
    dot[i] = row < rows ? dots[token * spec.heads + head] : 0.f;
  }
  const int end = spec.endKey(at.first + rows, at.length);
  for (int k0 = spec.firstKey(at.first) / S::ROWS * S::ROWS; k0 < end; k0 += S::ROWS) {
    const int count = min(S::ROWS, at.length - k0);
    __syncthreads();
    loadRows<S>(keys, k + kvPlace + k0 * kvStep, kvStep, count, spec.headDim);
    loadRows<S>(values, v + kvPlace + k0 * kvStep, kvStep, count, spec.headDim);
    if constexpr (RELATIVE)
      loadTerms<S>(keyTerms, queryTerms, biasTerms, relative, spec, head, at.first - k0 - (S::ROWS - 1), 2 * S::ROWS - 1);
    __syncthreads();
    float s[S::R][S::R], dp[S::R][S::R];
    products<S>(s, queries, keys, spec.headDim);
    if constexpr (RELATIVE)
      addTerms<S, false>(s, queries, keys, relative.keys ? keyTerms : nullptr, relative.queries ? queryTerms : nullptr,
                         spec.headDim);
    products<S>(dp, upstream, values, spec.headDim);
    if (drops) drawKept<S, false>(weights, spec, at.start + at.first, head, k0);
#pragma unroll
    for (int i = 0; i < S::R; i++)
#pragma unroll
      for (int j = 0; j < S::R; j++) {
        const int query = at.first + ty + 8 * i, key = k0 + tx + 8 * j;
        float *to = weights + (ty + 8 * i) * S::WEIGHTS + tx + 8 * j, ds = 0.f;
        if (ty + 8 * i < rows && key < at.length && spec.sees(query, key)) {
          const float keep = drops ? *to : 1.f;
          const float added = RELATIVE ? biasTerms[distanceRow<S, false>(i - j)] : 0.f;
          ds = expf(fmaf(s[i][j], spec.scale, added - normalizer[i])) * fmaf(keep, dp[i][j], -dot[i]) * spec.scale;
        }
        *to = ds;
      }
    __syncwarp();
    mix<S>(sum, weights, keys, spec.headDim);
    if constexpr (RELATIVE)
      if (relative.keys) mixTerms<S, false>(sum, weights, keyTerms, spec.headDim);
  }
  storeRows<S>(dq + place, sum, step, rows, spec.headDim);
}

// dk and dv of a tile of keys, over the queries of all heads that read them: dv = (keep P)^T dy, dk = scale dS^T q.
template <int DIM, typename T, bool RELATIVE>
__device__ __forceinline__ void backwardKeys(const T *q, const T *k, const T *v, const T *dy, const float *logSumExp,
                                             const float *dots, const int *cuSeqlens, T *dk, T *dv, const Spec &spec,
    int tiles, const Relative &relative) {
  using S = Tile<DIM, RELATIVE>;
  __shared__ __align__(16) float queries[S::ROWS * S::STRIDE], upstream[S::ROWS * S::STRIDE],
      keys[S::ROWS * S::STRIDE], values[S::ROWS * S::STRIDE];
  __shared__ __align__(16) float weights[S::ROWS * S::WEIGHTS], scores[S::ROWS * S::WEIGHTS];
  __shared__ __align__(16) float keyTerms[RELATIVE ? S::DISTANCES * S::STRIDE : 4],
      queryTerms[RELATIVE ? S::DISTANCES * S::STRIDE : 4], biasTerms[RELATIVE ? S::DISTANCES : 1];
  const Place at(cuSeqlens, tiles, S::ROWS);
  if (at.first >= at.length) return;
  const bool drops = spec.dropout > 0.f;
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const int group = spec.heads / spec.kvHeads, kvHead = blockIdx.y;
  const int rows = min(S::ROWS, at.length - at.first);
  const long long step = (long long)spec.heads * spec.headDim, kvStep = (long long)spec.kvHeads * spec.headDim;
  const long long kvPlace = (at.start + at.first) * kvStep + kvHead * spec.headDim;
  loadRows<S>(keys, k + kvPlace, kvStep, rows, spec.headDim);
  loadRows<S>(values, v + kvPlace, kvStep, rows, spec.headDim);
  float keySum[S::R][S::G][4] = {}, valueSum[S::R][S::G][4] = {};
  const int end = spec.endQuery(at.first + rows, at.length);
  for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
    for (int q0 = spec.firstQuery(at.first) / S::ROWS * S::ROWS; q0 < end; q0 += S::ROWS) {
      const int count = min(S::ROWS, at.length - q0);
      const long long place = (at.start + q0) * step + head * spec.headDim;
      __syncthreads();
      loadRows<S>(queries, q + place, step, count, spec.headDim);
      loadRows<S>(upstream, dy + place, step, count, spec.headDim);
      if constexpr (RELATIVE)
        loadTerms<S>(keyTerms, queryTerms, biasTerms, relative, spec, head, q0 - at.first - (S::ROWS - 1), 2 * S::ROWS - 1);
      __syncthreads();
      float s[S::R][S::R], dp[S::R][S::R];
      products<S>(s, keys, queries, spec.headDim);
      if constexpr (RELATIVE)
        addTerms<S, true>(s, keys, queries, relative.keys ? keyTerms : nullptr,
                          relative.queries ? queryTerms : nullptr, spec.headDim);
      products<S>(dp, values, upstream, spec.headDim);
      if (drops) drawKept<S, true>(weights, spec, at.start + q0, head, at.first);
#pragma unroll
      for (int j = 0; j < S::R; j++) {
        const int query = q0 + tx + 8 * j;
        const bool there = query < at.length;
        const long long token = at.start + query;
        const float normalizer = there ? logSumExp[token * spec.heads + head] : 0.f;
        const float dot = there ? dots[token * spec.heads + head] : 0.f;
#pragma unroll
        for (int i = 0; i < S::R; i++) {
          const int key = at.first + ty + 8 * i;
          float *to = weights + (ty + 8 * i) * S::WEIGHTS + tx + 8 * j, weight = 0.f, ds = 0.f;
          if (there && ty + 8 * i < rows && spec.sees(query, key)) {
            const float keep = drops ? *to : 1.f;
            const float added = RELATIVE ? biasTerms[distanceRow<S, true>(j - i)] : 0.f;
            const float p = expf(fmaf(s[i][j], spec.scale, added - normalizer));
            weight = p * keep;
            ds = p * fmaf(keep, dp[i][j], -dot) * spec.scale;
          }
          *to = weight;
          scores[(ty + 8 * i) * S::WEIGHTS + tx + 8 * j] = ds;
        }
      }
      __syncwarp();
      mix<S>(valueSum, weights, upstream, spec.headDim);
      mix<S>(keySum, scores, queries, spec.headDim);
      if constexpr (RELATIVE)
        if (relative.queries) mixTerms<S, true>(keySum, scores, queryTerms, spec.headDim);
    }
  }
  storeRows<S>(dk + kvPlace, keySum, kvStep, rows, spec.headDim);
  storeRows<S>(dv + kvPlace, valueSum, kvStep, rows, spec.headDim);
}
