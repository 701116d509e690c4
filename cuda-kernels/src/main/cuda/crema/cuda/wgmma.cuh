// Instructions of sm_90a: mbarrier, bulk tensor copies, wgmma.
#pragma once
#include "mma.cuh"
#include <cuda.h>

__device__ __forceinline__ void initBarrier(uint32_t barrier, int arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}
__device__ __forceinline__ void fenceBarrierInit() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}
// Orders ordinary accesses to shared memory before those of bulk copies and wgmma.
__device__ __forceinline__ void fenceProxy() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

__device__ __forceinline__ void arriveExpecting(uint32_t barrier, int bytes) {
  asm volatile("mbarrier.arrive.expect_tx.release.cta.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
               : "memory");
}
__device__ __forceinline__ void arrive(uint32_t barrier) {
  asm volatile("mbarrier.arrive.release.cta.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}
__device__ __forceinline__ void waitParity(uint32_t barrier, int parity) {
  asm volatile(
      "{\n"
      ".reg .pred p;\n"
      "WAIT:\n"
      "mbarrier.try_wait.parity.acquire.cta.shared::cta.b64 p, [%0], %1;\n"
      "@p bra DONE;\n"
      "bra WAIT;\n"
      "DONE:\n"
      "}" ::"r"(barrier), "r"(parity) : "memory");
}

// A box of a matrix, from column x of row y on.
__device__ __forceinline__ void copyBox(uint32_t to, const CUtensorMap *map, int x, int y, uint32_t barrier) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%2, %3}], [%4];" ::"r"(to),
      "l"(map), "r"(x), "r"(y), "r"(barrier)
      : "memory");
}

// The same from shared memory to a matrix, whose edges cut what lies past them. Shared memory may be written again when the
// thread has waited for all but the PENDING last groups to be read.
__device__ __forceinline__ void storeBox(const CUtensorMap *map, int x, int y, uint32_t from) {
  asm volatile("cp.async.bulk.tensor.2d.global.shared::cta.tile.bulk_group [%0, {%1, %2}], [%3];" ::"l"(map), "r"(x),
               "r"(y), "r"(from)
               : "memory");
}
__device__ __forceinline__ void commitStores() { asm volatile("cp.async.bulk.commit_group;" ::: "memory"); }
template <int PENDING> __device__ __forceinline__ void waitStoresRead() {
  asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(PENDING) : "memory");
}

// Four 8 x 8 matrices of 16-bit elements; lane i gives the address of row i % 8 of matrix i / 8.
__device__ __forceinline__ void stmatrix4(uint32_t at, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(at), "r"(r0), "r"(r1), "r"(r2),
               "r"(r3)
               : "memory");
}

// A cluster: blocks that run at the same time. Its barrier makes what each thread wrote before it known to the others; threads
// that have exited are not waited for.
__device__ __forceinline__ int clusterSize() {
  int size;
  asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(size));
  return size;
}
__device__ __forceinline__ int clusterRank() {
  int rank;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}
__device__ __forceinline__ void clusterBarrier() {
  asm volatile("barrier.cluster.arrive.release.aligned;\nbarrier.cluster.wait.acquire.aligned;" ::: "memory");
}
// Where a place in this block's shared memory is in that of another block, and four elements there.
__device__ __forceinline__ uint32_t placeInBlock(uint32_t at, int rank) {
  uint32_t there;
  asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(there) : "r"(at), "r"(rank));
  return there;
}
__device__ __forceinline__ float4 loadFromCluster(uint32_t at) {
  float4 v;
  asm volatile("ld.shared::cluster.v4.f32 {%0, %1, %2, %3}, [%4];" : "=f"(v.x), "=f"(v.y), "=f"(v.z), "=f"(v.w) : "r"(at));
  return v;
}

// Lets the registers of all warps of a warpgroup be as few or as many; a multiple of 8.
template <int REGISTERS> __device__ __forceinline__ void giveRegisters() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(REGISTERS));
}
template <int REGISTERS> __device__ __forceinline__ void takeRegisters() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(REGISTERS));
}

// A matrix in shared memory as boxes with rows of 128 bytes, swizzled. Rows along k: groups of 8 rows are 1,024 bytes apart.
// Rows along m or n, 64 elements each: groups of 8 k are 1,024 bytes apart, and blocks of 64 elements a box of 64 rows.
template <bool ALONG_K> __device__ __forceinline__ constexpr uint64_t descriptor(uint32_t at) {
  const uint64_t leading = ALONG_K ? 1 : 8192 >> 4;
  return (uint64_t)((at & 0x3ffff) >> 4) | (leading << 16) | (64ull << 32) | (1ull << 62);
}

// Orders what was written to accumulators before the wgmma that follow. The empty statements keep the compiler from
// moving those writes past the fence, as it may since the fence itself names no register.
template <int N> __device__ __forceinline__ void wgmmaFence(float (&d)[N]) {
#pragma unroll
  for (int i = 0; i < N; i++) asm volatile("" : "+f"(d[i])::"memory");
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
__device__ __forceinline__ void wgmmaCommit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
template <int PENDING> __device__ __forceinline__ void wgmmaWait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(PENDING) : "memory");
}

// The registers of accumulators, as operands and in the text of an instruction.
#define WGMMA_8(d, i) \
  "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3]), "+f"(d[i + 4]), "+f"(d[i + 5]), "+f"(d[i + 6]), "+f"(d[i + 7])
#define WGMMA_32(d, i) WGMMA_8(d, i), WGMMA_8(d, i + 8), WGMMA_8(d, i + 16), WGMMA_8(d, i + 24)
#define WGMMA_TEXT_32                                                                                        \
  "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                                   \
  "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31"
#define WGMMA_TEXT_64 WGMMA_TEXT_32                                                                          \
  ", %32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "                       \
  "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
#define WGMMA_TEXT_96 WGMMA_TEXT_64                                                                          \
  ", %64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "                       \
  "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95"
#define WGMMA_TEXT_128 WGMMA_TEXT_96                                                                         \
  ", %96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "           \
  "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127"
// One instruction for n columns; the operands after the accumulators have the numbers a, b, sum, ta and tb.
#define WGMMA(n, registers, a_, b_, sum_, ta_, tb_, ...)                                                     \
  asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %" sum_ ", 0;\n"                                            \
               "wgmma.mma_async.sync.aligned.m64n" n "k16.f32.bf16.bf16 {" registers "}, %" a_ ", %" b_      \
               ", p, 1, 1, %" ta_ ", %" tb_ ";\n}"                                                           \
               : __VA_ARGS__                                                                                 \
               : "l"(a), "l"(b), "r"(sum), "n"(A_ALONG_K ? 0 : 1), "n"(B_ALONG_K ? 0 : 1))

// d [64, N] = a [64, 16] b [16, N], added to what is there unless sum is 0. Both factors are read from shared memory, transposed
// where they are contiguous along m or n. Lane l of warp w has of d the rows 16 w + l / 4 and that plus 8, and of each eight
// columns 2 (l % 4) and the next: d[4 j] to d[4 j + 3] are the two of the first row and the two of the second.
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ __forceinline__ void wgmma(float (&d)[32], uint64_t a, uint64_t b, int sum) {
  WGMMA("64", WGMMA_TEXT_32, "32", "33", "34", "35", "36", WGMMA_32(d, 0));
}
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ __forceinline__ void wgmma(float (&d)[64], uint64_t a, uint64_t b, int sum) {
  WGMMA("128", WGMMA_TEXT_64, "64", "65", "66", "67", "68", WGMMA_32(d, 0), WGMMA_32(d, 32));
}
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ __forceinline__ void wgmma(float (&d)[96], uint64_t a, uint64_t b, int sum) {
  WGMMA("192", WGMMA_TEXT_96, "96", "97", "98", "99", "100", WGMMA_32(d, 0), WGMMA_32(d, 32), WGMMA_32(d, 64));
}
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ __forceinline__ void wgmma(float (&d)[128], uint64_t a, uint64_t b, int sum) {
  WGMMA("256", WGMMA_TEXT_128, "128", "129", "130", "131", "132", WGMMA_32(d, 0), WGMMA_32(d, 32), WGMMA_32(d, 64),
        WGMMA_32(d, 96));
}
