package crema.nn;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Activate;
import crema.tensor.Activation;
import crema.tensor.DType;
import crema.tensor.MatrixSource;
import crema.tensor.PackedMatrix;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * x · weightᵀ + bias. State-dict keys: {@code weight} {@code [out, in]} and, if there is one, {@code bias}
 * {@code [out]}.
 */
public final class Linear extends Module {
  private final Variable weight;
  private final @Nullable Variable bias;
  private @Nullable PackedMatrix packed;
  private volatile @Nullable Adaptation adaptation;

  /** A layer with a bias, initialized as PyTorch does: {@link Initializer.Uniform#linear}. */
  public Linear(ParameterSource source, int in, int out) {
    this(source, in, out, Initializer.Uniform.linear(in), Initializer.Uniform.linear(in));
  }

  /**
   * A layer whose initial values the caller chooses.
   *
   * @param biasInitializer null for a layer without a bias
   */
  public Linear(ParameterSource source, int in, int out, Initializer weightInitializer,
      @Nullable Initializer biasInitializer) {
    weight = parameter("weight", source.createPacked(weightInitializer, out, in));
    bias = biasInitializer == null ? null : parameter("bias", source.create(biasInitializer, out));
  }

  /** The matrix, {@code [out, in]}. */
  public Variable weight() {
    return weight;
  }

  /**
   * Has an adapter change the product from now on.
   *
   * @param adaptation null for none
   * @throws IllegalStateException when another adapter does so already
   */
  public void adapt(@Nullable Adaptation adaptation) {
    if (adaptation != null && this.adaptation != null) {
      throw new IllegalStateException("another adapter is attached to this layer; detach it first");
    }
    this.adaptation = adaptation;
  }

  /** Packs the weight again if it is packed: what has changed counts for predictions from now on. */
  public void refresh() {
    if (packed != null) {
      prepare();
    }
  }

  /** {@code [rows, out]} from x {@code [rows, in]}. */
  public Variable forward(Tape tape, Variable x) {
    return forward(tape, x, Activation.IDENTITY);
  }

  /** {@code [rows, out]} from x {@code [rows, in]}, with an activation that is fused to the product. */
  public Variable forward(Tape tape, Variable x, Activation activation) {
    Adaptation change = adaptation;
    if (change == null || !change.isActive()) {
      return product(tape, x, activation);
    }
    Variable adapted = change.apply(tape, x, product(tape, x, Activation.IDENTITY));
    return activation == Activation.IDENTITY ? adapted : Activate.apply(tape, activation, adapted);
  }

  /**
   * The weight, if that is all there is to this layer's product: no bias, no adapter, no packed copy. Then it can be one
   * with the products of other layers.
   */
  public Optional<Variable> plainWeight(Tape tape, Variable x) {
    Adaptation change = adaptation;
    boolean adapted = change != null && change.isActive();
    boolean plain = bias == null && !adapted && (packed == null || tape.records(x, weight));
    return plain ? Optional.of(weight) : Optional.empty();
  }

  private Variable product(Tape tape, Variable x, Activation activation) {
    PackedMatrix prepared = packed;
    if (prepared == null || tape.records(x, weight)) {
      return crema.autograd.op.Linear.apply(tape, x, weight, bias, activation);
    }
    return crema.autograd.op.Linear.apply(tape, x, prepared, bias, activation);
  }

  @Override
  protected void loadOwn(Weights weights, String prefix) {
    if (!weight.value().isAbsent()) {
      super.loadOwn(weights, prefix);
      return;
    }
    closeOwn();
    Tensor place = weight.value();
    packed = place.backend().pack(new MatrixSource() {
      @Override
      public Shape shape() {
        return place.shape();
      }

      @Override
      public DType type() {
        return place.dtype();
      }

      @Override
      public void read(long firstRow, Tensor rows) {
        weights.readRows(prefix + "weight", firstRow, rows);
      }
    });
    if (bias != null) {
      weights.read(prefix + "bias", bias.value());
    }
  }

  @Override
  protected void prepare() {
    if (weight.value().isAbsent()) {
      return;
    }
    closeOwn();
    packed = weight.value().backend().ops().matMul().pack(weight.value());
  }

  @Override
  protected void release() {
    if (packed != null) {
      weight.value().close();
    }
  }

  @Override
  protected void closeOwn() {
    if (packed != null) {
      packed.close();
      packed = null;
    }
  }
}
