// targets: sm_90a
// Attention within packed sequences on Hopper's tensor cores, BF16 with F32 sums, for heads of 64 features and sequences
// that fill its tiles. Arrays, rows and blocks are those of attention_mma.cu; keys and values are described by tensor
// maps of [tokens, kvHeads * 64] in boxes of 64 x 64.
//
// FlashAttention-2 with what Hopper adds (Shah et al., arXiv 2407.08608). A block has 128 rows of queries, or 128 keys in
// the pass that makes dk and dv, 64 for each of two warpgroups, which hold scores and sums in registers. Products are
// asynchronous, but a warpgroup waits for its scores: what it does with them meanwhile overlaps with the products of the
// three other warpgroups of a multiprocessor.
#include "attention_tiles.cuh"
#include "wgmma.cuh"

constexpr int DIM = 64, KEYS = 64, STAGES = 4, GROUPS = 2, GROUP_ROWS = 64;
constexpr int ROWS = GROUPS * GROUP_ROWS, THREADS = 128 * GROUPS;
constexpr int BOX_BYTES = KEYS * DIM * 2, BOX_PLACES = BOX_BYTES / 16;
using S = Shared<DIM>;

// A place in shared memory as operands are described by it: in units of 16 bytes, to which constants are added.
__device__ __forceinline__ uint32_t placeOf(uint32_t address) { return address >> 4; }
constexpr int K16 = 32 / 16, ROWS16 = 16 * DIM * 2 / 16;  // from 16 features to the next, and from 16 rows
template <bool ALONG_K> __device__ __forceinline__ uint64_t operandAt(uint32_t place) {
  constexpr uint64_t constant = descriptor<ALONG_K>(0);
  return constant + place;
}

// Accumulators: a warp's 16 rows by 64 columns, eight at a time laid out like those of mma.
typedef float Tile[8][4];

__device__ __forceinline__ void hold(Tile &d) {
#pragma unroll
  for (int j = 0; j < 8; j++)
#pragma unroll
    for (int e = 0; e < 4; e++) asm volatile("" : "+f"(d[j][e])::"memory");
}
// Orders what was written to registers before the wgmma that follow, as wgmmaFence does.
__device__ __forceinline__ void fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void fence(Tile &d) {
  hold(d);
  fence();
}

#define TILE_OPERANDS(c, d)                                                                                           \
  c(d[0][0]), c(d[0][1]), c(d[0][2]), c(d[0][3]), c(d[1][0]), c(d[1][1]), c(d[1][2]), c(d[1][3]), c(d[2][0]),         \
      c(d[2][1]), c(d[2][2]), c(d[2][3]), c(d[3][0]), c(d[3][1]), c(d[3][2]), c(d[3][3]), c(d[4][0]),                 \
      c(d[4][1]), c(d[4][2]), c(d[4][3]), c(d[5][0]), c(d[5][1]), c(d[5][2]), c(d[5][3]), c(d[6][0]),                 \
      c(d[6][1]), c(d[6][2]), c(d[6][3]), c(d[7][0]), c(d[7][1]), c(d[7][2]), c(d[7][3])
#define TILE_NAMES                                                                                                    \
  "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                                           \
  "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}"

// d [64, 64] += a [64, 16] b [16, 64]: a from registers, b from shared memory, contiguous along k or, transposed, not.
template <bool ALONG_K = true>
__device__ __forceinline__ void product(Tile &d, const uint32_t (&a)[4], uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " TILE_NAMES
               ", {%32, %33, %34, %35}, %36, 1, 1, 1, %37;"
               : TILE_OPERANDS("+f", d)
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "n"(ALONG_K ? 0 : 1));
}

// d = a b, contiguous along k.
__device__ __forceinline__ void firstProduct(Tile &d, const uint32_t (&a)[4], uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " TILE_NAMES
               ", {%32, %33, %34, %35}, %36, 0, 1, 1, 0;"
               : TILE_OPERANDS("=f", d)
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}
// The same, all contiguous along k and from shared memory.
__device__ __forceinline__ void product(Tile &d, uint64_t a, uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " TILE_NAMES ", %32, %33, 1, 1, 1, 0, 0;"
               : TILE_OPERANDS("+f", d)
               : "l"(a), "l"(b));
}
__device__ __forceinline__ void firstProduct(Tile &d, uint64_t a, uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 " TILE_NAMES ", %32, %33, 0, 1, 1, 0, 0;"
               : TILE_OPERANDS("=f", d)
               : "l"(a), "l"(b));
}

// The same in all lanes, as the compiler sees.
__device__ __forceinline__ uint32_t warpgroup() { return __shfl_sync(0xffffffffu, threadIdx.x >> 7, 0); }

// Half a tile: SPAN columns.
constexpr int SPAN = 32;
typedef float HalfTile[4][4];

__device__ __forceinline__ void hold(HalfTile &d) {
#pragma unroll
  for (int j = 0; j < 4; j++)
#pragma unroll
    for (int e = 0; e < 4; e++) asm volatile("" : "+f"(d[j][e])::"memory");
}
#define HALF_OPERANDS(c, d)                                                                                           \
  c(d[0][0]), c(d[0][1]), c(d[0][2]), c(d[0][3]), c(d[1][0]), c(d[1][1]), c(d[1][2]), c(d[1][3]), c(d[2][0]),         \
      c(d[2][1]), c(d[2][2]), c(d[2][3]), c(d[3][0]), c(d[3][1]), c(d[3][2]), c(d[3][3])
#define HALF_NAMES "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15}"
__device__ __forceinline__ void product(HalfTile &d, uint64_t a, uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16 " HALF_NAMES ", %16, %17, 1, 1, 1, 0, 0;"
               : HALF_OPERANDS("+f", d)
               : "l"(a), "l"(b));
}
__device__ __forceinline__ void firstProduct(HalfTile &d, uint64_t a, uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16 " HALF_NAMES ", %16, %17, 0, 1, 1, 0, 0;"
               : HALF_OPERANDS("=f", d)
               : "l"(a), "l"(b));
}
__device__ __forceinline__ void product(HalfTile &d, const uint32_t (&a)[4], uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16 " HALF_NAMES
               ", {%16, %17, %18, %19}, %20, 1, 1, 1, 0;"
               : HALF_OPERANDS("+f", d)
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}
__device__ __forceinline__ void firstProduct(HalfTile &d, const uint32_t (&a)[4], uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16 " HALF_NAMES
               ", {%16, %17, %18, %19}, %20, 0, 1, 1, 0;"
               : HALF_OPERANDS("=f", d)
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));
}
// d = a b over all features, rows of both contiguous.
template <typename T> __device__ __forceinline__ void overFeatures(T &d, uint32_t a, uint32_t b) {
  firstProduct(d, operandAt<true>(a), operandAt<true>(b));
#pragma unroll
  for (int i = 1; i < S::STEPS; i++) product(d, operandAt<true>(a + K16 * i), operandAt<true>(b + K16 * i));
}

// A ring of tiles of keys and values in shared memory, whose places it tells. The first thread asks for them, since a warp for that alone would
// cost registers of which the others have need.
struct Ring {
  const CUtensorMap &k, &v;
  const Place &at;
  uint8_t *memory;
  uint64_t *full, *empty;
  int begin, end;  // keys; tiles start at begin
  int stage, phase;

  __device__ __forceinline__ Ring(const CUtensorMap &k, const CUtensorMap &v, const Place &at, uint8_t *memory,
                                  uint64_t *full, uint64_t *empty, int begin, int end)
      : k(k), v(v), at(at), memory(memory), full(full), empty(empty), begin(begin), end(end), stage(0), phase(0) {
    if (threadIdx.x == 0) {
      for (int i = 0; i < STAGES; i++) {
        initBarrier(sharedAddress(full + i), 1);
        initBarrier(sharedAddress(empty + i), 1);
      }
      fenceBarrierInit();
      fenceProxy();
      for (int i = 0; i < STAGES && begin + i * KEYS < end; i++) ask(begin + i * KEYS, i);
    }
  }
  __device__ __forceinline__ void ask(int key, int to) {
    const uint32_t place = sharedAddress(memory) + to * 2 * BOX_BYTES, barrier = sharedAddress(full + to);
    arriveExpecting(barrier, 2 * BOX_BYTES);
    copyBox(place, &k, at.kvHead * DIM, at.start + key, barrier);
    copyBox(place + BOX_BYTES, &v, at.kvHead * DIM, at.start + key, barrier);
  }
  __device__ __forceinline__ uint32_t keys() const { return placeOf(sharedAddress(memory)) + stage * 2 * BOX_PLACES; }
  __device__ __forceinline__ uint32_t values() const { return keys() + BOX_PLACES; }
  __device__ __forceinline__ void wait() const { waitParity(sharedAddress(full + stage), phase); }
  __device__ __forceinline__ void advance() {
    if (++stage == STAGES) {
      stage = 0;
      phase ^= 1;
    }
  }
  // When this warpgroup is done with the tile before that from k0 on: the second says so; the first asks for what goes to
  // the place of the tile before that, which leaves the second a tile of time.
  __device__ __forceinline__ void recycle(int k0) {
    if (threadIdx.x == 128 && k0 > begin) arrive(sharedAddress(empty + (stage + STAGES - 1) % STAGES));
    if (threadIdx.x == 0 && k0 >= begin + 2 * KEYS && k0 + (STAGES - 2) * KEYS < end) {
      const int free = (stage + STAGES - 2) % STAGES;
      waitParity(sharedAddress(empty + free), free < stage ? phase : phase ^ 1);
      ask(k0 + (STAGES - 2) * KEYS, free);
    }
  }
  // What is past the end of the sequence is another's: its infinities times zeros would be no numbers. All threads call it
  // for the tile that is there, before products read its values, and its keys if they are cleared too.
  __device__ __forceinline__ void clearTail(int k0, bool keysToo) const {
    if (k0 + KEYS <= at.length) return;
    uint8_t *const tile = memory + stage * 2 * BOX_BYTES;
    for (int c = (at.length - k0) * S::CHUNKS + threadIdx.x; c < KEYS * S::CHUNKS; c += THREADS) {
      if (keysToo) *reinterpret_cast<uint4 *>(tile + c * 16) = make_uint4(0, 0, 0, 0);
      *reinterpret_cast<uint4 *>(tile + BOX_BYTES + c * 16) = make_uint4(0, 0, 0, 0);
    }
    fenceProxy();
    __syncthreads();
  }
};

// A warp's 16 rows, which it copies itself, by chunks of 16 bytes side by side; past the end there are zeros.
__device__ __forceinline__ void copyRows(uint32_t to, const bf16 *from, const Place &at, const Spec &spec, int first,
                                         int warpRow) {
#pragma unroll
  for (int c = threadIdx.x & 31; c < 16 * S::CHUNKS; c += 32) {
    const int row = first + warpRow + c / S::CHUNKS;
    const bool valid = row < at.rows;
    copy16(to + S::at(warpRow + c / S::CHUNKS, c % S::CHUNKS),
           from + ((long long)(valid ? at.row(row, spec) : 0) * DIM + c % S::CHUNKS * 8), valid);
  }
}

// The same with the first factor in registers.
template <typename T> __device__ __forceinline__ void overFeatures(T &d, const uint32_t (&a)[S::STEPS][4], uint32_t b) {
  firstProduct(d, a[0], operandAt<true>(b));
#pragma unroll
  for (int i = 1; i < S::STEPS; i++) product(d, a[i], operandAt<true>(b + K16 * i));
}

// DROPS: whether weights are dropped. Random numbers take registers that else hold the queries.
template <bool DROPS>
__device__ __forceinline__ void forward(const CUtensorMap &k, const CUtensorMap &v, const bf16 *q, const int *cuSeqlens,
                                        bf16 *y, float *logSumExp, const Spec &spec, int tiles) {
  extern __shared__ __align__(1024) uint8_t memory[];
  __shared__ __align__(8) uint64_t full[STAGES], empty[STAGES];
  const Place at(cuSeqlens, spec, tiles);
  const int first = at.tile * ROWS;
  if (first >= at.rows) return;
  const int q0 = at.query(first), q1 = at.query(min(first + ROWS, at.rows) - 1);
  const int warpRow = (threadIdx.x >> 5) * 16;
  const uint32_t sq = sharedAddress(memory);
  copyRows(sq, q, at, spec, first, warpRow);
  commitCopies();
  Ring ring(k, v, at, memory + ROWS * S::BYTES, full, empty, spec.firstKey(q0) / KEYS * KEYS,
            spec.endKey(q1 + 1, at.length));
  waitCopies<0>();
  if (DROPS) fenceProxy();
  __syncthreads();
  uint32_t fq[S::STEPS][4];
  const uint32_t qt = placeOf(sq) + warpgroup() * (GROUP_ROWS * S::CHUNKS);
  if (!DROPS)
#pragma unroll
    for (int i = 0; i < S::STEPS; i++) S::left(fq[i], sq + S::leftLane(), warpRow, i);

  const float scaleLog2e = spec.scale * LOG2E;
  Tile s, o = {};
  float top[2] = {-INFINITY, -INFINITY}, sum[2] = {};
  auto score = [&] {
    fence();
    if (DROPS) overFeatures(s, qt, ring.keys());
    else overFeatures(s, fq, ring.keys());
    wgmmaCommit();
    wgmmaWait<0>();
    hold(s);
    hold(o);
  };
  ring.wait();
  score();
  for (int k0 = ring.begin;; k0 += KEYS) {
    ring.recycle(k0);
    ring.clearTail(k0, false);
    maskRows<8>(s, spec, at, first + warpRow, k0);
    softmax(s, o, top, sum, scaleLog2e);
    if (DROPS) dropOut(s, spec, at, first + warpRow, k0);
    uint32_t p[KEYS / 16][4];
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) operand(p[i], s[2 * i], s[2 * i + 1]);
    const uint32_t vt = ring.values();
    const bool more = k0 + KEYS < ring.end;
    ring.advance();
    if (more) ring.wait();
    fence(o);
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) product<false>(o, p[i], operandAt<false>(vt + ROWS16 * i));
    wgmmaCommit();
    if (!more) break;
    // The next scores follow at once.
    score();
  }
  wgmmaWait<0>();
  hold(o);
  float inverse[2];
  finish(inverse, top, sum, logSumExp, spec, at, first + warpRow);
  S::store(y, memory, 0, warpRow, o, inverse[0], inverse[1], DIM, [&](int row) {
    const int r = first + warpRow + row;
    return r < at.rows ? at.row(r, spec) : -1;
  });
}

// Gradients of weights that were kept, and zero for those that were not.
template <int BLOCKS> __device__ __forceinline__ void dropGradients(float (&dp)[BLOCKS][4], uint32_t kept, float factor) {
#pragma unroll
  for (int j = 0; j < BLOCKS; j++)
#pragma unroll
    for (int e = 0; e < 4; e++) dp[j][e] = kept >> (4 * j + e) & 1 ? dp[j][e] * factor : 0.f;
}

// dq of a tile of rows, and dots[row] = dy y of each for the pass over keys, as in attention_mma.cu.
template <bool DROPS>
__device__ __forceinline__ void backwardQueries(const CUtensorMap &k, const CUtensorMap &v, const bf16 *q, const bf16 *y,
                                                const bf16 *dy, const float *logSumExp, float *dots,
                                                const int *cuSeqlens, bf16 *dq, const Spec &spec, int tiles) {
  extern __shared__ __align__(1024) uint8_t memory[];
  __shared__ __align__(8) uint64_t full[STAGES], empty[STAGES];
  const Place at(cuSeqlens, spec, tiles);
  const int first = at.tile * ROWS;
  if (first >= at.rows) return;
  const int q0 = at.query(first), q1 = at.query(min(first + ROWS, at.rows) - 1);
  const int lane = threadIdx.x & 31, warpRow = (threadIdx.x >> 5) * 16;
  const uint32_t sq = sharedAddress(memory), su = sq + ROWS * S::BYTES;
  copyRows(sq, q, at, spec, first, warpRow);
  copyRows(su, dy, at, spec, first, warpRow);
  commitCopies();
  Ring ring(k, v, at, memory + 2 * ROWS * S::BYTES, full, empty, spec.firstKey(q0) / KEYS * KEYS,
            spec.endKey(q1 + 1, at.length));
  float dot[2], offset[2];
  {
    // Two lanes have a row.
    const int row = first + warpRow + (lane >> 1);
    float product = 0.f, normalizer = 0.f;
    if (row < at.rows) {
      const long long from = (long long)at.row(row, spec) * DIM + (lane & 1) * (DIM / 2);
#pragma unroll
      for (int i = 0; i < DIM / 2; i += 8) {
        float a[8], b[8];
        loadWide(y + from + i, a);
        loadWide(dy + from + i, b);
#pragma unroll
        for (int e = 0; e < 8; e++) product = fmaf(a[e], b[e], product);
      }
      normalizer = logSumExp[at.row(row, spec)] * LOG2E;
    }
    product += __shfl_xor_sync(0xffffffffu, product, 1);
    if (row < at.rows && (lane & 1) == 0) dots[at.row(row, spec)] = product;
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int source = 2 * ((lane >> 2) + 8 * h);
      dot[h] = __shfl_sync(0xffffffffu, product, source);
      offset[h] = __shfl_sync(0xffffffffu, normalizer, source);
    }
  }
  waitCopies<0>();
  fenceProxy();
  __syncthreads();
  const uint32_t ut = placeOf(su) + warpgroup() * (GROUP_ROWS * S::CHUNKS);
  const uint32_t qt = placeOf(sq) + warpgroup() * (GROUP_ROWS * S::CHUNKS);
  uint32_t fq[S::STEPS][4];
  if (!DROPS)
#pragma unroll
    for (int i = 0; i < S::STEPS; i++) S::left(fq[i], sq + S::leftLane(), warpRow, i);
  const float scaleLog2e = spec.scale * LOG2E;
  HalfTile s, dp;
  Tile sum = {};
  // Weights of the half of a tile from k0 on, and the gradients of what they are multiplied by.
  auto score = [&](int k0) {
    const uint32_t half = ((k0 - ring.begin) & SPAN) * S::CHUNKS;
    uint32_t kept = 0;
    if (DROPS) kept = keptOfRows<SPAN / 8>(spec, spec.pitch() * at.row(first + warpRow + (lane >> 1), spec), k0);
    fence();
    if (DROPS) overFeatures(s, qt, ring.keys() + half);
    else overFeatures(s, fq, ring.keys() + half);
    wgmmaCommit();
    overFeatures(dp, ut, ring.values() + half);
    wgmmaCommit();
    wgmmaWait<1>();
    hold(s);
    hold(sum);
    maskRows<SPAN / 8>(s, spec, at, first + warpRow, k0);
#pragma unroll
    for (int j = 0; j < SPAN / 8; j++)
#pragma unroll
      for (int e = 0; e < 4; e++) s[j][e] = exp2Approximate(fmaf(s[j][e], scaleLog2e, -offset[e >> 1]));
    wgmmaWait<0>();
    hold(dp);
    if (DROPS) dropGradients(dp, kept, spec.kept);
  };
  ring.wait();
  ring.clearTail(ring.begin, true);
  score(ring.begin);
  for (int k0 = ring.begin;; k0 += SPAN) {
    const int half = (k0 - ring.begin) & SPAN;
    if (half == 0) ring.recycle(k0);
#pragma unroll
    for (int j = 0; j < SPAN / 8; j++)
#pragma unroll
      for (int e = 0; e < 4; e++) s[j][e] *= dp[j][e] - dot[e >> 1];
    uint32_t ds[SPAN / 16][4];
#pragma unroll
    for (int i = 0; i < SPAN / 16; i++) operand(ds[i], s[2 * i], s[2 * i + 1]);
    const uint32_t kt = ring.keys() + half * S::CHUNKS;
    const bool more = k0 + SPAN < ring.end;
    if (half != 0) {
      ring.advance();
      if (more) {
        ring.wait();
        ring.clearTail(k0 + SPAN, true);
      }
    }
    fence(sum);
#pragma unroll
    for (int i = 0; i < SPAN / 16; i++) product<false>(sum, ds[i], operandAt<false>(kt + ROWS16 * i));
    wgmmaCommit();
    if (!more) break;
    // The next scores follow at once.
    score(k0 + SPAN);
  }
  wgmmaWait<0>();
  hold(sum);
  S::store(dq, memory, 0, warpRow, sum, spec.scale, spec.scale, DIM, [&](int row) {
    const int r = first + warpRow + row;
    return r < at.rows ? at.row(r, spec) : -1;
  });
}

// dk and dv of a tile of keys, as in attention_mma.cu. Tiles of 64 rows of q and dy, with their normalizers and products,
// are copied by all threads into a ring of three.
template <bool DROPS>
__device__ __forceinline__ void backwardKeys(const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *dy,
                                             const float *logSumExp, const float *dots, const int *cuSeqlens, bf16 *dk,
                                             bf16 *dv, const Spec &spec, int tiles) {
  constexpr int BUFFERS = 3;
  extern __shared__ __align__(1024) uint8_t memory[];
  const Place at(cuSeqlens, spec, tiles);
  const int first = at.tile * ROWS;
  if (first >= at.length) return;
  const int lane = threadIdx.x & 31, warpKey = (threadIdx.x >> 5) * 16;
  const uint32_t sk = sharedAddress(memory), sv = sk + ROWS * S::BYTES, rows = sv + ROWS * S::BYTES;
  constexpr int FACTORS = 2 * ROWS * S::BYTES + BUFFERS * 2 * BOX_BYTES;  // where normalizers and products are
  const int begin = spec.firstQuery(first) * at.group,
            end = spec.endQuery(min(first + ROWS, at.length), at.length) * at.group;
  auto load = [&](int row0, int stage) {
    if (row0 < end) {
      S::copy2(rows + stage * 2 * BOX_BYTES, q, rows + stage * 2 * BOX_BYTES + BOX_BYTES, dy, KEYS, DIM,
               [&](int row) { return row0 + row < at.rows ? at.row(row0 + row, spec) : -1; });
      if (threadIdx.x < 2 * KEYS) {
        const int row = row0 + (threadIdx.x & (KEYS - 1));
        const bool valid = row < at.rows;
        copy4(sk + FACTORS + (stage * 2 * KEYS + threadIdx.x) * 4,
              (threadIdx.x < KEYS ? logSumExp : dots) + (valid ? at.row(row, spec) : 0), valid);
      }
    }
    commitCopies();
  };
  S::copy2(sk, k, sv, v, ROWS, DIM, [&](int key) { return first + key < at.length ? at.key(first + key, spec) : -1; });
  load(begin, 0);
  load(begin + KEYS, 1);
  const uint32_t group = warpgroup() * (GROUP_ROWS * S::CHUNKS), kt = placeOf(sk) + group, vt = placeOf(sv) + group;
  const float scaleLog2e = spec.scale * LOG2E;
  Tile keySum = {}, valueSum = {};
  int stage = 0;
  for (int r0 = begin; r0 < end; r0 += KEYS) {
    waitCopies<1>();
    fenceProxy();
    __syncthreads();  // this tile is there, and all are done with the one before
    load(r0 + 2 * KEYS, stage == 0 ? 2 : stage - 1);
    const float *normalizers = reinterpret_cast<const float *>(memory + FACTORS) + stage * 2 * KEYS;
#pragma unroll 1
    for (int half = 0; half < KEYS && r0 + half < end; half += SPAN) {
      const uint32_t qt = placeOf(rows) + stage * 2 * BOX_PLACES + half * S::CHUNKS, ut = qt + BOX_PLACES;
      uint32_t kept = 0;
      if (DROPS) kept = keptOfKeys<SPAN / 8>(spec, at, r0 + half, first + warpKey);
      HalfTile s, dp;
      fence();
      overFeatures(s, kt, qt);
      wgmmaCommit();
      overFeatures(dp, vt, ut);
      wgmmaCommit();
      wgmmaWait<1>();
      hold(s);
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
#pragma unroll
      for (int j = 0; j < SPAN / 8; j++) {
        const float2 normalizer = *reinterpret_cast<const float2 *>(normalizers + half + 8 * j + 2 * (lane & 3));
#pragma unroll
        for (int e = 0; e < 4; e++)
          s[j][e] = exp2Approximate(fmaf(s[j][e], scaleLog2e, (e & 1 ? normalizer.y : normalizer.x) * -LOG2E));
      }
      wgmmaWait<0>();
      hold(dp);
      if (DROPS) dropGradients(dp, kept, spec.kept);
#pragma unroll
      for (int j = 0; j < SPAN / 8; j++) {
        const float2 dot = *reinterpret_cast<const float2 *>(normalizers + KEYS + half + 8 * j + 2 * (lane & 3));
#pragma unroll
        for (int e = 0; e < 4; e++) dp[j][e] = s[j][e] * (dp[j][e] - (e & 1 ? dot.y : dot.x));
      }
      if (DROPS) {
#pragma unroll
        for (int j = 0; j < SPAN / 8; j++)
#pragma unroll
          for (int e = 0; e < 4; e++)
            if (!(kept >> (4 * j + e) & 1)) s[j][e] = 0.f;
      }
      uint32_t p[SPAN / 16][4], ds[SPAN / 16][4];
#pragma unroll
      for (int i = 0; i < SPAN / 16; i++) {
        operand(p[i], s[2 * i], s[2 * i + 1]);
        operand(ds[i], dp[2 * i], dp[2 * i + 1]);
      }
      hold(keySum);
      fence(valueSum);
#pragma unroll
      for (int i = 0; i < SPAN / 16; i++) product<false>(valueSum, p[i], operandAt<false>(ut + ROWS16 * i));
#pragma unroll
      for (int i = 0; i < SPAN / 16; i++) product<false>(keySum, ds[i], operandAt<false>(qt + ROWS16 * i));
      wgmmaCommit();
      wgmmaWait<0>();
      hold(valueSum);
      hold(keySum);
    }
    stage = stage == BUFFERS - 1 ? 0 : stage + 1;
  }
  auto place = [&](int row) {
    const int key = first + warpKey + row;
    return key < at.length ? at.key(key, spec) : -1;
  };
  S::store(dk, memory, 0, warpKey, keySum, spec.scale, spec.scale, DIM, place);
  S::store(dv, memory, ROWS * S::BYTES, warpKey, valueSum, spec.kept, spec.kept, DIM, place);
}

// What kernels take that have maps: one structure, whose place among parameters only the driver knows. Members are those of
// SPEC_PARAMETERS in the end.
#define MAPS CUtensorMap k, v
#define MEMBERS                                                                                                       \
  int heads, kvHeads, headDim, longest, causal, window;                                                               \
  float scale, dropout, kept;                                                                                         \
  const RandomState *state;                                                                                           \
  int op, tiles;                                                                                                      \
  __device__ __forceinline__ Spec spec() const { return SPEC; }
struct Forward {
  MAPS;
  const bf16 *q;
  const int *cuSeqlens;
  bf16 *y;
  float *logSumExp;
  MEMBERS
};
struct BackwardQueries {
  MAPS;
  const bf16 *q, *y, *dy;
  const float *logSumExp;
  float *dots;
  const int *cuSeqlens;
  bf16 *dq;
  MEMBERS
};

#define ATTENTION(NAME, DROPS)                                                                                        \
  ENTRY __launch_bounds__(THREADS, 2) NAME##_64_bf16(const __grid_constant__ Forward p) {                             \
    forward<DROPS>(p.k, p.v, p.q, p.cuSeqlens, p.y, p.logSumExp, p.spec(), p.tiles);                                  \
  }                                                                                                                   \
  ENTRY __launch_bounds__(THREADS, 2)                                                                                 \
      NAME##_backward_queries_64_bf16(const __grid_constant__ BackwardQueries p) {                                    \
    backwardQueries<DROPS>(p.k, p.v, p.q, p.y, p.dy, p.logSumExp, p.dots, p.cuSeqlens, p.dq, p.spec(), p.tiles);      \
  }                                                                                                                   \
  ENTRY __launch_bounds__(THREADS, 2)                                                                                 \
      NAME##_backward_keys_64_bf16(const bf16 *q, const bf16 *k, const bf16 *v, const bf16 *dy,                       \
                                   const float *logSumExp, const float *dots, const int *cuSeqlens, bf16 *dk,         \
                                   bf16 *dv, SPEC_PARAMETERS) {                                                       \
    backwardKeys<DROPS>(q, k, v, dy, logSumExp, dots, cuSeqlens, dk, dv, SPEC, tiles);                                \
  }
ATTENTION(attention_wgmma, false)
ATTENTION(attention_wgmma_dropout, true)
