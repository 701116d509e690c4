package crema.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import crema.base.Rng;
import crema.tensor.cpu.simd.SimdSpecies;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link RandomKernels} on vectors: each 64-bit lane computes one Philox block. */
final class VectorRandomKernels extends RandomKernels {
  private static final VectorSpecies<Float> FLOATS = SimdSpecies.FLOAT;
  private static final VectorSpecies<Integer> INTS = SimdSpecies.INT;
  private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, FLOATS.vectorShape());
  private static final int LANES = LONGS.length();
  private static final ScalarRandomKernels REST = new ScalarRandomKernels();

  // Philox4x32-10's constants, as in Rng.
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private static final long LOW = 0xFFFFFFFFL;
  private static final LongVector LANE = LongVector.zero(LONGS).addIndex(1);
  /** Picks a0, b0, a1, b1, ... of two vectors. */
  private static final LongVector FIRST_PAIRS = pairs(0);
  private static final LongVector LAST_PAIRS = pairs(LANES / 2);

  private static LongVector pairs(int first) {
    var index = new long[LANES];
    for (int i = 0; i < LANES; i++) {
      index[i] = first + i / 2 + i % 2 * LANES;
    }
    return LongVector.fromArray(LONGS, index, 0);
  }

  @Override
  void draw(Rng.Stream random, long firstBlock, int blocks, int[] words, int wo) {
    int whole = LONGS.loopBound(blocks);
    for (int block = 0; block < whole; block += LANES) {
      draw(random, firstBlock + block, words, wo + block * BLOCK);
    }
    REST.draw(random, firstBlock + whole, blocks - whole, words, wo + whole * BLOCK);
  }

  /** Draws one block a lane. Words are in the lower halves of lanes; the upper halves are left dirty. */
  private static void draw(Rng.Stream random, long firstBlock, int[] words, int wo) {
    var c0 = LANE.add(firstBlock);
    var c1 = LongVector.broadcast(LONGS, random.op());
    var c2 = LongVector.broadcast(LONGS, random.step() & LOW);
    var c3 = LongVector.broadcast(LONGS, random.step() >>> 32);
    int k0 = (int) random.seed();
    int k1 = (int) (random.seed() >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      var product0 = c0.and(LOW).mul(MULTIPLIER_0);
      var product1 = c2.and(LOW).mul(MULTIPLIER_1);
      c0 = product1.lanewise(LSHR, 32).lanewise(XOR, c1)
          .lanewise(XOR, (long) k0);
      c2 = product0.lanewise(LSHR, 32).lanewise(XOR, c3)
          .lanewise(XOR, (long) k1);
      c1 = product1;
      c3 = product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    var a = c0.and(LOW).or(c1.lanewise(LSHL, 32));
    var b = c2.and(LOW).or(c3.lanewise(LSHL, 32));
    FIRST_PAIRS.selectFrom(a, b).reinterpretAsInts().intoArray(words, wo);
    LAST_PAIRS.selectFrom(a, b).reinterpretAsInts().intoArray(words, wo + 2 * LANES);
  }

  @Override
  void drop(int[] words, int wo, int threshold, float factor, float[] x, int xo, float[] y, int yo, int n) {
    int whole = FLOATS.loopBound(n);
    for (int i = 0; i < whole; i += FLOATS.length()) {
      var kept = IntVector.fromArray(INTS, words, wo + i).lanewise(LSHR, 8).compare(GE, threshold).cast(FLOATS);
      FloatVector.zero(FLOATS).blend(FloatVector.fromArray(FLOATS, x, xo + i).mul(factor), kept).intoArray(y, yo + i);
    }
    REST.drop(words, wo + whole, threshold, factor, x, xo + whole, y, yo + whole, n - whole);
  }
}
