package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Scale;
import java.util.List;

/**
 * A weighted sum of losses of the same logits and targets, for instance cross-entropy and {@link SoftMacroF1}.
 *
 * @param terms at least one
 */
public record WeightedLosses(List<Term> terms) implements Loss {
  /**
   * A loss and its weight.
   *
   * @param weight at least 0
   */
  public record Term(Loss loss, double weight) {
    /** Checks the weight. */
    public Term {
      Checks.atLeastZero("weight of a loss", weight);
    }
  }

  /** Checks the ranges. */
  public WeightedLosses {
    if (terms.isEmpty()) {
      throw new IllegalArgumentException("a sum of losses needs at least one");
    }
    terms = List.copyOf(terms);
  }

  /** (1 − share) · first + share · second. */
  public static WeightedLosses mix(Loss first, Loss second, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("the share of a mixed loss must be in [0, 1], not " + share);
    }
    return new WeightedLosses(List.of(new Term(first, 1 - share), new Term(second, share)));
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    Variable sum = weighted(tape, terms.getFirst(), logits, targets);
    for (Term term : terms.subList(1, terms.size())) {
      sum = Binary.add(tape, sum, weighted(tape, term, logits, targets));
    }
    return sum;
  }

  private static Variable weighted(Tape tape, Term term, Variable logits, Targets targets) {
    return Scale.apply(tape, term.loss.apply(tape, logits, targets), term.weight);
  }
}
