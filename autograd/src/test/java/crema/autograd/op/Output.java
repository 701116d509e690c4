package crema.autograd.op;

import crema.tensor.DType;
import crema.tensor.Tensor;
import java.util.Arrays;

/** What a row gave, exact in double precision. */
public record Output(String name, double[] values) {
  static Output of(String name, Tensor tensor) {
    return new Output(name, tensor.dtype() == DType.I32
        ? Arrays.stream(tensor.toInts()).asDoubleStream().toArray() : tensor.toDoubles());
  }

  static Output of(String name, double value) {
    return new Output(name, new double[] {value});
  }

  /** The largest deviation from an expected output, as {@link Row#tolerance} measures it. */
  public double errorAgainst(Output expected, double negligible) {
    if (values.length != expected.values.length) {
      return Double.POSITIVE_INFINITY;
    }
    double squares = 0;
    for (double value : expected.values) {
      squares += value * value;
    }
    double rootMeanSquare = Math.sqrt(squares / Math.max(1, values.length));
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.compare(values[i], expected.values[i]) == 0) {
        continue;
      }
      double scale = Math.max(negligible, Math.max(rootMeanSquare, Math.abs(expected.values[i])));
      double error = Math.abs(values[i] - expected.values[i]) / scale;
      worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
    }
    return worst;
  }

  /** A hash of all bits. */
  public long digest() {
    long hash = values.length;
    for (double value : values) {
      hash = hash * 0x9E3779B97F4A7C15L + Double.doubleToRawLongBits(value);
      hash ^= hash >>> 29;
    }
    return hash;
  }
}
