package crema.tensor;

/** A function of one variable that a network applies to each element. */
public enum Activation {
  /** x. */
  IDENTITY,
  /** max(x, 0). */
  RELU,
  /** x·Φ(x) with the exact normal distribution function (Hendrycks and Gimpel, arXiv 1606.08415). */
  GELU,
  /** The tanh approximation of {@link #GELU} from the same paper. */
  GELU_TANH,
  /** x·σ(x), also called swish (Elfwing et al., arXiv 1702.03118). */
  SILU,
  /** σ(x) = 1 / (1 + e⁻ˣ). */
  SIGMOID,
  /** The hyperbolic tangent. */
  TANH,
  /** eˣ. */
  EXP,
  /** The natural logarithm. */
  LOG,
  /** x². */
  SQUARE,
  /** √x. */
  SQRT
}
