package crema.tensor.cpu;

import crema.tensor.Activation;

/** {@link Activation}s of a run of {@code n} floats, their gradients, and SwiGLU. Outputs may be inputs. */
abstract sealed class ActivationKernels permits ScalarActivationKernels, VectorActivationKernels {
  /** y = f(x). */
  abstract void activate(Activation f, float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy · f′(x), or dx += dy · f′(x). */
  abstract void activateBackward(Activation f, float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n,
      boolean accumulate);

  /** y = silu(gate) · up. */
  abstract void swiglu(float[] gate, int go, float[] up, int uo, float[] y, int yo, int n);

  /** The gradients of {@link #swiglu}. */
  abstract void swigluBackward(float[] gate, int go, float[] up, int uo, float[] dy, int dyo, float[] dgate, int dgo,
      float[] dup, int duo, int n);
}
