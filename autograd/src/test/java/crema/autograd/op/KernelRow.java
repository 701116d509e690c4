package crema.autograd.op;

import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Calls of families' methods.
 *
 * @param name what is called and on which shapes
 * @param inputs floating-point tensors that the calls may read and write
 * @param calls makes the calls
 */
record KernelRow(String name, double tolerance, boolean large, List<Input> inputs, Calls calls) implements Row {
  @FunctionalInterface
  interface Calls {
    /** Calls methods of the scope's backend and returns what they gave. */
    List<Output> make(Scope scope, List<Tensor> inputs);
  }

  @Override
  public List<Output> run(Backend backend, DType dtype) {
    try (var scope = new Scope(backend)) {
      return calls.make(scope, IntStream.range(0, inputs.size())
          .mapToObj(i -> inputs.get(i).tensor(scope, dtype, name, i))
          .toList());
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
