package crema.tensor.reference;

import crema.tensor.Pooling;
import crema.tensor.ReductionOps;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;

/** The specification of {@link ReductionOps}. */
final class ReferenceReduction implements ReductionOps {
  @Override
  public void sum(Tensor x, Tensor y, Write write) {
    Elements input = Elements.of(x);
    double sum = 0;
    for (long i = 0; i < input.count(); i++) {
      sum += input.get(i);
    }
    Elements.of(y).put(0, sum, write);
  }

  @Override
  public void sumRows(Tensor x, Tensor y, Write write) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    long columns = output.count();
    for (long j = 0; j < columns; j++) {
      double sum = 0;
      for (long i = j; i < input.count(); i += columns) {
        sum += input.get(i);
      }
      output.put(j, sum, write);
    }
  }

  @Override
  public double sumOfSquares(Tensor x) {
    Elements input = Elements.of(x);
    double sum = 0;
    for (long i = 0; i < input.count(); i++) {
      sum += input.get(i) * input.get(i);
    }
    return sum;
  }

  @Override
  public boolean isFinite(Tensor x) {
    Elements input = Elements.of(x);
    for (long i = 0; i < input.count(); i++) {
      if (!Double.isFinite(input.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    long columns = x.shape().columns();
    for (long row = 0; row < x.shape().rows(); row++) {
      LogSumExp logSumExp = LogSumExp.of(input, row * columns, columns);
      for (long i = row * columns; i < (row + 1) * columns; i++) {
        output.set(i, Math.exp(logSumExp.subtractFrom(input.get(i))));
      }
    }
  }

  @Override
  public void softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    Elements output = Elements.of(y);
    Elements upstream = Elements.of(dy);
    Elements gradient = Elements.of(dx);
    long columns = y.shape().columns();
    for (long row = 0; row < y.shape().rows(); row++) {
      double dot = 0;
      for (long i = row * columns; i < (row + 1) * columns; i++) {
        dot += output.get(i) * upstream.get(i);
      }
      for (long i = row * columns; i < (row + 1) * columns; i++) {
        gradient.set(i, output.get(i) * (upstream.get(i) - dot));
      }
    }
  }

  @Override
  public void logSoftmax(Tensor x, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    long columns = x.shape().columns();
    for (long row = 0; row < x.shape().rows(); row++) {
      LogSumExp logSumExp = LogSumExp.of(input, row * columns, columns);
      for (long i = row * columns; i < (row + 1) * columns; i++) {
        output.set(i, logSumExp.subtractFrom(input.get(i)));
      }
    }
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    Elements output = Elements.of(y);
    Elements upstream = Elements.of(dy);
    Elements gradient = Elements.of(dx);
    long columns = y.shape().columns();
    for (long row = 0; row < y.shape().rows(); row++) {
      double sum = 0;
      for (long i = row * columns; i < (row + 1) * columns; i++) {
        sum += upstream.get(i);
      }
      for (long i = row * columns; i < (row + 1) * columns; i++) {
        gradient.set(i, upstream.get(i) - Math.exp(output.get(i)) * sum);
      }
    }
  }

  @Override
  public void pool(Pooling pooling, Tensor x, Sequences sequences, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    long features = x.shape().columns();
    for (int s = 0; s < sequences.count(); s++) {
      long first = sequences.start(s);
      long last = sequences.start(s + 1) - 1;
      for (long j = 0; j < features; j++) {
        output.set(s * features + j, switch (pooling) {
          case FIRST -> input.get(first * features + j);
          case LAST -> input.get(last * features + j);
          case MAX -> input.get(argMax(input, first, last, features, j) * features + j);
          case MEAN -> {
            double sum = 0;
            for (long token = first; token <= last; token++) {
              sum += input.get(token * features + j);
            }
            yield sum / sequences.length(s);
          }
        });
      }
    }
  }

  @Override
  public void poolBackward(Pooling pooling, Tensor x, Sequences sequences, Tensor dy, Tensor dx) {
    Elements input = Elements.of(x);
    Elements upstream = Elements.of(dy);
    Elements gradient = Elements.of(dx);
    long features = x.shape().columns();
    for (int s = 0; s < sequences.count(); s++) {
      long first = sequences.start(s);
      long last = sequences.start(s + 1) - 1;
      for (long j = 0; j < features; j++) {
        double d = upstream.get(s * features + j);
        long chosen = switch (pooling) {
          case FIRST, MEAN -> first;
          case LAST -> last;
          case MAX -> argMax(input, first, last, features, j);
        };
        for (long token = first; token <= last; token++) {
          double share = pooling == Pooling.MEAN ? 1.0 / sequences.length(s) : token == chosen ? 1 : 0;
          gradient.set(token * features + j, d * share);
        }
      }
    }
  }

  /** The first token from {@code first} to {@code last} with the largest value of feature {@code j}. */
  private static long argMax(Elements x, long first, long last, long features, long j) {
    long best = first;
    for (long token = first + 1; token <= last; token++) {
      if (x.get(token * features + j) > x.get(best * features + j)) {
        best = token;
      }
    }
    return best;
  }
}
