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
#include "common.cuh"

constexpr int THREADS = 64;

template <int DIM> struct Tile {
  static constexpr int ROWS = DIM <= 64 ? 32 : DIM <= 128 ? 16 : 8;  // what fits 48 KiB in the backward pass
  static constexpr int R = ROWS / 8;                                 // rows, and columns of scores, of a thread
  static constexpr int G = DIM / 32;                                 // groups of four features of a thread
  static constexpr int STRIDE = DIM + 4;
  static constexpr int WEIGHTS = ROWS + 4;
};

struct Spec {
  int heads, kvHeads, headDim, longest, causal, window;
  float scale, dropout, kept;  // kept: 1 / (1 - dropout)
  const RandomState *state;
  int op;

  // Whether a query sees a key, both being positions in the sequence.
  __device__ __forceinline__ bool sees(int query, int key) const {
    return causal ? key <= query && query - key <= window : query - key <= window && key - query <= window;
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

// Loads `rows` rows of features, and zeros after them and after a row's last feature.
template <int DIM, typename T>
__device__ __forceinline__ void loadRows(float *to, const T *from, long long step, int rows, int headDim) {
  using S = Tile<DIM>;
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const bool wide = (headDim & 3) == 0 && (step & 3) == 0 && aligned4(from);
#pragma unroll
  for (int i = 0; i < S::R; i++) {
    const int row = ty + 8 * i;
#pragma unroll
    for (int g = 0; g < S::G; g++) {
      const int d = 4 * (tx + 8 * g);
      float v[4] = {0.f, 0.f, 0.f, 0.f};
      if (row < rows && d < headDim) {
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

template <int DIM, typename T>
__device__ __forceinline__ void storeRows(T *to, const float (&rowsOf)[Tile<DIM>::R][Tile<DIM>::G][4], long long step,
                                          int rows, int headDim) {
  using S = Tile<DIM>;
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
template <int DIM>
__device__ __forceinline__ void products(float (&s)[Tile<DIM>::R][Tile<DIM>::R], const float *a, const float *b,
                                         int headDim) {
  using S = Tile<DIM>;
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
template <int DIM>
__device__ __forceinline__ void mix(float (&sum)[Tile<DIM>::R][Tile<DIM>::G][4], const float *w, const float *x,
                                    int headDim) {
  using S = Tile<DIM>;
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
template <int DIM, bool KEYS_ARE_ROWS>
__device__ __forceinline__ void drawKept(float *tile, const Spec &spec, long long token, int head, int key) {
  using S = Tile<DIM>;
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7, lane = threadIdx.x & 31;
  if (KEYS_ARE_ROWS ? lane < S::ROWS : tx < S::ROWS / 4) {
#pragma unroll 1
    for (int i = 0; i < S::R; i++) {
      const int query = KEYS_ARE_ROWS ? lane : ty + 8 * i, first = KEYS_ARE_ROWS ? (ty & 4) + 8 * i : 4 * tx;
      const long long row = ((token + query) * spec.heads + head) * ((spec.longest + 3) & ~3);
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

template <int DIM, typename T>
__device__ __forceinline__ void forward(const T *q, const T *k, const T *v, const int *cuSeqlens, T *y,
                                        float *logSumExp, const Spec &spec, int tiles) {
  using S = Tile<DIM>;
  __shared__ __align__(16) float queries[S::ROWS * S::STRIDE], keys[S::ROWS * S::STRIDE], values[S::ROWS * S::STRIDE];
  __shared__ __align__(16) float weights[S::ROWS * S::WEIGHTS];
  const Place at(cuSeqlens, tiles, S::ROWS);
  if (at.first >= at.length) return;
  const bool drops = spec.dropout > 0.f;
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const int head = blockIdx.y, kvHead = head / (spec.heads / spec.kvHeads);
  const int rows = min(S::ROWS, at.length - at.first);
  const long long step = (long long)spec.heads * spec.headDim, kvStep = (long long)spec.kvHeads * spec.headDim;
  const long long place = (at.start + at.first) * step + head * spec.headDim;
  const long long kvPlace = at.start * kvStep + kvHead * spec.headDim;
  loadRows<DIM>(queries, q + place, step, rows, spec.headDim);
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
    loadRows<DIM>(keys, k + kvPlace + k0 * kvStep, kvStep, count, spec.headDim);
    loadRows<DIM>(values, v + kvPlace + k0 * kvStep, kvStep, count, spec.headDim);
    __syncthreads();
    float s[S::R][S::R];
    products<DIM>(s, queries, keys, spec.headDim);
    if (drops) drawKept<DIM, false>(weights, spec, at.start + at.first, head, k0);
#pragma unroll
    for (int i = 0; i < S::R; i++) {
      const int query = at.first + ty + 8 * i;
      float max = top[i];
#pragma unroll
      for (int j = 0; j < S::R; j++) {
        const int key = k0 + tx + 8 * j;
        s[i][j] = key < at.length && spec.sees(query, key) ? s[i][j] * spec.scale : -INFINITY;
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
    mix<DIM>(sum, weights, values, spec.headDim);
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
  storeRows<DIM>(y + place, sum, step, rows, spec.headDim);
}

// dots[row] = dy[row] times y[row], rows being those of a head: a warp each.
template <typename T>
__device__ __forceinline__ void dotRows(const T *y, const T *dy, float *dots, long long rows, int headDim) {
  const long long row = blockIdx.x * (long long)(blockDim.x / 32) + threadIdx.x / 32;
  if (row >= rows) return;
  float sum = 0.f;
  for (int d = threadIdx.x & 31; d < headDim; d += 32)
    sum = fmaf(widen(y[row * headDim + d]), widen(dy[row * headDim + d]), sum);
  sum = warpSum(sum);
  if ((threadIdx.x & 31) == 0) dots[row] = sum;
}

// dq of a tile of queries: with P = exp(S - logSumExp) and dP = keep (dy v^T), dS = P (dP - dots), dq = scale dS k.
template <int DIM, typename T>
__device__ __forceinline__ void backwardQueries(const T *q, const T *k, const T *v, const T *dy,
                                                const float *logSumExp, const float *dots, const int *cuSeqlens,
                                                T *dq, const Spec &spec, int tiles) {
  using S = Tile<DIM>;
  __shared__ __align__(16) float queries[S::ROWS * S::STRIDE], upstream[S::ROWS * S::STRIDE],
      keys[S::ROWS * S::STRIDE], values[S::ROWS * S::STRIDE];
  __shared__ __align__(16) float weights[S::ROWS * S::WEIGHTS];
  const Place at(cuSeqlens, tiles, S::ROWS);
  if (at.first >= at.length) return;
  const bool drops = spec.dropout > 0.f;
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const int head = blockIdx.y, kvHead = head / (spec.heads / spec.kvHeads);
  const int rows = min(S::ROWS, at.length - at.first);
  const long long step = (long long)spec.heads * spec.headDim, kvStep = (long long)spec.kvHeads * spec.headDim;
  const long long place = (at.start + at.first) * step + head * spec.headDim;
  const long long kvPlace = at.start * kvStep + kvHead * spec.headDim;
  loadRows<DIM>(queries, q + place, step, rows, spec.headDim);
  loadRows<DIM>(upstream, dy + place, step, rows, spec.headDim);
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
    loadRows<DIM>(keys, k + kvPlace + k0 * kvStep, kvStep, count, spec.headDim);
    loadRows<DIM>(values, v + kvPlace + k0 * kvStep, kvStep, count, spec.headDim);
    __syncthreads();
    float s[S::R][S::R], dp[S::R][S::R];
    products<DIM>(s, queries, keys, spec.headDim);
    products<DIM>(dp, upstream, values, spec.headDim);
    if (drops) drawKept<DIM, false>(weights, spec, at.start + at.first, head, k0);
#pragma unroll
    for (int i = 0; i < S::R; i++)
#pragma unroll
      for (int j = 0; j < S::R; j++) {
        const int query = at.first + ty + 8 * i, key = k0 + tx + 8 * j;
        float *to = weights + (ty + 8 * i) * S::WEIGHTS + tx + 8 * j, ds = 0.f;
        if (ty + 8 * i < rows && key < at.length && spec.sees(query, key)) {
          const float keep = drops ? *to : 1.f;
          ds = expf(fmaf(s[i][j], spec.scale, -normalizer[i])) * fmaf(keep, dp[i][j], -dot[i]) * spec.scale;
        }
        *to = ds;
      }
    __syncwarp();
    mix<DIM>(sum, weights, keys, spec.headDim);
  }
  storeRows<DIM>(dq + place, sum, step, rows, spec.headDim);
}

// dk and dv of a tile of keys, over the queries of all heads that read them: dv = (keep P)^T dy, dk = scale dS^T q.
template <int DIM, typename T>
__device__ __forceinline__ void backwardKeys(const T *q, const T *k, const T *v, const T *dy, const float *logSumExp,
                                             const float *dots, const int *cuSeqlens, T *dk, T *dv, const Spec &spec,
                                             int tiles) {
  using S = Tile<DIM>;
  __shared__ __align__(16) float queries[S::ROWS * S::STRIDE], upstream[S::ROWS * S::STRIDE],
      keys[S::ROWS * S::STRIDE], values[S::ROWS * S::STRIDE];
  __shared__ __align__(16) float weights[S::ROWS * S::WEIGHTS], scores[S::ROWS * S::WEIGHTS];
  const Place at(cuSeqlens, tiles, S::ROWS);
  if (at.first >= at.length) return;
  const bool drops = spec.dropout > 0.f;
  const int ty = threadIdx.x >> 3, tx = threadIdx.x & 7;
  const int group = spec.heads / spec.kvHeads, kvHead = blockIdx.y;
  const int rows = min(S::ROWS, at.length - at.first);
  const long long step = (long long)spec.heads * spec.headDim, kvStep = (long long)spec.kvHeads * spec.headDim;
  const long long kvPlace = (at.start + at.first) * kvStep + kvHead * spec.headDim;
  loadRows<DIM>(keys, k + kvPlace, kvStep, rows, spec.headDim);
  loadRows<DIM>(values, v + kvPlace, kvStep, rows, spec.headDim);
  float keySum[S::R][S::G][4] = {}, valueSum[S::R][S::G][4] = {};
  const int end = spec.endQuery(at.first + rows, at.length);
  for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
    for (int q0 = spec.firstQuery(at.first) / S::ROWS * S::ROWS; q0 < end; q0 += S::ROWS) {
      const int count = min(S::ROWS, at.length - q0);
      const long long place = (at.start + q0) * step + head * spec.headDim;
      __syncthreads();
      loadRows<DIM>(queries, q + place, step, count, spec.headDim);
      loadRows<DIM>(upstream, dy + place, step, count, spec.headDim);
      __syncthreads();
      float s[S::R][S::R], dp[S::R][S::R];
      products<DIM>(s, keys, queries, spec.headDim);
      products<DIM>(dp, values, upstream, spec.headDim);
      if (drops) drawKept<DIM, true>(weights, spec, at.start + q0, head, at.first);
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
            const float p = expf(fmaf(s[i][j], spec.scale, -normalizer));
            weight = p * keep;
            ds = p * fmaf(keep, dp[i][j], -dot) * spec.scale;
          }
          *to = weight;
          scores[(ty + 8 * i) * S::WEIGHTS + tx + 8 * j] = ds;
        }
      }
      __syncwarp();
      mix<DIM>(valueSum, weights, upstream, spec.headDim);
      mix<DIM>(keySum, scores, queries, spec.headDim);
    }
  }
  storeRows<DIM>(dk + kvPlace, keySum, kvStep, rows, spec.headDim);
  storeRows<DIM>(dv + kvPlace, valueSum, kvStep, rows, spec.headDim);
}

#define ENTRIES(DIM, T, SUFFIX)                                                                                       \
  ENTRY __launch_bounds__(THREADS)                                                                                    \
      attention_##DIM##_##SUFFIX(const T *q, const T *k, const T *v, const int *cuSeqlens, T *y, float *logSumExp,    \
                                 SPEC_PARAMETERS) {                                                                   \
    forward<DIM, T>(q, k, v, cuSeqlens, y, logSumExp, SPEC, tiles);                                                   \
  }                                                                                                                   \
  ENTRY __launch_bounds__(THREADS) attention_backward_queries_##DIM##_##SUFFIX(                                       \
      const T *q, const T *k, const T *v, const T *dy, const float *logSumExp, const float *dots,                     \
      const int *cuSeqlens, T *dq, SPEC_PARAMETERS) {                                                                 \
    backwardQueries<DIM, T>(q, k, v, dy, logSumExp, dots, cuSeqlens, dq, SPEC, tiles);                                \
  }                                                                                                                   \
  ENTRY __launch_bounds__(THREADS) attention_backward_keys_##DIM##_##SUFFIX(                                          \
      const T *q, const T *k, const T *v, const T *dy, const float *logSumExp, const float *dots,                     \
      const int *cuSeqlens, T *dk, T *dv, SPEC_PARAMETERS) {                                                          \
    backwardKeys<DIM, T>(q, k, v, dy, logSumExp, dots, cuSeqlens, dk, dv, SPEC, tiles);                               \
  }
ENTRIES(32, float, f32)
ENTRIES(64, float, f32)
ENTRIES(128, float, f32)
ENTRIES(256, float, f32)
ENTRIES(32, bf16, bf16)
ENTRIES(64, bf16, bf16)
ENTRIES(128, bf16, bf16)
ENTRIES(256, bf16, bf16)

ENTRY attention_dots_f32(const float *y, const float *dy, float *dots, long long rows, int headDim) {
  dotRows(y, dy, dots, rows, headDim);
}
ENTRY attention_dots_bf16(const bf16 *y, const bf16 *dy, float *dots, long long rows, int headDim) {
  dotRows(y, dy, dots, rows, headDim);
}
