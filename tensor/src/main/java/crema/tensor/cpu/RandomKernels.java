package crema.tensor.cpu;

import crema.base.Rng;

/** Random numbers in bulk, and what is dropped by them. */
abstract sealed class RandomKernels permits ScalarRandomKernels, VectorRandomKernels {
  /** Words of one block of {@link Rng.Stream}. */
  static final int BLOCK = 4;

  /**
   * Writes random words.
   *
   * @param firstBlock the first block of the stream
   * @param blocks how many blocks to draw, of {@value #BLOCK} words each
   */
  abstract void draw(Rng.Stream random, long firstBlock, int blocks, int[] words, int wo);

  /**
   * y = factor · x where the word's upper 24 bits are at least {@code threshold}, and 0 elsewhere.
   *
   * @param threshold see {@link #threshold}
   */
  abstract void drop(int[] words, int wo, int threshold, float factor, float[] x, int xo, float[] y, int yo, int n);

  /** How many blocks hold so many words. */
  static int blocks(int words) {
    return (words + BLOCK - 1) / BLOCK;
  }

  /** The number that the upper 24 bits of a word must reach for its uniform number to be at least {@code p}. */
  static int threshold(float p) {
    return (int) Math.ceil(p * 0x1p24);
  }
}
