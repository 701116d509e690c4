package crema.tensor.cpu;

import crema.base.Rng;

/** {@link RandomKernels} without the Vector API. */
final class ScalarRandomKernels extends RandomKernels {
  @Override
  void draw(Rng.Stream random, long firstBlock, int blocks, int[] words, int wo) {
    for (int block = 0; block < blocks; block++) {
      random.block(firstBlock + block, words, wo + block * BLOCK);
    }
  }

  @Override
  void drop(int[] words, int wo, int threshold, float factor, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = words[wo + i] >>> 8 >= threshold ? factor * x[xo + i] : 0;
    }
  }
}
