package crema.nn;

import crema.autograd.Variable;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Rng;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the parameters of a model, one after the other: each draws from a random stream of its own, numbered in the
 * order of creation. The same seed gives the same model on every device.
 */
public final class ParameterSource {
  /** The step of {@link Rng} that initialization uses; training counts from 0, so the two never share numbers. */
  private static final long INITIALIZATION_STEP = -1;

  private final Backend backend;
  private final DType dtype;
  private final @Nullable Rng random;
  private int created;

  private ParameterSource(Backend backend, DType dtype, @Nullable Rng random) {
    this.backend = backend;
    this.dtype = dtype;
    this.random = random;
  }

  /** Parameters with the initial values that each layer asks for. */
  public static ParameterSource random(Backend backend, long seed) {
    return random(backend, DType.F32, seed);
  }

  /** Parameters of a type ({@link DType#F32} or {@link DType#F64}) with the initial values that each layer asks for. */
  public static ParameterSource random(Backend backend, DType dtype, long seed) {
    return new ParameterSource(backend, dtype, new Rng(seed, INITIALIZATION_STEP));
  }

  /** Parameters with undefined values, for a model that is about to be {@linkplain Module#load loaded}. */
  public static ParameterSource undefined(Backend backend) {
    return undefined(backend, DType.F32);
  }

  /** Parameters of a type with undefined values, for a model that is about to be {@linkplain Module#load loaded}. */
  public static ParameterSource undefined(Backend backend, DType dtype) {
    return new ParameterSource(backend, dtype, null);
  }

  /** Where the parameters live. */
  public Backend backend() {
    return backend;
  }

  /** A new parameter, owned by the module that {@linkplain Module#parameter registers} it. */
  public Variable create(Initializer initializer, long... extents) {
    try (var scope = new Scope(backend)) {
      Tensor tensor = scope.empty(dtype, extents);
      int number = created++;
      if (random != null) {
        initializer.fill(tensor, random.stream(number));
      }
      return Variable.parameter(tensor.retain());
    }
  }
}
