// targets: sm_80
// Attention within packed sequences on tensor cores, BF16 with F32 sums, for head sizes that are multiples of 8 up to
// 128. q, y, dy, dq: [tokens, heads * headDim]; k, v, dk, dv: [tokens, kvHeads * headDim]; logSumExp, dots: F32 [tokens,
// heads]; cuSeqlens: [sequences + 1].
//
// FlashAttention-2 (Dao, arXiv 2307.08691). The query heads that share a key head are rows of one matrix: row r of a
// sequence is query r / group and head r % group, so that tiles are full although sequences are short, and keys are read
// once for all of them. A warp owns 16 M rows of queries, or 16 keys in the pass that makes dk and dv, and keeps all its
// scores in registers: the accumulators of one product are laid out like the operand of the next. Blocks have as many
// warps as the longest sequence has use for. Each output belongs to one warp, which sums in the order of positions.
// Block (x, y) has tile x % tiles of sequence x / tiles, which may lie past the sequence's end, and key head y.
#include "mma.cuh"

constexpr int KEYS = 64;  // keys, or rows of queries in the pass over keys, of a tile that all warps of a block read
constexpr float LOG2E = 1.44269504f, LN2 = 0.69314718f;

struct Spec {
  int heads, kvHeads, headDim, longest, causal, window;
  float scale, dropout, kept;  // kept: 1 / (1 - dropout)
  const RandomState *state;
  int op;

  __device__ __forceinline__ int group() const { return heads / kvHeads; }
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

// The sequence, tile and key head of a block.
struct Place {
  int start, length, tile, kvHead, group, rows;  // rows: of the whole sequence

  __device__ __forceinline__ Place(const int *cuSeqlens, const Spec &spec, int tiles) {
    const int sequence = blockIdx.x / tiles;
    start = cuSeqlens[sequence];
    length = cuSeqlens[sequence + 1] - start;
    tile = blockIdx.x - sequence * tiles;
    kvHead = blockIdx.y;
    group = spec.group();
    rows = length * group;
  }
  __device__ __forceinline__ int query(int row) const { return group == 1 ? row : (int)((unsigned)row / (unsigned)group); }
  // Where a row's features are, in heads; also where its normalizer is.
  __device__ __forceinline__ long long row(int row, const Spec &spec) const {
    const int q = query(row);
    return (long long)(start + q) * spec.heads + kvHead * group + (row - q * group);
  }
  __device__ __forceinline__ long long key(int key, const Spec &spec) const {
    return (long long)(start + key) * spec.kvHeads + kvHead;
  }
};

// Rows of DIM features in shared memory: chunks of 16 bytes, so swizzled that eight rows at one chunk, which an ldmatrix
// reads, lie in different banks.
template <int DIM> struct Shared {
  static constexpr int BYTES = 2 * DIM, CHUNKS = DIM / 8, STEPS = DIM / 16;

  __device__ static __forceinline__ uint32_t at(int row, int chunk) {
    return row * BYTES + ((chunk ^ (DIM == 32 ? (row >> 1) & 3 : row & 7)) << 4);
  }
  // Left operand: 16 rows from `row` on, features 16 i to 16 i + 15.
  __device__ static __forceinline__ void left(uint32_t (&f)[4], uint32_t base, int row, int i) {
    const int lane = threadIdx.x & 31;
    ldmatrix4(f, base + at(row + (lane & 15), 2 * i + (lane >> 4)));
  }
  // Right operand of a product over features: 16 rows are two blocks of columns.
  __device__ static __forceinline__ void right(uint32_t (&f)[4], uint32_t base, int row, int i) {
    const int lane = threadIdx.x & 31;
    ldmatrix4(f, base + at(row + (lane & 7) + ((lane >> 4) << 3), 2 * i + ((lane >> 3) & 1)));
  }
  // Right operand of a product over 16 rows: features 16 i to 16 i + 15 are two blocks of columns.
  __device__ static __forceinline__ void rightOverRows(uint32_t (&f)[4], uint32_t base, int row, int i) {
    const int lane = threadIdx.x & 31;
    ldmatrix4Transposed(f, base + at(row + (lane & 15), 2 * i + (lane >> 4)));
  }

  // Copies rows; those for which `place` gives a negative place become zeros, as do features past headDim.
  template <typename P>
  __device__ static __forceinline__ void copy(uint32_t base, const bf16 *from, int rows, int headDim, P place) {
    for (int c = threadIdx.x; c < rows * CHUNKS; c += blockDim.x) {
      const int row = c / CHUNKS, chunk = c % CHUNKS;
      const long long p = place(row);
      const bool valid = p >= 0 && chunk * 8 < headDim;
      copy16(base + at(row, chunk), from + (valid ? p * headDim + chunk * 8 : 0), valid);
    }
  }
  // Copies two arrays of like shape.
  template <typename P>
  __device__ static __forceinline__ void copy2(uint32_t base, const bf16 *from, uint32_t base2, const bf16 *from2,
                                               int rows, int headDim, P place) {
    for (int c = threadIdx.x; c < rows * CHUNKS; c += blockDim.x) {
      const int row = c / CHUNKS, chunk = c % CHUNKS;
      const long long p = place(row);
      const bool valid = p >= 0 && chunk * 8 < headDim;
      const long long element = valid ? p * headDim + chunk * 8 : 0;
      copy16(base + at(row, chunk), from + element, valid);
      copy16(base2 + at(row, chunk), from2 + element, valid);
    }
  }

  // Writes 16 rows that a warp holds as accumulators, through rows of shared memory that are the warp's own.
  template <typename P>
  __device__ static __forceinline__ void store(bf16 *to, uint8_t *memory, uint32_t base, int first,
                                               const float (&sum)[2 * STEPS][4], float low, float high, int headDim,
                                               P place) {
    const int lane = threadIdx.x & 31;
#pragma unroll
    for (int j = 0; j < 2 * STEPS; j++) {
      *reinterpret_cast<uint32_t *>(memory + base + at(first + (lane >> 2), j) + (lane & 3) * 4) =
          pack2(sum[j][0] * low, sum[j][1] * low);
      *reinterpret_cast<uint32_t *>(memory + base + at(first + 8 + (lane >> 2), j) + (lane & 3) * 4) =
          pack2(sum[j][2] * high, sum[j][3] * high);
    }
    __syncwarp();
#pragma unroll
    for (int c = lane; c < 16 * CHUNKS; c += 32) {
      const int row = c / CHUNKS, chunk = c % CHUNKS;
      const long long p = place(row);
      if (p >= 0 && chunk * 8 < headDim)
        *reinterpret_cast<uint4 *>(to + p * headDim + chunk * 8) =
            *reinterpret_cast<const uint4 *>(memory + base + at(first + row, chunk));
    }
  }
};

// Accumulators of 16 columns as the left operand of the next product.
__device__ __forceinline__ void operand(uint32_t (&a)[4], const float (&left)[4], const float (&right)[4]) {
  a[0] = pack2(left[0], left[1]);
  a[1] = pack2(left[2], left[3]);
  a[2] = pack2(right[0], right[1]);
  a[3] = pack2(right[2], right[3]);
}

__device__ __forceinline__ uint32_t keptBits(const Spec &spec, long long index) {
  uint32_t words[4], bits = 0;
  philox(spec.state, spec.op, index >> 2, words);
#pragma unroll
  for (int e = 0; e < 4; e++) bits |= (uniform(words[e]) >= spec.dropout ? 1u : 0u) << e;
  return bits;
}

// Which weights of 16 rows and 8 BLOCKS keys are kept: bit 4 j + e for accumulator e of block j. The 32 groups of four
// neighbouring keys in a block take a lane each. rowIndex: of this lane's row, l / 2.
template <int BLOCKS>
__device__ __forceinline__ uint32_t keptOfRows(const Spec &spec, long long rowIndex, int key) {
  const int lane = threadIdx.x & 31;
  uint32_t kept = 0;
#pragma unroll 1
  for (int j = 0; j < BLOCKS; j++) {
    const uint32_t bits = keptBits(spec, rowIndex + key + 8 * j + 4 * (lane & 1));
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const uint32_t of = __shfl_sync(0xffffffffu, bits, 2 * ((lane >> 2) + 8 * h) + ((lane & 3) >> 1));
      kept |= ((of >> (2 * (lane & 1))) & 3) << (4 * j + 2 * h);
    }
  }
  return kept;
}

// The same for 16 keys from `key` on and 8 BLOCKS rows of queries, from `row` on.
template <int BLOCKS>
__device__ __forceinline__ uint32_t keptOfKeys(const Spec &spec, const Place &at, int row, int key) {
  const int lane = threadIdx.x & 31;
  const int pitch = (spec.longest + 3) & ~3;
  uint32_t kept = 0;
#pragma unroll 1
  for (int j = 0; j < BLOCKS; j++) {
    const uint32_t bits = keptBits(spec, at.row(row + 8 * j + (lane & 7), spec) * pitch + key + 4 * (lane >> 3));
#pragma unroll
    for (int e = 0; e < 4; e++) {
      const int source = 8 * (((lane >> 2) + 8 * (e >> 1)) >> 2) + 2 * (lane & 3) + (e & 1);
      kept |= ((__shfl_sync(0xffffffffu, bits, source) >> ((lane >> 2) & 3)) & 1) << (4 * j + e);
    }
  }
  return kept;
}

template <int DIM, int M>
__device__ __forceinline__ void forward(const bf16 *q, const bf16 *k, const bf16 *v, const int *cuSeqlens, bf16 *y,
                                        float *logSumExp, const Spec &spec, int tiles, int stages) {
  using S = Shared<DIM>;
  extern __shared__ __align__(128) uint8_t memory[];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, blockRows = blockDim.x / 2 * M;
  const Place at(cuSeqlens, spec, tiles);
  const int first = at.tile * blockRows;
  if (first >= at.rows) return;
  const uint32_t sq = sharedAddress(memory), sk = sq + blockRows * S::BYTES, sv = sk + stages * KEYS * S::BYTES;
  const int q0 = at.query(first), q1 = at.query(min(first + blockRows, at.rows) - 1);
  const int begin = spec.firstKey(q0) / KEYS * KEYS, end = spec.endKey(q1 + 1, at.length);
  auto load = [&](int key, int stage) {
    S::copy2(sk + stage * KEYS * S::BYTES, k, sv + stage * KEYS * S::BYTES, v, KEYS, spec.headDim,
             [&](int row) { return key + row < at.length ? at.key(key + row, spec) : -1ll; });
    commitCopies();
  };
  S::copy(sq, q, blockRows, spec.headDim, [&](int row) { return first + row < at.rows ? at.row(first + row, spec) : -1ll; });
  load(begin, 0);
  const float scaleLog2e = spec.scale * LOG2E;
  const int warpRow = warp * 16 * M;
  const bool busy = first + warpRow < at.rows;
  int query[M][2];
  float o[M][2 * S::STEPS][4] = {}, top[M][2], sum[M][2] = {};
#pragma unroll
  for (int m = 0; m < M; m++)
#pragma unroll
    for (int h = 0; h < 2; h++) {
      query[m][h] = at.query(first + warpRow + 16 * m + 8 * h + (lane >> 2));
      top[m][h] = -INFINITY;
    }
  const int w0 = at.query(first + warpRow), w1 = at.query(min(first + warpRow + 16 * M, at.rows) - 1);
  uint32_t fq[M][S::STEPS][4];
  int stage = 0;
  for (int k0 = begin; k0 < end; k0 += KEYS) {
    if (k0 + KEYS < end) {
      load(k0 + KEYS, stage ^ 1);
      waitCopies<1>();
    } else {
      waitCopies<0>();
    }
    __syncthreads();
    if (busy) {
      const uint32_t kt = sk + stage * KEYS * S::BYTES, vt = sv + stage * KEYS * S::BYTES;
      const int count = end - k0;
      if (k0 == begin) {
#pragma unroll
        for (int m = 0; m < M; m++)
#pragma unroll
          for (int i = 0; i < S::STEPS; i++) S::left(fq[m][i], sq, warpRow + 16 * m, i);
      }
      float s[M][8][4] = {};
#pragma unroll
      for (int j = 0; j < 4; j++) {
        if (16 * j >= count) break;
#pragma unroll
        for (int i = 0; i < S::STEPS; i++) {
          uint32_t f[4];
          S::right(f, kt, 16 * j, i);
#pragma unroll
          for (int m = 0; m < M; m++) {
            mma(s[m][2 * j], fq[m][i], f[0], f[1]);
            mma(s[m][2 * j + 1], fq[m][i], f[2], f[3]);
          }
        }
      }
      if (count < KEYS || !spec.seesAll(w0, w1, k0, k0 + KEYS - 1)) {
#pragma unroll
        for (int m = 0; m < M; m++)
#pragma unroll
          for (int j = 0; j < 8; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) {
              const int key = k0 + 8 * j + 2 * (lane & 3) + (e & 1);
              if (key >= at.length || !spec.sees(query[m][e >> 1], key)) s[m][j][e] = -INFINITY;
            }
      }
#pragma unroll
      for (int m = 0; m < M; m++) {
#pragma unroll
        for (int h = 0; h < 2; h++) {
          float most = top[m][h];
#pragma unroll
          for (int j = 0; j < 8; j++) most = fmaxf(most, fmaxf(s[m][j][2 * h], s[m][j][2 * h + 1]));
          most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 1));
          most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 2));
          // A row that has seen no key yet keeps its zeros: the difference of two infinities is no number.
          const float offset = most == -INFINITY ? 0.f : most * scaleLog2e;
          const float shrink = exp2Approximate(fmaf(top[m][h], scaleLog2e, -offset));
          top[m][h] = most;
          sum[m][h] *= shrink;
#pragma unroll
          for (int j = 0; j < 2 * S::STEPS; j++) {
            o[m][j][2 * h] *= shrink;
            o[m][j][2 * h + 1] *= shrink;
          }
#pragma unroll
          for (int j = 0; j < 8; j++) {
            s[m][j][2 * h] = exp2Approximate(fmaf(s[m][j][2 * h], scaleLog2e, -offset));
            s[m][j][2 * h + 1] = exp2Approximate(fmaf(s[m][j][2 * h + 1], scaleLog2e, -offset));
            sum[m][h] += s[m][j][2 * h] + s[m][j][2 * h + 1];
          }
        }
        if (spec.dropout > 0.f) {
          const long long rowIndex =
              at.row(first + warpRow + 16 * m + (lane >> 1), spec) * ((spec.longest + 3) & ~3);
          const uint32_t kept = keptOfRows<8>(spec, rowIndex, k0);
#pragma unroll
          for (int j = 0; j < 8; j++)
#pragma unroll
            for (int e = 0; e < 4; e++)
              if (!(kept >> (4 * j + e) & 1)) s[m][j][e] = 0.f;
        }
      }
#pragma unroll
      for (int i = 0; i < 4; i++) {
        if (16 * i >= count) break;
        uint32_t p[M][4];
#pragma unroll
        for (int m = 0; m < M; m++) operand(p[m], s[m][2 * i], s[m][2 * i + 1]);
#pragma unroll
        for (int j = 0; j < S::STEPS; j++) {
          uint32_t f[4];
          S::rightOverRows(f, vt, 16 * i, j);
#pragma unroll
          for (int m = 0; m < M; m++) {
            mma(o[m][2 * j], p[m], f[0], f[1]);
            mma(o[m][2 * j + 1], p[m], f[2], f[3]);
          }
        }
      }
    }
    stage ^= 1;
    if (k0 + KEYS < end) __syncthreads();
  }
  if (!busy) return;
#pragma unroll
  for (int m = 0; m < M; m++) {
    float inverse[2];
#pragma unroll
    for (int h = 0; h < 2; h++) {
      float l = sum[m][h];
      l += __shfl_xor_sync(0xffffffffu, l, 1);
      l += __shfl_xor_sync(0xffffffffu, l, 2);
      inverse[h] = spec.kept / l;
      const int row = first + warpRow + 16 * m + 8 * h + (lane >> 2);
      if (logSumExp && (lane & 3) == 0 && row < at.rows)
        logSumExp[at.row(row, spec)] = fmaf(top[m][h], spec.scale, log2f(l) * LN2);
    }
    S::store(y, memory, 0, warpRow + 16 * m, o[m], inverse[0], inverse[1], spec.headDim, [&](int row) {
      const int r = first + warpRow + 16 * m + row;
      return r < at.rows ? at.row(r, spec) : -1ll;
    });
  }
}

// dq of a tile of rows, and dots[row] = dy y of each for the pass over keys. With P = exp(S - logSumExp) and dP = keep
// (dy v^T), dS = P (dP - dots), dq = scale dS k.
template <int DIM>
__device__ __forceinline__ void backwardQueries(const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *y,
                                                const bf16 *dy, const float *logSumExp, float *dots,
                                                const int *cuSeqlens, bf16 *dq, const Spec &spec, int tiles,
                                                int stages) {
  using S = Shared<DIM>;
  extern __shared__ __align__(128) uint8_t memory[];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, blockRows = blockDim.x / 2;
  const Place at(cuSeqlens, spec, tiles);
  const int first = at.tile * blockRows;
  if (first >= at.rows) return;
  const uint32_t sq = sharedAddress(memory), su = sq + blockRows * S::BYTES, sy = su + blockRows * S::BYTES,
                 sk = sy + blockRows * S::BYTES, sv = sk + stages * KEYS * S::BYTES;
  const int q0 = at.query(first), q1 = at.query(min(first + blockRows, at.rows) - 1);
  const int begin = spec.firstKey(q0) / KEYS * KEYS, end = spec.endKey(q1 + 1, at.length);
  auto place = [&](int row) { return first + row < at.rows ? at.row(first + row, spec) : -1ll; };
  auto load = [&](int key, int stage) {
    S::copy2(sk + stage * KEYS * S::BYTES, k, sv + stage * KEYS * S::BYTES, v, KEYS, spec.headDim,
             [&](int row) { return key + row < at.length ? at.key(key + row, spec) : -1ll; });
    commitCopies();
  };
  S::copy2(su, dy, sy, y, blockRows, spec.headDim, place);
  S::copy(sq, q, blockRows, spec.headDim, place);
  load(begin, 0);
  const float scaleLog2e = spec.scale * LOG2E;
  const int warpRow = warp * 16;
  const bool busy = first + warpRow < at.rows;
  const int w0 = at.query(first + warpRow), w1 = at.query(min(first + warpRow + 16, at.rows) - 1);
  int query[2];
  float offset[2], dot[2], sum[2 * S::STEPS][4] = {};
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int row = first + warpRow + 8 * h + (lane >> 2);
    query[h] = at.query(row);
    offset[h] = row < at.rows ? logSumExp[at.row(row, spec)] * LOG2E : 0.f;
  }
  uint32_t fq[S::STEPS][4], fu[S::STEPS][4];
  int stage = 0;
  for (int k0 = begin; k0 < end; k0 += KEYS) {
    if (k0 + KEYS < end) {
      load(k0 + KEYS, stage ^ 1);
      waitCopies<1>();
    } else {
      waitCopies<0>();
    }
    __syncthreads();
    if (busy) {
      const uint32_t kt = sk + stage * KEYS * S::BYTES, vt = sv + stage * KEYS * S::BYTES;
      if (k0 == begin) {
#pragma unroll
        for (int i = 0; i < S::STEPS; i++) {
          S::left(fq[i], sq, warpRow, i);
          S::left(fu[i], su, warpRow, i);
        }
        // Operands of y have the rows of the accumulators, and the four lanes of a row have all its features.
        dot[0] = dot[1] = 0.f;
#pragma unroll
        for (int i = 0; i < S::STEPS; i++) {
          uint32_t fy[4];
          S::left(fy, sy, warpRow, i);
#pragma unroll
          for (int e = 0; e < 4; e++) {
            dot[e & 1] = fmaf(__uint_as_float(fy[e] << 16), __uint_as_float(fu[i][e] << 16), dot[e & 1]);
            dot[e & 1] =
                fmaf(__uint_as_float(fy[e] & 0xffff0000u), __uint_as_float(fu[i][e] & 0xffff0000u), dot[e & 1]);
          }
        }
#pragma unroll
        for (int h = 0; h < 2; h++) {
          dot[h] += __shfl_xor_sync(0xffffffffu, dot[h], 1);
          dot[h] += __shfl_xor_sync(0xffffffffu, dot[h], 2);
          const int row = first + warpRow + 8 * h + (lane >> 2);
          if ((lane & 3) == 0 && row < at.rows) dots[at.row(row, spec)] = dot[h];
        }
      }
#pragma unroll
      for (int half = 0; half < KEYS; half += 32) {
        if (k0 + half >= end) break;
        float s[4][4] = {}, dp[4][4] = {};
#pragma unroll
        for (int j = 0; j < 2; j++)
#pragma unroll
          for (int i = 0; i < S::STEPS; i++) {
            uint32_t f[4];
            S::right(f, kt, half + 16 * j, i);
            mma(s[2 * j], fq[i], f[0], f[1]);
            mma(s[2 * j + 1], fq[i], f[2], f[3]);
            S::right(f, vt, half + 16 * j, i);
            mma(dp[2 * j], fu[i], f[0], f[1]);
            mma(dp[2 * j + 1], fu[i], f[2], f[3]);
          }
        if (spec.dropout > 0.f) {
          const long long rowIndex = at.row(first + warpRow + (lane >> 1), spec) * ((spec.longest + 3) & ~3);
          const uint32_t kept = keptOfRows<4>(spec, rowIndex, k0 + half);
#pragma unroll
          for (int j = 0; j < 4; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) dp[j][e] = kept >> (4 * j + e) & 1 ? dp[j][e] * spec.kept : 0.f;
        }
        const bool partial = k0 + half + 32 > at.length || !spec.seesAll(w0, w1, k0 + half, k0 + half + 31);
#pragma unroll
        for (int j = 0; j < 4; j++)
#pragma unroll
          for (int e = 0; e < 4; e++) {
            float p = exp2Approximate(fmaf(s[j][e], scaleLog2e, -offset[e >> 1]));
            if (partial) {
              const int key = k0 + half + 8 * j + 2 * (lane & 3) + (e & 1);
              if (key >= at.length || !spec.sees(query[e >> 1], key)) p = 0.f;
            }
            s[j][e] = p * (dp[j][e] - dot[e >> 1]);
          }
#pragma unroll
        for (int i = 0; i < 2; i++) {
          uint32_t ds[4];
          operand(ds, s[2 * i], s[2 * i + 1]);
#pragma unroll
          for (int j = 0; j < S::STEPS; j++) {
            uint32_t f[4];
            S::rightOverRows(f, kt, half + 16 * i, j);
            mma(sum[2 * j], ds, f[0], f[1]);
            mma(sum[2 * j + 1], ds, f[2], f[3]);
          }
        }
      }
    }
    stage ^= 1;
    if (k0 + KEYS < end) __syncthreads();
  }
  if (busy)
    S::store(dq, memory, 0, warpRow, sum, spec.scale, spec.scale, spec.headDim,
             [&](int row) { return place(warpRow + row); });
}

// dk and dv of a tile of keys, over the rows of all heads that read them: dv = (keep P)^T dy, dk = scale dS^T q.
template <int DIM>
__device__ __forceinline__ void backwardKeys(const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *dy,
                                             const float *logSumExp, const float *dots, const int *cuSeqlens, bf16 *dk,
                                             bf16 *dv, const Spec &spec, int tiles, int stages) {
  using S = Shared<DIM>;
  constexpr bool HELD = DIM <= 64;  // whether registers hold the operands of keys and values all along
  extern __shared__ __align__(128) uint8_t memory[];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, blockKeys = blockDim.x / 2;
  const Place at(cuSeqlens, spec, tiles);
  const int first = at.tile * blockKeys;
  if (first >= at.length) return;
  const uint32_t sk = sharedAddress(memory), sv = sk + blockKeys * S::BYTES, sq = sv + blockKeys * S::BYTES,
                 su = sq + stages * KEYS * S::BYTES, sn = su + stages * KEYS * S::BYTES, sd = sn + stages * KEYS * 4;
  auto place = [&](int key) { return first + key < at.length ? at.key(first + key, spec) : -1ll; };
  const int begin = spec.firstQuery(first) * at.group,
            end = spec.endQuery(min(first + blockKeys, at.length), at.length) * at.group;
  auto load = [&](int row0, int stage) {
    S::copy2(sq + stage * KEYS * S::BYTES, q, su + stage * KEYS * S::BYTES, dy, KEYS, spec.headDim,
             [&](int row) { return row0 + row < at.rows ? at.row(row0 + row, spec) : -1ll; });
    for (int row = threadIdx.x; row < KEYS; row += blockDim.x) {
      const bool valid = row0 + row < at.rows;
      const long long p = valid ? at.row(row0 + row, spec) : 0;
      copy4(sn + (stage * KEYS + row) * 4, logSumExp + p, valid);
      copy4(sd + (stage * KEYS + row) * 4, dots + p, valid);
    }
    commitCopies();
  };
  S::copy2(sk, k, sv, v, blockKeys, spec.headDim, place);
  load(begin, 0);
  const float scaleLog2e = spec.scale * LOG2E;
  const int warpKey = warp * 16;
  const bool busy = first + warpKey < at.length;
  float keySum[2 * S::STEPS][4] = {}, valueSum[2 * S::STEPS][4] = {};
  uint32_t fk[HELD ? S::STEPS : 1][4], fv[HELD ? S::STEPS : 1][4];
  int stage = 0;
  for (int r0 = begin; r0 < end; r0 += KEYS) {
    if (r0 + KEYS < end) {
      load(r0 + KEYS, stage ^ 1);
      waitCopies<1>();
    } else {
      waitCopies<0>();
    }
    __syncthreads();
    if (busy) {
      const uint32_t qt = sq + stage * KEYS * S::BYTES, ut = su + stage * KEYS * S::BYTES;
      const uint8_t *normalizers = memory + (sn - sk) + stage * KEYS * 4, *products = memory + (sd - sk) + stage * KEYS * 4;
      if (HELD && r0 == begin) {
#pragma unroll
        for (int i = 0; i < S::STEPS; i++) {
          S::left(fk[HELD ? i : 0], sk, warpKey, i);
          S::left(fv[HELD ? i : 0], sv, warpKey, i);
        }
      }
#pragma unroll
      for (int half = 0; half < KEYS; half += 32) {
        if (r0 + half >= end) break;
        float s[4][4] = {}, dp[4][4] = {};
#pragma unroll
        for (int i = 0; i < S::STEPS; i++) {
          if (!HELD) {
            S::left(fk[0], sk, warpKey, i);
            S::left(fv[0], sv, warpKey, i);
          }
#pragma unroll
          for (int j = 0; j < 2; j++) {
            uint32_t f[4];
            S::right(f, qt, half + 16 * j, i);
            mma(s[2 * j], fk[HELD ? i : 0], f[0], f[1]);
            mma(s[2 * j + 1], fk[HELD ? i : 0], f[2], f[3]);
            S::right(f, ut, half + 16 * j, i);
            mma(dp[2 * j], fv[HELD ? i : 0], f[0], f[1]);
            mma(dp[2 * j + 1], fv[HELD ? i : 0], f[2], f[3]);
          }
        }
        uint32_t kept = ~0u;
        if (spec.dropout > 0.f) kept = keptOfKeys<4>(spec, at, r0 + half, first + warpKey);
        // Rows past the end are zeros and so add nothing; keys past the end are not written.
        const bool partial = !spec.seesAll(at.query(r0 + half), at.query(r0 + half + 31), first + warpKey,
                                           first + warpKey + 15);
#pragma unroll
        for (int j = 0; j < 4; j++) {
          const int column = half + 8 * j + 2 * (lane & 3);
          const float2 normalizer = *reinterpret_cast<const float2 *>(normalizers + column * 4);
          const float2 dot = *reinterpret_cast<const float2 *>(products + column * 4);
#pragma unroll
          for (int e = 0; e < 4; e++) {
            float p = exp2Approximate(fmaf(s[j][e], scaleLog2e, (e & 1 ? normalizer.y : normalizer.x) * -LOG2E));
            if (partial && !spec.sees(at.query(r0 + column + (e & 1)), first + warpKey + (lane >> 2) + 8 * (e >> 1)))
              p = 0.f;
            const float keep = kept >> (4 * j + e) & 1 ? spec.kept : 0.f;
            s[j][e] = p * keep;
            dp[j][e] = p * fmaf(keep, dp[j][e], -(e & 1 ? dot.y : dot.x));
          }
        }
#pragma unroll
        for (int i = 0; i < 2; i++) {
          uint32_t p[4], ds[4];
          operand(p, s[2 * i], s[2 * i + 1]);
          operand(ds, dp[2 * i], dp[2 * i + 1]);
#pragma unroll
          for (int j = 0; j < S::STEPS; j++) {
            uint32_t f[4];
            S::rightOverRows(f, ut, half + 16 * i, j);
            mma(valueSum[2 * j], p, f[0], f[1]);
            mma(valueSum[2 * j + 1], p, f[2], f[3]);
            S::rightOverRows(f, qt, half + 16 * i, j);
            mma(keySum[2 * j], ds, f[0], f[1]);
            mma(keySum[2 * j + 1], ds, f[2], f[3]);
          }
        }
      }
    }
    stage ^= 1;
    if (r0 + KEYS < end) __syncthreads();
  }
  if (busy) {
    auto mine = [&](int row) { return place(warpKey + row); };
    S::store(dk, memory, 0, warpKey, keySum, spec.scale, spec.scale, spec.headDim, mine);
    S::store(dv, memory, sv - sk, warpKey, valueSum, 1.f, 1.f, spec.headDim, mine);
  }
}

#define FORWARD(DIM, M, BLOCKS)                                                                                       \
  ENTRY __launch_bounds__(128, BLOCKS)                                                                                        \
      attention_mma_##DIM##_##M##_bf16(const bf16 *q, const bf16 *k, const bf16 *v, const int *cuSeqlens, bf16 *y,    \
                                       float *logSumExp, SPEC_PARAMETERS, int stages) {                               \
    forward<DIM, M>(q, k, v, cuSeqlens, y, logSumExp, SPEC, tiles, stages);                                           \
  }
#define BACKWARD(DIM, QUERY_BLOCKS, KEY_BLOCKS)                                                                                         \
  ENTRY __launch_bounds__(128, QUERY_BLOCKS) attention_mma_backward_queries_##DIM##_bf16(                                           \
      const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *y, const bf16 *dy, const float *logSumExp,             \
      float *dots, const int *cuSeqlens, bf16 *dq, SPEC_PARAMETERS, int stages) {                                     \
    backwardQueries<DIM>(q, k, v, y, dy, logSumExp, dots, cuSeqlens, dq, SPEC, tiles, stages);                        \
  }                                                                                                                   \
  ENTRY __launch_bounds__(128, KEY_BLOCKS) attention_mma_backward_keys_##DIM##_bf16(                                              \
      const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *dy, const float *logSumExp, const float *dots,         \
      const int *cuSeqlens, bf16 *dk, bf16 *dv, SPEC_PARAMETERS, int stages) {                                        \
    backwardKeys<DIM>(q, k, v, dy, logSumExp, dots, cuSeqlens, dk, dv, SPEC, tiles, stages);                          \
  }
// Blocks of a multiprocessor: as many as registers allow without spilling.
FORWARD(32, 1, 4)
FORWARD(32, 2, 2)
FORWARD(64, 1, 3)
FORWARD(64, 2, 2)
FORWARD(128, 1, 2)
BACKWARD(32, 3, 3)
BACKWARD(64, 3, 2)
BACKWARD(128, 2, 2)
