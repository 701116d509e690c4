package crema.nn.adapter;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Scale;
import crema.nn.Adaptation;
import crema.nn.Dropout;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Orientation;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import crema.tensor.Write;

/**
 * Beside a linear layer: product + scale · B·A·dropout(x) (Hu et al., arXiv 2106.09685, equation 3). A is Kaiming-uniform
 * with a = √5, which is uniform in ±1/√in; B is zero, so that the model begins as it is. State-dict keys:
 * {@code lora_A.weight} {@code [rank, in]}, {@code lora_B.weight} {@code [out, rank]}.
 */
final class LoraLayer extends Module implements Adaptation {
  private final Dropout dropout;
  private final Linear down;
  private final Linear up;
  private final double scale;

  LoraLayer(ParameterSource source, long in, long out, int rank, double scale, double dropout) {
    this.scale = scale;
    this.dropout = new Dropout((float) dropout);
    down = module("lora_A",
        new Linear(source, Math.toIntExact(in), rank, Initializer.Uniform.linear(in), null));
    up = module("lora_B", new Linear(source, rank, Math.toIntExact(out), new Initializer.Constant(0), null));
  }

  @Override
  public Variable apply(Tape tape, Variable x, Variable product) {
    Variable change = up.forward(tape, down.forward(tape, dropout.forward(tape, x)));
    return Binary.add(tape, product, Scale.apply(tape, change, scale));
  }

  /** weight += scale · B·A. */
  void mergeInto(Tensor weight) {
    try (var scope = new Scope(weight.backend())) {
      Tensor scaled = scope.emptyLike(up.weight().value());
      weight.backend().ops().pointwise().scale(scale, up.weight().value(), scaled);
      weight.backend().ops().matMul().matmul(Orientation.NN, scaled, down.weight().value(), weight, Write.ADD);
    }
  }
}
