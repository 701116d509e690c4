package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A residual connection with LayerScale and stochastic depth: x + gamma · branch, where a training tape drops the
 * branch of whole sequences and scales up those that are kept.
 *
 * @param x {@code [tokens, features]}
 * @param branch {@code [tokens, features]}
 * @param gamma {@code [features]}, or null for ones
 * @param sequences how the tokens are cut
 * @param dropPath the probability that a sequence's branch is dropped
 * @param random draws the sequences; null when none is dropped
 */
public record Residual(Variable x, Variable branch, @Nullable Variable gamma, Sequences sequences, float dropPath,
    Rng.@Nullable Stream random) implements Op {
  /** x + gamma · branch, of x's shape; {@code dropPath} in [0, 1) counts only on a training tape. */
  public static Variable apply(Tape tape, Variable x, Variable branch, @Nullable Variable gamma, Sequences sequences,
      float dropPath) {
    Residual op = of(tape, x, branch, gamma, sequences, dropPath);
    Tensor y = tape.scope().emptyLike(x.value());
    tape.ops().pointwise().residual(x.value(), branch.value(), gamma == null ? null : gamma.value(), sequences,
        op.dropPath, op.random, y);
    return tape.record(op, y);
  }

  /** The op, not yet carried out; draws its random numbers. */
  public static Residual of(Tape tape, Variable x, Variable branch, @Nullable Variable gamma, Sequences sequences,
      float dropPath) {
    if (x.shape().rank() != 2 || !x.shape().equals(branch.shape())) {
      throw new IllegalArgumentException("residual: x " + x.shape() + " and branch " + branch.shape()
          + " must both be [tokens, features]");
    }
    if (gamma != null && !gamma.shape().equals(Shape.of(x.shape().columns()))) {
      throw new IllegalArgumentException("residual: gamma " + gamma.shape() + " does not fit x " + x.shape());
    }
    if (x.shape().rows() != sequences.tokens()) {
      throw new IllegalArgumentException("residual: x " + x.shape() + " does not hold the " + sequences.tokens()
          + " tokens of the sequences");
    }
    if (!(dropPath >= 0 && dropPath < 1)) {
      throw new IllegalArgumentException("drop path probability " + dropPath + " is not in [0, 1)");
    }
    boolean drops = tape.isTraining() && dropPath > 0;
    return new Residual(x, branch, gamma, sequences, drops ? dropPath : 0, drops ? tape.nextRandom() : null);
  }

  @Override
  public List<Variable> inputs() {
    return gamma == null ? List.of(x, branch) : List.of(x, branch, gamma);
  }

  boolean branchNeedsGradient(BackwardPass pass) {
    return pass.needs(branch) || (gamma != null && pass.needs(gamma));
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    if (branchNeedsGradient(pass)) {
      Tensor dbranch = pass.scope().emptyLike(branch.value());
      pass.ops().pointwise().residualBackward(branch.value(), gamma == null ? null : gamma.value(), sequences,
          dropPath, random, upstream, dbranch, pass.accumulator(gamma));
      pass.add(branch, dbranch);
    }
    pass.add(x, upstream);
  }
}
