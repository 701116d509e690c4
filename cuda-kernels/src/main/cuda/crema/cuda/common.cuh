// What all kernels share: types, wide loads and stores, sums over warps and blocks, random numbers.
// Everything is compiled with -fmad=false: a product and a sum are fused only where a kernel says fmaf, so that the PTX
// alone fixes the arithmetic.
#pragma once
#include <cuda_bf16.h>
#include <stdint.h>

typedef __nv_bfloat16 bf16;

#define ENTRY extern "C" __global__ void

// Elements as they are computed with.
__device__ __forceinline__ float widen(float x) { return x; }
__device__ __forceinline__ float widen(bf16 x) { return __bfloat162float(x); }
template <typename T> __device__ __forceinline__ T narrow(float x);
template <> __device__ __forceinline__ float narrow<float>(float x) { return x; }
template <> __device__ __forceinline__ bf16 narrow<bf16>(float x) { return __float2bfloat16_rn(x); }

// Four elements at an address that is aligned to them: 16 bytes of F32, 8 of BF16.
__device__ __forceinline__ void load4(const float *p, float v[4]) {
  const float4 r = *reinterpret_cast<const float4 *>(p);
  v[0] = r.x; v[1] = r.y; v[2] = r.z; v[3] = r.w;
}
__device__ __forceinline__ void load4(const bf16 *p, float v[4]) {
  const uint2 r = *reinterpret_cast<const uint2 *>(p);
  v[0] = __uint_as_float(r.x << 16); v[1] = __uint_as_float(r.x & 0xffff0000u);
  v[2] = __uint_as_float(r.y << 16); v[3] = __uint_as_float(r.y & 0xffff0000u);
}
__device__ __forceinline__ uint32_t pack2(float low, float high) {
  const __nv_bfloat162 p = __floats2bfloat162_rn(low, high);
  return *reinterpret_cast<const uint32_t *>(&p);
}
__device__ __forceinline__ void store4(float *p, const float v[4]) {
  *reinterpret_cast<float4 *>(p) = make_float4(v[0], v[1], v[2], v[3]);
}
__device__ __forceinline__ void store4(bf16 *p, const float v[4]) {
  *reinterpret_cast<uint2 *>(p) = make_uint2(pack2(v[0], v[1]), pack2(v[2], v[3]));
}

// Whether four elements from p on may be loaded at once: views start anywhere.
template <typename T> __device__ __forceinline__ bool aligned4(const T *p) {
  return (reinterpret_cast<uintptr_t>(p) & (4 * sizeof(T) - 1)) == 0;
}

// As many elements as 16 bytes hold.
template <typename T> constexpr int WIDE = 16 / sizeof(T);
__device__ __forceinline__ void loadWide(const float *p, float (&v)[4]) { load4(p, v); }
__device__ __forceinline__ void storeWide(float *p, const float (&v)[4]) { store4(p, v); }
__device__ __forceinline__ void loadWide(const bf16 *p, float (&v)[8]) {
  const uint4 r = *reinterpret_cast<const uint4 *>(p);
  v[0] = __uint_as_float(r.x << 16); v[1] = __uint_as_float(r.x & 0xffff0000u);
  v[2] = __uint_as_float(r.y << 16); v[3] = __uint_as_float(r.y & 0xffff0000u);
  v[4] = __uint_as_float(r.z << 16); v[5] = __uint_as_float(r.z & 0xffff0000u);
  v[6] = __uint_as_float(r.w << 16); v[7] = __uint_as_float(r.w & 0xffff0000u);
}
__device__ __forceinline__ void storeWide(bf16 *p, const float (&v)[8]) {
  *reinterpret_cast<uint4 *>(p) = make_uint4(pack2(v[0], v[1]), pack2(v[2], v[3]), pack2(v[4], v[5]), pack2(v[6], v[7]));
}
__device__ __forceinline__ bool aligned16(const void *p) { return (reinterpret_cast<uintptr_t>(p) & 15) == 0; }

// The grid-stride loop of element-wise kernels over n elements: group(i) for N elements that all arrays hold aligned,
// one(i) for each element that is left.
template <int N = 4, typename Group, typename One>
__device__ __forceinline__ void forElements(long long n, bool aligned, Group group, One one) {
  const long long start = blockIdx.x * (long long)blockDim.x + threadIdx.x;
  const long long stride = gridDim.x * (long long)blockDim.x;
  const long long groups = aligned ? n / N : 0;
  for (long long g = start; g < groups; g += stride) group(N * g);
  for (long long i = N * groups + start; i < n; i += stride) one(i);
}

// The sequence of a token: the last that starts at or before it.
__device__ __forceinline__ int sequenceOf(const int *cuSeqlens, int count, int token) {
  int low = 0, high = count;
  while (high - low > 1) {
    const int middle = (low + high) >> 1;
    if (cuSeqlens[middle] <= token) low = middle; else high = middle;
  }
  return low;
}

__device__ __forceinline__ float warpSum(float v) {
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) v += __shfl_xor_sync(0xffffffffu, v, o);
  return v;
}
__device__ __forceinline__ float warpMax(float v) {
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) v = fmaxf(v, __shfl_xor_sync(0xffffffffu, v, o));
  return v;
}

// The sum over a block of THREADS threads, in every thread, by a tree of fixed shape. All threads call it; it may be
// called again at once.
template <int THREADS> __device__ __forceinline__ float blockSum(float v) {
  __shared__ float partial[THREADS / 32];
  v = warpSum(v);
  if (THREADS == 32) return v;
  __syncthreads();
  if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = v;
  __syncthreads();
  v = (threadIdx.x & 31) < THREADS / 32 ? partial[threadIdx.x & 31] : 0.f;
  return warpSum(v);
}

// Where an op's random numbers come from (crema.base.Rng): seed and step lie in device memory, so that a recorded launch
// reads those of the step in which it is replayed.
struct RandomState {
  uint64_t seed;
  uint64_t step;
};

// Words 4 * block to 4 * block + 3 of the stream of an op: Philox4x32-10 (Salmon et al., SC 2011).
__device__ __forceinline__ void philox(const RandomState *state, int op, uint64_t block, uint32_t words[4]) {
  uint32_t c0 = (uint32_t)block, c1 = (uint32_t)op, c2 = (uint32_t)state->step, c3 = (uint32_t)(state->step >> 32);
  uint32_t k0 = (uint32_t)state->seed, k1 = (uint32_t)(state->seed >> 32);
#pragma unroll
  for (int r = 0; r < 10; r++) {
    const uint32_t h0 = __umulhi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0;
    const uint32_t h1 = __umulhi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
    c0 = h1 ^ c1 ^ k0;
    c1 = l1;
    c2 = h0 ^ c3 ^ k1;
    c3 = l0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  words[0] = c0; words[1] = c1; words[2] = c2; words[3] = c3;
}

// The number in [0, 1) that 32 random bits stand for.
__device__ __forceinline__ float uniform(uint32_t bits) { return (float)(bits >> 8) * 0x1p-24f; }

// Element `index` of the stream.
__device__ __forceinline__ float uniformAt(const RandomState *state, int op, uint64_t index) {
  uint32_t words[4];
  philox(state, op, index >> 2, words);
  return uniform(words[index & 3]);
}

// What a sequence's branch is multiplied by: 0 if it is dropped.
__device__ __forceinline__ float keptBranch(
    const int *cuSeqlens, int sequences, int token, float p, const RandomState *state, int op) {
  if (p == 0.f) return 1.f;
  return uniformAt(state, op, sequenceOf(cuSeqlens, sequences, token)) >= p ? 1.f / (1.f - p) : 0.f;
}

__device__ __forceinline__ double warpSum(double v) {
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) v += __shfl_xor_sync(0xffffffffu, v, o);
  return v;
}

// Like the sum of floats.
template <int THREADS> __device__ __forceinline__ double blockSum(double v) {
  __shared__ double partial[THREADS / 32];
  v = warpSum(v);
  if (THREADS == 32) return v;
  __syncthreads();
  if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = v;
  __syncthreads();
  v = (threadIdx.x & 31) < THREADS / 32 ? partial[threadIdx.x & 31] : 0.;
  return warpSum(v);
}

// The greatest of a block of THREADS threads, in every thread; numbers that are none are passed over.
template <int THREADS> __device__ __forceinline__ float blockMax(float v) {
  __shared__ float partial[THREADS / 32];
  v = warpMax(v);
  if (THREADS == 32) return v;
  __syncthreads();
  if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = v;
  __syncthreads();
  v = (threadIdx.x & 31) < THREADS / 32 ? partial[threadIdx.x & 31] : -INFINITY;
  return warpMax(v);
}

// Two elements at an address that is aligned to them.
__device__ __forceinline__ void store2(float *p, float x, float y) { *reinterpret_cast<float2 *>(p) = make_float2(x, y); }
__device__ __forceinline__ void store2(bf16 *p, float x, float y) { *reinterpret_cast<uint32_t *>(p) = pack2(x, y); }
