// Matrix products on Hopper's tensor cores, BF16 in, F32 sums, F32 or BF16 out: c [m, n] = the sum over terms of op(a) op(b).
// Problems and terms are those of gemm_mma.cu, but operands are described by tensor maps, which also fill what is past their
// edges with zeros; a launch has at most three pairs of them, as terms or as problems.
//
// Tiles of 128 x BN, 64 of k at a time. A block computes one tile after the other. One of its warps asks for boxes of the
// operands, which land in a ring of stages; two warpgroups multiply, 64 rows each. The ring goes on from tile to tile: while a
// warpgroup rounds and stores its rows, the other one multiplies as far as the ring reaches, and boxes of the next tile land.
// An operand that is contiguous along k is copied as one box of rows of 64, one that is contiguous along m or n as boxes of
// 64 rows of 64; wgmma takes either. Outputs in BF16 go out as boxes of 64 x 64, through shared memory.
//
// Which block computes a tile has no influence on its sums, so blocks may be as many as the device runs at once.
//
// Where tiles are too few for that, the steps along k of each are shared among the blocks of a cluster. They leave their sums in
// shared memory, and each adds up some rows of all of them, in the order of the blocks.
//
// Of SwiGLU, y = silu(x gate^T) * (x up^T), half of a tile's columns are of the gate and half are the same columns of what is
// gated, so that a thread has both: it stores them, rounded, and y of what it stored.
//
// Each orientation is a file of its own, and SwiGLU: a driver compiles all kernels of a file at the first use of one.
#pragma once
#include "activation.cuh"
#include "wgmma.cuh"

constexpr int BM = 128, BK = 64, MOST = 3;
constexpr int A_BYTES = BM * BK * 2, BOX_BYTES = 64 * 64 * 2;
constexpr int GROUP_THREADS = 128, CONSUMERS = 2 * GROUP_THREADS;
// Tiles that are computed side by side should share rows and columns: as many rows of tiles are walked together.
constexpr int ROWS_TOGETHER = 16;

// What depends on the width of a tile: boxes of output that a warpgroup may have under way, how many blocks a multiprocessor must
// have registers for, and how many of them those of a thread are that multiplies, with those that the warpgroup which copies
// gives up; 0 if it is a single warp, which cannot. How many stages the ring has is decided with the grid.
template <int BN> struct Tile;
template <> struct Tile<256> { static constexpr int BOXES = 2, BLOCKS = 1, REGISTERS = 232; };
template <> struct Tile<192> { static constexpr int BOXES = 3, BLOCKS = 1, REGISTERS = 232; };
template <> struct Tile<128> { static constexpr int BOXES = 1, BLOCKS = 2, REGISTERS = 0; };
template <> struct Tile<64> { static constexpr int BOXES = 1, BLOCKS = 2, REGISTERS = 0; };
template <int BN> constexpr int THREADS = CONSUMERS + (Tile<BN>::REGISTERS > 0 ? GROUP_THREADS : 32);

struct Problem {
  void *c;
  const float *bias;
  int termCount;
  int firstTerm;
  // How many there are along k, over all terms.
  int steps;
  int m;
  int n;
  int firstTile;
  int tilesOfM;
  int tilesOfN;
  int add;
  // Whether there is a tensor map of c.
  int boxed;
};

struct Gemm {
  CUtensorMap a[MOST];
  CUtensorMap b[MOST];
  CUtensorMap c[MOST];
  int k[MOST];
  int count;
  Problem problems[MOST];
  int tiles;
  int stages;
};

struct Place {
  int problem;
  int m0;
  int n0;
};

// The problem of a tile, and where its output begins.
template <int BN> __device__ __forceinline__ Place placeOf(const Gemm &g, int tile) {
  int which = 0;
  while (which + 1 < g.count && tile >= g.problems[which + 1].firstTile) which++;
  const Problem &p = g.problems[which];
  const int t = tile - p.firstTile, whole = ROWS_TOGETHER * p.tilesOfN;
  const int first = t / whole * ROWS_TOGETHER, rest = t % whole, rows = min(ROWS_TOGETHER, p.tilesOfM - first);
  return {which, (first + rest % rows) * BM, rest / rows * BN};
}

// Copies a tile of W rows of op(x) and BK of k.
template <bool ALONG_K, int W> __device__ __forceinline__ void copyTile(
    uint32_t to, const CUtensorMap *map, int row, int k, uint32_t barrier) {
  if (ALONG_K) {
    copyBox(to, map, k, row, barrier);
  } else {
#pragma unroll
    for (int i = 0; i < W / 64; i++) copyBox(to + i * BOX_BYTES, map, row + i * 64, k, barrier);
  }
}

// A place in the ring, and the parity of its turn.
struct Turn {
  int stage = 0;
  int parity = 0;

  __device__ __forceinline__ void next(int stages) {
    if (++stage == stages) {
      stage = 0;
      parity ^= 1;
    }
  }
};

// Stores 64 columns of a warpgroup's rows, from sum `first` on, as a box of a tile, which goes out while the next is
// written: the first, the second and so on of a tile. No bank is met twice: the eight rows of a matrix have their 16 bytes in
// eight different parts of a row.
template <int BN> __device__ __forceinline__ void sendBox(
    const float (&d)[BN / 2], int first, int box, const CUtensorMap *map, uint32_t staging, int row0, int n0, int n) {
  constexpr int BOXES = Tile<BN>::BOXES;
  const int tid = threadIdx.x & (GROUP_THREADS - 1), warp = tid >> 5, lane = tid & 31, barrier = 1 + (threadIdx.x >> 7);
  const int row = warp * 16 + (lane & 15), part = lane >> 4;
  const uint32_t to = staging + box % BOXES * BOX_BYTES;
  if (tid == 0) waitStoresRead<BOXES - 1>();
  asm volatile("bar.sync %0, 128;" ::"r"(barrier) : "memory");
#pragma unroll
  for (int j = 0; j < 4; j++) {
    const int s = first + j * 8;
    stmatrix4(to + row * 128 + (((2 * j + part) ^ (row & 7)) << 4), pack2(d[s], d[s + 1]), pack2(d[s + 2], d[s + 3]),
              pack2(d[s + 4], d[s + 5]), pack2(d[s + 6], d[s + 7]));
  }
  fenceProxy();
  asm volatile("bar.sync %0, 128;" ::"r"(barrier) : "memory");
  if (tid == 0) {
    if (n0 < n) storeBox(map, n0, row0, to);
    commitStores();
  }
}

// Stores the rows of a warpgroup box by box.
template <int BN> __device__ __forceinline__ void sendSums(
    const float (&d)[BN / 2], const CUtensorMap *map, uint32_t staging, int row0, int n0, int n) {
#pragma unroll
  for (int b = 0; b < BN / 64; b++) sendBox<BN>(d, b * 32, b, map, staging, row0, n0 + b * 64, n);
}

// Stores the gate, what is gated, and y, of the rows of a warpgroup.
template <int BN> __device__ __forceinline__ void sendGated(
    float (&d)[BN / 2], const CUtensorMap *maps, uint32_t staging, int row0, int n0, int n) {
#pragma unroll
  for (int b = 0; b < BN / 128; b++) {
    const int gate = b * 32, up = gate + BN / 4, column = n0 + b * 64;
    sendBox<BN>(d, gate, 3 * b, maps, staging, row0, column, n);
    sendBox<BN>(d, up, 3 * b + 1, maps + 1, staging, row0, column, n);
#pragma unroll
    for (int i = 0; i < 32; i++) {
      d[gate + i] = gated<bf16>(widen(narrow<bf16>(d[gate + i])), widen(narrow<bf16>(d[up + i])));
    }
    sendBox<BN>(d, gate, 3 * b + 2, maps + 2, staging, row0, column, n);
  }
}

// Stores the rows of a warpgroup as they lie in registers, added to what is there if asked.
template <int BN, typename C>
__device__ __forceinline__ void storeSums(const float (&d)[BN / 2], const Problem &p, C *c, int row0, int n0) {
  const int tid = threadIdx.x & (GROUP_THREADS - 1), lane = tid & 31;
  // Rows of odd length, and outputs that start anywhere, are stored one by one.
  const bool both = (p.n & 1) == 0 && (reinterpret_cast<uintptr_t>(p.c) & (2 * sizeof(C) - 1)) == 0;
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int row = row0 + (tid >> 5) * 16 + (lane >> 2) + h * 8;
    if (row >= p.m) continue;
#pragma unroll
    for (int j = 0; j < BN / 8; j++) {
      const int column = n0 + j * 8 + (lane & 3) * 2;
      if (column >= p.n) continue;
      const size_t to = (size_t)row * p.n + column;
      float x = d[j * 4 + 2 * h], y = d[j * 4 + 2 * h + 1];
      if (p.add) {
        x += widen(c[to]);
        if (column + 1 < p.n) y += widen(c[to + 1]);
      }
      if (both) store2(c + to, x, y);
      else {
        c[to] = narrow<C>(x);
        if (column + 1 < p.n) c[to + 1] = narrow<C>(y);
      }
    }
  }
}

// Leaves the sums of a warpgroup in shared memory, as rows of BN. They are so far apart that the four rows of which half a warp
// stores 32 bytes each meet no bank twice.
template <int BN> constexpr int SUMS_ROW_BYTES = BN * 4 + 32;
template <int BN> __device__ __forceinline__ void leaveSums(const float (&d)[BN / 2], uint8_t *sums) {
  const int lane = threadIdx.x & 31, row = (threadIdx.x >> 5) * 16 + (lane >> 2);
#pragma unroll
  for (int j = 0; j < BN / 8; j++) {
    float *const at = reinterpret_cast<float *>(sums + row * SUMS_ROW_BYTES<BN> + j * 32 + (lane & 3) * 8);
    store2(at, d[j * 4], d[j * 4 + 1]);
    store2(at + 8 * SUMS_ROW_BYTES<BN> / 4, d[j * 4 + 2], d[j * 4 + 3]);
  }
}

// Adds up what the PARTS blocks of a cluster left of this block's share of a tile's rows, and stores it.
template <int BN, int PARTS, typename C>
__device__ __forceinline__ void addUp(const Problem &p, uint32_t sums, int rank, int m0, int n0) {
  constexpr int ROWS = BM / PARTS, QUADS = BN / 4;
  uint32_t from[PARTS];
#pragma unroll
  for (int i = 0; i < PARTS; i++) from[i] = placeInBlock(sums, i);
  const bool together = (p.n & 3) == 0 && aligned4(static_cast<C *>(p.c));
  for (int i = threadIdx.x; i < ROWS * QUADS; i += CONSUMERS) {
    const int row = rank * ROWS + i / QUADS, column = i % QUADS * 4;
    if (m0 + row >= p.m || n0 + column >= p.n) continue;
    float4 part[PARTS];
#pragma unroll
    for (int q = 0; q < PARTS; q++) part[q] = loadFromCluster(from[q] + row * SUMS_ROW_BYTES<BN> + column * 4);
    float v[4] = {part[0].x, part[0].y, part[0].z, part[0].w};
#pragma unroll
    for (int q = 1; q < PARTS; q++) {
      v[0] += part[q].x; v[1] += part[q].y; v[2] += part[q].z; v[3] += part[q].w;
    }
    C *const c = static_cast<C *>(p.c) + (size_t)(m0 + row) * p.n + n0 + column;
    const int count = min(4, p.n - n0 - column);
    if (p.bias != nullptr) {
      for (int e = 0; e < count; e++) v[e] += p.bias[n0 + column + e];
    }
    if (together) {
      float old[4];
      if (p.add) {
        load4(c, old);
#pragma unroll
        for (int e = 0; e < 4; e++) v[e] += old[e];
      }
      store4(c, v);
    } else {
#pragma unroll
      for (int e = 0; e < 4; e++) {
        if (e < count) c[e] = narrow<C>(p.add ? v[e] + widen(c[e]) : v[e]);
      }
    }
  }
}

// With GATED the second operands are two, of BN / 2 columns each, and the outputs those of SwiGLU.
template <bool AT, bool BT, typename C, int BN, bool GATED = false> __device__ __forceinline__ void gemm(const Gemm &g) {
  constexpr int WIDTH = GATED ? BN / 2 : BN;
  constexpr int STAGE_BYTES = A_BYTES + BN * BK * 2;
  constexpr int STAGING_BYTES = Tile<BN>::BOXES * BOX_BYTES;
  extern __shared__ __align__(1024) uint8_t memory[];
  const uint32_t ring = sharedAddress(memory), staging = ring + g.stages * STAGE_BYTES;
  // Barriers behind the boxes: that a stage is full, and that it may be overwritten.
  const uint32_t full = staging + 2 * STAGING_BYTES, empty = full + g.stages * 8;
  if (threadIdx.x == 0) {
    for (int i = 0; i < g.stages; i++) {
      initBarrier(full + i * 8, 1);
      initBarrier(empty + i * 8, 2);
    }
    fenceBarrierInit();
    fenceProxy();
  }
  __syncthreads();
  // The blocks of a cluster have one tile, and each its part of the steps.
  const int parts = clusterSize(), rank = clusterRank();
  const int firstTile = blockIdx.x / parts, lastTile = parts > 1 ? firstTile + 1 : g.tiles;
  Turn turn;

  if (threadIdx.x >= CONSUMERS) {
    if (Tile<BN>::REGISTERS > 0) giveRegisters<40>();
    if (threadIdx.x > CONSUMERS) return;
    for (int tile = firstTile; tile < lastTile; tile += gridDim.x) {
      const Place at = placeOf<WIDTH>(g, tile);
      const Problem &p = g.problems[at.problem];
      // Of the terms' steps, one after the other, those of this part.
      int first = p.steps * rank / parts, left = p.steps * (rank + 1) / parts - first;
      for (int t = p.firstTerm; left > 0; t++) {
        const int steps = (g.k[t] + BK - 1) / BK;
        for (; first < steps && left > 0; first++, left--, turn.next(g.stages)) {
          waitParity(empty + turn.stage * 8, turn.parity ^ 1);
          const uint32_t to = ring + turn.stage * STAGE_BYTES, barrier = full + turn.stage * 8;
          arriveExpecting(barrier, STAGE_BYTES);
          copyTile<!AT, BM>(to, &g.a[t], at.m0, first * BK, barrier);
          copyTile<BT, WIDTH>(to + A_BYTES, &g.b[t], at.n0, first * BK, barrier);
          if (GATED) copyTile<BT, WIDTH>(to + A_BYTES + WIDTH * BK * 2, &g.b[t + 1], at.n0, first * BK, barrier);
        }
        first -= steps;
      }
    }
    return;
  }

  if constexpr (Tile<BN>::REGISTERS > 0) takeRegisters<Tile<BN>::REGISTERS>();
  const int group = threadIdx.x >> 7, tid = threadIdx.x & (GROUP_THREADS - 1);
  float d[BN / 2];
#pragma unroll
  for (int i = 0; i < BN / 2; i++) d[i] = 0.f;
  for (int tile = firstTile; tile < lastTile; tile += gridDim.x) {
    const Place at = placeOf<WIDTH>(g, tile);
    const Problem &p = g.problems[at.problem];
    const int steps = p.steps * (rank + 1) / parts - p.steps * rank / parts;
    int before = -1;
    for (int step = 0; step < steps; step++, turn.next(g.stages)) {
      waitParity(full + turn.stage * 8, turn.parity);
      const uint32_t a = ring + turn.stage * STAGE_BYTES + group * BOX_BYTES, b = ring + turn.stage * STAGE_BYTES + A_BYTES;
      wgmmaFence(d);
#pragma unroll
      for (int kk = 0; kk < BK / 16; kk++) {
        // 16 of k are 32 bytes of a row, or 16 rows.
        wgmma<!AT, BT>(d, descriptor<!AT>(a + kk * (AT ? 2048 : 32)), descriptor<BT>(b + kk * (BT ? 32 : 2048)),
                       step > 0 || kk > 0);
      }
      wgmmaCommit();
      // The products of the stage before are done, and so its boxes may be overwritten.
      wgmmaWait<1>();
      if (before >= 0 && tid == 0) arrive(empty + before * 8);
      before = turn.stage;
    }
    wgmmaWait<0>();
    if (before >= 0 && tid == 0) arrive(empty + before * 8);
#pragma unroll
    for (int i = 0; i < BN / 2; i++) asm volatile("" : "+f"(d[i])::"memory");

    if constexpr (GATED) {
      const int row0 = at.m0 + group * 64;
      if (row0 < p.m) sendGated<BN>(d, g.c, staging + group * STAGING_BYTES, row0, at.n0, p.n);
      continue;
    }
    if (parts > 1) {
      // Both groups are past their last product, whose operands lie where the sums go.
      asm volatile("bar.sync 3, 256;" ::: "memory");
      leaveSums<BN>(d, memory);
      clusterBarrier();
      if (parts == 2) addUp<BN, 2, C>(p, ring, rank, at.m0, at.n0);
      else if (parts == 4) addUp<BN, 4, C>(p, ring, rank, at.m0, at.n0);
      else addUp<BN, 8, C>(p, ring, rank, at.m0, at.n0);
      // Nobody may end while others read its memory.
      clusterBarrier();
      return;
    }
    const int row0 = at.m0 + group * 64;
    if (p.bias != nullptr) {
#pragma unroll
      for (int j = 0; j < BN / 8; j++) {
        const int column = at.n0 + j * 8 + (tid & 3) * 2;
        const float x = column < p.n ? p.bias[column] : 0.f, y = column + 1 < p.n ? p.bias[column + 1] : 0.f;
        d[j * 4] += x; d[j * 4 + 1] += y; d[j * 4 + 2] += x; d[j * 4 + 3] += y;
      }
    }
    if (sizeof(C) == 2 && p.boxed) {
      if (row0 < p.m) sendSums<BN>(d, &g.c[at.problem], staging + group * STAGING_BYTES, row0, at.n0, p.n);
    } else {
      storeSums<BN>(d, p, static_cast<C *>(p.c), row0, at.n0);
    }
  }
  if (sizeof(C) == 2 && tid == 0) waitStoresRead<0>();
}

#define FOR_TILE(S, AT, BT, C, T, BN)                                                                                      \
  ENTRY __launch_bounds__(THREADS<BN>, Tile<BN>::BLOCKS) gemm_wgmma_##S##_##T##_##BN(const __grid_constant__ Gemm g) {         \
    gemm<AT, BT, C, BN>(g);                                                                                                \
  }
#define FOR_TYPE(S, AT, BT, C, T)    \
  FOR_TILE(S, AT, BT, C, T, 256)     \
  FOR_TILE(S, AT, BT, C, T, 192)     \
  FOR_TILE(S, AT, BT, C, T, 128)     \
  FOR_TILE(S, AT, BT, C, T, 64)
#define FOR_ORIENTATION(S, AT, BT) \
  FOR_TYPE(S, AT, BT, float, f32)  \
  FOR_TYPE(S, AT, BT, bf16, bf16)
