// targets: sm_90a
// SwiGLU of two products, as gemm_wgmma.cuh says.
#include "gemm_wgmma.cuh"

#define GATED(BN)                                                                                                        \
  ENTRY __launch_bounds__(THREADS<BN>, Tile<BN>::BLOCKS) gemm_wgmma_gated_##BN(const __grid_constant__ Gemm g) {         \
    gemm<false, true, bf16, BN, true>(g);                                                                                \
  }
GATED(256)
GATED(128)
