package crema.base;

/**
 * A counter-based source of random numbers: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011).
 *
 * <p>A number depends on the seed, the step, the op's stream and the element's index, and on nothing else. So a dropout
 * mask is the same on any device and for any number of threads, is recomputed rather than stored for the backward pass,
 * and is the same after a resume.
 *
 * @param seed the run's seed
 * @param step the training step
 */
public record Rng(long seed, long step) {
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  /** The numbers of one op within this step. */
  public Stream stream(int op) {
    return new Stream(seed, step, op);
  }

  /**
   * An unbounded sequence of random numbers with random access.
   *
   * <p>Element {@code i} is word {@code i mod 4} of the Philox block with key {@code seed} (low word first) and counter
   * words {@code (i / 4, op, step low, step high)}.
   *
   * @param seed the run's seed
   * @param step the training step
   * @param op which op of the step
   */
  public record Stream(long seed, long step, int op) {
    /** Writes the four words of block {@code block} (elements {@code 4·block} to {@code 4·block + 3}). */
    public void block(long block, int[] words) {
      block(block, words, 0);
    }

    /** Writes the four words of block {@code block} from {@code words[offset]} on. */
    public void block(long block, int[] words, int offset) {
      if (block < 0 || block > 0xFFFFFFFFL) {
        throw new IllegalArgumentException("random block " + block + " is past the end of a stream");
      }
      philox((int) block, op, (int) step, (int) (step >>> 32), (int) seed, (int) (seed >>> 32), words, offset);
    }

    /** Element {@code index} as 32 random bits. */
    public int bits(long index) {
      var words = new int[4];
      block(index >>> 2, words);
      return words[(int) (index & 3)];
    }

    /** Element {@code index} as a number in [0, 1): the upper 24 bits times 2⁻²⁴. */
    public float uniform(long index) {
      return toUniform(bits(index));
    }
  }

  /** The uniform number in [0, 1) that 32 random bits stand for. */
  public static float toUniform(int bits) {
    return (bits >>> 8) * 0x1p-24f;
  }

  /** Ten rounds of Philox4x32 over the counter {@code c0..c3} with the key {@code k0, k1}. */
  static void philox(int c0, int c1, int c2, int c3, int k0, int k1, int[] words, int offset) {
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    words[offset] = c0;
    words[offset + 1] = c1;
    words[offset + 2] = c2;
    words[offset + 3] = c3;
  }
}
