package crema.tensor.cpu;

import crema.tensor.Activation;
import crema.tensor.cpu.simd.SimdSpecies;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ActivationKernels} on vectors; what is left of a run after whole vectors goes to the scalar kernels. */
final class VectorActivationKernels extends ActivationKernels {
  private static final VectorSpecies<Float> SPECIES = SimdSpecies.FLOAT;
  private static final int LANES = SPECIES.length();
  private static final ScalarActivationKernels REST = new ScalarActivationKernels();

  private static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(SPECIES, array, offset);
  }

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  // Each loop is a method of its own: compiled together, they would be too much for the JIT compiler to keep vectors in
  // registers.

  @Override
  void activate(Activation f, float[] x, int xo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    switch (f) {
      case IDENTITY -> System.arraycopy(x, xo, y, yo, whole);
      case RELU -> relu(x, xo, y, yo, whole);
      case GELU -> gelu(x, xo, y, yo, whole);
      case GELU_TANH -> geluTanh(x, xo, y, yo, whole);
      case SILU -> silu(x, xo, y, yo, whole);
      case SIGMOID -> sigmoid(x, xo, y, yo, whole);
      case TANH -> tanh(x, xo, y, yo, whole);
      case EXP -> exp(x, xo, y, yo, whole);
      case LOG -> log(x, xo, y, yo, whole);
      case SQUARE -> square(x, xo, y, yo, whole);
      case SQRT -> sqrt(x, xo, y, yo, whole);
    }
    REST.activate(f, x, xo + whole, y, yo + whole, n - whole);
  }

  private static void relu(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(x, xo + i).max(0).intoArray(y, yo + i);
    }
  }

  private static void gelu(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.gelu(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void geluTanh(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.geluTanh(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void silu(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.silu(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.sigmoid(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void tanh(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.tanh(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void exp(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.exp(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void log(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.log(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void square(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(x, xo + i).mul(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void sqrt(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(x, xo + i).lanewise(VectorOperators.SQRT).intoArray(y, yo + i);
    }
  }

  @Override
  void slope(Activation f, float[] x, int xo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    switch (f) {
      case IDENTITY -> Arrays.fill(y, yo, yo + whole, 1);
      case EXP -> exp(x, xo, y, yo, whole);
      case RELU -> reluSlope(x, xo, y, yo, whole);
      case GELU -> geluSlope(x, xo, y, yo, whole);
      case GELU_TANH -> geluTanhSlope(x, xo, y, yo, whole);
      case SILU -> siluSlope(x, xo, y, yo, whole);
      case SIGMOID -> sigmoidSlope(x, xo, y, yo, whole);
      case TANH -> tanhSlope(x, xo, y, yo, whole);
      case LOG -> logSlope(x, xo, y, yo, whole);
      case SQUARE -> squareSlope(x, xo, y, yo, whole);
      case SQRT -> sqrtSlope(x, xo, y, yo, whole);
    }
    REST.slope(f, x, xo + whole, y, yo + whole, n - whole);
  }

  private static void reluSlope(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      all(0).blend(1, load(x, xo + i).compare(VectorOperators.GT, 0)).intoArray(y, yo + i);
    }
  }

  private static void geluSlope(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.geluSlope(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void geluTanhSlope(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.geluTanhSlope(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void siluSlope(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.siluSlope(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void sigmoidSlope(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.sigmoidSlope(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void tanhSlope(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.tanhSlope(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void logSlope(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      all(1).div(load(x, xo + i)).intoArray(y, yo + i);
    }
  }

  private static void squareSlope(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(x, xo + i).mul(2).intoArray(y, yo + i);
    }
  }

  private static void sqrtSlope(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += LANES) {
      all(0.5f).div(load(x, xo + i).lanewise(VectorOperators.SQRT)).intoArray(y, yo + i);
    }
  }

  /**
   * {@link VectorMath#exp} once more: rows of a softmax are short, so this loop is inlined into larger ones, where
   * methods of ours would reach the JIT compiler's limits and their vectors be boxed. The Vector API's are always
   * inlined.
   */
  @Override
  void exponential(float scale, float[] x, int xo, float shift, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    var scales = FloatVector.broadcast(SPECIES, scale);
    var shifts = FloatVector.broadcast(SPECIES, -shift);
    var log2 = FloatVector.broadcast(SPECIES, Polynomials.LOG2_E);
    var rounder = FloatVector.broadcast(SPECIES, Polynomials.ROUNDER);
    var high = FloatVector.broadcast(SPECIES, -Polynomials.LN2_HIGH);
    var low = FloatVector.broadcast(SPECIES, -Polynomials.LN2_LOW);
    var p2 = FloatVector.broadcast(SPECIES, Polynomials.EXP_2);
    var p3 = FloatVector.broadcast(SPECIES, Polynomials.EXP_3);
    var p4 = FloatVector.broadcast(SPECIES, Polynomials.EXP_4);
    var p5 = FloatVector.broadcast(SPECIES, Polynomials.EXP_5);
    var p6 = FloatVector.broadcast(SPECIES, Polynomials.EXP_6);
    for (int i = 0; i < whole; i += LANES) {
      var v = scales.fma(FloatVector.fromArray(SPECIES, x, xo + i), shifts);
      var shifted = v.fma(log2, rounder);
      var exponent = shifted.sub(rounder);
      var r = exponent.fma(low, exponent.fma(high, v));
      var q = p6.fma(r, p5).fma(r, p4).fma(r, p3).fma(r, p2).fma(r.mul(r), r).add(1);
      q.reinterpretAsInts().add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats()
          .blend(0, v.compare(VectorOperators.LT, Polynomials.EXP_LEAST))
          .blend(v.mul(Float.POSITIVE_INFINITY), v.compare(VectorOperators.LE, Polynomials.EXP_GREATEST).not())
          .intoArray(y, yo + i);
    }
    REST.exponential(scale, x, xo + whole, shift, y, yo + whole, n - whole);
  }

  @Override
  void swiglu(float[] gate, int go, float[] up, int uo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      VectorMath.silu(load(gate, go + i)).mul(load(up, uo + i)).intoArray(y, yo + i);
    }
    REST.swiglu(gate, go + whole, up, uo + whole, y, yo + whole, n - whole);
  }

  @Override
  void swigluBackward(float[] gate, int go, float[] up, int uo, float[] dy, int dyo, float[] dgate, int dgo,
      float[] dup, int duo, int n) {
    int whole = SPECIES.loopBound(n);
    var one = all(1);
    for (int i = 0; i < whole; i += LANES) {
      var g = load(gate, go + i);
      var gradient = load(dy, dyo + i);
      var sigmoid = VectorMath.sigmoid(g);
      var slope = sigmoid.mul(g.fma(one.sub(sigmoid), one));
      var dg = gradient.mul(load(up, uo + i)).mul(slope);
      gradient.mul(g.mul(sigmoid)).intoArray(dup, duo + i);
      dg.intoArray(dgate, dgo + i);
    }
    REST.swigluBackward(gate, go + whole, up, uo + whole, dy, dyo + whole, dgate, dgo + whole, dup, duo + whole,
        n - whole);
  }
}
