// What other kernels of an engine need: Philox, erf, tanh, SwiGLU, AdamW, atomics, votes, F64 sums, constant and
// local memory.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <stdint.h>

// Philox4x32-10 (Salmon et al., 2011).
__device__ __forceinline__ void philox(uint32_t (&c)[4], uint32_t k0, uint32_t k1) {
#pragma unroll
  for (int r = 0; r < 10; r++) {
    const uint32_t h0 = __umulhi(0xD2511F53u, c[0]), l0 = 0xD2511F53u * c[0];
    const uint32_t h1 = __umulhi(0xCD9E8D57u, c[2]), l1 = 0xCD9E8D57u * c[2];
    const uint32_t n0 = h1 ^ c[1] ^ k0, n2 = h0 ^ c[3] ^ k1;
    c[0] = n0;
    c[1] = l1;
    c[2] = n2;
    c[3] = l0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

extern "C" __global__ void randomWords(uint4 *out, int n, uint64_t seed, uint64_t step) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  uint32_t c[4] = {(uint32_t)i, 0, (uint32_t)step, (uint32_t)(step >> 32)};
  philox(c, (uint32_t)seed, (uint32_t)(seed >> 32));
  out[i] = make_uint4(c[0], c[1], c[2], c[3]);
}

extern "C" __global__ void geluExact(const float *x, float *y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = x[i] * 0.5f * (1 + erff(x[i] * 0.70710678f));
}

extern "C" __global__ void transcendental(const float *x, float *y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = tanhf(x[i]) + logf(x[i]) + sqrtf(x[i]) + expf(-x[i]) + powf(x[i], 1.5f) + sinf(x[i]) + cosf(x[i]);
}

extern "C" __global__ void swigluBackward(
    const __nv_bfloat16 *gu, const __nv_bfloat16 *dy, __nv_bfloat16 *dgu, int rows, int inner) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= rows * inner) return;
  const int r = i / inner, c = i % inner;
  const size_t at = (size_t)r * 2 * inner + c;
  const float g = __bfloat162float(gu[at]), u = __bfloat162float(gu[at + inner]), d = __bfloat162float(dy[i]);
  const float s = 1 / (1 + __expf(-g));
  dgu[at] = __float2bfloat16(d * u * s * (1 + g * (1 - s)));
  dgu[at + inner] = __float2bfloat16(d * g * s);
}

struct Slot {
  float *p;
  const float *g;
  float *m;
  float *v;
  long n;
  float decay;
  float rate;
};

extern "C" __global__ void adamW(const Slot *slots, const float *step, float b1, float b2, float epsilon) {
  const Slot t = slots[blockIdx.y];
  const float scale = step[0], c1 = step[1], c2 = step[2];
  for (long i = blockIdx.x * (long)blockDim.x + threadIdx.x; i < t.n; i += (long)gridDim.x * blockDim.x) {
    const float g = t.g[i] * scale, m = fmaf(b1, t.m[i], (1 - b1) * g), v = fmaf(b2, t.v[i], (1 - b2) * g * g);
    t.m[i] = m;
    t.v[i] = v;
    t.p[i] = t.p[i] * (1 - t.rate * t.decay) - t.rate * c1 * m / (sqrtf(v * c2) + epsilon);
  }
}

extern "C" __global__ void histogram(const int *ids, int *counts, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) atomicAdd(counts + ids[i], 1);
}

extern "C" __global__ void sharedHistogram(const int *ids, int *counts, int n) {
  __shared__ int local[64];
  if (threadIdx.x < 64) local[threadIdx.x] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(local + ids[i], 1);
  __syncthreads();
  if (threadIdx.x < 64) atomicAdd(counts + threadIdx.x, local[threadIdx.x]);
}

extern "C" __global__ void sumSquares(const float *x, double *out, long n) {
  __shared__ double part[8];
  double s = 0;
  for (long i = blockIdx.x * (long)blockDim.x + threadIdx.x; i < n; i += (long)gridDim.x * blockDim.x)
    s += (double)x[i] * x[i];
  for (int o = 16; o; o >>= 1) s += __shfl_down_sync(~0u, s, o);
  if ((threadIdx.x & 31) == 0) part[threadIdx.x >> 5] = s;
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int w = 1; w < blockDim.x / 32; w++) s += part[w];
    out[blockIdx.x] = s;
  }
}

// For each element whether it differs from the one before, and for each warp how many do.
extern "C" __global__ void runHeads(const int *sorted, int *isHead, int *headsOfWarp, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  const bool head = i < n && (i == 0 || sorted[i] != sorted[i - 1]);
  const unsigned ballot = __ballot_sync(~0u, head);
  if ((threadIdx.x & 31) == 0) headsOfWarp[i >> 5] = __popc(ballot);
  if (i < n) isHead[i] = __any_sync(~0u, head) && head ? __ffs(ballot) + 100 * __clz(i) : 0;
}

__constant__ float table[4] = {0.5f, 1.5f, -2.f, 4.f};
__device__ int launches = 7;

// A table in constant memory, and an array in local memory that is indexed at run time.
extern "C" __global__ void tables(const int *at, float *y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  float mine[8];
  for (int j = 0; j < 8; j++) mine[j] = j * table[(i + j) & 3];
  if (i < n) y[i] = mine[at[i] & 7] + launches;
}

// A switch with many cases, which becomes an indexed branch, in lanes that diverge.
extern "C" __global__ void switches(const int *op, const int *x, int *y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int v = x[i];
  switch (op[i]) {
    case 0: v = v * 3 + 1; break;
    case 1: v = v / 7; break;
    case 2: v = v % 11; break;
    case 3: v = __brev(v); break;
    case 4: v = __popc(v); break;
    case 5: v = v >> 3; break;
    case 6: for (int j = 0; j < (i & 7); j++) v = v * 5 + j; break;
    case 7: v = __byte_perm(v, i, 0x5140); break;
    case 8: v = (int)__dp4a(v, i, 5); break;
    default: v = -1;
  }
  y[i] = v;
}

extern "C" __global__ void halves(const __half2 *x, const __nv_bfloat162 *b, __half2 *y, __nv_bfloat162 *c, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  y[i] = __hfma2(x[i], x[i], __hmul2(x[i], __float2half2_rn(0.3f)));
  c[i] = __hmax2(__hfma2(b[i], b[i], b[i]), __float2bfloat162_rn(-0.1f));
}

extern "C" __global__ void warpReductions(const int *x, int *y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  const int v = i < n ? x[i] : 0;
  const int total = __reduce_add_sync(~0u, v), least = __reduce_min_sync(~0u, v);
  const unsigned same = __match_any_sync(~0u, v);
  if (i < n) y[i] = total + 1000 * least + (int)same;
}
