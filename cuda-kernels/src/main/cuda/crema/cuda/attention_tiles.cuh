// What the kernels of attention on tensor cores share: where a block works, tiles in shared memory, and what is done to
// scores while registers hold them as accumulators of 16 rows a warp.
#pragma once
#include "attention_spec.cuh"
#include "mma.cuh"

constexpr float LOG2E = 1.44269504f, LN2 = 0.69314718f;

// The sequence, tile and key head of a block.
struct Place {
  int start, length, tile, kvHead, group, rows;  // rows: of the whole sequence
  unsigned reciprocal;                           // 2^32 / group, rounded up: exact for all rows there can be
  bool everything;                               // whether all queries see all keys

  __device__ __forceinline__ Place(const int *cuSeqlens, const Spec &spec, int tiles) {
    const int sequence = blockIdx.x / tiles;
    start = cuSeqlens[sequence];
    length = cuSeqlens[sequence + 1] - start;
    tile = blockIdx.x - sequence * tiles;
    kvHead = blockIdx.y;
    group = spec.group();
    rows = length * group;
    reciprocal = 0xffffffffu / group + 1;
    everything = !spec.causal && spec.window >= length;
  }
  __device__ __forceinline__ int query(int row) const { return group == 1 ? row : (int)__umulhi(row, reciprocal); }
  // Where a row's features are, in heads; also where its normalizer is.
  __device__ __forceinline__ int row(int row, const Spec &spec) const {
    const int q = query(row);
    return (start + q) * spec.heads + kvHead * group + (row - q * group);
  }
  __device__ __forceinline__ int key(int key, const Spec &spec) const {
    return (start + key) * spec.kvHeads + kvHead;
  }
};

// Rows of DIM features in shared memory: chunks of 16 bytes, so swizzled that eight rows at one chunk, which an ldmatrix
// reads, lie in different banks.
template <int DIM> struct Shared {
  static constexpr int BYTES = 2 * DIM, CHUNKS = DIM / 8, STEPS = DIM / 16;

  __device__ static __forceinline__ uint32_t at(int row, int chunk) {
    return row * BYTES + ((chunk ^ (DIM == 32 ? (row >> 1) & 3 : row & 7)) << 4);
  }
  // What a lane adds to the address of rows to read with ldmatrix: its row, and its chunk of the first 16 features. The
  // chunk of features 16 i to 16 i + 15 differs by exclusive or with 32 i, since it does before swizzling.
  __device__ static __forceinline__ uint32_t leftLane() {
    const int lane = threadIdx.x & 31;
    return at(lane & 15, lane >> 4);
  }
  __device__ static __forceinline__ uint32_t rightLane() {
    const int lane = threadIdx.x & 31;
    return at((lane & 7) + ((lane >> 4) << 3), (lane >> 3) & 1);
  }
  // Left operand: 16 rows from `row` on, a multiple of 16; features 16 i to 16 i + 15. base + leftLane() is given.
  __device__ static __forceinline__ void left(uint32_t (&f)[4], uint32_t lane, int row, int i) {
    ldmatrix4(f, (lane ^ (i << 5)) + row * BYTES);
  }
  // Right operand of a product over features: 16 rows are two blocks of columns. base + rightLane() is given.
  __device__ static __forceinline__ void right(uint32_t (&f)[4], uint32_t lane, int row, int i) {
    ldmatrix4(f, (lane ^ (i << 5)) + row * BYTES);
  }
  // Right operand of a product over 16 rows: features 16 i to 16 i + 15 are two blocks of columns. base + leftLane() is
  // given.
  __device__ static __forceinline__ void rightOverRows(uint32_t (&f)[4], uint32_t lane, int row, int i) {
    ldmatrix4Transposed(f, (lane ^ (i << 5)) + row * BYTES);
  }

  // Copies rows; those for which `place` gives a negative place become zeros, as do features past headDim. A thread has
  // the same chunk of all its rows.
  template <typename P>
  __device__ static __forceinline__ void copy(uint32_t base, const bf16 *from, int rows, int headDim, P place) {
    const int chunk = threadIdx.x % CHUNKS;
#pragma unroll 4
    for (int row = threadIdx.x / CHUNKS; row < rows; row += blockDim.x / CHUNKS) {
      const int p = place(row);
      const bool valid = p >= 0 && chunk * 8 < headDim;
      copy16(base + at(row, chunk), from + ((long long)(valid ? p : 0) * headDim + chunk * 8), valid);
    }
  }
  // Copies two arrays of like shape.
  template <typename P>
  __device__ static __forceinline__ void copy2(uint32_t base, const bf16 *from, uint32_t base2, const bf16 *from2,
                                               int rows, int headDim, P place) {
    const int chunk = threadIdx.x % CHUNKS;
#pragma unroll 4
    for (int row = threadIdx.x / CHUNKS; row < rows; row += blockDim.x / CHUNKS) {
      const int p = place(row);
      const bool valid = p >= 0 && chunk * 8 < headDim;
      const long long element = (long long)(valid ? p : 0) * headDim + chunk * 8;
      const uint32_t to = at(row, chunk);
      copy16(base + to, from + element, valid);
      copy16(base2 + to, from2 + element, valid);
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
      const int row = c / CHUNKS, chunk = c % CHUNKS, p = place(row);
      if (p >= 0 && chunk * 8 < headDim)
        *reinterpret_cast<uint4 *>(to + ((long long)p * headDim + chunk * 8)) =
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
  uint32_t kept = 0;
#pragma unroll 1
  for (int j = 0; j < BLOCKS; j++) {
    const uint32_t bits = keptBits(spec, spec.pitch() * at.row(row + 8 * j + (lane & 7), spec) + key + 4 * (lane >> 3));
#pragma unroll
    for (int e = 0; e < 4; e++) {
      const int source = 8 * (((lane >> 2) + 8 * (e >> 1)) >> 2) + 2 * (lane & 3) + (e & 1);
      kept |= ((__shfl_sync(0xffffffffu, bits, source) >> ((lane >> 2) & 3)) & 1) << (4 * j + e);
    }
  }
  return kept;
}

// Makes scores of keys that are past the end, or that a row does not see, minus infinity. Accumulators are of 8 BLOCKS
// keys from `key` on and of 16 rows from `row` on.
template <int BLOCKS>
__device__ __forceinline__ void maskRows(float (&s)[BLOCKS][4], const Spec &spec, const Place &at, int row, int key) {
  const int lane = threadIdx.x & 31, first = key + 2 * (lane & 3), left = at.length - first;
  if (key + 8 * BLOCKS > at.length) {
#pragma unroll
    for (int j = 0; j < BLOCKS; j++)
#pragma unroll
      for (int e = 0; e < 4; e++)
        if (8 * j + (e & 1) >= left) s[j][e] = -INFINITY;
  }
  if (!at.everything &&
      !spec.seesAll(at.query(row), at.query(row + 15), key, min(key + 8 * BLOCKS, at.length) - 1)) {
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int query = at.query(row + 8 * h + (lane >> 2));
#pragma unroll
      for (int j = 0; j < BLOCKS; j++)
#pragma unroll
        for (int e = 0; e < 2; e++)
          if (!spec.sees(query, first + 8 * j + e)) s[j][2 * h + e] = -INFINITY;
    }
  }
}

// One step of a softmax over 16 rows whose keys come a tile at a time (Milakov and Gimelshein, arXiv 1805.02867): makes
// scores the exponentials of their distance from the greatest so far, which is `top`, before scaling; `sum` is what a
// lane has seen of them, and o the sum of values weighted so far.
template <int BLOCKS, int COLUMNS>
__device__ __forceinline__ void softmax(float (&s)[BLOCKS][4], float (&o)[COLUMNS][4], float (&top)[2], float (&sum)[2],
                                        float scaleLog2e) {
#pragma unroll
  for (int h = 0; h < 2; h++) {
    float most = top[h];
#pragma unroll
    for (int j = 0; j < BLOCKS; j++) most = fmaxf(most, fmaxf(s[j][2 * h], s[j][2 * h + 1]));
    most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 1));
    most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 2));
    // A row that has seen no key yet keeps its zeros: the difference of two infinities is no number.
    const float offset = most == -INFINITY ? 0.f : most * scaleLog2e;
    const float shrink = exp2Approximate(fmaf(top[h], scaleLog2e, -offset));
    top[h] = most;
    sum[h] *= shrink;
#pragma unroll
    for (int j = 0; j < COLUMNS; j++) {
      o[j][2 * h] *= shrink;
      o[j][2 * h + 1] *= shrink;
    }
#pragma unroll
    for (int j = 0; j < BLOCKS; j++) {
      s[j][2 * h] = exp2Approximate(fmaf(s[j][2 * h], scaleLog2e, -offset));
      s[j][2 * h + 1] = exp2Approximate(fmaf(s[j][2 * h + 1], scaleLog2e, -offset));
      sum[h] += s[j][2 * h] + s[j][2 * h + 1];
    }
  }
}

// Makes weights that are dropped zero: of 16 rows from `row` on and 8 BLOCKS keys from `key` on.
template <int BLOCKS>
__device__ __forceinline__ void dropOut(float (&s)[BLOCKS][4], const Spec &spec, const Place &at, int row, int key) {
  const int lane = threadIdx.x & 31;
  const uint32_t kept = keptOfRows<BLOCKS>(spec, spec.pitch() * at.row(row + (lane >> 1), spec), key);
#pragma unroll
  for (int j = 0; j < BLOCKS; j++)
#pragma unroll
    for (int e = 0; e < 4; e++)
      if (!(kept >> (4 * j + e) & 1)) s[j][e] = 0.f;
}

// What the sums of 16 rows from `row` on are multiplied by, and their normalizers, which are written where wanted.
__device__ __forceinline__ void finish(float (&inverse)[2], const float (&top)[2], const float (&sum)[2],
                                       float *logSumExp, const Spec &spec, const Place &at, int row) {
  const int lane = threadIdx.x & 31;
#pragma unroll
  for (int h = 0; h < 2; h++) {
    float l = sum[h];
    l += __shfl_xor_sync(0xffffffffu, l, 1);
    l += __shfl_xor_sync(0xffffffffu, l, 2);
    inverse[h] = spec.kept / l;
    const int r = row + 8 * h + (lane >> 2);
    if (logSumExp && (lane & 3) == 0 && r < at.rows) logSumExp[at.row(r, spec)] = fmaf(top[h], spec.scale, log2f(l) * LN2);
  }
}
