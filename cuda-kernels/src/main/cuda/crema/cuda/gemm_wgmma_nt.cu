// targets: sm_90a
// c = a b^T, as gemm_wgmma.cuh says.
#include "gemm_wgmma.cuh"

FOR_ORIENTATION(nt, false, true)
