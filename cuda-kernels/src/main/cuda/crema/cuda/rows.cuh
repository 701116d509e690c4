// Kernels on rows [rows, features] that read and write each tensor once: a row lies in the registers of a warp, or of
// several warps where it is long, while it is summed over.
//
// A block has blockDim.x threads for each of blockDim.y rows, at most four where a row has more than one warp. A thread
// has columns 4 * (threadIdx.x + chunk * blockDim.x) to + 3 of each chunk. Gradients of weights are summed in registers
// over the rows that a thread has in turn, then over blockDim.y, into partials [blocks, features], which another kernel
// adds up in order.
#pragma once
#include "common.cuh"

constexpr int CHUNKS = 3;          // so that a warp holds 384 features
constexpr int MOST_THREADS = 512;  // what registers allow: 128 a thread
constexpr int SEVERAL_ROWS_THREADS = 256;  // the most of a block that has more than one row at a time

// Four elements as they lie in memory. They are widened where they are used and not where they are loaded: a thread waits
// for a load at its first use, and all loads of a row should be under way before that.
template <typename T> struct Four;
template <> struct Four<float> {
  float4 bits;

  __device__ __forceinline__ void load(const float *p) { bits = *reinterpret_cast<const float4 *>(p); }
  __device__ __forceinline__ void load(const float *p, int count) {
    bits = make_float4(count > 0 ? p[0] : 0.f, count > 1 ? p[1] : 0.f, count > 2 ? p[2] : 0.f, count > 3 ? p[3] : 0.f);
  }
  __device__ __forceinline__ void clear() { bits = make_float4(0.f, 0.f, 0.f, 0.f); }
  __device__ __forceinline__ void widen(float (&v)[4]) const {
    v[0] = bits.x; v[1] = bits.y; v[2] = bits.z; v[3] = bits.w;
  }
};
template <> struct Four<bf16> {
  uint2 bits;

  __device__ __forceinline__ void load(const bf16 *p) { bits = *reinterpret_cast<const uint2 *>(p); }
  __device__ __forceinline__ void load(const bf16 *p, int count) {
    const uint16_t *q = reinterpret_cast<const uint16_t *>(p);
    bits = make_uint2((count > 0 ? q[0] : 0u) | (count > 1 ? (uint32_t)q[1] << 16 : 0u),
        (count > 2 ? q[2] : 0u) | (count > 3 ? (uint32_t)q[3] << 16 : 0u));
  }
  __device__ __forceinline__ void clear() { bits = make_uint2(0u, 0u); }
  __device__ __forceinline__ void widen(float (&v)[4]) const {
    v[0] = __uint_as_float(bits.x << 16); v[1] = __uint_as_float(bits.x & 0xffff0000u);
    v[2] = __uint_as_float(bits.y << 16); v[3] = __uint_as_float(bits.y & 0xffff0000u);
  }
};

typedef float Values[CHUNKS][4];

// What rows have in common: their length, and whether four elements of each may be loaded at once.
struct Layout {
  int features, vectors;

  __device__ __forceinline__ int column(int chunk) const { return 4 * (threadIdx.x + chunk * blockDim.x); }
};

// A thread's part of a row, with zeros past its end.
template <typename T> struct Row {
  Four<T> fours[CHUNKS];

  __device__ __forceinline__ Row() {}
  __device__ __forceinline__ Row(const Layout &l, const T *row) { load(l, row); }
  __device__ __forceinline__ void load(const Layout &l, const T *row) {
    if (l.vectors) {
#pragma unroll
      for (int c = 0; c < CHUNKS; c++) {
        if (l.column(c) < l.features) fours[c].load(row + l.column(c));
        else fours[c].clear();
      }
    } else {
#pragma unroll
      for (int c = 0; c < CHUNKS; c++) fours[c].load(row + l.column(c), l.features - l.column(c));
    }
  }
  __device__ __forceinline__ void clear() {
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) fours[c].clear();
  }
  __device__ __forceinline__ void widen(Values &v) const {
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) fours[c].widen(v[c]);
  }
};

template <typename F> __device__ __forceinline__ void each(F f) {
#pragma unroll
  for (int c = 0; c < CHUNKS; c++) {
#pragma unroll
    for (int j = 0; j < 4; j++) f(c, j);
  }
}

template <typename T> __device__ __forceinline__ void storeRow(const Layout &l, T *row, const Values &v) {
  if (l.vectors) {
#pragma unroll
    for (int c = 0; c < CHUNKS; c++) {
      if (l.column(c) < l.features) store4(row + l.column(c), v[c]);
    }
  } else {
    each([&](int c, int j) {
      if (l.column(c) + j < l.features) row[l.column(c) + j] = narrow<T>(v[c][j]);
    });
  }
}

// Waits for the threads of the same row alone: others may have fewer rows. A number that is known when compiling lets a
// block reserve no more barriers than it has rows.
__device__ __forceinline__ void rowBarrier() {
  switch (threadIdx.y) {
    case 0: asm volatile("bar.sync 1, %0;" ::"r"(blockDim.x) : "memory"); break;
    case 1: asm volatile("bar.sync 2, %0;" ::"r"(blockDim.x) : "memory"); break;
    case 2: asm volatile("bar.sync 3, %0;" ::"r"(blockDim.x) : "memory"); break;
    default: asm volatile("bar.sync 4, %0;" ::"r"(blockDim.x) : "memory"); break;
  }
}

// N sums over the threads of a row, in each of them.
template <int N> __device__ __forceinline__ void rowSums(float (&v)[N]) {
  __shared__ float partial[N][MOST_THREADS / 32];
#pragma unroll
  for (int i = 0; i < N; i++) v[i] = warpSum(v[i]);
  if (blockDim.x == 32) return;
  const int lane = threadIdx.x & 31, warps = blockDim.x >> 5, first = threadIdx.y * warps;
  rowBarrier();  // the sums before were read by all
#pragma unroll
  for (int i = 0; i < N; i++) {
    if (lane == 0) partial[i][first + (threadIdx.x >> 5)] = v[i];
  }
  rowBarrier();
#pragma unroll
  for (int i = 0; i < N; i++) v[i] = warpSum(lane < warps ? partial[i][first + lane] : 0.f);
}
__device__ __forceinline__ float rowSum(float v) {
  float sums[1] = {v};
  rowSums(sums);
  return sums[0];
}

// partials[block] = sums, over blockDim.y in order; nothing if partials is null. In shared memory the registers of
// neighbouring threads lie side by side, which keeps banks apart.
__device__ __forceinline__ void storePartials(const Layout &l, const Values &sums, float *partials) {
  __shared__ float shared[4 * CHUNKS][SEVERAL_ROWS_THREADS];
  if (partials == nullptr) return;
  const Layout whole{l.features, (l.features & 3) == 0};  // whatever else is aligned
  float *out = partials + (long long)blockIdx.x * l.features;
  if (blockDim.y == 1) {
    storeRow(whole, out, sums);
    return;
  }
  __syncthreads();
  each([&](int c, int j) { shared[4 * c + j][threadIdx.y * blockDim.x + threadIdx.x] = sums[c][j]; });
  __syncthreads();
  for (int c = threadIdx.y; c < CHUNKS; c += blockDim.y) {
    float v[4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
      v[j] = shared[4 * c + j][threadIdx.x];
      for (int y = 1; y < blockDim.y; y++) v[j] += shared[4 * c + j][y * blockDim.x + threadIdx.x];
    }
    const int at = l.column(c);
    if (whole.vectors) {
      if (at < l.features) store4(out + at, v);
    } else {
#pragma unroll
      for (int j = 0; j < 4; j++) {
        if (at + j < l.features) out[at + j] = v[j];
      }
    }
  }
}

#define ROW_ENTRY extern "C" __global__ void __launch_bounds__(MOST_THREADS)
