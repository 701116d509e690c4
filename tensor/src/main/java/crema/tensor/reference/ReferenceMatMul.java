package crema.tensor.reference;

import crema.tensor.Activation;
import crema.tensor.MatMulOps;
import crema.tensor.Orientation;
import crema.tensor.PackedMatrix;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** The specification of {@link MatMulOps}. */
final class ReferenceMatMul implements MatMulOps {
  @Override
  public void matmul(Orientation orientation, Tensor a, Tensor b, Tensor c, Write write) {
    boolean transposeA = orientation.aIsTransposed();
    boolean transposeB = orientation.bIsTransposed();
    long m = transposeA ? a.shape().columns() : a.shape().rows();
    long k = transposeA ? a.shape().rows() : a.shape().columns();
    long n = transposeB ? b.shape().rows() : b.shape().columns();
    Elements left = Elements.of(a);
    Elements right = Elements.of(b);
    Elements product = Elements.of(c);
    for (long i = 0; i < m; i++) {
      for (long j = 0; j < n; j++) {
        double sum = write == Write.ADD ? product.get(i * n + j) : 0;
        for (long p = 0; p < k; p++) {
          sum += left.get(transposeA ? p * m + i : i * k + p) * right.get(transposeB ? j * k + p : p * n + j);
        }
        product.set(i * n + j, sum);
      }
    }
  }

  @Override
  public void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y,
      @Nullable Tensor preactivation) {
    long rows = x.shape().rows();
    long in = weight.shape().columns();
    long out = weight.shape().rows();
    Elements input = Elements.of(x);
    Elements weights = Elements.of(weight);
    Elements biases = Elements.ofNullable(bias);
    Elements output = Elements.of(y);
    Elements before = Elements.ofNullable(preactivation);
    for (long row = 0; row < rows; row++) {
      for (long j = 0; j < out; j++) {
        double sum = biases == null ? 0 : biases.get(j);
        for (long p = 0; p < in; p++) {
          sum += input.get(row * in + p) * weights.get(j * in + p);
        }
        if (before != null) {
          before.set(row * out + j, sum);
        }
        output.set(row * out + j, ReferenceActivation.value(activation, sum));
      }
    }
  }

  @Override
  public PackedMatrix pack(Tensor weight) {
    return new PlainMatrix(weight.share());
  }

  @Override
  public void linear(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Activation activation, Tensor y) {
    linear(x, ((PlainMatrix) weight).weight(), bias, activation, y, null);
  }
}
