package crema.tensor.cpu;

import crema.tensor.BinaryOperator;
import crema.tensor.cpu.simd.SimdSpecies;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** {@link ArithmeticKernels} on vectors; what is left of a run after whole vectors goes to the scalar kernels. */
final class VectorArithmeticKernels extends ArithmeticKernels {
  private static final VectorSpecies<Float> SPECIES = SimdSpecies.FLOAT;
  private static final int LANES = SPECIES.length();
  private static final ScalarArithmeticKernels REST = new ScalarArithmeticKernels();

  private static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(SPECIES, array, offset);
  }

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  @Override
  void binary(BinaryOperator operator, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    switch (operator) {
      case ADD -> {
        for (int i = 0; i < whole; i += LANES) {
          load(a, ao + i).add(load(b, bo + i)).intoArray(y, yo + i);
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < whole; i += LANES) {
          load(a, ao + i).sub(load(b, bo + i)).intoArray(y, yo + i);
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < whole; i += LANES) {
          load(a, ao + i).mul(load(b, bo + i)).intoArray(y, yo + i);
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < whole; i += LANES) {
          load(a, ao + i).div(load(b, bo + i)).intoArray(y, yo + i);
        }
      }
    }
    REST.binary(operator, a, ao + whole, b, bo + whole, y, yo + whole, n - whole);
  }

  @Override
  void scale(float factor, float[] x, int xo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(x, xo + i).mul(factor).intoArray(y, yo + i);
    }
    REST.scale(factor, x, xo + whole, y, yo + whole, n - whole);
  }

  @Override
  void addScaledTo(float factor, float[] a, int ao, float[] x, int xo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    var factors = all(factor);
    for (int i = 0; i < whole; i += LANES) {
      factors.fma(load(a, ao + i), load(x, xo + i)).intoArray(y, yo + i);
    }
    REST.addScaledTo(factor, a, ao + whole, x, xo + whole, y, yo + whole, n - whole);
  }

  @Override
  void scaledProduct(float factor, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(a, ao + i).mul(factor).mul(load(b, bo + i)).intoArray(y, yo + i);
    }
    REST.scaledProduct(factor, a, ao + whole, b, bo + whole, y, yo + whole, n - whole);
  }

  @Override
  void addScaledProduct(float factor, float[] a, int ao, float[] b, int bo, float[] x, int xo, float[] y, int yo,
      int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(a, ao + i).mul(factor).fma(load(b, bo + i), load(x, xo + i)).intoArray(y, yo + i);
    }
    REST.addScaledProduct(factor, a, ao + whole, b, bo + whole, x, xo + whole, y, yo + whole, n - whole);
  }

  @Override
  void maximum(float[] x, int xo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(x, xo + i).max(load(y, yo + i)).intoArray(y, yo + i);
    }
    REST.maximum(x, xo + whole, y, yo + whole, n - whole);
  }

  @Override
  void subtract(float first, float second, float[] x, int xo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(x, xo + i).sub(first).sub(second).intoArray(y, yo + i);
    }
    REST.subtract(first, second, x, xo + whole, y, yo + whole, n - whole);
  }

  @Override
  void scaleAndSubtract(float factor, float[] x, int xo, float shift, float @Nullable [] w, int wo, float[] y, int yo,
      int n) {
    int whole = SPECIES.loopBound(n);
    var factors = all(factor);
    var shifts = all(-shift);
    if (w == null) {
      for (int i = 0; i < whole; i += LANES) {
        factors.fma(load(x, xo + i), shifts).intoArray(y, yo + i);
      }
    } else {
      for (int i = 0; i < whole; i += LANES) {
        factors.fma(load(x, xo + i), shifts.mul(load(w, wo + i))).intoArray(y, yo + i);
      }
    }
    REST.scaleAndSubtract(factor, x, xo + whole, shift, w, wo + whole, y, yo + whole, n - whole);
  }

  @Override
  void softmaxBackward(float factor, float[] y, int yo, float[] dy, int dyo, float mean, float[] dx, int dxo, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, y, yo + i).mul(factor)
          .mul(FloatVector.fromArray(SPECIES, dy, dyo + i).sub(mean)).intoArray(dx, dxo + i);
    }
    REST.softmaxBackward(factor, y, yo + whole, dy, dyo + whole, mean, dx, dxo + whole, n - whole);
  }

  @Override
  void logSoftmaxBackward(float[] y, int yo, float[] dy, int dyo, float sum, float[] dx, int dxo, int n) {
    int whole = SPECIES.loopBound(n);
    var sums = all(-sum);
    for (int i = 0; i < whole; i += LANES) {
      sums.fma(VectorMath.exp(load(y, yo + i)), load(dy, dyo + i)).intoArray(dx, dxo + i);
    }
    REST.logSoftmaxBackward(y, yo + whole, dy, dyo + whole, sum, dx, dxo + whole, n - whole);
  }

  @Override
  void normalize(float[] x, int xo, float mean, float inverse, float[] weight, int wo, float @Nullable [] bias, int bo,
      float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    if (bias == null) {
      for (int i = 0; i < whole; i += LANES) {
        load(x, xo + i).sub(mean).mul(inverse).mul(load(weight, wo + i)).intoArray(y, yo + i);
      }
    } else {
      for (int i = 0; i < whole; i += LANES) {
        load(x, xo + i).sub(mean).mul(inverse).fma(load(weight, wo + i), load(bias, bo + i)).intoArray(y, yo + i);
      }
    }
    REST.normalize(x, xo + whole, mean, inverse, weight, wo + whole, bias, bo + whole, y, yo + whole, n - whole);
  }

  @Override
  void normalizeBackward(float[] x, int xo, float mean, float inverse, float[] weight, int wo, float[] dy, int dyo,
      float shift, float slope, float[] dx, int dxo, int n, boolean accumulate) {
    int whole = SPECIES.loopBound(n);
    var shifts = all(-shift);
    var slopes = all(-slope);
    var inverses = all(inverse);
    for (int i = 0; i < whole; i += LANES) {
      var gradient = load(x, xo + i).sub(mean).fma(slopes, load(dy, dyo + i).fma(load(weight, wo + i), shifts));
      if (accumulate) {
        inverses.fma(gradient, load(dx, dxo + i)).intoArray(dx, dxo + i);
      } else {
        inverses.mul(gradient).intoArray(dx, dxo + i);
      }
    }
    REST.normalizeBackward(x, xo + whole, mean, inverse, weight, wo + whole, dy, dyo + whole, shift, slope, dx,
        dxo + whole, n - whole, accumulate);
  }

  @Override
  void addNormalizedProduct(float[] x, int xo, float mean, float inverse, float[] dy, int dyo, float[] sums, int so,
      int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(dy, dyo + i).fma(load(x, xo + i).sub(mean).mul(inverse), load(sums, so + i)).intoArray(sums, so + i);
    }
    REST.addNormalizedProduct(x, xo + whole, mean, inverse, dy, dyo + whole, sums, so + whole, n - whole);
  }

  @Override
  void rotate(float[] x, int xo, float[] cosines, float[] sines, int to, float turn, int half, float[] y, int yo) {
    int whole = SPECIES.loopBound(half);
    for (int i = 0; i < whole; i += LANES) {
      var low = load(x, xo + i);
      var high = load(x, xo + half + i);
      var cosine = load(cosines, to + i);
      var sine = load(sines, to + i).mul(turn);
      low.fma(cosine, high.mul(sine).neg()).intoArray(y, yo + i);
      high.fma(cosine, low.mul(sine)).intoArray(y, yo + half + i);
    }
    REST.rotate(x, xo, cosines, sines, to, turn, whole, half, y, yo);
  }

  @Override
  void adamW(float[] parameter, int po, float[] gradient, int go, float[] firstMoment, int mo, float[] secondMoment,
      int vo, int n, AdamWFactors factors) {
    int whole = SPECIES.loopBound(n);
    var beta1 = all(factors.beta1());
    var beta2 = all(factors.beta2());
    var rootFactor = all(factors.rootFactor());
    var epsilon = all(factors.epsilon());
    var stepSize = all(-factors.stepSize());
    for (int i = 0; i < whole; i += LANES) {
      var g = load(gradient, go + i).mul(factors.gradientScale());
      var m = beta1.fma(load(firstMoment, mo + i), g.mul(factors.gradientShare()));
      var v = beta2.fma(load(secondMoment, vo + i), g.mul(factors.squareShare()).mul(g));
      var divisor = v.lanewise(VectorOperators.SQRT).fma(rootFactor, epsilon);
      m.intoArray(firstMoment, mo + i);
      v.intoArray(secondMoment, vo + i);
      stepSize.fma(m.div(divisor), load(parameter, po + i).mul(factors.decay())).intoArray(parameter, po + i);
    }
    REST.adamW(parameter, po + whole, gradient, go + whole, firstMoment, mo + whole, secondMoment, vo + whole,
        n - whole, factors);
  }
}
