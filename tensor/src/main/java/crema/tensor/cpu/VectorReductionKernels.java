package crema.tensor.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ReductionKernels} on vectors. The virtual lanes are one vector of 512 bits ({@code a} below), two of 256
 * ({@code a} and {@code b}) or four of 128; the compiler folds the conditions on the width away.
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

  private static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(SPECIES, array, offset);
  }

  /** The lanes of the vector at {@code i} that are below {@code n}. */
  private static VectorMask<Float> below(int i, int n) {
    return SPECIES.indexInRange(i, n);
  }

  private static FloatVector load(float[] array, int offset, VectorMask<Float> mask) {
    return FloatVector.fromArray(SPECIES, array, offset, mask);
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
      a = a.add(load(x, xo + i));
      if (TWO) {
        b = b.add(load(x, xo + i + LANES));
      }
      if (FOUR) {
        c = c.add(load(x, xo + i + 2 * LANES));
        d = d.add(load(x, xo + i + 3 * LANES));
      }
    }
    if (i < n) {
      a = a.add(load(x, xo + i, below(i, n)));
      if (TWO) {
        b = b.add(load(x, xo + i + LANES, below(i + LANES, n)));
      }
      if (FOUR) {
        c = c.add(load(x, xo + i + 2 * LANES, below(i + 2 * LANES, n)));
        d = d.add(load(x, xo + i + 3 * LANES, below(i + 3 * LANES, n)));
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
      a = addProduct(a, x, xo + i, y, yo + i);
      if (TWO) {
        b = addProduct(b, x, xo + i + LANES, y, yo + i + LANES);
      }
      if (FOUR) {
        c = addProduct(c, x, xo + i + 2 * LANES, y, yo + i + 2 * LANES);
        d = addProduct(d, x, xo + i + 3 * LANES, y, yo + i + 3 * LANES);
      }
    }
    if (i < n) {
      a = addProduct(a, x, xo + i, y, yo + i, below(i, n));
      if (TWO) {
        b = addProduct(b, x, xo + i + LANES, y, yo + i + LANES, below(i + LANES, n));
      }
      if (FOUR) {
        c = addProduct(c, x, xo + i + 2 * LANES, y, yo + i + 2 * LANES, below(i + 2 * LANES, n));
        d = addProduct(d, x, xo + i + 3 * LANES, y, yo + i + 3 * LANES, below(i + 3 * LANES, n));
      }
    }
    return total(a, b, c, d);
  }

  private static FloatVector addProduct(FloatVector sum, float[] x, int xo, float[] y, int yo) {
    return load(x, xo).fma(load(y, yo), sum);
  }

  private static FloatVector addProduct(FloatVector sum, float[] x, int xo, float[] y, int yo, VectorMask<Float> mask) {
    return load(x, xo, mask).fma(load(y, yo, mask), sum);
  }

  @Override
  float shiftedDot(float[] x, int xo, float shift, float[] y, int yo, float[] z, int zo, int n) {
    var a = zero();
    var b = zero();
    var c = zero();
    var d = zero();
    int i = 0;
    for (; i <= n - VIRTUAL_LANES; i += VIRTUAL_LANES) {
      a = addProduct(a, x, xo + i, shift, y, yo + i, z, zo + i);
      if (TWO) {
        b = addProduct(b, x, xo + i + LANES, shift, y, yo + i + LANES, z, zo + i + LANES);
      }
      if (FOUR) {
        c = addProduct(c, x, xo + i + 2 * LANES, shift, y, yo + i + 2 * LANES, z, zo + i + 2 * LANES);
        d = addProduct(d, x, xo + i + 3 * LANES, shift, y, yo + i + 3 * LANES, z, zo + i + 3 * LANES);
      }
    }
    if (i < n) {
      a = addProduct(a, x, xo, shift, y, yo, z, zo, i, n);
      if (TWO) {
        b = addProduct(b, x, xo, shift, y, yo, z, zo, i + LANES, n);
      }
      if (FOUR) {
        c = addProduct(c, x, xo, shift, y, yo, z, zo, i + 2 * LANES, n);
        d = addProduct(d, x, xo, shift, y, yo, z, zo, i + 3 * LANES, n);
      }
    }
    return total(a, b, c, d);
  }

  private static FloatVector addProduct(FloatVector sum, float[] x, int xo, float shift, float[] y, int yo, float[] z,
      int zo) {
    return load(x, xo).sub(shift).mul(load(y, yo)).fma(load(z, zo), sum);
  }

  private static FloatVector addProduct(FloatVector sum, float[] x, int xo, float shift, float[] y, int yo, float[] z,
      int zo, int i, int n) {
    var mask = below(i, n);
    return load(x, xo + i, mask).sub(shift).mul(load(y, yo + i, mask)).lanewise(VectorOperators.FMA,
        load(z, zo + i, mask), sum);
  }

  @Override
  float squaredDeviations(float[] x, int xo, float mean, int n) {
    var a = zero();
    var b = zero();
    var c = zero();
    var d = zero();
    int i = 0;
    for (; i <= n - VIRTUAL_LANES; i += VIRTUAL_LANES) {
      a = addSquare(a, load(x, xo + i).sub(mean));
      if (TWO) {
        b = addSquare(b, load(x, xo + i + LANES).sub(mean));
      }
      if (FOUR) {
        c = addSquare(c, load(x, xo + i + 2 * LANES).sub(mean));
        d = addSquare(d, load(x, xo + i + 3 * LANES).sub(mean));
      }
    }
    if (i < n) {
      a = addSquare(a, deviation(x, xo, mean, i, n));
      if (TWO) {
        b = addSquare(b, deviation(x, xo, mean, i + LANES, n));
      }
      if (FOUR) {
        c = addSquare(c, deviation(x, xo, mean, i + 2 * LANES, n));
        d = addSquare(d, deviation(x, xo, mean, i + 3 * LANES, n));
      }
    }
    return total(a, b, c, d);
  }

  private static FloatVector addSquare(FloatVector sum, FloatVector x) {
    return x.fma(x, sum);
  }

  /** x − mean, and 0 beyond the end. */
  private static FloatVector deviation(float[] x, int xo, float mean, int i, int n) {
    var mask = below(i, n);
    return zero().blend(load(x, xo + i, mask).sub(mean), mask);
  }

  @Override
  float max(float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    var max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < whole; i += LANES) {
      max = max.max(load(x, xo + i));
    }
    if (whole < n) {
      var mask = below(whole, n);
      max = max.max(FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY).blend(load(x, xo + whole, mask), mask));
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

  private static DoubleVector widen(float[] x, int xo, int i, int n) {
    return (DoubleVector) FloatVector.fromArray(HALF, x, xo + i, HALF.indexInRange(i, n))
        .convertShape(VectorOperators.F2D, DOUBLE, 0);
  }

  /** Combines the virtual lanes. */
  private static double total(DoubleVector a, DoubleVector b, DoubleVector c, DoubleVector d) {
    var v = FOUR ? a.add(c).add(b.add(d)) : TWO ? a.add(b) : a;
    return switch (WIDE) {
      case 8 -> ((v.lane(0) + v.lane(4)) + (v.lane(2) + v.lane(6))) + ((v.lane(1) + v.lane(5)) + (v.lane(3) + v.lane(7)));
      case 4 -> (v.lane(0) + v.lane(2)) + (v.lane(1) + v.lane(3));
      default -> v.lane(0) + v.lane(1);
    };
  }

  @Override
  double wideSum(float[] x, int xo, int n) {
    var a = DoubleVector.zero(DOUBLE);
    var b = a;
    var c = a;
    var d = a;
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
      a = a.add(widen(x, xo, i, n));
      if (TWO) {
        b = b.add(widen(x, xo, i + WIDE, n));
      }
      if (FOUR) {
        c = c.add(widen(x, xo, i + 2 * WIDE, n));
        d = d.add(widen(x, xo, i + 3 * WIDE, n));
      }
    }
    return total(a, b, c, d);
  }

  @Override
  double wideSumOfSquares(float[] x, int xo, int n) {
    var a = DoubleVector.zero(DOUBLE);
    var b = a;
    var c = a;
    var d = a;
    int i = 0;
    for (; i <= n - DOUBLE_LANES; i += DOUBLE_LANES) {
      a = addSquare(a, widen(x, xo + i));
      if (TWO) {
        b = addSquare(b, widen(x, xo + i + WIDE));
      }
      if (FOUR) {
        c = addSquare(c, widen(x, xo + i + 2 * WIDE));
        d = addSquare(d, widen(x, xo + i + 3 * WIDE));
      }
    }
    if (i < n) {
      a = addSquare(a, widen(x, xo, i, n));
      if (TWO) {
        b = addSquare(b, widen(x, xo, i + WIDE, n));
      }
      if (FOUR) {
        c = addSquare(c, widen(x, xo, i + 2 * WIDE, n));
        d = addSquare(d, widen(x, xo, i + 3 * WIDE, n));
      }
    }
    return total(a, b, c, d);
  }

  private static DoubleVector addSquare(DoubleVector sum, DoubleVector x) {
    return x.fma(x, sum);
  }

  @Override
  boolean isFinite(float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    var sum = zero();
    for (int i = 0; i < whole; i += LANES) {
      sum = load(x, xo + i).fma(zero(), sum);
    }
    // Zero or NaN, in whatever order the lanes are added.
    return sum.reduceLanes(VectorOperators.ADD) == 0 && REST.isFinite(x, xo + whole, n - whole);
  }
}
