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
#include "attention_tiles.cuh"

constexpr int KEYS = 64;  // keys, or rows of queries in the pass over keys, of a tile that all warps of a block read
// Rows of a tile that are read when so many are left: halves of tiles are skipped.
__device__ __forceinline__ int needed(int left) { return left > 32 ? KEYS : 32; }

template <int DIM, int M>
__device__ __forceinline__ void forward(const bf16 *q, const bf16 *k, const bf16 *v, const int *cuSeqlens, bf16 *y,
                                        float *logSumExp, const Spec &spec, int tiles, int buffered) {
  using S = Shared<DIM>;
  extern __shared__ __align__(256) uint8_t memory[];
  const int warp = threadIdx.x >> 5, blockRows = blockDim.x / 2 * M;
  const Place at(cuSeqlens, spec, tiles);
  const int first = at.tile * blockRows;
  if (first >= at.rows) return;
  const uint32_t sq = sharedAddress(memory), sk = sq + blockRows * S::BYTES, sv = sk + buffered * S::BYTES;
  const int q0 = at.query(first), q1 = at.query(min(first + blockRows, at.rows) - 1);
  const int begin = spec.firstKey(q0) / KEYS * KEYS, end = spec.endKey(q1 + 1, at.length);
  auto load = [&](int key, int stage) {
    S::copy2(sk + stage * KEYS * S::BYTES, k, sv + stage * KEYS * S::BYTES, v, needed(end - key), spec.headDim,
             [&](int row) { return key + row < at.length ? at.key(key + row, spec) : -1; });
    commitCopies();
  };
  S::copy(sq, q, blockRows, spec.headDim, [&](int row) { return first + row < at.rows ? at.row(first + row, spec) : -1; });
  load(begin, 0);
  const float scaleLog2e = spec.scale * LOG2E;
  const int warpRow = warp * 16 * M;
  const bool busy = first + warpRow < at.rows;
  float o[M][2 * S::STEPS][4] = {}, top[M][2], sum[M][2] = {};
#pragma unroll
  for (int m = 0; m < M; m++)
#pragma unroll
    for (int h = 0; h < 2; h++) {
      top[m][h] = -INFINITY;
    }
  uint32_t fq[M][S::STEPS][4];
  int stage = 0;
  for (int k0 = begin; k0 < end; k0 += KEYS) {
    waitCopies<0>();
    __syncthreads();  // this tile is there, and all have read the one before
    if (k0 + KEYS < end) load(k0 + KEYS, stage ^ 1);
    if (busy) {
      const uint32_t kt = sk + stage * KEYS * S::BYTES + S::rightLane(), vt = sv + stage * KEYS * S::BYTES + S::leftLane();
      const int count = end - k0;
      if (k0 == begin) {
#pragma unroll
        for (int m = 0; m < M; m++)
#pragma unroll
          for (int i = 0; i < S::STEPS; i++) S::left(fq[m][i], sq + S::leftLane(), warpRow + 16 * m, i);
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
#pragma unroll
      for (int m = 0; m < M; m++) maskRows<8>(s[m], spec, at, first + warpRow + 16 * m, k0);
#pragma unroll
      for (int m = 0; m < M; m++) {
        softmax(s[m], o[m], top[m], sum[m], scaleLog2e);
        if (spec.dropout > 0.f) dropOut(s[m], spec, at, first + warpRow + 16 * m, k0);
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
  }
  if (!busy) return;
#pragma unroll
  for (int m = 0; m < M; m++) {
    float inverse[2];
    finish(inverse, top[m], sum[m], logSumExp, spec, at, first + warpRow + 16 * m);
    S::store(y, memory, 0, warpRow + 16 * m, o[m], inverse[0], inverse[1], spec.headDim, [&](int row) {
      const int r = first + warpRow + 16 * m + row;
      return r < at.rows ? at.row(r, spec) : -1;
    });
  }
}

// dq of a tile of rows, and dots[row] = dy y of each for the pass over keys. With P = exp(S - logSumExp) and dP = keep
// (dy v^T), dS = P (dP - dots), dq = scale dS k.
template <int DIM>
__device__ __forceinline__ void backwardQueries(const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *y,
                                                const bf16 *dy, const float *logSumExp, float *dots,
                                                const int *cuSeqlens, bf16 *dq, const Spec &spec, int tiles,
                                                int buffered) {
  using S = Shared<DIM>;
  extern __shared__ __align__(256) uint8_t memory[];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, blockRows = blockDim.x / 2;
  const Place at(cuSeqlens, spec, tiles);
  const int first = at.tile * blockRows;
  if (first >= at.rows) return;
  const uint32_t sq = sharedAddress(memory), su = sq + blockRows * S::BYTES, sy = su + blockRows * S::BYTES,
                 sk = sy + blockRows * S::BYTES, sv = sk + buffered * S::BYTES;
  const int q0 = at.query(first), q1 = at.query(min(first + blockRows, at.rows) - 1);
  const int begin = spec.firstKey(q0) / KEYS * KEYS, end = spec.endKey(q1 + 1, at.length);
  auto place = [&](int row) { return first + row < at.rows ? at.row(first + row, spec) : -1; };
  auto load = [&](int key, int stage) {
    S::copy2(sk + stage * KEYS * S::BYTES, k, sv + stage * KEYS * S::BYTES, v, needed(end - key), spec.headDim,
             [&](int row) { return key + row < at.length ? at.key(key + row, spec) : -1; });
    commitCopies();
  };
  S::copy2(su, dy, sy, y, blockRows, spec.headDim, place);
  S::copy(sq, q, blockRows, spec.headDim, place);
  load(begin, 0);
  const float scaleLog2e = spec.scale * LOG2E;
  const int warpRow = warp * 16;
  const bool busy = first + warpRow < at.rows;
  float offset[2], dot[2], sum[2 * S::STEPS][4] = {};
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int row = first + warpRow + 8 * h + (lane >> 2);
    offset[h] = row < at.rows ? logSumExp[at.row(row, spec)] * LOG2E : 0.f;
  }
  uint32_t fq[S::STEPS][4], fu[S::STEPS][4];
  int stage = 0;
  for (int k0 = begin; k0 < end; k0 += KEYS) {
    waitCopies<0>();
    __syncthreads();  // this tile is there, and all have read the one before
    if (k0 + KEYS < end) load(k0 + KEYS, stage ^ 1);
    if (busy) {
      const uint32_t kt = sk + stage * KEYS * S::BYTES + S::rightLane(), vt = sv + stage * KEYS * S::BYTES + S::rightLane(),
                     ks = sk + stage * KEYS * S::BYTES + S::leftLane();
      if (k0 == begin) {
#pragma unroll
        for (int i = 0; i < S::STEPS; i++) {
          S::left(fq[i], sq + S::leftLane(), warpRow, i);
          S::left(fu[i], su + S::leftLane(), warpRow, i);
        }
        // Operands of y have the rows of the accumulators, and the four lanes of a row have all its features.
        dot[0] = dot[1] = 0.f;
#pragma unroll
        for (int i = 0; i < S::STEPS; i++) {
          uint32_t fy[4];
          S::left(fy, sy + S::leftLane(), warpRow, i);
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
          const long long rowIndex = spec.pitch() * at.row(first + warpRow + (lane >> 1), spec);
          const uint32_t kept = keptOfRows<4>(spec, rowIndex, k0 + half);
#pragma unroll
          for (int j = 0; j < 4; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) dp[j][e] = kept >> (4 * j + e) & 1 ? dp[j][e] * spec.kept : 0.f;
        }
        maskRows<4>(s, spec, at, first + warpRow, k0 + half);
#pragma unroll
        for (int j = 0; j < 4; j++)
#pragma unroll
          for (int e = 0; e < 4; e++)
            s[j][e] = exp2Approximate(fmaf(s[j][e], scaleLog2e, -offset[e >> 1])) * (dp[j][e] - dot[e >> 1]);
#pragma unroll
        for (int i = 0; i < 2; i++) {
          uint32_t ds[4];
          operand(ds, s[2 * i], s[2 * i + 1]);
#pragma unroll
          for (int j = 0; j < S::STEPS; j++) {
            uint32_t f[4];
            S::rightOverRows(f, ks, half + 16 * i, j);
            mma(sum[2 * j], ds, f[0], f[1]);
            mma(sum[2 * j + 1], ds, f[2], f[3]);
          }
        }
      }
    }
    stage ^= 1;
  }
  if (busy)
    S::store(dq, memory, 0, warpRow, sum, spec.scale, spec.scale, spec.headDim,
             [&](int row) { return place(warpRow + row); });
}

// dk and dv of a tile of keys, over the rows of all heads that read them: dv = (keep P)^T dy, dk = scale dS^T q.
template <int DIM>
__device__ __forceinline__ void backwardKeys(const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *dy,
                                             const float *logSumExp, const float *dots, const int *cuSeqlens, bf16 *dk,
                                             bf16 *dv, const Spec &spec, int tiles, int buffered) {
  using S = Shared<DIM>;
  constexpr int SPAN = 16;
  constexpr bool HELD = DIM <= 64;  // whether registers hold the operands of keys and values all along
  extern __shared__ __align__(256) uint8_t memory[];
  const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, blockKeys = blockDim.x / 2;
  const Place at(cuSeqlens, spec, tiles);
  const int first = at.tile * blockKeys;
  if (first >= at.length) return;
  const uint32_t sk = sharedAddress(memory), sv = sk + blockKeys * S::BYTES, sq = sv + blockKeys * S::BYTES,
                 su = sq + buffered * S::BYTES, sn = su + buffered * S::BYTES, sd = sn + buffered * 4;
  auto place = [&](int key) { return first + key < at.length ? at.key(first + key, spec) : -1; };
  const int begin = spec.firstQuery(first) * at.group,
            end = spec.endQuery(min(first + blockKeys, at.length), at.length) * at.group;
  auto load = [&](int row0, int stage) {
    const int needs = needed(end - row0);
    S::copy2(sq + stage * KEYS * S::BYTES, q, su + stage * KEYS * S::BYTES, dy, needs, spec.headDim,
             [&](int row) { return row0 + row < at.rows ? at.row(row0 + row, spec) : -1; });
    for (int row = threadIdx.x; row < needs; row += blockDim.x) {
      const bool valid = row0 + row < at.rows;
      const int p = valid ? at.row(row0 + row, spec) : 0;
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
    waitCopies<0>();
    __syncthreads();  // this tile is there, and all have read the one before
    if (r0 + KEYS < end) load(r0 + KEYS, stage ^ 1);
    if (busy) {
      const uint32_t qt = sq + stage * KEYS * S::BYTES + S::rightLane(), ut = su + stage * KEYS * S::BYTES + S::rightLane(),
                     qs = sq + stage * KEYS * S::BYTES + S::leftLane(), us = su + stage * KEYS * S::BYTES + S::leftLane();
      const uint8_t *normalizers = memory + (sn - sk) + stage * KEYS * 4, *products = memory + (sd - sk) + stage * KEYS * 4;
      if (HELD && r0 == begin) {
#pragma unroll
        for (int i = 0; i < S::STEPS; i++) {
          S::left(fk[HELD ? i : 0], sk + S::leftLane(), warpKey, i);
          S::left(fv[HELD ? i : 0], sv + S::leftLane(), warpKey, i);
        }
      }
#pragma unroll
      for (int half = 0; half < KEYS; half += SPAN) {
        if (r0 + half >= end) break;
        float s[SPAN / 8][4] = {}, dp[SPAN / 8][4] = {};
#pragma unroll
        for (int i = 0; i < S::STEPS; i++) {
          if (!HELD) {
            S::left(fk[0], sk + S::leftLane(), warpKey, i);
            S::left(fv[0], sv + S::leftLane(), warpKey, i);
          }
#pragma unroll
          for (int j = 0; j < SPAN / 16; j++) {
            uint32_t f[4];
            S::right(f, qt, half + 16 * j, i);
            mma(s[2 * j], fk[HELD ? i : 0], f[0], f[1]);
            mma(s[2 * j + 1], fk[HELD ? i : 0], f[2], f[3]);
            S::right(f, ut, half + 16 * j, i);
            mma(dp[2 * j], fv[HELD ? i : 0], f[0], f[1]);
            mma(dp[2 * j + 1], fv[HELD ? i : 0], f[2], f[3]);
          }
        }
        // Rows past the end are zeros and so add nothing; keys past the end are not written.
        if (!at.everything && !spec.seesAll(at.query(r0 + half), at.query(r0 + half + SPAN - 1), first + warpKey,
                                            first + warpKey + 15)) {
#pragma unroll
          for (int j = 0; j < SPAN / 8; j++)
#pragma unroll
            for (int e = 0; e < 4; e++)
              if (!spec.sees(at.query(r0 + half + 8 * j + 2 * (lane & 3) + (e & 1)),
                             first + warpKey + (lane >> 2) + 8 * (e >> 1)))
                s[j][e] = -INFINITY;
        }
        uint32_t kept = ~0u;
        if (spec.dropout > 0.f) {
          kept = keptOfKeys<SPAN / 8>(spec, at, r0 + half, first + warpKey);
#pragma unroll
          for (int j = 0; j < SPAN / 8; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) dp[j][e] = kept >> (4 * j + e) & 1 ? dp[j][e] * spec.kept : 0.f;
        }
#pragma unroll
        for (int j = 0; j < SPAN / 8; j++) {
          const int column = half + 8 * j + 2 * (lane & 3);
          const float2 normalizer = *reinterpret_cast<const float2 *>(normalizers + column * 4);
          const float2 dot = *reinterpret_cast<const float2 *>(products + column * 4);
#pragma unroll
          for (int e = 0; e < 4; e++) {
            s[j][e] = exp2Approximate(fmaf(s[j][e], scaleLog2e, (e & 1 ? normalizer.y : normalizer.x) * -LOG2E));
            dp[j][e] = s[j][e] * (dp[j][e] - (e & 1 ? dot.y : dot.x));
          }
        }
        if (spec.dropout > 0.f) {
#pragma unroll
          for (int j = 0; j < SPAN / 8; j++)
#pragma unroll
            for (int e = 0; e < 4; e++)
              if (!(kept >> (4 * j + e) & 1)) s[j][e] = 0.f;
        }
#pragma unroll
        for (int i = 0; i < SPAN / 16; i++) {
          uint32_t p[4], ds[4];
          operand(p, s[2 * i], s[2 * i + 1]);
          operand(ds, dp[2 * i], dp[2 * i + 1]);
#pragma unroll
          for (int j = 0; j < S::STEPS; j++) {
            uint32_t f[4];
            S::rightOverRows(f, us, half + 16 * i, j);
            mma(valueSum[2 * j], p, f[0], f[1]);
            mma(valueSum[2 * j + 1], p, f[2], f[3]);
            S::rightOverRows(f, qs, half + 16 * i, j);
            mma(keySum[2 * j], ds, f[0], f[1]);
            mma(keySum[2 * j + 1], ds, f[2], f[3]);
          }
        }
      }
    }
    stage ^= 1;
  }
  if (busy) {
    auto mine = [&](int row) { return place(warpKey + row); };
    S::store(dk, memory, 0, warpKey, keySum, spec.scale, spec.scale, spec.headDim, mine);
    S::store(dv, memory, sv - sk, warpKey, valueSum, spec.kept, spec.kept, spec.headDim, mine);
  }
}

#define FORWARD(DIM, M, THREADS, BLOCKS)                                                                                \
  ENTRY __launch_bounds__(THREADS, BLOCKS)                                                                                        \
      attention_mma_##DIM##_##M##_bf16(const bf16 *q, const bf16 *k, const bf16 *v, const int *cuSeqlens, bf16 *y,    \
                                       float *logSumExp, SPEC_PARAMETERS, int buffered) {                               \
    forward<DIM, M>(q, k, v, cuSeqlens, y, logSumExp, SPEC, tiles, buffered);                                           \
  }
#define BACKWARD(DIM, QUERY_BLOCKS, KEY_BLOCKS)                                                                                         \
  ENTRY __launch_bounds__(128, QUERY_BLOCKS) attention_mma_backward_queries_##DIM##_bf16(                                           \
      const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *y, const bf16 *dy, const float *logSumExp,             \
      float *dots, const int *cuSeqlens, bf16 *dq, SPEC_PARAMETERS, int buffered) {                                     \
    backwardQueries<DIM>(q, k, v, y, dy, logSumExp, dots, cuSeqlens, dq, SPEC, tiles, buffered);                        \
  }                                                                                                                   \
  ENTRY __launch_bounds__(128, KEY_BLOCKS) attention_mma_backward_keys_##DIM##_bf16(                                              \
      const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *dy, const float *logSumExp, const float *dots,         \
      const int *cuSeqlens, bf16 *dk, bf16 *dv, SPEC_PARAMETERS, int buffered) {                                        \
    backwardKeys<DIM>(q, k, v, dy, logSumExp, dots, cuSeqlens, dk, dv, SPEC, tiles, buffered);                          \
  }
// Blocks of a multiprocessor: as many as registers allow without spilling.
FORWARD(32, 1, 192, 2)
FORWARD(32, 2, 128, 2)
FORWARD(64, 1, 192, 2)
FORWARD(64, 2, 128, 2)
FORWARD(128, 1, 192, 1)
BACKWARD(32, 4, 4)
BACKWARD(64, 3, 3)
BACKWARD(128, 2, 2)
