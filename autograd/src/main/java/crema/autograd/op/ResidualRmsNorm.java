package crema.autograd.op;

import static java.util.Objects.requireNonNull;

import crema.autograd.BackwardPass;
import crema.autograd.MultiOp;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A residual connection and the normalization of what it gives, as between the branches of a transformer: a
 * {@link Residual} and an {@link RmsNorm} as one op, which a backend may fuse.
 *
 * @param residual the connection
 * @param weight {@code [features]}, of the normalization
 * @param sum {@code [tokens, features]}: the value of the connection
 * @param inverseRms {@code [tokens]}: 1 / √(mean(sum²) + epsilon); null when no gradient is wanted
 */
public record ResidualRmsNorm(Residual residual, Variable weight, Tensor sum, @Nullable Tensor inverseRms)
    implements MultiOp {
  /**
   * What the op gives.
   *
   * @param sum {@code [tokens, features]}: x + gamma · branch
   * @param normalized {@code [tokens, features]}: the sum, normalized
   */
  public record Values(Variable sum, Variable normalized) {}

  /** x + gamma · branch as {@link Residual#apply} gives it, and that as {@link RmsNorm#apply} normalizes it. */
  public static Values apply(Tape tape, Residual residual, Variable weight, float epsilon) {
    Variable x = residual.x();
    Variable gamma = residual.gamma();
    RmsNorm.check(x.shape(), weight.shape());
    var inputs = new ArrayList<>(residual.inputs());
    inputs.add(weight);
    boolean recorded = tape.records(inputs.toArray(Variable[]::new));
    Tensor sum = tape.scope().emptyLike(x.value());
    Tensor y = tape.scope().empty(tape.activationType(x), x.shape());
    Tensor inverseRms = recorded ? tape.scope().empty(Tape.sumType(x), x.shape().rows()) : null;
    tape.ops().fused().residualRmsNorm(x.value(), residual.branch().value(), gamma == null ? null : gamma.value(),
        residual.sequences(), residual.dropPath(), residual.random(), weight.value(), epsilon, sum, y, inverseRms);
    List<Variable> values = tape.record(new ResidualRmsNorm(residual, weight, sum, inverseRms), List.of(sum, y));
    return new Values(values.get(0), values.get(1));
  }

  @Override
  public List<Variable> inputs() {
    var inputs = new ArrayList<>(residual.inputs());
    inputs.add(weight);
    return inputs;
  }

  @Override
  public List<Tensor> saved() {
    return inverseRms == null ? List.of() : List.of(inverseRms);
  }

  @Override
  public void backward(List<@Nullable Tensor> upstream, BackwardPass pass) {
    Tensor dsum = upstream.get(0);
    Tensor dy = upstream.get(1);
    if (dy == null) {
      residual.backward(requireNonNull(dsum), pass);
      return;
    }
    Tensor total = dsum == null ? pass.scope().emptyLike(sum) : dsum;
    Write write = dsum == null ? Write.SET : Write.ADD;
    Tensor inverse = requireNonNull(inverseRms);
    if (residual.branchNeedsGradient(pass)) {
      Variable branch = residual.branch();
      Variable gamma = residual.gamma();
      Tensor dbranch = pass.scope().emptyLike(branch.value());
      pass.ops().fused().residualRmsNormBackward(branch.value(), gamma == null ? null : gamma.value(),
          residual.sequences(), residual.dropPath(), residual.random(), weight.value(), sum, inverse, dy, total, write,
          pass.accumulator(weight), dbranch, pass.accumulator(gamma));
      pass.add(branch, dbranch);
    } else {
      pass.ops().normalization().rmsNormBackward(sum, weight.value(), inverse, dy, total, write,
          pass.accumulator(weight));
    }
    pass.add(residual.x(), total);
  }
}
