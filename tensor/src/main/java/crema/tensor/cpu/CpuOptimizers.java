package crema.tensor.cpu;

import crema.tensor.Optimizers;

/** {@link Optimizers} with SIMD kernels. */
final class CpuOptimizers implements Optimizers {}
