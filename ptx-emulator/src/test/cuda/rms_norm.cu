// RMSNorm: x [rows, features], weight [features] -> y [rows, features], inverseRms [rows].
#include <cuda_bf16.h>
#include <stdint.h>

__device__ __forceinline__ float warpSum(float v) {
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) v += __shfl_xor_sync(0xffffffffu, v, o);
  return v;
}

// A warp a row, 16 bytes an access; features a multiple of 4, at most 1,024.
extern "C" __global__ void __launch_bounds__(256) rmsNormF32(
    const float *x, const float *weight, float *y, float *inverseRms, int rows, int features, float epsilon) {
  const int lane = threadIdx.x & 31;
  const int row = blockIdx.x * (blockDim.x >> 5) + (threadIdx.x >> 5);
  if (row >= rows) return;
  const float4 *in = reinterpret_cast<const float4 *>(x + (size_t)row * features);
  float4 *out = reinterpret_cast<float4 *>(y + (size_t)row * features);
  float4 v[8];
  float sum = 0;
#pragma unroll
  for (int c = 0; c < 8; c++) {
    const int i = c * 32 + lane;
    if (i < features / 4) {
      v[c] = __ldg(in + i);
      sum = fmaf(v[c].x, v[c].x, fmaf(v[c].y, v[c].y, fmaf(v[c].z, v[c].z, fmaf(v[c].w, v[c].w, sum))));
    }
  }
  const float inverse = rsqrtf(warpSum(sum) / features + epsilon);
#pragma unroll
  for (int c = 0; c < 8; c++) {
    const int i = c * 32 + lane;
    if (i < features / 4) {
      const float4 w = __ldg(reinterpret_cast<const float4 *>(weight) + i);
      out[i] = make_float4(
          w.x * v[c].x * inverse, w.y * v[c].y * inverse, w.z * v[c].z * inverse, w.w * v[c].w * inverse);
    }
  }
  if (lane == 0 && inverseRms) inverseRms[row] = inverse;
}

// The same in bf16, 8 elements an access; features a multiple of 8, at most 1,024.
extern "C" __global__ void __launch_bounds__(256) rmsNormBf16(
    const __nv_bfloat16 *x, const float *weight, __nv_bfloat16 *y, float *inverseRms, int rows, int features,
    float epsilon) {
  const int lane = threadIdx.x & 31;
  const int row = blockIdx.x * (blockDim.x >> 5) + (threadIdx.x >> 5);
  if (row >= rows) return;
  const uint4 *in = reinterpret_cast<const uint4 *>(x + (size_t)row * features);
  uint4 *out = reinterpret_cast<uint4 *>(y + (size_t)row * features);
  float v[4][8];
  float sum = 0;
#pragma unroll
  for (int c = 0; c < 4; c++) {
    const int i = c * 32 + lane;
    if (i < features / 8) {
      const uint4 raw = __ldg(in + i);
      const uint32_t words[4] = {raw.x, raw.y, raw.z, raw.w};
#pragma unroll
      for (int j = 0; j < 4; j++) {
        v[c][2 * j] = __uint_as_float(words[j] << 16);
        v[c][2 * j + 1] = __uint_as_float(words[j] & 0xffff0000u);
        sum = fmaf(v[c][2 * j], v[c][2 * j], fmaf(v[c][2 * j + 1], v[c][2 * j + 1], sum));
      }
    }
  }
  const float inverse = rsqrtf(warpSum(sum) / features + epsilon);
#pragma unroll
  for (int c = 0; c < 4; c++) {
    const int i = c * 32 + lane;
    if (i < features / 8) {
      uint32_t words[4];
#pragma unroll
      for (int j = 0; j < 4; j++) {
        const float2 w = __ldg(reinterpret_cast<const float2 *>(weight) + i * 4 + j);
        const __nv_bfloat162 p = __floats2bfloat162_rn(w.x * v[c][2 * j] * inverse, w.y * v[c][2 * j + 1] * inverse);
        words[j] = *reinterpret_cast<const uint32_t *>(&p);
      }
      out[i] = make_uint4(words[0], words[1], words[2], words[3]);
    }
  }
  if (lane == 0 && inverseRms) inverseRms[row] = inverse;
}

// Any number of features: a block a row, the warps' sums through shared memory.
extern "C" __global__ void __launch_bounds__(256) rmsNormAnyF32(
    const float *x, const float *weight, float *y, float *inverseRms, int rows, int features, float epsilon) {
  __shared__ float partial[8];
  const int row = blockIdx.x;
  const float *in = x + (size_t)row * features;
  float sum = 0;
  for (int i = threadIdx.x; i < features; i += 256) sum = fmaf(in[i], in[i], sum);
  sum = warpSum(sum);
  if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = sum;
  __syncthreads();
  sum = warpSum((threadIdx.x & 31) < 8 ? partial[threadIdx.x & 31] : 0.f);
  const float inverse = rsqrtf(sum / features + epsilon);
  for (int i = threadIdx.x; i < features; i += 256) y[(size_t)row * features + i] = weight[i] * in[i] * inverse;
  if (threadIdx.x == 0 && inverseRms) inverseRms[row] = inverse;
}
