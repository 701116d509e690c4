// targets: sm_90a
// c = a^T b, as gemm_wgmma.cuh says.
#include "gemm_wgmma.cuh"

FOR_ORIENTATION(tn, true, false)
