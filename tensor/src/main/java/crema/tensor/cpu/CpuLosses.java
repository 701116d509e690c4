package crema.tensor.cpu;

import crema.tensor.Losses;

/** {@link Losses} with SIMD kernels. */
final class CpuLosses implements Losses {}
