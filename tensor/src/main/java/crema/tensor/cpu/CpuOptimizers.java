package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.ints;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.ComposedOps;
import crema.tensor.Deferred;
import crema.tensor.OptimizerOps;
import crema.tensor.ReductionOps;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** {@link OptimizerOps} with SIMD kernels. */
final class CpuOptimizers implements OptimizerOps {
  private final CpuContext context;
  private final ReductionOps reduction;

  CpuOptimizers(CpuContext context, ReductionOps reduction) {
    this.context = context;
    this.reduction = reduction;
  }

  @Override
  public void adamW(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    float[] parameters = floats(parameter);
    float[] gradients = floats(gradient);
    float[] first = floats(firstMoment);
    float[] second = floats(secondMoment);
    int po = start(parameter);
    int go = start(gradient);
    int mo = start(firstMoment);
    int vo = start(secondMoment);
    var factors = AdamWFactors.of(step);
    context.overElements((int) parameter.elements(), (from, to) -> Kernels.ARITHMETIC.adamW(parameters, po + from,
        gradients, go + from, first, mo + from, second, vo + from, to - from, factors));
  }

  @Override
  public void adamWSparse(Tensor parameter, SparseRows gradient, Tensor firstMoment, Tensor secondMoment,
      AdamWStep step) {
    float[] parameters = floats(parameter);
    float[] gradients = floats(gradient.values());
    int[] rows = ints(gradient.rows());
    float[] first = floats(firstMoment);
    float[] second = floats(secondMoment);
    int po = start(parameter);
    int go = start(gradient.values());
    int ro = start(gradient.rows());
    int mo = start(firstMoment);
    int vo = start(secondMoment);
    int count = (int) gradient.rows().elements();
    int columns = (int) parameter.shape().columns();
    var factors = AdamWFactors.of(step);
    float[] zeros = context.floats.take(columns);
    Arrays.fill(zeros, 0, columns, 0);
    context.overRows((int) parameter.shape().rows(), columns, (from, to) -> {
      int found = Arrays.binarySearch(rows, ro, ro + count, from);
      int next = found < 0 ? -found - 1 : found;
      for (int row = from; row < to; row++) {
        boolean present = next < ro + count && rows[next] == row;
        int at = row * columns;
        Kernels.ARITHMETIC.adamW(parameters, po + at, present ? gradients : zeros,
            present ? go + (next - ro) * columns : 0, first, mo + at, second, vo + at, columns, factors);
        next += present ? 1 : 0;
      }
    });
    context.floats.give(zeros);
  }

  @Override
  public Deferred adamWAll(List<AdamWSlot> slots, double maxNorm) {
    return ComposedOps.adamWAll(this, reduction, slots, maxNorm);
  }

  @Override
  public void sgd(Tensor parameter, Tensor gradient, double learningRate, double gradientScale) {
    parameter.backend().ops().pointwise().addScaled(-learningRate * gradientScale, gradient, parameter);
  }
}
