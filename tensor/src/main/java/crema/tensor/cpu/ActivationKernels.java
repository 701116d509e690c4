package crema.tensor.cpu;

import crema.tensor.Activation;

/**
 * {@link Activation}s of a run of {@code n} floats, their slopes, exponentials for softmax, and SwiGLU. Unless said
 * otherwise outputs may be inputs.
 */
abstract sealed class ActivationKernels permits ScalarActivationKernels, VectorActivationKernels {
  /** y = f(x). */
  abstract void activate(Activation f, float[] x, int xo, float[] y, int yo, int n);

  /** y = f′(x). Here y may not be x. */
  abstract void slope(Activation f, float[] x, int xo, float[] y, int yo, int n);

  /** y = exp(scale · x − shift). */
  abstract void exponential(float scale, float[] x, int xo, float shift, float[] y, int yo, int n);

  /** y = silu(gate) · up. */
  abstract void swiglu(float[] gate, int go, float[] up, int uo, float[] y, int yo, int n);

  /** The gradients of {@link #swiglu}. */
  abstract void swigluBackward(float[] gate, int go, float[] up, int uo, float[] dy, int dyo, float[] dgate, int dgo,
      float[] dup, int duo, int n);
}
