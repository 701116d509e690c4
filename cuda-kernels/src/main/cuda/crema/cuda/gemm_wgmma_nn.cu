// targets: sm_90a
// c = a b, as gemm_wgmma.cuh says.
#include "gemm_wgmma.cuh"

FOR_ORIENTATION(nn, false, false)
