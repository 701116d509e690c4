package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.Rng;
import crema.ptx.Capability;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Normalization and residual connections of rows of one warp, of several, and of a whole block, in all types, aligned and
 * not, against the reference in double precision on the same rounded inputs.
 */
class RowWidthsTest {
  /** Two parts, and more rows in one than a block has at once. */
  private static final int ROWS = 13;

  private static final float EPSILON = 1e-6f;

  static List<Arguments> widths() {
    var cases = new ArrayList<Arguments>();
    for (Capability capability : new Capability[] {Capability.SM_75, Capability.SM_80}) {
      for (int features : new int[] {1, 5, 130, 384, 385, 768, 1000, 1023, 1024, 3076, 6144}) {
        cases.add(Arguments.of(capability, features, 0));
        cases.add(Arguments.of(capability, features, 1));
      }
    }
    return cases;
  }

  /** Runs ops on tensors that are made alike on every backend. */
  private static final class Run {
    private final Scope scope;
    private final boolean wide;
    private final int features;
    private final int skip;
    private final Random random = new Random(3);
    private final Map<String, Tensor> outputs = new LinkedHashMap<>();

    Run(Scope scope, boolean wide, int features, int skip) {
      this.scope = scope;
      this.wide = wide;
      this.features = features;
      this.skip = skip;
    }

    private Tensor empty(DType type, long... extents) {
      long elements = 1;
      for (long extent : extents) {
        elements *= extent;
      }
      Tensor storage = scope.empty(wide ? DType.F64 : type, skip + elements);
      return scope.adopt(scope.adopt(storage.rows(skip, skip + elements)).reshape(extents));
    }

    private Tensor filled(DType type, long... extents) {
      Tensor tensor = empty(type, extents);
      var values = new double[Math.toIntExact(tensor.elements())];
      for (int i = 0; i < values.length; i++) {
        // Few enough bits for BF16.
        values[i] = (random.nextInt(255) - 127) / 64.0;
      }
      return tensor.set(values);
    }

    private void normalizations(DType x, DType y) {
      var norms = scope.backend().ops().normalization();
      String types = " of " + x + " to " + y;
      Tensor in = filled(x, ROWS, features);
      Tensor weight = filled(DType.F32, features);
      Tensor bias = filled(DType.F32, features);
      Tensor out = empty(y, ROWS, features);
      Tensor dy = filled(y, ROWS, features);
      Tensor inverse = empty(DType.F32, ROWS);
      norms.rmsNorm(in, weight, EPSILON, out, inverse);
      outputs.put("rmsNorm" + types, out);
      Tensor dx = filled(x, ROWS, features);
      Tensor dweight = filled(DType.F32, features);
      norms.rmsNormBackward(in, weight, inverse, dy, dx, Write.ADD, dweight);
      outputs.put("dx of rmsNorm" + types, dx);
      outputs.put("dweight of rmsNorm" + types, dweight);
      Tensor mean = empty(DType.F32, ROWS);
      Tensor deviation = empty(DType.F32, ROWS);
      Tensor normal = empty(y, ROWS, features);
      norms.layerNorm(in, weight, bias, 1, normal, mean, deviation);
      outputs.put("layerNorm" + types, normal);
      Tensor layerDx = empty(x, ROWS, features);
      Tensor layerDweight = filled(DType.F32, features);
      Tensor dbias = filled(DType.F32, features);
      norms.layerNormBackward(in, weight, mean, deviation, dy, layerDx, Write.SET, layerDweight, dbias);
      outputs.put("dx of layerNorm" + types, layerDx);
      outputs.put("dweight of layerNorm" + types, layerDweight);
      outputs.put("dbias of layerNorm" + types, dbias);
    }

    private void residuals(DType b, DType y) {
      var ops = scope.backend().ops();
      String types = " of " + b + " to " + y;
      Sequences sequences = Sequences.of(scope, 0, 2, 3, 9, ROWS);
      Rng.Stream draws = new Rng(5, 7).stream(11);
      Tensor x = filled(DType.F32, ROWS, features);
      Tensor branch = filled(b, ROWS, features);
      Tensor gamma = filled(DType.F32, features);
      Tensor weight = filled(DType.F32, features);
      Tensor sum = empty(DType.F32, ROWS, features);
      Tensor out = empty(y, ROWS, features);
      Tensor inverse = empty(DType.F32, ROWS);
      ops.fused().residualRmsNorm(x, branch, gamma, sequences, 0.4f, draws, weight, EPSILON, sum, out, inverse);
      outputs.put("sum" + types, sum);
      outputs.put("residualRmsNorm" + types, out);
      Tensor dy = filled(y, ROWS, features);
      Tensor dsum = filled(DType.F32, ROWS, features);
      Tensor dweight = filled(DType.F32, features);
      Tensor dbranch = empty(b, ROWS, features);
      Tensor dgamma = filled(DType.F32, features);
      ops.fused().residualRmsNormBackward(branch, gamma, sequences, 0.4f, draws, weight, sum, inverse, dy, dsum,
          Write.ADD, dweight, dbranch, dgamma);
      outputs.put("dsum" + types, dsum);
      outputs.put("dweight of residualRmsNorm" + types, dweight);
      outputs.put("dbranch of residualRmsNorm" + types, dbranch);
      outputs.put("dgamma of residualRmsNorm" + types, dgamma);
      Tensor alone = empty(DType.F32, ROWS, features);
      ops.pointwise().residual(x, branch, gamma, sequences, 0.4f, draws, alone);
      outputs.put("residual" + types, alone);
      Tensor dalone = empty(b, ROWS, features);
      Tensor dgammaAlone = filled(DType.F32, features);
      ops.pointwise().residualBackward(branch, gamma, sequences, 0.4f, draws, x, dalone, dgammaAlone);
      outputs.put("dbranch" + types, dalone);
      outputs.put("dgamma" + types, dgammaAlone);
    }

    Map<String, Tensor> all() {
      for (DType first : new DType[] {DType.F32, DType.BF16}) {
        for (DType second : new DType[] {DType.F32, DType.BF16}) {
          normalizations(first, second);
          residuals(first, second);
        }
      }
      return outputs;
    }
  }

  private static double worst(double[] actual, double[] expected) {
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double error = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
      worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
    }
    return worst;
  }

  @ParameterizedTest(name = "{0}, {1} features, {2} skipped")
  @MethodSource("widths")
  void rowsOfAnyWidthAreNearTheReference(Capability capability, int features, int skip) {
    try (Backend reference = Backend.open(Device.REFERENCE);
        Backend cuda = new CudaBackend(new Device("emulated", 0), new EmulatedDriver(capability), Precision.BF16);
        var right = new Scope(reference);
        var tried = new Scope(cuda)) {
      Map<String, Tensor> expected = new Run(right, true, features, skip).all();
      Map<String, Tensor> actual = new Run(tried, false, features, skip).all();
      actual.forEach((name, tensor) -> assertThat(worst(tensor.toDoubles(), expected.get(name).toDoubles()))
          .as(name)
          // Half a unit in the last place of BF16, or what single precision loses in sums.
          .isLessThanOrEqualTo(tensor.dtype() == DType.BF16 ? 0x1p-8 * 1.01 : 3e-5));
    }
  }
}
