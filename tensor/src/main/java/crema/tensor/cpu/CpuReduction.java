package crema.tensor.cpu;

import crema.tensor.Reduction;

/** {@link Reduction} with SIMD kernels. */
final class CpuReduction implements Reduction {}
