package crema.tensor.cpu;

import crema.tensor.Activation;
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

  @Override
  void activate(Activation f, float[] x, int xo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    switch (f) {
      case IDENTITY -> System.arraycopy(x, xo, y, yo, whole);
      case RELU -> {
        for (int i = 0; i < whole; i += LANES) {
          load(x, xo + i).max(0).intoArray(y, yo + i);
        }
      }
      case GELU -> {
        for (int i = 0; i < whole; i += LANES) {
          VectorMath.gelu(load(x, xo + i)).intoArray(y, yo + i);
        }
      }
      case GELU_TANH -> {
        for (int i = 0; i < whole; i += LANES) {
          VectorMath.geluTanh(load(x, xo + i)).intoArray(y, yo + i);
        }
      }
      case SILU -> {
        for (int i = 0; i < whole; i += LANES) {
          VectorMath.silu(load(x, xo + i)).intoArray(y, yo + i);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < whole; i += LANES) {
          VectorMath.sigmoid(load(x, xo + i)).intoArray(y, yo + i);
        }
      }
      case TANH -> {
        for (int i = 0; i < whole; i += LANES) {
          VectorMath.tanh(load(x, xo + i)).intoArray(y, yo + i);
        }
      }
      case EXP -> {
        for (int i = 0; i < whole; i += LANES) {
          VectorMath.exp(load(x, xo + i)).intoArray(y, yo + i);
        }
      }
      case LOG -> {
        for (int i = 0; i < whole; i += LANES) {
          VectorMath.log(load(x, xo + i)).intoArray(y, yo + i);
        }
      }
      case SQUARE -> {
        for (int i = 0; i < whole; i += LANES) {
          var v = load(x, xo + i);
          v.mul(v).intoArray(y, yo + i);
        }
      }
      case SQRT -> {
        for (int i = 0; i < whole; i += LANES) {
          load(x, xo + i).lanewise(VectorOperators.SQRT).intoArray(y, yo + i);
        }
      }
    }
    REST.activate(f, x, xo + whole, y, yo + whole, n - whole);
  }

  @Override
  void activateBackward(Activation f, float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n,
      boolean accumulate) {
    int whole = SPECIES.loopBound(n);
    switch (f) {
      case IDENTITY -> {
        for (int i = 0; i < whole; i += LANES) {
          store(load(dy, dyo + i), FloatVector.broadcast(SPECIES, 1), dx, dxo + i, accumulate);
        }
      }
      case RELU -> {
        var one = FloatVector.broadcast(SPECIES, 1);
        for (int i = 0; i < whole; i += LANES) {
          var slope = FloatVector.zero(SPECIES).blend(one, load(x, xo + i).compare(VectorOperators.GT, 0));
          store(load(dy, dyo + i), slope, dx, dxo + i, accumulate);
        }
      }
      case GELU -> {
        for (int i = 0; i < whole; i += LANES) {
          store(load(dy, dyo + i), VectorMath.geluSlope(load(x, xo + i)), dx, dxo + i, accumulate);
        }
      }
      case GELU_TANH -> {
        for (int i = 0; i < whole; i += LANES) {
          store(load(dy, dyo + i), VectorMath.geluTanhSlope(load(x, xo + i)), dx, dxo + i, accumulate);
        }
      }
      case SILU -> {
        for (int i = 0; i < whole; i += LANES) {
          store(load(dy, dyo + i), VectorMath.siluSlope(load(x, xo + i)), dx, dxo + i, accumulate);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < whole; i += LANES) {
          store(load(dy, dyo + i), VectorMath.sigmoidSlope(load(x, xo + i)), dx, dxo + i, accumulate);
        }
      }
      case TANH -> {
        for (int i = 0; i < whole; i += LANES) {
          store(load(dy, dyo + i), VectorMath.tanhSlope(load(x, xo + i)), dx, dxo + i, accumulate);
        }
      }
      case EXP -> {
        for (int i = 0; i < whole; i += LANES) {
          store(load(dy, dyo + i), VectorMath.exp(load(x, xo + i)), dx, dxo + i, accumulate);
        }
      }
      case LOG -> {
        for (int i = 0; i < whole; i += LANES) {
          store(load(dy, dyo + i), FloatVector.broadcast(SPECIES, 1).div(load(x, xo + i)), dx, dxo + i, accumulate);
        }
      }
      case SQUARE -> {
        for (int i = 0; i < whole; i += LANES) {
          store(load(dy, dyo + i), load(x, xo + i).mul(2), dx, dxo + i, accumulate);
        }
      }
      case SQRT -> {
        for (int i = 0; i < whole; i += LANES) {
          var root = load(x, xo + i).lanewise(VectorOperators.SQRT);
          store(load(dy, dyo + i), FloatVector.broadcast(SPECIES, 0.5f).div(root), dx, dxo + i, accumulate);
        }
      }
    }
    REST.activateBackward(f, x, xo + whole, dy, dyo + whole, dx, dxo + whole, n - whole, accumulate);
  }

  private static void store(FloatVector dy, FloatVector slope, float[] dx, int at, boolean accumulate) {
    if (accumulate) {
      dy.fma(slope, load(dx, at)).intoArray(dx, at);
    } else {
      dy.mul(slope).intoArray(dx, at);
    }
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
    var one = FloatVector.broadcast(SPECIES, 1);
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
