package crema.tensor.reference;

import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.BinaryOperator;
import crema.tensor.PointwiseOps;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** The specification of {@link PointwiseOps}. */
final class ReferencePointwise implements PointwiseOps {
  @Override
  public void fill(double value, Tensor x) {
    Elements elements = Elements.of(x);
    for (long i = 0; i < elements.count(); i++) {
      elements.set(i, value);
    }
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    Elements from = Elements.of(x);
    Elements to = Elements.of(y);
    for (long i = 0; i < from.count(); i++) {
      to.set(i, from.get(i));
    }
  }

  @Override
  public void copyColumns(Tensor x, long from, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    long columns = y.shape().columns();
    for (long i = 0; i < output.count(); i++) {
      output.set(i, input.get(i / columns * x.shape().columns() + from + i % columns));
    }
  }

  @Override
  public void setColumns(Tensor x, long from, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    long columns = x.shape().columns();
    for (long i = 0; i < input.count(); i++) {
      output.set(i / columns * y.shape().columns() + from + i % columns, input.get(i));
    }
  }

  @Override
  public void activate(Activation f, Tensor x, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    for (long i = 0; i < input.count(); i++) {
      output.set(i, ReferenceActivation.value(f, input.get(i)));
    }
  }

  @Override
  public void activateBackward(Activation f, Tensor x, Tensor dy, Tensor dx, Write write) {
    Elements input = Elements.of(x);
    Elements upstream = Elements.of(dy);
    Elements gradient = Elements.of(dx);
    for (long i = 0; i < input.count(); i++) {
      gradient.put(i, upstream.get(i) * ReferenceActivation.derivative(f, input.get(i)), write);
    }
  }

  @Override
  public void binary(BinaryOperator operator, Tensor a, Tensor b, Tensor y) {
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements result = Elements.of(y);
    for (long i = 0; i < left.count(); i++) {
      double l = left.get(i);
      double r = right.get(i % right.count());
      result.set(i, switch (operator) {
        case ADD -> l + r;
        case SUBTRACT -> l - r;
        case MULTIPLY -> l * r;
        case DIVIDE -> l / r;
      });
    }
  }

  @Override
  public void scale(double factor, Tensor x, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    for (long i = 0; i < input.count(); i++) {
      output.set(i, factor * input.get(i));
    }
  }

  @Override
  public void addScaled(double factor, Tensor x, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    for (long i = 0; i < input.count(); i++) {
      output.add(i, factor * input.get(i));
    }
  }

  @Override
  public void swiglu(Tensor gate, Tensor up, Tensor y) {
    Elements gates = Elements.of(gate);
    Elements ups = Elements.of(up);
    Elements output = Elements.of(y);
    for (long i = 0; i < gates.count(); i++) {
      output.set(i, ReferenceActivation.value(Activation.SILU, gates.get(i)) * ups.get(i));
    }
  }

  @Override
  public void swigluBackward(Tensor gate, Tensor up, Tensor dy, Tensor dgate, Tensor dup) {
    Elements gates = Elements.of(gate);
    Elements ups = Elements.of(up);
    Elements upstream = Elements.of(dy);
    Elements gateGradient = Elements.of(dgate);
    Elements upGradient = Elements.of(dup);
    for (long i = 0; i < gates.count(); i++) {
      double g = gates.get(i);
      double u = ups.get(i);
      double d = upstream.get(i);
      gateGradient.set(i, d * u * ReferenceActivation.derivative(Activation.SILU, g));
      upGradient.set(i, d * ReferenceActivation.value(Activation.SILU, g));
    }
  }

  @Override
  public void dropout(Tensor x, float p, Rng.Stream random, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    for (long i = 0; i < input.count(); i++) {
      output.set(i, random.uniform(i) >= p ? input.get(i) / (1.0 - p) : 0);
    }
  }

  @Override
  public void residual(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor y) {
    Elements input = Elements.of(x);
    Elements branches = Elements.of(branch);
    Elements gammas = Elements.ofNullable(gamma);
    Elements output = Elements.of(y);
    long features = x.shape().columns();
    for (int s = 0; s < sequences.count(); s++) {
      double keep = keep(s, p, random);
      for (long token = sequences.start(s); token < sequences.start(s + 1); token++) {
        for (long j = 0; j < features; j++) {
          long i = token * features + j;
          double factor = gammas == null ? keep : gammas.get(j) * keep;
          output.set(i, input.get(i) + factor * branches.get(i));
        }
      }
    }
  }

  @Override
  public void residualBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor dy, Tensor dbranch, @Nullable Tensor dgamma) {
    Elements branches = Elements.of(branch);
    Elements gammas = Elements.ofNullable(gamma);
    Elements upstream = Elements.of(dy);
    Elements gradient = Elements.of(dbranch);
    long features = branch.shape().columns();
    var gammaGradient = new double[Math.toIntExact(features)];
    for (int s = 0; s < sequences.count(); s++) {
      double keep = keep(s, p, random);
      for (long token = sequences.start(s); token < sequences.start(s + 1); token++) {
        for (int j = 0; j < features; j++) {
          long i = token * features + j;
          double d = upstream.get(i) * keep;
          gammaGradient[j] += d * branches.get(i);
          gradient.set(i, gammas == null ? d : gammas.get(j) * d);
        }
      }
    }
    if (dgamma != null) {
      Elements target = Elements.of(dgamma);
      for (int j = 0; j < features; j++) {
        target.add(j, gammaGradient[j]);
      }
    }
  }

  /** What a sequence's branch is multiplied by: 1 / (1 − p) when it is kept, else 0. */
  private static double keep(int sequence, float p, Rng.@Nullable Stream random) {
    if (random == null) {
      return 1;
    }
    return random.uniform(sequence) >= p ? 1 / (1.0 - p) : 0;
  }
}
