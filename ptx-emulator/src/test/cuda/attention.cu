// y = softmax(scale · q kᵀ) v within each sequence and head, packed, bf16, by mma.sync (FlashAttention-2's loop).
// A block has 64 queries of one sequence and head, 4 warps of 16; keys in tiles of 64; heads of 64;
// two stages of k and v.
#include "mma.cuh"
constexpr int D = 64, BQ = 64, BKV = 64, ROW = D * 2;

__device__ __forceinline__ uint32_t swizzled(int row, int chunk) { return row * ROW + ((chunk ^ (row & 7)) << 4); }

__device__ __forceinline__ float exp2Approximate(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

// tiles: [blocks], sequence << 16 | tile; q, k, v have row strides of their own (one fused buffer).
extern "C" __global__ void __launch_bounds__(128) attentionForward(
    const __nv_bfloat16 *q, const __nv_bfloat16 *k, const __nv_bfloat16 *v, const int *cuSeqlens, const int *tiles,
    __nv_bfloat16 *y, float *logSumExp, int heads, int kvHeads, int qStride, int kvStride, float scaleLog2e) {
  extern __shared__ __align__(128) uint8_t memory[];
  const uint32_t sq = sharedAddress(memory), sk = sq + BQ * ROW, sv = sk + 2 * BKV * ROW;
  const int tid = threadIdx.x, lane = tid & 31, warp = tid >> 5;
  const int packed = tiles[blockIdx.x], head = blockIdx.y, kvHead = head / (heads / kvHeads);
  const int start = cuSeqlens[packed >> 16], length = cuSeqlens[(packed >> 16) + 1] - start;
  const int q0 = (packed & 0xffff) * BQ;
  const __nv_bfloat16 *qp = q + (size_t)(start + q0) * qStride + head * D;
  const __nv_bfloat16 *kp = k + (size_t)start * kvStride + kvHead * D, *vp = v + (size_t)start * kvStride + kvHead * D;
  auto loadKv = [&](int tile, int stage) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int c = tid + i * 128, r = c >> 3, cc = c & 7, row = tile * BKV + r;
      const bool ok = row < length;
      copy16(sk + stage * BKV * ROW + swizzled(r, cc), kp + (ok ? (size_t)row * kvStride + cc * 8 : 0), ok);
      copy16(sv + stage * BKV * ROW + swizzled(r, cc), vp + (ok ? (size_t)row * kvStride + cc * 8 : 0), ok);
    }
    commitCopies();
  };
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int c = tid + i * 128, r = c >> 3, cc = c & 7;
    const bool ok = q0 + r < length;
    copy16(sq + swizzled(r, cc), qp + (ok ? (size_t)r * qStride + cc * 8 : 0), ok);
  }
  loadKv(0, 0);
  float o[8][4] = {}, top[2] = {-INFINITY, -INFINITY}, sum[2] = {0, 0};
  uint32_t fq[4][4];
  const int count = (length + BKV - 1) / BKV;
  for (int t = 0; t < count; t++) {
    if (t + 1 < count) {
      loadKv(t + 1, (t + 1) & 1);
      waitCopies<1>();
    } else {
      waitCopies<0>();
    }
    __syncthreads();
    const uint32_t kt = sk + (t & 1) * BKV * ROW, vt = sv + (t & 1) * BKV * ROW;
    if (t == 0) {
#pragma unroll
      for (int i = 0; i < 4; i++) ldmatrix4(fq[i], sq + swizzled(warp * 16 + (lane & 15), i * 2 + (lane >> 4)));
    }
    float s[8][4] = {};
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
      for (int j = 0; j < 4; j++) {
        uint32_t f[4];
        ldmatrix4(f, kt + swizzled(j * 16 + (lane & 7) + ((lane >> 4) << 3), i * 2 + ((lane >> 3) & 1)));
        mma(s[2 * j], fq[i], f[0], f[1]);
        mma(s[2 * j + 1], fq[i], f[2], f[3]);
      }
    if (t == count - 1) {
#pragma unroll
      for (int j = 0; j < 8; j++)
#pragma unroll
        for (int e = 0; e < 4; e++)
          if (t * BKV + j * 8 + (lane & 3) * 2 + (e & 1) >= length) s[j][e] = -INFINITY;
    }
#pragma unroll
    for (int h = 0; h < 2; h++) {
      float m = top[h];
#pragma unroll
      for (int j = 0; j < 8; j++) m = fmaxf(m, fmaxf(s[j][2 * h], s[j][2 * h + 1]));
      m = fmaxf(m, __shfl_xor_sync(0xffffffffu, m, 1));
      m = fmaxf(m, __shfl_xor_sync(0xffffffffu, m, 2));
      const float keep = exp2Approximate((top[h] - m) * scaleLog2e), offset = m * scaleLog2e;
      top[h] = m;
      sum[h] *= keep;
#pragma unroll
      for (int j = 0; j < 8; j++) {
        o[j][2 * h] *= keep;
        o[j][2 * h + 1] *= keep;
        s[j][2 * h] = exp2Approximate(fmaf(s[j][2 * h], scaleLog2e, -offset));
        s[j][2 * h + 1] = exp2Approximate(fmaf(s[j][2 * h + 1], scaleLog2e, -offset));
        sum[h] += s[j][2 * h] + s[j][2 * h + 1];
      }
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const uint32_t p[4] = {pack(s[2 * i][0], s[2 * i][1]), pack(s[2 * i][2], s[2 * i][3]),
                             pack(s[2 * i + 1][0], s[2 * i + 1][1]), pack(s[2 * i + 1][2], s[2 * i + 1][3])};
#pragma unroll
      for (int j = 0; j < 4; j++) {
        uint32_t f[4];
        ldmatrix4Transposed(f, vt + swizzled(i * 16 + (lane & 15), j * 2 + (lane >> 4)));
        mma(o[2 * j], p, f[0], f[1]);
        mma(o[2 * j + 1], p, f[2], f[3]);
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int h = 0; h < 2; h++) {
    float l = sum[h];
    l += __shfl_xor_sync(0xffffffffu, l, 1);
    l += __shfl_xor_sync(0xffffffffu, l, 2);
    const int row = q0 + warp * 16 + h * 8 + (lane >> 2);
    if (row >= length) continue;
    const float inverse = 1.f / l;
#pragma unroll
    for (int j = 0; j < 8; j++)
      *reinterpret_cast<uint32_t *>(y + (size_t)(start + row) * heads * D + head * D + j * 8 + (lane & 3) * 2) =
          pack(o[j][2 * h] * inverse, o[j][2 * h + 1] * inverse);
    if (logSumExp && (lane & 3) == 0)
      logSumExp[(size_t)(start + row) * heads + head] = (top[h] * scaleLog2e + log2f(l)) * 0.69314718f;
  }
}
