package crema.tensor.cpu;

import crema.tensor.MatMul;

/** {@link MatMul} with SIMD kernels. */
final class CpuMatMul implements MatMul {}
