package crema.nn;

import crema.autograd.Variable;
import crema.base.Keyed;
import crema.base.Rng;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes the parameters of a model, one after the other: each draws from a random stream of its own, numbered in the
 * order of creation. The same seed gives the same model on every device.
 */
public final class ParameterSource {
  /** The step of {@link Rng} that initialization uses; training counts from 0, so the two never share numbers. */
  private static final long INITIALIZATION_STEP = -1;

  /** A model that is this much larger than the weights for it is not made. */
  private static final int LARGEST_MISFIT = 4;

  private final Backend backend;
  private final DType dtype;
  private final @Nullable Rng random;
  private final long mostElements;
  /** The type of matrices if the model is for prediction alone. */
  private final @Nullable DType predictionType;
  private int created;
  private long elements;

  private ParameterSource(Backend backend, DType dtype, @Nullable Rng random, long mostElements) {
    this(backend, dtype, random, mostElements, null);
  }

  private ParameterSource(Backend backend, DType dtype, @Nullable Rng random, long mostElements,
      @Nullable DType predictionType) {
    this.predictionType = predictionType;
    this.backend = backend;
    this.dtype = dtype;
    this.random = random;
    this.mostElements = mostElements;
  }

  /** Parameters with the initial values that each layer asks for. */
  public static ParameterSource random(Backend backend, long seed) {
    return random(backend, DType.F32, seed);
  }

  /** Parameters of a type ({@link DType#F32} or {@link DType#F64}) with the initial values that each layer asks for. */
  public static ParameterSource random(Backend backend, DType dtype, long seed) {
    return new ParameterSource(backend, dtype, new Rng(seed, INITIALIZATION_STEP), Long.MAX_VALUE);
  }

  /** Parameters with undefined values, for a model that is about to be {@linkplain Module#load loaded}. */
  public static ParameterSource undefined(Backend backend) {
    return undefined(backend, DType.F32);
  }

  /** Parameters of a type with undefined values, for a model that is about to be {@linkplain Module#load loaded}. */
  public static ParameterSource undefined(Backend backend, DType dtype) {
    return new ParameterSource(backend, dtype, null, Long.MAX_VALUE);
  }

  /**
   * Parameters with undefined values, for a model that is about to be {@linkplain Module#load loaded} from weights.
   * What describes the model may be damaged, so memory is bounded by what the weights need: a model that differs a
   * little is made, and loading it tells the tensors that do not fit.
   */
  public static ParameterSource loadedFrom(Weights weights, Backend backend) {
    long elements = weights.shapes().values().stream().mapToLong(Shape::elements).sum();
    return new ParameterSource(backend, DType.F32, null, LARGEST_MISFIT * elements);
  }

  /**
   * Parameters for a model that is about to be {@linkplain Module#loadForPrediction loaded for prediction alone}: the
   * weights of linear layers take no memory before they are packed, and tables, as packed weights, have the type that
   * they are stored in. Memory is bounded as in {@link #loadedFrom}.
   */
  public static ParameterSource forPrediction(Weights weights, Precision precision, Backend backend) {
    long elements = weights.shapes().values().stream().mapToLong(Shape::elements).sum();
    return new ParameterSource(backend, DType.F32, null, LARGEST_MISFIT * elements,
        precision.tables(weights, backend));
  }

  /** In which type a model that only predicts keeps its matrices. */
  public enum Precision implements Keyed {
    /** As they are stored, if that is {@link DType#BF16} or {@link DType#F16} and the backend can; else as floats. */
    STORED,
    /** As floats: twice the memory of 16 bits, and no widening in each product. */
    F32;

    private DType tables(Weights weights, Backend backend) {
      if (this == F32 || !backend.widensHalves()) {
        return DType.F32;
      }
      var types = new TreeSet<DType>();
      weights.shapes().forEach((name, shape) -> {
        if (shape.rank() == 2) {
          types.add(weights.type(name));
        }
      });
      // One type for all, so that no table is narrowed.
      return types.equals(Set.of(DType.BF16)) || types.equals(Set.of(DType.F16)) ? types.first() : DType.F32;
    }
  }

  /** Where the parameters live. */
  public Backend backend() {
    return backend;
  }

  /**
   * A new parameter, owned by the module that {@linkplain Module#parameter registers} it.
   *
   * @throws InvalidWeightsException when it is to be loaded, and there are far fewer weights than that
   */
  public Variable create(Initializer initializer, long... extents) {
    return create(initializer, dtype, Shape.of(extents));
  }

  /** A new parameter of which rows are gathered, and nothing else is done with in prediction. */
  Variable createTable(Initializer initializer, long rows, long columns) {
    return create(initializer, predictionType == null ? dtype : predictionType, Shape.of(rows, columns));
  }

  /** A new parameter that is packed for prediction. */
  Variable createPacked(Initializer initializer, long out, long in) {
    var shape = Shape.of(out, in);
    if (predictionType == null) {
      return create(initializer, dtype, shape);
    }
    count(shape);
    created++;
    return Variable.parameter(Tensor.absent(backend, predictionType, shape));
  }

  private void count(Shape shape) {
    if (shape.elements() > mostElements - elements) {
      throw new InvalidWeightsException("the model is described as many times larger than its weights, which are "
          + mostElements / LARGEST_MISFIT + " numbers");
    }
    elements += shape.elements();
  }

  private Variable create(Initializer initializer, DType type, Shape shape) {
    count(shape);
    try (var scope = new Scope(backend)) {
      Tensor tensor = scope.empty(type, shape);
      int number = created++;
      if (random != null) {
        initializer.fill(tensor, random.stream(number));
      }
      return Variable.parameter(tensor.retain());
    }
  }
}
