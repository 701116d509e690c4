package crema.autograd.op;

import static crema.autograd.op.Catalog.LOOSE;
import static crema.autograd.op.Catalog.TOLERANCE;
import static crema.autograd.op.Catalog.cut;
import static crema.autograd.op.Catalog.scattered;
import static crema.autograd.op.Catalog.unevenLengths;

import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.AttentionSpec;
import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.Deferred;
import crema.tensor.Orientation;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of the {@link Catalog} for what no op of the tape reaches: updates, norms, and variants of kernels such as
 * adding to an output or writing over an input.
 */
final class KernelRows {
  private static final int[] SIZES = {1, 7, 16, 33, 70_001};

  private KernelRows() {}

  static List<KernelRow> all() {
    var rows = new ArrayList<KernelRow>();
    for (int n : SIZES) {
      pointwise(rows, n);
      reductions(rows, n);
      optimizers(rows, n);
    }
    for (int[] size : new int[][] {{1, 1, 1}, {3, 5, 7}, {17, 33, 19}, {131, 259, 197}}) {
      matrixProducts(rows, size[0], size[1], size[2]);
    }
    for (int[] size : new int[][] {{1, 1}, {3, 17}, {517, 257}}) {
      // A row of one number is constant when normalized, and its gradient a difference that vanishes.
      normalizations(rows, size[0], Math.max(size[1], 3));
      embeddings(rows, size[0], size[1]);
      losses(rows, size[0], size[1]);
    }
    for (int[] lengths : new int[][] {{1}, {5, 1, 17}, unevenLengths(23, 67)}) {
      attention(rows, lengths);
      positions(rows, lengths);
    }
    return rows;
  }

  private static KernelRow row(String name, boolean large, KernelRow.Calls calls, Input... inputs) {
    return new KernelRow(name, TOLERANCE, large, List.of(inputs), calls);
  }

  private static void pointwise(List<KernelRow> rows, int n) {
    boolean large = n > 1000;
    rows.add(row("fill and copy [" + n + "]", large, (scope, in) -> {
      var kernels = scope.backend().ops().pointwise();
      Tensor filled = scope.emptyLike(in.get(0));
      kernels.fill(0.3f, filled);
      Tensor copy = scope.emptyLike(in.get(0));
      kernels.copy(in.get(0), copy);
      Tensor ids = scope.empty(DType.I32, n);
      kernels.fill(-7, ids);
      Tensor copiedIds = scope.empty(DType.I32, n);
      kernels.copy(scope.ints(scattered(n, -5, 1000), n), copiedIds);
      return List.of(Output.of("filled", filled), Output.of("copy", copy), Output.of("ids", ids),
          Output.of("copied ids", copiedIds));
    }, Input.of(n)));
    rows.add(row("fill and copy of a part [" + n + "]", large, (scope, in) -> {
      Tensor whole = scope.emptyLike(in.get(0));
      var kernels = scope.backend().ops().pointwise();
      kernels.fill(1, whole);
      if (n > 2) {
        kernels.fill(2, scope.adopt(whole.rows(1, n - 1)));
        kernels.copy(scope.adopt(in.get(0).rows(0, n / 2)), scope.adopt(whole.rows(n / 4, n / 4 + n / 2)));
      }
      return List.of(Output.of("whole", whole));
    }, Input.of(n)));
    rows.add(row("scaling and adding in place [" + n + "]", large, (scope, in) -> {
      var kernels = scope.backend().ops().pointwise();
      kernels.scale(0.7, in.get(0), in.get(0));
      kernels.addScaled(-1.3, in.get(1), in.get(0));
      kernels.binary(BinaryOperator.MULTIPLY, in.get(1), in.get(0), in.get(1));
      return List.of(Output.of("sum", in.get(0)), Output.of("product", in.get(1)));
    }, Input.of(n), Input.of(n)));
    rows.add(row("dropout in place [" + n + "]", large, (scope, in) -> {
      scope.backend().ops().pointwise().dropout(in.get(0), 0.4f, new Rng(-1, 1L << 40).stream(3), in.get(0));
      return List.of(Output.of("y", in.get(0)));
    }, Input.of(n)));
    rows.add(row("swiglu backward in place [" + n + "]", large, (scope, in) -> {
      scope.backend().ops().pointwise().swigluBackward(in.get(0), in.get(1), in.get(2), in.get(0), in.get(1));
      return List.of(Output.of("dgate", in.get(0)), Output.of("dup", in.get(1)));
    }, Input.of(n), Input.of(n), Input.of(n)));
    for (Activation f : Activation.values()) {
      rows.add(row(f + " in place and its backward pass, added [" + n + "]", large, (scope, in) -> {
        var kernels = scope.backend().ops().pointwise();
        kernels.activateBackward(f, in.get(0), in.get(1), in.get(2), Write.ADD);
        kernels.activate(f, in.get(0), in.get(0));
        return List.of(Output.of("dx", in.get(2)), Output.of("y", in.get(0)));
      }, Input.of(Values.uniform(0.1, 4), n), Input.of(n), Input.of(n)));
    }
  }

  private static void reductions(List<KernelRow> rows, int n) {
    boolean large = n > 1000;
    rows.add(row("sums, added [" + n + "]", large, (scope, in) -> {
      var kernels = scope.backend().ops().reduction();
      Tensor total = scope.adopt(in.get(1).rows(0, 1));
      kernels.sum(in.get(0), total, Write.ADD);
      kernels.sumRows(in.get(2), in.get(3), Write.ADD);
      return List.of(Output.of("sum", total), Output.of("column sums", in.get(3)),
          Output.of("sum of squares", kernels.sumOfSquares(in.get(0))));
    }, Input.of(Values.uniform(-0.5, 1), n), Input.of(5), Input.of(7, n), Input.of(n)));
    rows.add(row("sums of tall columns [" + n + "]", large, (scope, in) -> {
      Tensor sums = scope.empty(in.get(0).dtype(), 3);
      scope.backend().ops().reduction().sumRows(in.get(0), sums, Write.SET);
      return List.of(Output.of("column sums", sums));
    }, Input.of(Values.uniform(-0.5, 1), n, 3)));
    rows.add(row("isFinite [" + n + "]", large, (scope, in) -> {
      var outputs = new ArrayList<Output>();
      var kernels = scope.backend().ops().reduction();
      outputs.add(Output.of("of numbers", kernels.isFinite(in.get(0)) ? 1 : 0));
      for (int at : new int[] {0, n / 2, n - 1}) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
          Tensor element = scope.adopt(in.get(0).rows(at, at + 1));
          double before = element.item();
          element.set(bad);
          outputs.add(Output.of(bad + " at " + at, kernels.isFinite(in.get(0)) ? 1 : 0));
          element.set(before);
        }
      }
      return outputs;
    }, Input.of(Values.oneOf(0, 1, 3e38, -3e38, 1e-40), n)));
  }

  private static void optimizers(List<KernelRow> rows, int n) {
    boolean large = n > 1000;
    for (long step : new long[] {1, 1000}) {
      var update = new AdamWStep(3e-4, 0.9, 0.999, 1e-8, 0.1, step, 0.5);
      rows.add(row("adamW step " + step + " [" + n + "]", large, (scope, in) -> {
        scope.backend().ops().optimizers().adamW(in.get(0), in.get(1), in.get(2), in.get(3), update);
        return List.of(Output.of("parameter", in.get(0)), Output.of("first moment", in.get(2)),
            Output.of("second moment", in.get(3)));
      }, Input.of(n), Input.of(n), Input.of(n), Input.of(Values.uniform(0, 1), n)));
    }
    rows.add(row("adamW from zero moments and gradients [" + n + "]", large, (scope, in) -> {
      var update = new AdamWStep(1e-2, 0.9, 0.95, 1e-8, 0, 1, 1);
      Tensor first = scope.zeros(in.get(0).dtype(), n);
      Tensor second = scope.zeros(in.get(0).dtype(), n);
      scope.backend().ops().optimizers().adamW(in.get(0), in.get(1), first, second, update);
      return List.of(Output.of("parameter", in.get(0)), Output.of("first moment", first),
          Output.of("second moment", second));
    }, Input.of(n), Input.of(Values.oneOf(0, 0, 1e-3, -1e-5), n)));
    for (double maxNorm : new double[] {1e-2, Double.POSITIVE_INFINITY}) {
      rows.add(row("adamW of all, clipped to " + maxNorm + " [" + n + "]", large, (scope, in) -> {
        var update = new AdamWStep(1e-2, 0.9, 0.999, 1e-8, 0.1, 2, 0.5);
        var sparse = new SparseRows(scope.ints(new int[] {1, 4}, 2), in.get(4));
        Deferred norm = scope.backend().ops().optimizers().adamWAll(List.of(
            new AdamWSlot.Dense(in.get(0), in.get(1), in.get(2), in.get(3), update),
            new AdamWSlot.Sparse(in.get(5), sparse, in.get(6), in.get(7), update.scaled(3))), maxNorm);
        return List.of(Output.of("norm", norm.value()), Output.of("parameter", in.get(0)),
            Output.of("first moment", in.get(2)), Output.of("second moment", in.get(3)),
            Output.of("table", in.get(5)), Output.of("its first moment", in.get(6)),
            Output.of("its second moment", in.get(7)));
      }, Input.of(n), Input.of(n), Input.of(n), Input.of(Values.uniform(0.1, 1), n), Input.of(2, 7), Input.of(5, 7),
          Input.of(5, 7), Input.of(Values.uniform(0.1, 1), 5, 7)));
    }
    rows.add(row("adamW of all with a gradient that is no number [" + n + "]", large, (scope, in) -> {
      scope.adopt(in.get(1).rows(n - 1, n)).set(Float.NaN);
      var update = new AdamWStep(1e-2, 0.9, 0.999, 1e-8, 0.1, 2, 1);
      Deferred norm = scope.backend().ops().optimizers().adamWAll(
          List.of(new AdamWSlot.Dense(in.get(0), in.get(1), in.get(2), in.get(3), update)), 1);
      return List.of(Output.of("is finite", Double.isFinite(norm.value()) ? 1 : 0), Output.of("parameter", in.get(0)),
          Output.of("first moment", in.get(2)), Output.of("second moment", in.get(3)));
    }, Input.of(n), Input.of(n), Input.of(n), Input.of(Values.uniform(0, 1), n)));
    rows.add(row("sgd [" + n + "]", large, (scope, in) -> {
      scope.backend().ops().optimizers().sgd(in.get(0), in.get(1), 0.1, 0.5);
      return List.of(Output.of("parameter", in.get(0)));
    }, Input.of(n), Input.of(n)));
  }

  private static void matrixProducts(List<KernelRow> rows, int m, int k, int n) {
    boolean large = m > 100;
    String size = " %d x %d x %d".formatted(m, k, n);
    for (Write write : Write.values()) {
      String name = (write == Write.ADD ? "matmul, added," : "matmul") + size;
      rows.add(row(name, large, (scope, in) -> {
        scope.backend().ops().matMul().matmul(Orientation.NN, in.get(0), in.get(1), in.get(2), write);
        return List.of(Output.of("c", in.get(2)));
      }, Input.of(m, k), Input.of(k, n), Input.of(m, n)));
      rows.add(row(name + " with b transposed", large, (scope, in) -> {
        scope.backend().ops().matMul().matmul(Orientation.NT, in.get(0), in.get(1), in.get(2), write);
        return List.of(Output.of("c", in.get(2)));
      }, Input.of(m, k), Input.of(n, k), Input.of(m, n)));
      rows.add(row(name + " with a transposed", large, (scope, in) -> {
        scope.backend().ops().matMul().matmul(Orientation.TN, in.get(0), in.get(1), in.get(2), write);
        return List.of(Output.of("c", in.get(2)));
      }, Input.of(k, m), Input.of(k, n), Input.of(m, n)));
    }
    for (Activation activation : new Activation[] {Activation.IDENTITY, Activation.GELU}) {
      rows.add(row("packed linear with " + activation + size, large, (scope, in) -> {
        var kernels = scope.backend().ops().matMul();
        Tensor y = scope.empty(in.get(0).dtype(), m, n);
        Tensor withoutBias = scope.empty(in.get(0).dtype(), m, n);
        Tensor unpacked = scope.empty(in.get(0).dtype(), m, n);
        Tensor preactivation = scope.empty(in.get(0).dtype(), m, n);
        try (var packed = kernels.pack(in.get(1))) {
          kernels.linear(in.get(0), packed, in.get(2), activation, y);
          kernels.linear(in.get(0), packed, null, activation, withoutBias);
        }
        kernels.linear(in.get(0), in.get(1), in.get(2), activation, unpacked, preactivation);
        double packingChangesBits = Arrays.equals(y.toDoubles(), unpacked.toDoubles()) ? 0 : 1;
        return List.of(Output.of("y", y), Output.of("without bias", withoutBias), Output.of("unpacked", unpacked),
            Output.of("preactivation", preactivation), Output.of("packing changes bits", packingChangesBits));
      }, Input.of(m, k), Input.of(n, k), Input.of(n)));
    }
  }

  private static void normalizations(List<KernelRow> rows, int m, int n) {
    boolean large = m > 100;
    String size = " [%d, %d]".formatted(m, n);
    Input x = Input.of(Values.awayFromZero(0.2, 1), m, n);
    rows.add(row("rmsNorm backward, added," + size, large, (scope, in) -> {
      var kernels = scope.backend().ops().normalization();
      Tensor y = scope.emptyLike(in.get(0));
      Tensor inverse = scope.empty(y.dtype(), m);
      kernels.rmsNorm(in.get(0), in.get(1), 0.1f, y, inverse);
      kernels.rmsNormBackward(in.get(0), in.get(1), inverse, in.get(2), in.get(3), Write.ADD, in.get(4));
      Tensor alone = scope.emptyLike(y);
      kernels.rmsNormBackward(in.get(0), in.get(1), inverse, in.get(2), alone, Write.SET, null);
      return List.of(Output.of("inverse rms", inverse), Output.of("dx", in.get(3)), Output.of("dweight", in.get(4)),
          Output.of("dx alone", alone));
    }, x, Input.of(n), Input.of(m, n), Input.of(m, n), Input.of(n)));
    rows.add(new KernelRow("layerNorm backward, added," + size, LOOSE, large,
        List.of(x, Input.of(n), Input.of(n), Input.of(m, n), Input.of(m, n), Input.of(n), Input.of(n)),
        (scope, in) -> {
          var kernels = scope.backend().ops().normalization();
          Tensor y = scope.emptyLike(in.get(0));
          Tensor mean = scope.empty(y.dtype(), m);
          Tensor inverse = scope.empty(y.dtype(), m);
          kernels.layerNorm(in.get(0), in.get(1), in.get(2), 1e-5f, y, mean, inverse);
          Tensor forInference = scope.emptyLike(y);
          kernels.layerNorm(in.get(0), in.get(1), in.get(2), 1e-5f, forInference, null, null);
          kernels.layerNormBackward(in.get(0), in.get(1), mean, inverse, in.get(3), in.get(4), Write.ADD, in.get(5),
              in.get(6));
          Tensor alone = scope.emptyLike(y);
          kernels.layerNormBackward(in.get(0), in.get(1), mean, inverse, in.get(3), alone, Write.SET, null, null);
          return List.of(Output.of("y", forInference), Output.of("mean", mean),
              Output.of("inverse deviation", inverse), Output.of("dx", in.get(4)), Output.of("dweight", in.get(5)),
              Output.of("dbias", in.get(6)), Output.of("dx alone", alone));
        }));
    rows.add(row("softmax of spread logits" + size, large, (scope, in) -> {
      var kernels = scope.backend().ops().reduction();
      Tensor y = scope.emptyLike(in.get(0));
      kernels.softmax(in.get(0), y);
      Tensor logs = scope.emptyLike(in.get(0));
      kernels.logSoftmax(in.get(0), logs);
      return List.of(Output.of("softmax", y), Output.of("logSoftmax", logs));
    }, Input.of(Values.uniform(-20, 20), m, n)));
  }

  private static void embeddings(List<KernelRow> rows, int tokens, int columns) {
    boolean large = tokens > 100;
    rows.add(row("row-sparse gradients of [%d, %d]".formatted(tokens, columns), large, (scope, in) -> {
      var kernels = scope.backend().ops().embedding();
      SparseRows a = kernels.gatherBackward(ids(scope, tokens, 0), in.get(0), 0.5f, scope);
      SparseRows b = kernels.gatherBackward(ids(scope, tokens, 3), in.get(1), 1, scope);
      SparseRows sum = kernels.add(a, b, scope);
      kernels.scatterAdd(sum, in.get(2));
      return List.of(Output.of("rows", a.rows()), Output.of("values", a.values()),
          Output.of("rows of the sum", sum.rows()), Output.of("sum", sum.values()), Output.of("added", in.get(2)));
    }, Input.of(tokens, columns), Input.of(tokens, columns), Input.of(211, columns)));
    var update = new AdamWStep(1e-2, 0.9, 0.999, 1e-8, 0.1, 3, 2);
    rows.add(row("adamW with a row-sparse gradient of [%d, %d]".formatted(tokens, columns), large, (scope, in) -> {
      SparseRows gradient =
          scope.backend().ops().embedding().gatherBackward(ids(scope, tokens, 0), in.get(0), 1, scope);
      scope.backend().ops().optimizers().adamWSparse(in.get(1), gradient, in.get(2), in.get(3), update);
      return List.of(Output.of("parameter", in.get(1)), Output.of("first moment", in.get(2)),
          Output.of("second moment", in.get(3)));
    }, Input.of(tokens, columns), Input.of(211, columns), Input.of(211, columns),
        Input.of(Values.uniform(0.1, 1), 211, columns)));
  }

  private static Tensor ids(Scope scope, int tokens, int low) {
    return scope.ints(scattered(tokens, low, 199), tokens);
  }

  /** Ids from 0 to 4, some of them padding. */
  private static void positions(List<KernelRow> rows, int... lengths) {
    int tokens = Catalog.sum(lengths);
    rows.add(row("positions, " + tokens + " tokens", tokens > 100, (scope, in) -> {
      var kernels = scope.backend().ops().embedding();
      var sequences = cut(scope, lengths);
      Tensor ids = scope.ints(scattered(tokens, 0, 5), tokens);
      Tensor places = scope.empty(DType.I32, tokens);
      kernels.positions(ids, sequences, -1, places);
      Tensor afterPadding = scope.empty(DType.I32, tokens);
      kernels.positions(ids, sequences, 3, afterPadding);
      return List.of(Output.of("places", places), Output.of("after padding", afterPadding));
    }));
  }

  private static void losses(List<KernelRow> rows, int batch, int classes) {
    rows.add(row("crossEntropy in place [%d, %d]".formatted(batch, classes), batch > 100, (scope, in) -> {
      var kernels = scope.backend().ops().losses();
      Tensor labels = scope.ints(scattered(batch, 0, classes), batch);
      Tensor alone = scope.empty(in.get(0).dtype(), 1);
      kernels.crossEntropy(in.get(0), labels, null, 0.1f, alone, null);
      Tensor loss = scope.emptyLike(alone);
      kernels.crossEntropy(in.get(0), labels, null, 0.1f, loss, in.get(0));
      return List.of(Output.of("loss without gradient", alone), Output.of("loss", loss),
          Output.of("dlogits", in.get(0)));
    }, Input.of(Values.uniform(-4, 4), batch, classes)));
  }

  private static void attention(List<KernelRow> rows, int... lengths) {
    int tokens = Catalog.sum(lengths);
    boolean large = tokens > 100;
    rows.add(new KernelRow("attention and its normalizers, " + tokens + " tokens", LOOSE, large,
        List.of(Input.of(tokens, 4 * 9), Input.of(tokens, 2 * 9), Input.of(tokens, 2 * 9)), (scope, in) -> {
          var spec = AttentionSpec.of(4, 2, 9, false);
          Tensor y = scope.emptyLike(in.get(0));
          Tensor logSumExp = scope.empty(y.dtype(), tokens, 4);
          var kernels = scope.backend().ops().attention();
          kernels.attention(in.get(0), in.get(1), in.get(2), cut(scope, lengths), spec, y, logSumExp);
          Tensor forInference = scope.emptyLike(y);
          kernels.attention(in.get(0), in.get(1), in.get(2), cut(scope, lengths), spec, forInference, null);
          return List.of(Output.of("y", y), Output.of("logSumExp", logSumExp),
              Output.of("y for inference", forInference));
        }));
    rows.add(row("rope in place, there and back, " + tokens + " tokens", large, (scope, in) -> {
      var kernels = scope.backend().ops().attention();
      var sequences = cut(scope, lengths);
      kernels.rope(in.get(0), sequences, 10, 1e6, in.get(0));
      Output there = Output.of("there", in.get(0));
      kernels.ropeBackward(in.get(0), sequences, 10, 1e6, in.get(0));
      return List.of(there, Output.of("back", in.get(0)));
    }, Input.of(tokens, 30)));
  }
}
