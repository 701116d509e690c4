// targets: sm_90a
// Attention within packed sequences on Hopper's tensor cores, BF16 with F32 sums, for heads of 64 features and sequences
// that fill its tiles. Arrays, rows and blocks are those of attention_mma.cu; keys and values are described by tensor
// maps of [tokens, kvHeads * 64] in boxes of 64 x 64.
//
// FlashAttention-2 with what Hopper adds (Shah et al., arXiv 2407.08608). A block has 128 rows of queries, 64 for each of
// two warpgroups, which hold them, their scores and their sums in registers. Tiles of 64 keys and values land in a ring of
// stages; the first thread asks for them, since a warp for that alone would cost registers of which the others have need.
// Products are asynchronous, but a warpgroup waits for its scores: what it does with them meanwhile overlaps with the
// products of the three other warpgroups of a multiprocessor.
#include "attention_tiles.cuh"
#include "wgmma.cuh"

constexpr int DIM = 64, KEYS = 64, STAGES = 4, GROUPS = 2, GROUP_ROWS = 64;
constexpr int ROWS = GROUPS * GROUP_ROWS, THREADS = 128 * GROUPS;
constexpr int BOX_BYTES = KEYS * DIM * 2;
using S = Shared<DIM>;

// Accumulators: a warp's 16 rows by 64 columns, eight at a time laid out like those of mma.
typedef float Tile[8][4];

__device__ __forceinline__ void hold(Tile &d) {
#pragma unroll
  for (int j = 0; j < 8; j++)
#pragma unroll
    for (int e = 0; e < 4; e++) asm volatile("" : "+f"(d[j][e])::"memory");
}
// Orders what was written to registers before the wgmma that follow, as wgmmaFence does.
__device__ __forceinline__ void fence(Tile &d) {
  hold(d);
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}

#define TILE_OPERANDS(c, d)                                                                                           \
  c(d[0][0]), c(d[0][1]), c(d[0][2]), c(d[0][3]), c(d[1][0]), c(d[1][1]), c(d[1][2]), c(d[1][3]), c(d[2][0]),         \
      c(d[2][1]), c(d[2][2]), c(d[2][3]), c(d[3][0]), c(d[3][1]), c(d[3][2]), c(d[3][3]), c(d[4][0]),                 \
      c(d[4][1]), c(d[4][2]), c(d[4][3]), c(d[5][0]), c(d[5][1]), c(d[5][2]), c(d[5][3]), c(d[6][0]),                 \
      c(d[6][1]), c(d[6][2]), c(d[6][3]), c(d[7][0]), c(d[7][1]), c(d[7][2]), c(d[7][3])
#define TILE_NAMES                                                                                                    \
  "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                                           \
  "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}"

// d [64, 64] += a [64, 16] b [16, 64]: a from registers, b from shared memory, contiguous along k or not.
template <bool ALONG_K>
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
  const int begin = spec.firstKey(q0) / KEYS * KEYS, end = spec.endKey(q1 + 1, at.length);
  uint8_t *const ring = memory + ROWS * S::BYTES;
  const uint32_t sq = sharedAddress(memory), tilesAt = sharedAddress(ring);
  const int warpRow = (threadIdx.x >> 5) * 16;
  // Each warp copies its own rows, by chunks of 16 bytes side by side.
#pragma unroll
  for (int c = threadIdx.x & 31; c < 16 * S::CHUNKS; c += 32) {
    const int row = first + warpRow + c / S::CHUNKS;
    const bool valid = row < at.rows;
    copy16(sq + S::at(warpRow + c / S::CHUNKS, c % S::CHUNKS),
           q + ((long long)(valid ? at.row(row, spec) : 0) * DIM + c % S::CHUNKS * 8), valid);
  }
  commitCopies();
  auto ask = [&](int key, int stage) {
    const uint32_t to = tilesAt + stage * 2 * BOX_BYTES, barrier = sharedAddress(full + stage);
    arriveExpecting(barrier, 2 * BOX_BYTES);
    copyBox(to, &k, at.kvHead * DIM, at.start + key, barrier);
    copyBox(to + BOX_BYTES, &v, at.kvHead * DIM, at.start + key, barrier);
  };
  if (threadIdx.x == 0) {
    for (int i = 0; i < STAGES; i++) {
      initBarrier(sharedAddress(full + i), 1);
      initBarrier(sharedAddress(empty + i), 1);
    }
    fenceBarrierInit();
    fenceProxy();
    for (int i = 0; i < STAGES && begin + i * KEYS < end; i++) ask(begin + i * KEYS, i);
  }
  waitCopies<0>();
  if (DROPS) fenceProxy();
  __syncthreads();
  uint32_t fq[S::STEPS][4];
  const uint32_t qt = sq + (threadIdx.x >> 7) * GROUP_ROWS * S::BYTES;
  if (!DROPS)
#pragma unroll
    for (int i = 0; i < S::STEPS; i++) S::left(fq[i], sq + S::leftLane(), warpRow, i);

  const float scaleLog2e = spec.scale * LOG2E;
  Tile s, o = {};
  float top[2] = {-INFINITY, -INFINITY}, sum[2] = {};
  int stage = 0, phase = 0;
  auto score = [&] {
    const uint32_t kt = tilesAt + stage * 2 * BOX_BYTES;
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
    if (DROPS) firstProduct(s, descriptor<true>(qt), descriptor<true>(kt));
    else firstProduct(s, fq[0], descriptor<true>(kt));
#pragma unroll
    for (int i = 1; i < S::STEPS; i++) {
      if (DROPS) product(s, descriptor<true>(qt + 32 * i), descriptor<true>(kt + 32 * i));
      else product<true>(s, fq[i], descriptor<true>(kt + 32 * i));
    }
    wgmmaCommit();
  };
  auto settle = [&] {
    wgmmaWait<0>();
    hold(s);
    hold(o);
  };
  waitParity(sharedAddress(full), 0);
  score();
  settle();
  for (int k0 = begin;; k0 += KEYS) {
    // The weighted values of the tile before are there too. The second warpgroup says so; the first asks for what goes
    // to the place of the tile before that, which leaves the second a tile of time.
    if (threadIdx.x == 128 && k0 > begin) arrive(sharedAddress(empty + (stage + STAGES - 1) % STAGES));
    if (threadIdx.x == 0 && k0 >= begin + 2 * KEYS && k0 + (STAGES - 2) * KEYS < end) {
      const int free = (stage + STAGES - 2) % STAGES;
      waitParity(sharedAddress(empty + free), free < stage ? phase : phase ^ 1);
      ask(k0 + (STAGES - 2) * KEYS, free);
    }
    const uint32_t vt = tilesAt + stage * 2 * BOX_BYTES + BOX_BYTES;
    if (k0 + KEYS > at.length) {
      // Values past the end are another sequence's: its infinities times weights of zero would be no numbers.
      for (int c = (at.length - k0) * S::CHUNKS + threadIdx.x; c < KEYS * S::CHUNKS; c += THREADS)
        *reinterpret_cast<uint4 *>(ring + stage * 2 * BOX_BYTES + BOX_BYTES + c * 16) = make_uint4(0, 0, 0, 0);
      fenceProxy();
      __syncthreads();
    }
    maskRows<8>(s, spec, at, first + warpRow, k0);
    softmax(s, o, top, sum, scaleLog2e);
    if (DROPS) dropOut(s, spec, at, first + warpRow, k0);
    uint32_t p[KEYS / 16][4];
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) operand(p[i], s[2 * i], s[2 * i + 1]);
    const bool more = k0 + KEYS < end;
    if (++stage == STAGES) {
      stage = 0;
      phase ^= 1;
    }
    if (more) waitParity(sharedAddress(full + stage), phase);
    fence(o);
#pragma unroll
    for (int i = 0; i < KEYS / 16; i++) product<false>(o, p[i], descriptor<false>(vt + 2048 * i));
    wgmmaCommit();
    if (!more) break;
    // The next scores follow at once.
    score();
    settle();
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

#define FORWARD(NAME, DROPS)                                                                                          \
  ENTRY __launch_bounds__(THREADS, 2)                                                                                 \
      NAME(const __grid_constant__ CUtensorMap k, const __grid_constant__ CUtensorMap v, const bf16 *q,               \
           const int *cuSeqlens, bf16 *y, float *logSumExp, SPEC_PARAMETERS) {                                        \
    forward<DROPS>(k, v, q, cuSeqlens, y, logSumExp, SPEC, tiles);                                                    \
  }
FORWARD(attention_wgmma_64_bf16, false)
FORWARD(attention_wgmma_dropout_64_bf16, true)
