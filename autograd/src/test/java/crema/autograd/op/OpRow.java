package crema.autograd.op;

import crema.autograd.GradCheck;
import crema.autograd.Gradients;
import crema.autograd.MultiOp;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * An op of the tape, run forward and backward.
 *
 * @param op the op's record
 * @param shapes tells this row from the op's others
 * @param smooth whether difference quotients are near the gradients: not at extreme inputs
 * @param inputs what the op is differentiated by
 * @param apply applies the op
 */
public record OpRow(Class<? extends MultiOp> op, String shapes, double tolerance, double negligible, boolean large,
    boolean smooth, List<Input> inputs, GradCheck.Function apply) implements Row {
  /** What {@link Input} streams cannot collide with. */
  private static final int PROJECTION = 1000;

  @Override
  public String name() {
    return op.getSimpleName() + " " + shapes;
  }

  OpRow withTolerance(double other) {
    return new OpRow(op, shapes, other, negligible, large, smooth, inputs, apply);
  }

  OpRow withNegligible(double other) {
    return new OpRow(op, shapes, tolerance, other, large, smooth, inputs, apply);
  }

  OpRow asLarge() {
    return new OpRow(op, shapes, tolerance, negligible, true, false, inputs, apply);
  }

  OpRow asExtreme() {
    return new OpRow(op, shapes, tolerance, negligible, large, false, inputs, apply);
  }

  List<Tensor> tensors(Scope scope, DType dtype) {
    return IntStream.range(0, inputs.size())
        .mapToObj(i -> inputs.get(i).tensor(scope, dtype, name(), i))
        .toList();
  }

  @Override
  public List<Output> run(Backend backend, DType dtype) {
    return run(backend, dtype, IntStream.range(0, inputs.size()).boxed().toList());
  }

  /**
   * The value of the op and all gradients in mixed precision, from inputs that are rounded to it.
   *
   * @param wide whether to compute in {@link DType#F64} on the rounded inputs: what is right
   */
  public List<Output> runMixed(Backend backend, boolean wide) {
    List<Integer> all = IntStream.range(0, inputs.size()).boxed().toList();
    return run(backend, wide ? DType.F64 : DType.F32, all, scope -> all.stream().map(i -> {
      DType type = MixedTypes.of(op, i);
      return inputs.get(i).mixed(scope, wide ? DType.F64 : type, name(), i, type == DType.BF16);
    }).toList());
  }

  /** The value of the op and the gradients of some of its inputs when the others need none. */
  List<Output> run(Backend backend, DType dtype, List<Integer> wanted) {
    return run(backend, dtype, wanted, scope -> tensors(scope, dtype));
  }

  private List<Output> run(Backend backend, DType dtype, List<Integer> wanted, Function<Scope, List<Tensor>> make) {
    try (var scope = new Scope(backend)) {
      List<Tensor> tensors = make.apply(scope);
      List<Variable> variables = IntStream.range(0, tensors.size())
          .mapToObj(i -> wanted.contains(i) ? Variable.parameter(tensors.get(i)) : Variable.constant(tensors.get(i)))
          .toList();
      var tape = Tape.training(scope, new Rng(1, 2));
      Variable y = apply.apply(tape, variables);
      var outputs = new ArrayList<Output>();
      outputs.add(Output.of("value", y.value()));
      Tensor weights = new Input(Values.uniform(-1, 1), y.shape()).tensor(scope, dtype, name(), PROJECTION);
      Variable loss = Sum.apply(tape,
          Binary.multiply(tape, y, Variable.constant(weights)));
      Gradients gradients = tape.backward(loss);
      for (int i : wanted) {
        outputs.add(Output.of("gradient of input " + i, gradients.of(variables.get(i))));
      }
      return outputs;
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
