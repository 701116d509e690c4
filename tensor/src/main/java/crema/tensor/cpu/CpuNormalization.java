package crema.tensor.cpu;

import crema.tensor.Normalization;

/** {@link Normalization} with SIMD kernels. */
final class CpuNormalization implements Normalization {}
