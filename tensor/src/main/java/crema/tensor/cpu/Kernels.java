package crema.tensor.cpu;

import crema.tensor.cpu.simd.Simd;

/** The kernels of this process: those of the width that {@link Simd} chose. Constants, so that calls of them inline. */
final class Kernels {
  static final ActivationKernels ACTIVATION =
      Simd.isVector() ? new VectorActivationKernels() : new ScalarActivationKernels();
  static final ArithmeticKernels ARITHMETIC =
      Simd.isVector() ? new VectorArithmeticKernels() : new ScalarArithmeticKernels();
  static final ReductionKernels REDUCTION =
      Simd.isVector() ? new VectorReductionKernels() : new ScalarReductionKernels();
  static final ChannelKernels CHANNEL =
      Simd.isVector() ? new VectorChannelKernels() : new ScalarChannelKernels();
  static final RandomKernels RANDOM = Simd.isVector() ? new VectorRandomKernels() : new ScalarRandomKernels();

  static final TileKernels TILE = Simd.isVector() ? new VectorTileKernels() : new ScalarTileKernels();

  private Kernels() {}
}
