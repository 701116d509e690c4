package crema.tensor.cpu;

import crema.tensor.cpu.simd.SimdSpecies;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ReductionKernels} on vectors. The virtual lanes are one vector of 512 bits ({@code a} below), two of 256
 * ({@code a} and {@code b}) or four of 128; the compiler folds the conditions on the width away.
 *
 * <p>The rest of a run, less than all virtual lanes, goes through masked loads. Loops and rests are written with
 * methods of the Vector API alone, which are always inlined: a method of ours that is seldom called is not, nor is one
 * in a unit that has grown too large, and then the sums would be boxed in every loop.
 */
final class VectorReductionKernels extends ReductionKernels {
  private static final VectorSpecies<Float> SPECIES = SimdSpecies.FLOAT;
  private static final int LANES = SPECIES.length();
  private static final boolean TWO = LANES <= 8;
  private static final boolean FOUR = LANES <= 4;
  private static final VectorShuffle<Float> FOLD_8 = fold(8);
  private static final VectorShuffle<Float> FOLD_4 = fold(4);
  private static final VectorShuffle<Float> FOLD_2 = fold(2);
  private static final VectorShuffle<Float> FOLD_1 = fold(1);

  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SPECIES.vectorShape());
  /** As many floats as {@link #DOUBLE} has lanes. */
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));
  private static final int WIDE = DOUBLE.length();
  private static final ScalarReductionKernels REST = new ScalarReductionKernels();

  /** The shuffle that brings lane l + distance to lane l. */
  private static VectorShuffle<Float> fold(int distance) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane + distance) & (LANES - 1));
  }

  private static FloatVector zero() {
    return FloatVector.zero(SPECIES);
  }

  /** Combines the virtual lanes. */
  private static float total(FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
    var v = FOUR ? a.add(c).add(b.add(d)) : TWO ? a.add(b) : a;
    if (LANES > 8) {
      v = v.add(v.rearrange(FOLD_8));
    }
    if (LANES > 4) {
      v = v.add(v.rearrange(FOLD_4));
    }
    v = v.add(v.rearrange(FOLD_2));
    return v.add(v.rearrange(FOLD_1)).lane(0);
  }

  @Override
  float sum(float[] x, int xo, int n) {
    var a = zero();
    var b = zero();
    var c = zero();
    var d = zero();
    int i = 0;
    for (; i <= n - VIRTUAL_LANES; i += VIRTUAL_LANES) {
      a = a.add(FloatVector.fromArray(SPECIES, x, xo + i));
      if (TWO) {
        b = b.add(FloatVector.fromArray(SPECIES, x, xo + i + LANES));
      }
      if (FOUR) {
        c = c.add(FloatVector.fromArray(SPECIES, x, xo + i + 2 * LANES));
        d = d.add(FloatVector.fromArray(SPECIES, x, xo + i + 3 * LANES));
      }
    }
    if (i < n) {
      a = a.add(FloatVector.fromArray(SPECIES, x, xo + i, SPECIES.indexInRange(i, n)));
      if (TWO) {
        b = b.add(FloatVector.fromArray(SPECIES, x, xo + i + LANES, SPECIES.indexInRange(i + LANES, n)));
      }
      if (FOUR) {
        c = c.add(FloatVector.fromArray(SPECIES, x, xo + i + 2 * LANES, SPECIES.indexInRange(i + 2 * LANES, n)));
        d = d.add(FloatVector.fromArray(SPECIES, x, xo + i + 3 * LANES, SPECIES.indexInRange(i + 3 * LANES, n)));
      }
    }
    return total(a, b, c, d);
  }

  @Override
  float dot(float[] x, int xo, float[] y, int yo, int n) {
    var a = zero();
    var b = zero();
    var c = zero();
    var d = zero();
    int i = 0;
    for (; i <= n - VIRTUAL_LANES; i += VIRTUAL_LANES) {
      a = FloatVector.fromArray(SPECIES, x, xo + i).fma(FloatVector.fromArray(SPECIES, y, yo + i), a);
      if (TWO) {
        b = FloatVector.fromArray(SPECIES, x, xo + i + LANES).fma(FloatVector.fromArray(SPECIES, y, yo + i + LANES), b);
      }
      if (FOUR) {
        c = FloatVector.fromArray(SPECIES, x, xo + i + 2 * LANES)
            .fma(FloatVector.fromArray(SPECIES, y, yo + i + 2 * LANES), c);
        d = FloatVector.fromArray(SPECIES, x, xo + i + 3 * LANES)
            .fma(FloatVector.fromArray(SPECIES, y, yo + i + 3 * LANES), d);
      }
    }
    if (i < n) {
      var aMask = SPECIES.indexInRange(i, n);
      a = FloatVector.fromArray(SPECIES, x, xo + i, aMask)
          .fma(FloatVector.fromArray(SPECIES, y, yo + i, aMask), a);
      if (TWO) {
        var bMask = SPECIES.indexInRange(i + LANES, n);
        b = FloatVector.fromArray(SPECIES, x, xo + i + LANES, bMask)
            .fma(FloatVector.fromArray(SPECIES, y, yo + i + LANES, bMask), b);
      }
      if (FOUR) {
        var cMask = SPECIES.indexInRange(i + 2 * LANES, n);
        c = FloatVector.fromArray(SPECIES, x, xo + i + 2 * LANES, cMask)
            .fma(FloatVector.fromArray(SPECIES, y, yo + i + 2 * LANES, cMask), c);
        var dMask = SPECIES.indexInRange(i + 3 * LANES, n);
        d = FloatVector.fromArray(SPECIES, x, xo + i + 3 * LANES, dMask)
            .fma(FloatVector.fromArray(SPECIES, y, yo + i + 3 * LANES, dMask), d);
      }
    }
    return total(a, b, c, d);
  }

  @Override
  float shiftedDot(float[] x, int xo, float shift, float[] y, int yo, float[] z, int zo, int n) {
    var a = zero();
    var b = zero();
    var c = zero();
    var d = zero();
    int i = 0;
    for (; i <= n - VIRTUAL_LANES; i += VIRTUAL_LANES) {
      a = FloatVector.fromArray(SPECIES, x, xo + i).sub(shift).mul(FloatVector.fromArray(SPECIES, y, yo + i))
          .fma(FloatVector.fromArray(SPECIES, z, zo + i), a);
      if (TWO) {
        b = FloatVector.fromArray(SPECIES, x, xo + i + LANES).sub(shift)
            .mul(FloatVector.fromArray(SPECIES, y, yo + i + LANES))
            .fma(FloatVector.fromArray(SPECIES, z, zo + i + LANES), b);
      }
      if (FOUR) {
        c = FloatVector.fromArray(SPECIES, x, xo + i + 2 * LANES).sub(shift)
            .mul(FloatVector.fromArray(SPECIES, y, yo + i + 2 * LANES))
            .fma(FloatVector.fromArray(SPECIES, z, zo + i + 2 * LANES), c);
        d = FloatVector.fromArray(SPECIES, x, xo + i + 3 * LANES).sub(shift)
            .mul(FloatVector.fromArray(SPECIES, y, yo + i + 3 * LANES))
            .fma(FloatVector.fromArray(SPECIES, z, zo + i + 3 * LANES), d);
      }
    }
    if (i < n) {
      var aMask = SPECIES.indexInRange(i, n);
      a = FloatVector.fromArray(SPECIES, x, xo + i, aMask).sub(shift)
          .mul(FloatVector.fromArray(SPECIES, y, yo + i, aMask))
          .fma(FloatVector.fromArray(SPECIES, z, zo + i, aMask), a);
      if (TWO) {
        var bMask = SPECIES.indexInRange(i + LANES, n);
        b = FloatVector.fromArray(SPECIES, x, xo + i + LANES, bMask).sub(shift)
            .mul(FloatVector.fromArray(SPECIES, y, yo + i + LANES, bMask))
            .fma(FloatVector.fromArray(SPECIES, z, zo + i + LANES, bMask), b);
      }
      if (FOUR) {
        var cMask = SPECIES.indexInRange(i + 2 * LANES, n);
        c = FloatVector.fromArray(SPECIES, x, xo + i + 2 * LANES, cMask).sub(shift)
            .mul(FloatVector.fromArray(SPECIES, y, yo + i + 2 * LANES, cMask))
            .fma(FloatVector.fromArray(SPECIES, z, zo + i + 2 * LANES, cMask), c);
        var dMask = SPECIES.indexInRange(i + 3 * LANES, n);
        d = FloatVector.fromArray(SPECIES, x, xo + i + 3 * LANES, dMask).sub(shift)
            .mul(FloatVector.fromArray(SPECIES, y, yo + i + 3 * LANES, dMask))
            .fma(FloatVector.fromArray(SPECIES, z, zo + i + 3 * LANES, dMask), d);
      }
    }
    return total(a, b, c, d);
  }

  @Override
  float squaredDeviations(float[] x, int xo, float mean, int n) {
    var a = zero();
    var b = zero();
    var c = zero();
    var d = zero();
    int i = 0;
    for (; i <= n - VIRTUAL_LANES; i += VIRTUAL_LANES) {
      var aDeviation = FloatVector.fromArray(SPECIES, x, xo + i).sub(mean);
      a = aDeviation.fma(aDeviation, a);
      if (TWO) {
        var bDeviation = FloatVector.fromArray(SPECIES, x, xo + i + LANES).sub(mean);
        b = bDeviation.fma(bDeviation, b);
      }
      if (FOUR) {
        var cDeviation = FloatVector.fromArray(SPECIES, x, xo + i + 2 * LANES).sub(mean);
        c = cDeviation.fma(cDeviation, c);
        var dDeviation = FloatVector.fromArray(SPECIES, x, xo + i + 3 * LANES).sub(mean);
        d = dDeviation.fma(dDeviation, d);
      }
    }
    if (i < n) {
      var aMask = SPECIES.indexInRange(i, n);
      var aDeviation = FloatVector.fromArray(SPECIES, x, xo + i, aMask).sub(mean);
      a = a.blend(aDeviation.fma(aDeviation, a), aMask);
      if (TWO) {
        var bMask = SPECIES.indexInRange(i + LANES, n);
        var bDeviation = FloatVector.fromArray(SPECIES, x, xo + i + LANES, bMask).sub(mean);
        b = b.blend(bDeviation.fma(bDeviation, b), bMask);
      }
      if (FOUR) {
        var cMask = SPECIES.indexInRange(i + 2 * LANES, n);
        var cDeviation = FloatVector.fromArray(SPECIES, x, xo + i + 2 * LANES, cMask).sub(mean);
        c = c.blend(cDeviation.fma(cDeviation, c), cMask);
        var dMask = SPECIES.indexInRange(i + 3 * LANES, n);
        var dDeviation = FloatVector.fromArray(SPECIES, x, xo + i + 3 * LANES, dMask).sub(mean);
        d = d.blend(dDeviation.fma(dDeviation, d), dMask);
      }
    }
    return total(a, b, c, d);
  }

  @Override
  float max(float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    var max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < whole; i += LANES) {
      max = max.max(FloatVector.fromArray(SPECIES, x, xo + i));
    }
    if (whole < n) {
      var mask = SPECIES.indexInRange(whole, n);
      max = max.blend(max.max(FloatVector.fromArray(SPECIES, x, xo + whole, mask)), mask);
    }
    if (LANES > 8) {
      max = max.max(max.rearrange(FOLD_8));
    }
    if (LANES > 4) {
      max = max.max(max.rearrange(FOLD_4));
    }
    max = max.max(max.rearrange(FOLD_2));
    return max.max(max.rearrange(FOLD_1)).lane(0);
  }

  /** The doubles of half a vector of floats. */
  private static DoubleVector widen(float[] x, int xo) {
    return (DoubleVector) FloatVector.fromArray(HALF, x, xo).convertShape(VectorOperators.F2D, DOUBLE, 0);
  }

  /** Combines the virtual lanes. */
  private static double total(DoubleVector a, DoubleVector b, DoubleVector c, DoubleVector d) {
    var v = FOUR ? a.add(c).add(b.add(d)) : TWO ? a.add(b) : a;
    return switch (WIDE) {
      case 8 -> ((v.lane(0) + v.lane(4)) + (v.lane(2) + v.lane(6)))
          + ((v.lane(1) + v.lane(5)) + (v.lane(3) + v.lane(7)));
      case 4 -> (v.lane(0) + v.lane(2)) + (v.lane(1) + v.lane(3));
      default -> v.lane(0) + v.lane(1);
    };
  }

  @Override
  double wideSum(float[] x, int xo, int n) {
    var a = DoubleVector.zero(DOUBLE);
    var b = DoubleVector.zero(DOUBLE);
    var c = DoubleVector.zero(DOUBLE);
    var d = DoubleVector.zero(DOUBLE);
    int i = 0;
    for (; i <= n - DOUBLE_LANES; i += DOUBLE_LANES) {
      a = a.add(widen(x, xo + i));
      if (TWO) {
        b = b.add(widen(x, xo + i + WIDE));
      }
      if (FOUR) {
        c = c.add(widen(x, xo + i + 2 * WIDE));
        d = d.add(widen(x, xo + i + 3 * WIDE));
      }
    }
    if (i < n) {
      var aRest = (DoubleVector) FloatVector.fromArray(HALF, x, xo + i, HALF.indexInRange(i, n))
          .convertShape(VectorOperators.F2D, DOUBLE, 0);
      a = a.add(aRest);
      if (TWO) {
        var bRest = (DoubleVector) FloatVector.fromArray(HALF, x, xo + i + WIDE, HALF.indexInRange(i + WIDE, n))
            .convertShape(VectorOperators.F2D, DOUBLE, 0);
        b = b.add(bRest);
      }
      if (FOUR) {
        var cRest = (DoubleVector) FloatVector.fromArray(HALF, x, xo + i + 2 * WIDE, HALF.indexInRange(i + 2 * WIDE, n))
            .convertShape(VectorOperators.F2D, DOUBLE, 0);
        c = c.add(cRest);
        var dRest = (DoubleVector) FloatVector.fromArray(HALF, x, xo + i + 3 * WIDE, HALF.indexInRange(i + 3 * WIDE, n))
            .convertShape(VectorOperators.F2D, DOUBLE, 0);
        d = d.add(dRest);
      }
    }
    return total(a, b, c, d);
  }

  // The square of a float is exact in double precision, so adding it is what a fused multiply-add gives.

  @Override
  double wideSumOfSquares(float[] x, int xo, int n) {
    var a = DoubleVector.zero(DOUBLE);
    var b = DoubleVector.zero(DOUBLE);
    var c = DoubleVector.zero(DOUBLE);
    var d = DoubleVector.zero(DOUBLE);
    int i = 0;
    for (; i <= n - DOUBLE_LANES; i += DOUBLE_LANES) {
      var aWide = widen(x, xo + i);
      a = a.add(aWide.mul(aWide));
      if (TWO) {
        var bWide = widen(x, xo + i + WIDE);
        b = b.add(bWide.mul(bWide));
      }
      if (FOUR) {
        var cWide = widen(x, xo + i + 2 * WIDE);
        c = c.add(cWide.mul(cWide));
        var dWide = widen(x, xo + i + 3 * WIDE);
        d = d.add(dWide.mul(dWide));
      }
    }
    if (i < n) {
      var aRest = (DoubleVector) FloatVector.fromArray(HALF, x, xo + i, HALF.indexInRange(i, n))
          .convertShape(VectorOperators.F2D, DOUBLE, 0);
      a = a.add(aRest.mul(aRest));
      if (TWO) {
        var bRest = (DoubleVector) FloatVector.fromArray(HALF, x, xo + i + WIDE, HALF.indexInRange(i + WIDE, n))
            .convertShape(VectorOperators.F2D, DOUBLE, 0);
        b = b.add(bRest.mul(bRest));
      }
      if (FOUR) {
        var cRest = (DoubleVector) FloatVector.fromArray(HALF, x, xo + i + 2 * WIDE, HALF.indexInRange(i + 2 * WIDE, n))
            .convertShape(VectorOperators.F2D, DOUBLE, 0);
        c = c.add(cRest.mul(cRest));
        var dRest = (DoubleVector) FloatVector.fromArray(HALF, x, xo + i + 3 * WIDE, HALF.indexInRange(i + 3 * WIDE, n))
            .convertShape(VectorOperators.F2D, DOUBLE, 0);
        d = d.add(dRest.mul(dRest));
      }
    }
    return total(a, b, c, d);
  }

  @Override
  boolean isFinite(float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    var sum = zero();
    for (int i = 0; i < whole; i += LANES) {
      sum = FloatVector.fromArray(SPECIES, x, xo + i).fma(zero(), sum);
    }
    // Zero or NaN, in whatever order the lanes are added.
    return sum.reduceLanes(VectorOperators.ADD) == 0 && REST.isFinite(x, xo + whole, n - whole);
  }
}
