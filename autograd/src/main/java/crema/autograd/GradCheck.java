package crema.autograd;

import crema.base.Rng;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds the gradients of a function against central differences, (f(x + h) − f(x − h)) / 2h, in double precision on the
 * reference backend.
 *
 * <p>A function whose value is not a scalar is multiplied by fixed random numbers and summed, so that an error in any
 * element of its Jacobian shows. Everything is deterministic: random ops draw the same numbers in each evaluation, and
 * the same elements are checked in each run.
 */
public final class GradCheck {
  private static final double STEP = 1e-5;

  /** Gradients are compared relative to the largest of their input, or to this where all are smaller. */
  private static final double SMALLEST_SCALE = 1e-3;

  private static final Rng RANDOM = new Rng(0x6772_6164, 0);
  private static final int PROJECTION_STREAM = -1;
  private static final int SAMPLE_STREAM = -2;

  private GradCheck() {}

  /** A differentiable function of some variables. */
  @FunctionalInterface
  public interface Function {
    /** The function's value, of any shape. */
    Variable apply(Tape tape, List<Variable> inputs);
  }

  /**
   * The element whose gradient is furthest from the difference quotient.
   *
   * @param function its name
   * @param input which input, from 0
   * @param index which element of the input
   * @param analytic the derivative that the backward pass gave
   * @param numeric the difference quotient
   * @param error their difference, relative to the largest gradient of the input; infinite if one is not a number
   */
  public record Deviation(String function, int input, long index, double analytic, double numeric, double error) {
    @Override
    public String toString() {
      return "gradient of " + function + " with respect to input " + input + ", element " + index + ": analytic "
          + analytic + ", numeric " + numeric + ", relative error " + error;
    }
  }

  /** Checks every element of every input: {@link #check(String, Function, int, List)}. */
  public static Deviation check(String name, Function function, List<Tensor> inputs) {
    return check(name, function, Integer.MAX_VALUE, inputs);
  }

  /**
   * Compares the gradients of a function with difference quotients. Correct gradients of a smooth function of values
   * near one have an error below 1e-6.
   *
   * @param name names the function in the result
   * @param function evaluated on a training tape
   * @param samples the most elements to check of each input
   * @param inputs {@link DType#F64} tensors of one backend; as before when this returns
   * @return the worst element
   */
  public static Deviation check(String name, Function function, int samples, List<Tensor> inputs) {
    for (Tensor input : inputs) {
      if (input.dtype() != DType.F64) {
        throw new IllegalArgumentException("gradients are checked in F64, not on an input of " + input.dtype() + " "
            + input.shape());
      }
    }
    List<double[]> gradients = gradients(function, inputs);
    var worst = new Deviation(name, 0, 0, 0, 0, 0);
    for (int i = 0; i < inputs.size(); i++) {
      Deviation deviation = checkInput(name, function, samples, inputs, i, gradients.get(i));
      if (deviation.error > worst.error) {
        worst = deviation;
      }
    }
    return worst;
  }

  private static Deviation checkInput(String name, Function function, int samples, List<Tensor> inputs, int input,
      double[] analytic) {
    long[] indices = sample(analytic.length, samples, input);
    var numeric = new double[indices.length];
    double scale = SMALLEST_SCALE;
    for (int s = 0; s < indices.length; s++) {
      numeric[s] = differenceQuotient(function, inputs, inputs.get(input), indices[s]);
      scale = Math.max(scale, Math.max(Math.abs(numeric[s]), Math.abs(analytic[(int) indices[s]])));
    }
    var worst = new Deviation(name, input, 0, 0, 0, 0);
    for (int s = 0; s < indices.length; s++) {
      double a = analytic[(int) indices[s]];
      double error = Math.abs(a - numeric[s]) / scale;
      if (!Double.isFinite(error)) {
        error = Double.POSITIVE_INFINITY;
      }
      if (error > worst.error) {
        worst = new Deviation(name, input, indices[s], a, numeric[s], error);
      }
    }
    return worst;
  }

  private static long[] sample(int elements, int samples, int input) {
    var indices = new long[Math.min(elements, samples)];
    Rng.Stream random = RANDOM.stream(SAMPLE_STREAM - input);
    for (int s = 0; s < indices.length; s++) {
      indices[s] = elements <= samples ? s : (long) (random.uniform(s) * (double) elements);
    }
    return indices;
  }

  private static double differenceQuotient(Function function, List<Tensor> inputs, Tensor input, long index) {
    try (Tensor flat = input.reshape(input.elements()); Tensor element = flat.rows(index, index + 1)) {
      double x = element.item();
      double step = STEP * Math.max(1, Math.abs(x));
      element.set(x + step);
      double above = evaluate(function, inputs);
      element.set(x - step);
      double below = evaluate(function, inputs);
      element.set(x);
      return (above - below) / (2 * step);
    }
  }

  private static double evaluate(Function function, List<Tensor> inputs) {
    try (var scope = new Scope(inputs.getFirst().backend())) {
      var tape = Tape.training(scope, RANDOM);
      return project(tape, function.apply(tape, inputs.stream().map(Variable::constant).toList())).value().item();
    }
  }

  private static List<double[]> gradients(Function function, List<Tensor> inputs) {
    Backend backend = inputs.getFirst().backend();
    try (var scope = new Scope(backend)) {
      var tape = Tape.training(scope, RANDOM);
      List<Variable> variables = inputs.stream().map(Variable::parameter).toList();
      Gradients gradients = tape.backward(project(tape, function.apply(tape, variables)));
      var result = new ArrayList<double[]>();
      for (Variable variable : variables) {
        Tensor gradient = gradients.densified(variable);
        result.add(gradient == null ? new double[(int) variable.shape().elements()] : gradient.toDoubles());
      }
      return result;
    }
  }

  /** A function's value as a scalar: Σ weight · y. */
  private static Variable project(Tape tape, Variable y) {
    double[] values = y.value().toDoubles();
    var weights = new double[values.length];
    Rng.Stream random = RANDOM.stream(PROJECTION_STREAM);
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = 2.0 * random.uniform(i) - 1;
      sum += weights[i] * values[i];
    }
    Tensor projection = tape.scope().doubles(weights, y.shape().toArray());
    return tape.record(new Projection(y, projection), tape.scope().doubles(new double[] {sum}, 1));
  }

  /** Σ weights · y; the loss it gives is not scaled. */
  private record Projection(Variable y, Tensor weights) implements Op {
    @Override
    public List<Variable> inputs() {
      return List.of(y);
    }

    @Override
    public void backward(Tensor upstream, BackwardPass pass) {
      pass.add(y, weights);
    }
  }
}
