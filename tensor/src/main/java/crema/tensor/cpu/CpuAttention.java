package crema.tensor.cpu;

import crema.tensor.Attention;

/** {@link Attention} with SIMD kernels. */
final class CpuAttention implements Attention {}
