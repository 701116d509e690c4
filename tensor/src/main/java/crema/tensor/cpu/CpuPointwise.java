package crema.tensor.cpu;

import crema.tensor.Pointwise;

/** {@link Pointwise} with SIMD kernels. */
final class CpuPointwise implements Pointwise {}
